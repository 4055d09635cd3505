package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"carillon/store/engine"
)

var (
	_ engine.Notifier = (*tx)(nil)
	_ engine.Listener = (*Engine)(nil)
)

// relisten is the pause before a lost listener connects again.
const relisten = time.Second

// Notify implements [engine.Notifier].
func (t *tx) Notify(channel, payload string) error {
	_, err := t.Exec(`SELECT pg_notify($1, $2)`, channel, payload)
	return err
}

// Listen implements [engine.Listener]. It has a connection of its own, which is
// not one of the pool.
func (e *Engine) Listen(ctx context.Context, channel string, missed func(), heard func(payload string)) {
	for ctx.Err() == nil {
		e.listen(ctx, channel, missed, heard)
		select {
		case <-ctx.Done():
		case <-time.After(relisten):
		}
	}
}

// listen does so until the connection is lost.
func (e *Engine) listen(ctx context.Context, channel string, missed func(), heard func(payload string)) {
	conn, err := pgx.ConnectConfig(ctx, e.pool.Config().ConnConfig)
	if err != nil {
		return
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `LISTEN `+pgx.Identifier{channel}.Sanitize()); err != nil {
		return
	}
	missed()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return
		}
		heard(n.Payload)
	}
}
