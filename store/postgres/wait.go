package postgres

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// The pauses between attempts to reach a database that is not there yet.
const (
	firstWait = 100 * time.Millisecond
	maxWait   = 2 * time.Second
)

// await returns nil when the database answers, for which it waits as long as
// the options say.
func (e *Engine) await(ctx context.Context, opts Options) error {
	deadline := time.Now().Add(opts.Startup)
	for pause := firstWait; ; pause = min(2*pause, maxWait) {
		err := e.Ping(ctx)
		left := time.Until(deadline)
		if err == nil || refuses(err) || ctx.Err() != nil || left <= 0 {
			return err
		}
		if pause == firstWait {
			opts.Logger.Warn("waiting for the database", "for", opts.Startup.String(), "error", err.Error())
		}
		select {
		case <-time.After(min(pause, left)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// refuses reports whether a server answered that it will never let us in: wrong
// user or password, no such database.
func refuses(err error) bool {
	var server *pgconn.PgError
	return errors.As(err, &server) && (strings.HasPrefix(server.Code, "28") || server.Code == "3D000")
}
