// Command carillon is a self-hosted server for the Amazon Chime administration
// API, and the client for what that API cannot do.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// cli is the command line.
type cli struct {
	Config string `help:"File with settings, TOML or YAML; its keys are the names of the flags." type:"existingfile" placeholder:"FILE"`

	ShowVersion kong.VersionFlag `name:"version" help:"Print the version and stop." env:"-"`

	Serve       serveCmd       `cmd:"" help:"Run the server."`
	Exec        execCmd        `cmd:"" help:"Run a command with a throwaway server: carillon exec -- pytest."`
	Env         envCmd         `cmd:"" help:"Print export lines for AWS tools, for eval \"$(carillon env)\"."`
	Account     accountCmd     `cmd:"" help:"Make and list Chime accounts of any type."`
	Domain      domainCmd      `cmd:"" help:"Claim and release e-mail domains of an account."`
	Key         keyCmd         `cmd:"" help:"Manage access keys of named users."`
	Root        rootCmd        `cmd:"" help:"Manage the root key."`
	User        userCmd        `cmd:"" help:"Import, export and rename users."`
	Number      numberCmd      `cmd:"" help:"Fill the inventory of phone numbers that can be ordered."`
	Webhook     webhookCmd     `cmd:"" help:"Manage the incoming webhooks of rooms."`
	Invitation  invitationCmd  `cmd:"" help:"Look at invitations of users, send them again, withdraw them."`
	Report      reportCmd      `cmd:"" help:"Print reports, as CSV."`
	ScimToken   scimTokenCmd   `cmd:"" name:"scim-token" help:"Manage the tokens of identity providers (SCIM)."`
	ScimRequest scimRequestCmd `cmd:"" name:"scim-request" help:"See what identity providers have asked for, and what came of it."`
	ScimGroup   scimGroupCmd   `cmd:"" name:"scim-group" help:"Say which groups of the identity provider give which licence."`
	Message     messageCmd     `cmd:"" help:"List and import messages of rooms and conversations."`
	Job         jobCmd         `cmd:"" help:"Look at work in the background and retry it."`
	Audit       auditCmd       `cmd:"" help:"Look at the records of what was done, and verify them."`
	Status      statusCmd      `cmd:"" help:"Tell version, database, clock and backups of the server."`
	Test        testCmd        `cmd:"" help:"Steer a test double between tests: reset, faults, clock."`
	Copy        copyCmd        `cmd:"" help:"Move everything from one database to another: between SQLite and PostgreSQL, both ways."`
	Export      exportCmd      `cmd:"" help:"Write everything that an AWS account has into a directory, as of one moment, while the server serves."`
	Import      importCmd      `cmd:"" help:"Put what carillon export has written into a server, with all ids; what is there already is left alone."`
	Backup      backupCmd      `cmd:"" help:"Write all that the server keeps, with its secrets, into one file, while it serves."`
	Restore     restoreCmd     `cmd:"" help:"Put a backup into a data directory that has no database."`
	Verify      verifyCmd      `cmd:"" help:"Check a backup, a data directory or a database: structure, rules, audit, every page. Without arguments the default --data."`
	Migrate     migrateCmd     `cmd:"" help:"Bring the schema of the database up to date and stop."`
	Completion  completionCmd  `cmd:"" help:"Print the completion script of a shell, for eval \"$(carillon completion bash)\"."`
	Man         manCmd         `cmd:"" help:"Print the manual page: carillon man | man -l -"`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// BeforeApply is called by kong when it has all values.
func (*cli) BeforeApply(ctx *kong.Context, file *settings) error { return file.check(ctx) }

// streams are where a command writes: results to out, everything else to err.
type streams struct{ out, err io.Writer }

func main() {
	os.Exit(run(interruptible(), os.Args[1:], streams{os.Stdout, os.Stderr}))
}

// interruptible returns a context that ends with the first SIGINT or SIGTERM. The
// second one ends the process at once, as if nobody had waited for it, also when it
// comes before anybody has noticed the first.
func interruptible() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		second := <-signals
		signal.Reset(os.Interrupt, syscall.SIGTERM)
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Signal(second)
		}
	}()
	return ctx
}

// run parses and runs one command line and returns the exit code.
func run(ctx context.Context, args []string, s streams) int {
	var c cli
	exited, code := false, exitDone
	command, err := newParser(&c, s, func(n int) { exited, code = true, n }).Parse(args)
	switch {
	case exited: // --help
		return code
	case err != nil:
		return usage(s, err)
	}
	command.BindTo(ctx, (*context.Context)(nil))
	command.Bind(rereader(func() (*serveCmd, error) { return rereadServe(args) }))
	err = command.Run(s)
	var other exitCode
	switch {
	case errors.As(err, &other):
		return int(other)
	case err != nil:
		fmt.Fprintln(s.err, "carillon:", err)
		return exitFailed
	}
	return exitDone
}

// newParser returns a parser that fills c.
func newParser(c *cli, s streams, exit func(int)) *kong.Kong {
	unsetEmpty()
	file := &settings{sources: map[string]source{}}
	parser, err := kong.New(c,
		kong.Name("carillon"),
		kong.Description("A self-hosted server for the Amazon Chime administration API."),
		kong.Writers(s.out, s.err),
		kong.Exit(exit),
		kong.Vars{"data": defaultData(), "version": versionText()},
		kong.DefaultEnvars("CARILLON"),
		kong.Resolvers(file),
		kong.Bind(file),
		kong.ValueFormatter(helpOf),
	)
	if err != nil { // the structure above is wrong
		panic(err)
	}
	return parser
}

// usage reports a command line that cannot be understood.
func usage(s streams, err error) int {
	var parse *kong.ParseError
	if errors.As(err, &parse) {
		parse.Context.Stdout = s.err
		_ = parse.Context.PrintUsage(true) // to the same stream as the error
	}
	fmt.Fprintln(s.err, "carillon:", err)
	return exitUsage
}

// helpOf is the help of a flag with its default, unless kong shows that before
// it, and its variable.
func helpOf(v *kong.Value) string {
	shown := *v
	if v.Default != "" && v.Tag.PlaceHolder != "" {
		shown.Help = strings.TrimSuffix(v.Help, ".") + "; default " + v.Default + "."
	}
	return kong.DefaultHelpValueFormatter(&shown)
}
