package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"carillon/access"
	"carillon/api"
	"carillon/chime"
	"carillon/dispatch"
	"carillon/jobs"
	"carillon/outbound"
	"carillon/store"
	"carillon/store/engine"
	"carillon/store/postgres"
	"carillon/work"
)

// Options are the settings of a server.
type Options struct {
	// Data is the directory of the embedded database.
	Data string
	// Database is the URL of a PostgreSQL database; empty: embedded SQLite in Data.
	Database string
	// StartupTimeout is how long Open waits for PostgreSQL; 0: not at all.
	StartupTimeout time.Duration
	// Init begins anew in a data directory that has lost its database.
	Init bool
	// ReadReplica is the URL of a PostgreSQL database that follows Database; what
	// Get, List and Search operations show may come from it and lag behind.
	// Empty: Database serves everything.
	ReadReplica string
	// Root is the operator's key. An empty id stands for the generated one.
	Root access.RootKey
	// Fidelity chooses between documented and observed behaviour.
	Fidelity chime.Fidelity
	// Throttle limits the rate of requests.
	Throttle dispatch.Throttle
	// Log receives one line per request and what goes wrong.
	Log *slog.Logger
	// Quotas limit accounts, numbers, rooms, memberships and bots.
	Quotas chime.Quotas
	// PublicURL is where webhooks reach this server.
	PublicURL string
	// DialOutURL and LambdaURL are the operator's endpoints for dial-outs and
	// for events of Lambda bots; empty: none.
	DialOutURL, LambdaURL string
	// PrivateWebhooks allows bot endpoints to have private addresses.
	PrivateWebhooks bool
	// TestClock lets the clock of rules and jobs be moved ahead.
	TestClock bool
	// Now is the clock of rules and jobs; nil: real time.
	Now func() time.Time
}

// Server is a running store with the handler over it.
type Server struct {
	// Handler serves everything that Carillon listens for.
	Handler http.Handler
	// Root is the operator's key that counts.
	Root access.RootKey
	// RootGenerated tells that this start made the root key.
	RootGenerated bool

	store    *store.Store
	dispatch *dispatch.Dispatcher
	reads    *store.Store // nil: the same
	log      *slog.Logger
	metrics  *metrics
	jobs     []*jobs.Runner
	stop     context.CancelFunc
}

// Open opens the database, brings its schema up to date and returns a server
// that is ready to serve.
func Open(ctx context.Context, o Options) (*Server, error) {
	st, err := OpenStore(ctx, o)
	if err != nil {
		return nil, err
	}
	srv := &Server{Root: o.Root, store: st, log: o.Log}
	if err := srv.assemble(ctx, o); err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	return srv, nil
}

// OpenStore opens the database of a server and brings its schema up to date.
func OpenStore(ctx context.Context, o Options) (*store.Store, error) {
	e, err := openEngine(ctx, o)
	if err != nil {
		return nil, err
	}
	st := store.New(e)
	st.Log = o.Log
	if err := st.Migrate(ctx); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return st, nil
}

func openEngine(ctx context.Context, o Options) (engine.Engine, error) {
	switch {
	case o.Database == "":
		if err := os.MkdirAll(o.Data, 0o700); err != nil {
			return nil, fmt.Errorf("creating the data directory: %w", err)
		}
		return openEmbedded(ctx, o)
	case strings.HasPrefix(o.Database, "postgres://"), strings.HasPrefix(o.Database, "postgresql://"):
		return postgres.Open(ctx, o.Database, postgres.Options{Wait: o.StartupTimeout, Logger: o.Log})
	}
	return nil, errors.New("the database must be a URL that begins with postgres://")
}

// assemble puts the server together over its store. What it has opened when it
// fails, Close closes.
func (s *Server) assemble(ctx context.Context, o Options) error {
	st := s.store
	secrets, err := access.LoadSecrets(ctx, st)
	if err != nil {
		return err
	}
	if err := s.openReplica(ctx, o); err != nil {
		return err
	}
	if s.Root.AccessKeyID == "" {
		s.Root.AccessKeyID, s.Root.SecretAccessKey = secrets.RootAccessKeyID, secrets.RootSecretAccessKey
		s.RootGenerated = secrets.Generated
	}
	clk, err := s.newClock(ctx, o)
	if err != nil {
		return err
	}
	rules := chime.New(s.rules(o, secrets))
	keys := access.NewKeys(st, secrets.Master, s.Root)
	d := dispatch.New(dispatch.Config{
		Rules: api.Bind[*work.Unit](rules, rules, rules, rules, clk, keys),
		Store: st, Reads: s.reads, Now: clk.Now, NewID: newID, Throttle: o.Throttle, Wake: s.wake,
	})
	s.dispatch = d
	h := newHandler(d, keys, s.ready, o)
	s.Handler, s.metrics = h, h.metrics
	s.metrics.registry.MustRegister(waitingJobs{st, o.Log})
	return s.start(ctx, rules, clk)
}

func (s *Server) openReplica(ctx context.Context, o Options) error {
	if o.ReadReplica == "" {
		return nil
	}
	engine, err := postgres.Open(ctx, o.ReadReplica, postgres.Options{Wait: o.StartupTimeout, Logger: o.Log})
	if err != nil {
		return fmt.Errorf("opening the read replica: %w", err)
	}
	s.reads = store.New(engine)
	return nil
}

func (s *Server) newClock(ctx context.Context, o Options) (*clock, error) {
	c := &clock{store: s.store, enabled: o.TestClock, base: o.Now, wake: s.wake}
	if c.base == nil {
		c.base = time.Now
	}
	return c, c.load(ctx)
}

// wake makes the runners look for jobs; before they are there, there is no need.
func (s *Server) wake() {
	for _, r := range s.jobs {
		r.Wake()
	}
}

// rules collects what the rules need.
func (s *Server) rules(o Options, secrets *access.Secrets) chime.Config {
	return chime.Config{
		Fidelity: o.Fidelity, Quotas: o.Quotas,
		TokenKey:  access.Derive(secrets.Master, "page tokens"),
		SecretKey: access.Derive(secrets.Master, "bots and webhooks"),
		PublicURL: strings.TrimRight(o.PublicURL, "/"),
		Webhooks:  outbound.New(o.PrivateWebhooks).Post,
		Operator:  outbound.New(true).Post, DialOutURL: o.DialOutURL, LambdaURL: o.LambdaURL, DialOutSecret: s.Root.SecretAccessKey,
	}
}

// start begins the work in the background.
func (s *Server) start(ctx context.Context, rules *chime.Service, c *clock) error {
	err := s.store.Update(ctx, func(r store.Records) error {
		return rules.ScheduleHousekeeping(&work.Unit{Records: r, Caller: &api.Caller{}, Now: c.Now(), NewID: newID})
	})
	if err != nil {
		return fmt.Errorf("scheduling the daily cleaning: %w", err)
	}
	background, stop := context.WithCancel(context.Background())
	s.stop = stop
	if c.enabled {
		go c.follow(background)
	}
	for _, handlers := range []map[string]jobs.Handler{rules.JobHandlers(), rules.DeliveryHandlers()} {
		s.jobs = append(s.jobs, jobs.Start(jobs.Config{
			Store: s.store, Handlers: handlers, Now: c.Now, NewID: newID, Owner: newID(), Log: s.log, Observe: s.metrics.job,
		}))
	}
	return nil
}

// newID returns an id that grows with time, so that inserts stay local.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// Close ends the work in the background and closes the database; call it after
// the last request.
func (s *Server) Close() error {
	if s.stop != nil {
		s.stop()
	}
	if s.dispatch != nil {
		s.dispatch.Close()
	}
	for _, r := range s.jobs {
		r.Stop()
	}
	if s.reads != nil {
		return errors.Join(s.reads.Close(), s.store.Close())
	}
	return s.store.Close()
}

// Limits of connections.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 60 * time.Second
	writeTimeout      = 90 * time.Second
	idleTimeout       = 3 * time.Minute
	maxHeaderBytes    = 64 << 10
	shutdownTimeout   = 30 * time.Second
)

// Serve answers on a listener until ctx ends. Then it stops accepting, finishes
// what is under way, for 30 s at most, and returns.
func (s *Server) Serve(ctx context.Context, l net.Listener, tls TLSFiles) error {
	hs := &http.Server{
		Handler: s.Handler, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- tls.serve(hs, l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := hs.Shutdown(grace); err != nil {
		return fmt.Errorf("requests still under way after %s: %w", shutdownTimeout, errors.Join(err, hs.Close()))
	}
	return nil
}

// TLSFiles names a certificate and its key in PEM; both empty: no TLS.
type TLSFiles struct{ Cert, Key string }

func (t TLSFiles) serve(hs *http.Server, l net.Listener) error {
	if t.Cert == "" {
		return hs.Serve(l)
	}
	return hs.ServeTLS(l, t.Cert, t.Key)
}
