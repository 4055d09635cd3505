package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	neturl "net/url"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// connectTimeout is the time to reach one host, if the URL has no
	// connect_timeout.
	connectTimeout = 2 * time.Second
	// pingTimeout is the time in which a connection that was idle for a
	// second must show that it is alive; if not, another one is made.
	pingTimeout = time.Second
	// idleLifetime is how long a connection stays open for nothing.
	idleLifetime = 5 * time.Minute
)

// Options are the settings of an [Engine]. The zero value is good.
type Options struct {
	// MaxConns is how many connections there can be, and so how many
	// operations at the same time, three quarters of them for one tenant, so
	// that others find some, and a quarter while others are about; more wait. 0 stands for pool_max_conns of
	// the URL or else four times GOMAXPROCS, but at least 16.
	MaxConns int
	// Timeout is how long a View or an Update may take with all that belongs
	// to it: waiting for a connection, running again, committing. When it is
	// up the operation fails with [engine.ErrUnavailable]. It does not limit
	// Migrate. 0 stands for 30 seconds.
	Timeout time.Duration
	// Wait is Timeout for an Update of a tenant, with all its waiting for a
	// connection and for locks. A statement of anybody waits for one lock four
	// fifths as long, so that mostly the database ends the waiting and the
	// connection stays good. 0 stands for 5 seconds.
	Wait time.Duration
	// ReadTimeout is Timeout for a View of a tenant. 0 stands for 5 seconds.
	ReadTimeout time.Duration
	// Startup is how long Open waits for a database that cannot be reached. One
	// that refuses the user or does not exist is not waited for.
	Startup time.Duration
	// Name is what the sessions are called; empty: carillon, the name of those of
	// servers, which another name must not be.
	Name string
	// Logger hears that Open waits; nil stands for [slog.Default].
	Logger *slog.Logger
	// Committed, if not nil, is told of each commit: how long it took, and how
	// many updates shared it, here always one.
	Committed func(took time.Duration, updates int)
}

func (o Options) withDefaults() Options {
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.Wait <= 0 {
		o.Wait = 5 * time.Second
	}
	if o.ReadTimeout <= 0 {
		o.ReadTimeout = 5 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Committed == nil {
		o.Committed = func(time.Duration, int) {}
	}
	return o
}

var errURL = errors.New("postgres: the URL of the database is not valid, want postgres://user:password@host:port/database?parameter=value")

// configure turns a URL into the settings of the pool. What the URL says goes
// before what we would choose.
func configure(url string, opts Options) (*pgxpool.Config, error) {
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return nil, errURL
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		if _, unclear := neturl.Parse(url); unclear != nil {
			return nil, errURL // the driver may not have found the password to hide it
		}
		return nil, fmt.Errorf("%w: %w", errURL, err)
	}
	_, query, _ := strings.Cut(url, "?")
	params, err := neturl.ParseQuery(query)
	if err != nil {
		return nil, errURL
	}
	switch {
	case opts.MaxConns > 0:
		config.MaxConns = int32(opts.MaxConns)
	case !params.Has("pool_max_conns"):
		config.MaxConns = int32(max(16, 4*runtime.GOMAXPROCS(0)))
	}
	if !params.Has("connect_timeout") {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	config.PingTimeout = pingTimeout
	config.MaxConnIdleTime = idleLifetime
	config.MaxConnLifetimeJitter = config.MaxConnLifetime / 4
	config.AfterConnect = setDefaultReadOnly
	setParameters(config.ConnConfig.RuntimeParams, opts)
	return config, nil
}

// sessionName is what the database server calls our sessions, unless the options
// or the URL say otherwise.
const sessionName = "carillon"

// setParameters sets parameters of the server that the URL does not.
func setParameters(params map[string]string, opts Options) {
	milliseconds := func(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
	for name, value := range map[string]string{
		"application_name":                    sessionName,
		"statement_timeout":                   milliseconds(opts.Timeout),
		"idle_in_transaction_session_timeout": milliseconds(opts.Timeout),
		"lock_timeout":                        milliseconds(opts.Wait * 4 / 5),
	} {
		if _, ok := params[name]; !ok {
			params[name] = value
		}
	}
	if opts.Name != "" {
		params["application_name"] = opts.Name
	}
}

// setDefaultReadOnly makes statements outside of transactions, those of views, fail
// if they write. Updates ask for READ WRITE when they begin. It is not among
// the parameters since target_session_attrs=read-write would refuse it.
func setDefaultReadOnly(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, "SET default_transaction_read_only = on", pgx.QueryExecModeSimpleProtocol)
	return err
}
