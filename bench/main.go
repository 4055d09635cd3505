package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are the flags.
type options struct {
	root, against      string
	users, fewUsers    int
	pgUsers, peerUsers int
	accounts           int
	seconds            int
	connections        int
	auditRecords       int
	writers            int
	only, profileOf    string
	data, profiles     string
	write              string
	timeout            time.Duration
	onlyPages          bool
}

func parseOptions(args []string) (options, error) {
	var o options
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.StringVar(&o.root, "root", "..", "the `directory` of Carillon's source")
	fs.StringVar(&o.against, "against", "", "the `directory` of another version's source, to measure in turns with this one")
	fs.IntVar(&o.users, "users", 1_000_000, "users in the embedded database")
	fs.IntVar(&o.fewUsers, "few-users", 10_000, "users in the small database that it is compared with")
	fs.IntVar(&o.pgUsers, "pg-users", 100_000, "users in PostgreSQL")
	fs.IntVar(&o.peerUsers, "peer-users", 10_000, "users of the peers")
	fs.IntVar(&o.accounts, "accounts", 32, "accounts that the users are spread over")
	fs.IntVar(&o.seconds, "seconds", 4, "seconds per cell")
	fs.IntVar(&o.connections, "connections", 16, "connections that read")
	fs.IntVar(&o.auditRecords, "audit-records", 0, "records of the audit among which look-ups are measured; 0: they are not")
	fs.IntVar(&o.writers, "writers", 64, "connections that write")
	fs.StringVar(&o.only, "only", "", "comma-separated `names` of the cells to measure: "+strings.Join(cellNames, ", "))
	fs.StringVar(&o.profileOf, "cpuprofile-of", "", "comma-separated `names` of cells with a server to profile")
	fs.StringVar(&o.profiles, "profiles", ".", "`directory` for the profiles, NAME.out")
	fs.StringVar(&o.data, "data", "", "`directory` where filled databases are kept for the next run")
	fs.StringVar(&o.write, "write", "", "Markdown `file` in which to replace the section of measurements")
	fs.BoolVar(&o.onlyPages, "pages", false, "print how long every page of the console takes while one account has all -users, and nothing else")
	fs.DurationVar(&o.timeout, "timeout", 30*time.Minute, "give up after this long")
	fs.BoolFunc("short", "little data, a second per cell; flags that follow override", func(string) error {
		o.users, o.pgUsers, o.peerUsers, o.seconds = 100_000, 10_000, 1000, 1
		return nil
	})
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	return o, o.check()
}

func (o *options) check() error {
	for _, name := range append(split(o.only), split(o.profileOf)...) {
		if !slices.Contains(cellNames, strings.TrimSuffix(name, otherSuffix)) {
			return fmt.Errorf("there is no cell %q", name)
		}
	}
	switch {
	case min(o.users, o.fewUsers, o.pgUsers, o.peerUsers, o.accounts, o.seconds, o.connections, o.writers) < 1:
		return errors.New("sizes must be positive")
	case o.write != "" && o.only != "":
		return errors.New("-write takes a full run, without -only")
	}
	return nil
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

func main() {
	// The kernel ends our children with the thread that started them.
	runtime.LockOSThread()
	if len(os.Args) == 3 && os.Args[1] == floorMode {
		fail(serveFloor(os.Args[2]))
	}
	if len(os.Args) == 3 && os.Args[1] == proberMode {
		fail(probe(os.Args[2]))
		return
	}
	o, err := parseOptions(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	fail(err)
	// As the server does: the generator should spend its time on the load.
	debug.SetGCPercent(400)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	fail(run(ctx, o))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures everything and reports, as far as it came.
func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "carillon-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{options: o, dir: dir, began: time.Now(), binary: filepath.Join(dir, "carillon")}
	if b.data == "" {
		b.data = dir
	}
	if b.onlyPages {
		return b.pages(ctx)
	}
	err = b.measureAll(ctx)
	section := b.section()
	fmt.Print(section)
	if err == nil {
		err = b.unexpected()
	}
	if err == nil && o.write != "" {
		err = replaceSection(o.write, section)
	}
	return err
}
