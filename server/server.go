package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"carillon/access"
	"carillon/chime"
	"carillon/store"
	"carillon/store/postgres"
	"carillon/store/sqlite"
)

// Options are the settings of a server.
type Options struct {
	// Data is the directory of the embedded database.
	Data string
	// Database is the URL of a PostgreSQL database; empty: embedded SQLite in Data.
	Database string
	// Root is the operator's key. An empty id stands for the generated one.
	Root access.RootKey
	// Fidelity chooses between documented and observed behaviour.
	Fidelity chime.Fidelity
	// Throttle limits the rate of requests.
	Throttle Throttle
	// Log receives one line per request and what goes wrong.
	Log *slog.Logger
	// Now is the clock of the rules; nil: real time.
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

	store   *store.Store
	log     *slog.Logger
	metrics *metrics
}

// service joins the packages that implement operations. Those of Keys hide the
// ones that chime.Service leaves unimplemented, since they are less deep.
type service struct {
	*chime.Service
	*access.Keys
}

// Open opens the database, brings its schema up to date and returns a server
// that is ready to serve.
func Open(ctx context.Context, o Options) (*Server, error) {
	st, err := OpenStore(ctx, o)
	if err != nil {
		return nil, err
	}
	srv, err := assemble(ctx, st, o)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return srv, nil
}

// OpenStore opens the database of a server and brings its schema up to date.
func OpenStore(ctx context.Context, o Options) (*store.Store, error) {
	engine, err := openEngine(ctx, o)
	if err != nil {
		return nil, err
	}
	st := store.New(engine)
	if err := st.Migrate(ctx); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return st, nil
}

func openEngine(ctx context.Context, o Options) (store.Engine, error) {
	switch {
	case o.Database == "":
		if err := os.MkdirAll(o.Data, 0o700); err != nil {
			return nil, fmt.Errorf("creating the data directory: %w", err)
		}
		return sqlite.Open(ctx, filepath.Join(o.Data, "carillon.db"), sqlite.Options{})
	case strings.HasPrefix(o.Database, "postgres://"), strings.HasPrefix(o.Database, "postgresql://"):
		return postgres.Open(ctx, o.Database, postgres.Options{})
	}
	return nil, errors.New("the database must be a URL that begins with postgres://")
}

func assemble(ctx context.Context, st *store.Store, o Options) (*Server, error) {
	secrets, err := access.LoadSecrets(ctx, st)
	if err != nil {
		return nil, err
	}
	srv := &Server{Root: o.Root, store: st, log: o.Log}
	if srv.Root.AccessKeyID == "" {
		srv.Root.AccessKeyID, srv.Root.SecretAccessKey = secrets.RootAccessKeyID, secrets.RootSecretAccessKey
		srv.RootGenerated = secrets.Generated
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	keys := access.NewKeys(st, secrets.Master, srv.Root, now)
	rules := chime.New(chime.Config{
		Store: st, Now: now, NewID: newID, Fidelity: o.Fidelity,
		TokenKey: access.Derive(secrets.Master, "page tokens"),
	})
	h := newHandler(service{rules, keys}, keys, st.Ready, o)
	srv.Handler, srv.metrics = h, h.metrics
	return srv, nil
}

// newID returns an id that grows with time, so that inserts stay local.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// Close closes the database; call it after the last request.
func (s *Server) Close() error { return s.store.Close() }

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
