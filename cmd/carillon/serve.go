package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"

	"carillon/access"
	"carillon/server"
	"carillon/tracing"
)

// databaseFlags say where the data is.
type databaseFlags struct {
	Data     string `help:"Directory of the embedded database and of generated secrets." default:"${data}" placeholder:"DIR"`
	Database string `help:"URL of a PostgreSQL database, postgres://…; without it the embedded database in --data serves." placeholder:"URL"`
}

type serveCmd struct {
	openFlags
	behaviourFlags
	mailFlags
	Listen              string      `help:"Address of the API and health." default:"127.0.0.1:8018" placeholder:"ADDRESS"`
	RootAccessKeyID     string      `name:"root-access-key-id" help:"Access key id of the operator; else the one of the last start that set it, or the one that the first start generated." placeholder:"ID"`
	RootSecretAccessKey string      `name:"root-secret-access-key" help:"Secret of the operator's key, 16 characters at least; goes with the id." placeholder:"SECRET"`
	MetricsListen       *string     `help:"Address of /metrics; empty: off; default 127.0.0.1:8019 if it is free." placeholder:"ADDRESS" mayBeEmpty:""`
	Pprof               bool        `help:"Serve /debug/pprof beside /metrics."`
	TLSCert             string      `name:"tls-cert" help:"Certificate for HTTPS, PEM." placeholder:"FILE"`
	TLSKey              string      `name:"tls-key" help:"Key of the certificate, PEM." placeholder:"FILE"`
	BackupDir           string      `help:"Directory for backups that the server makes by itself; without it there are none." placeholder:"DIR"`
	BackupEvery         days        `help:"Time between two of them, in days or hours." default:"24h" placeholder:"DURATION"`
	BackupKeep          int         `help:"How many of them are kept, the oldest go; 0: all." default:"14"`
	BackupEncryptTo     []recipient `help:"age recipient to encrypt them to, age1…; several: any of them can read them." placeholder:"RECIPIENT"`
	TestClock           bool        `help:"Let tests move time: POST /carillon/v1/test/clock."`
	ReadReplica         string      `name:"database-read-replica" help:"URL of a PostgreSQL database that follows --database and serves what Get, List and Search show; it may lag." placeholder:"URL"`
	SearchIndex         bool        `help:"Keep users packed once more, so that a search or a sorted list takes a fraction of a second among a million; see docs/search-index.md."`
	LeanHTTP            bool        `name:"lean-http" help:"Serve plain HTTP/1.1 by a reader of our own that costs less; false: everything by Go's net/http." default:"true"`
	LogLevel            string      `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"info"`
	LogFormat           string      `help:"json or text; else text on a terminal and JSON elsewhere." enum:",json,text" default:""`
}

// defaultMetrics is the address of the metrics unless the operator chooses one.
const defaultMetrics = "127.0.0.1:8019"

var accountIDPattern = regexp.MustCompile(`^[0-9]{12}$`)

// Validate is called by kong: what it refuses is wrong usage.
func (c *serveCmd) Validate() error {
	switch {
	case c.behaviourFlags.check() != nil:
		return c.behaviourFlags.check()
	case c.mailFlags.check(c.PublicURL) != nil:
		return c.mailFlags.check(c.PublicURL)
	case (c.RootAccessKeyID == "") != (c.RootSecretAccessKey == ""):
		return errors.New("--root-access-key-id and --root-secret-access-key go together")
	case c.rootKey().Check() != nil:
		return c.rootKey().Check()
	case c.ReadReplica != "" && c.Database == "":
		return errors.New("--database-read-replica needs --database")
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return errors.New("--tls-cert and --tls-key go together")
	case c.BackupDir != "" && c.Database != "":
		return errors.New("--backup-dir is for the embedded database; PostgreSQL has backups of its own, see docs/backup.md")
	case c.BackupEvery < days(time.Minute) || c.BackupKeep < 0:
		return errors.New("--backup-every takes a minute at least, --backup-keep no negative value")
	case c.StartupTimeout < 0:
		return errors.New("--startup-timeout takes no negative value")
	}
	_, err := tracing.FromEnv(os.Getenv)
	return errors.Join(err, c.checkAddresses())
}

// checkAddresses returns what is wrong with the addresses to listen on.
func (c *serveCmd) checkAddresses() error {
	if err := checkAddress("--listen", c.Listen); err != nil {
		return err
	}
	if c.MetricsListen == nil || *c.MetricsListen == "" {
		return nil
	}
	return checkAddress("--metrics-listen", *c.MetricsListen)
}

func checkAddress(flag, address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return fmt.Errorf("%s takes an address with a port, as in %s: %w", flag, defaultMetrics, err)
	}
	return nil
}

// rootKey is the key of the settings; without an id there is none.
func (c *serveCmd) rootKey() *access.RootKey {
	return &access.RootKey{AccessKeyID: c.RootAccessKeyID, SecretAccessKey: c.RootSecretAccessKey, AwsAccountID: c.AwsAccountID}
}

// Run serves until a signal ends ctx. What can fail comes before the banner.
func (c *serveCmd) Run(ctx context.Context, s streams, set *settings, reread rereader) error {
	hangups, stop := heed()
	defer stop()
	server.TuneMemory()
	if err := c.checkCertificate(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	log := server.NewLog(s.err, c.LogFormat, c.logLevel())
	defer log.Close()
	endpoint := endpointURL(listener.Addr(), c.TLSCert != "")
	writeKey := func(root access.RootKey) (*keyFile, error) {
		k := newKeyFile(c.Data, root, set.sources[rootSecretFlag], endpoint)
		return k, k.write(c.Data)
	}
	o := c.options(log, endpoint)
	if o.Mail, err = c.sender(); err != nil {
		return err
	}
	o.RootChanged = func(root access.RootKey) {
		if _, err := writeKey(root); err != nil {
			log.Error("carillon env does not know the new root key", "error", err.Error())
		}
	}
	srv, err := server.Open(ctx, o)
	if err != nil && ctx.Err() != nil { // told to stop while it waited
		return nil
	}
	if err != nil {
		return err
	}
	say := announcer{log, server.IsTerminal(s.err), newNotifier()}
	defer c.reloads(hangups, srv, say, reread)()
	return errors.Join(c.serve(ctx, say, srv, listener, writeKey), srv.Close())
}

// heed has the process live on when it is sent SIGHUP, of which the channel tells,
// when a reader of the log goes, and when it is sent what only faults of its own
// should bring.
func heed() (hangups chan os.Signal, stop func()) {
	hangups = make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	signal.Ignore(unheeded...)
	return hangups, func() { signal.Stop(hangups) }
}

// announcer tells people what the log does not: like the log it waits for
// nobody who does not read.
type announcer struct {
	*server.Log
	terminal bool
	manager  *notifier // of services
}

// serve makes the server known and runs it.
func (c *serveCmd) serve(ctx context.Context, say announcer, srv *server.Server, l net.Listener, writeKey func(access.RootKey) (*keyFile, error)) error {
	metrics, err := c.listenMetrics()
	if err != nil {
		return err
	}
	file, err := writeKey(srv.Root)
	if err != nil {
		return err
	}
	say.Print(c.banner(srv, file, say.terminal))
	switch {
	case metrics != nil:
		defer srv.ServeMetrics(metrics, c.Pprof)()
	case c.MetricsListen == nil:
		say.Print("Warning: no metrics, their default address " + defaultMetrics + " is taken\n")
	}
	say.manager.ready(file.EndpointURL)
	defer say.manager.guard(health(file.EndpointURL))()
	defer context.AfterFunc(ctx, func() { say.manager.send("STOPPING=1") })()
	return srv.Serve(ctx, l, c.tlsFiles())
}

func (c *serveCmd) tlsFiles() server.TLSFiles { return server.TLSFiles{Cert: c.TLSCert, Key: c.TLSKey} }

// checkCertificate makes a wrong file fail the start.
func (c *serveCmd) checkCertificate() error {
	if c.TLSCert == "" {
		return nil
	}
	_, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	return err
}

func (c *serveCmd) logLevel() slog.Level {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // kong has checked the value
	return level
}

func (c *serveCmd) options(log *server.Log, endpoint string) server.Options {
	o := server.Options{
		Data: c.Data, Database: c.Database, StartupTimeout: c.StartupTimeout, Init: c.Init, ReadReplica: c.ReadReplica,
		Log: log.Logger, LogDropped: log.Dropped, Root: *c.rootKey(), TestClock: c.TestClock, LeanHTTP: c.LeanHTTP, SearchIndex: c.SearchIndex,
		Tracing: traces(), Version: version, Program: programText(),
		Backup: c.backups(),
	}
	c.apply(&o)
	o.PublicURL = cmp.Or(o.PublicURL, endpoint)
	return o
}

func (c *serveCmd) backups() server.BackupSchedule {
	return server.BackupSchedule{
		Dir: c.BackupDir, Every: time.Duration(c.BackupEvery), Keep: c.BackupKeep, Recipients: recipientsOf(c.BackupEncryptTo),
	}
}

// traces are the settings that OTEL_… variables make; Validate has checked them.
func traces() *tracing.Settings {
	s, _ := tracing.FromEnv(os.Getenv)
	return s
}

// listenMetrics returns nil where there are to be no metrics. The default
// address may be taken, by another server of this machine; an address that was
// asked for may not.
func (c *serveCmd) listenMetrics() (net.Listener, error) {
	if c.MetricsListen == nil {
		l, _ := net.Listen("tcp", defaultMetrics)
		return l, nil
	}
	if *c.MetricsListen == "" {
		return nil, nil
	}
	return net.Listen("tcp", *c.MetricsListen)
}

// banner says where the server is and how to use it.
func (c *serveCmd) banner(srv *server.Server, file *keyFile, terminal bool) string {
	data := c.Data
	if c.Database != "" {
		data = "PostgreSQL"
	}
	credentials := fmt.Sprintf("Credentials: eval \"$(%s)\"", c.envCommand())
	if srv.RootGenerated && terminal {
		credentials = fmt.Sprintf("Credentials, shown this once (later: carillon env):\n\n%s", file.exports())
	}
	return fmt.Sprintf("Carillon %s serves the Amazon Chime API at %s\nData: %s\n%s\nTry: aws chime create-account --name Demo\n",
		version, file.EndpointURL, data, credentials)
}

func (c *serveCmd) envCommand() string {
	if c.Data == defaultData() {
		return "carillon env"
	}
	return "carillon env --data " + shellQuote(c.Data)
}

// endpointURL is the URL under which this machine reaches a listener.
func endpointURL(addr net.Addr, tls bool) string {
	scheme := "http://"
	if tls {
		scheme = "https://"
	}
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return scheme + addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + net.JoinHostPort(host, port)
}
