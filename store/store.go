// Package store keeps everything that Carillon remembers. It holds all SQL,
// hands out records as plain values and runs transactions as closures. Two
// engines, store/sqlite and store/postgres, run the same SQL text.
package store

import (
	"context"
	"log/slog"
	"slices"

	"carillon/store/engine"
)

// Store hands out records. Its methods are safe for concurrent use.
type Store struct {
	// Log hears what the operator should know of a migration; nil stands for
	// [slog.Default]. Set it before Migrate.
	Log *slog.Logger

	engine      engine.Engine
	view        Transaction
	update      Transaction
	migrations  []migration
	distributed bool
}

// New returns the store on an engine; call [Store.Migrate] before anything else.
func New(e engine.Engine) *Store {
	return &Store{engine: e, view: e.View, update: e.Update, migrations: migrations()}
}

// Transaction is the View or Update of an engine.
type Transaction func(context.Context, func(engine.Tx) error) error

// Wrap has all Views and Updates go through what around makes of them, by name:
// view or update. Call it before the store is used.
func (s *Store) Wrap(around func(name string, run Transaction) Transaction) {
	s.view, s.update = around("view", s.view), around("update", s.update)
}

func (s *Store) log() *slog.Logger {
	if s.Log == nil {
		return slog.Default()
	}
	return s.Log
}

// Records reads and writes records inside a View or Update.
type Records struct {
	tx engine.Tx
}

// View runs fn for reading. Each method of Records sees the newest committed state.
func (s *Store) View(ctx context.Context, fn func(Records) error) error {
	return s.view(ctx, func(tx engine.Tx) error { return fn(Records{tx}) })
}

// Update runs fn in a transaction that is durable when Update returns nil; see
// [engine.Engine] for what fn must respect.
func (s *Store) Update(ctx context.Context, fn func(Records) error) error {
	return s.update(ctx, func(tx engine.Tx) error { return fn(Records{tx}) })
}

// Exclusive reports whether this process is the only writer.
func (s *Store) Exclusive() bool { return s.engine.Exclusive() }

// Distributed reports whether accounts are on different machines, as Migrate
// has found: then a transaction had better stay in one account.
func (s *Store) Distributed() bool { return s.distributed }

// Stats tells what the database is busy with.
func (s *Store) Stats() engine.Stats { return s.engine.Stats() }

// Ready returns nil when the database can serve and this program can serve with
// its schema: the schema is current, or newer and compatible.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.engine.Ping(ctx); err != nil {
		return err
	}
	return s.engine.View(ctx, func(tx engine.Tx) error {
		have, err := s.schema(tx)
		if err != nil {
			return err
		}
		return s.serves(have)
	})
}

// Close waits for running transactions and closes the database.
func (s *Store) Close() error { return s.engine.Close() }

// Last is what updates do last, once for all that share a commit; see
// [engine.Last].
type Last[T any] struct{ last engine.Last }

// NewLast returns a Last that gives run what updates have left.
func NewLast[T any](run func(Records, []T) error) *Last[T] {
	return &Last[T]{engine.Last{Run: func(tx engine.Tx, items []any) error {
		list := make([]T, 0, len(items))
		for _, item := range items {
			list = append(list, item.([]T)...)
		}
		return run(Records{tx}, list)
	}}}
}

// Leave leaves items for the end of an update.
func (l *Last[T]) Leave(r Records, items []T) error { return r.tx.Leave(&l.last, items) }

// one runs a query for at most one row; absent says that there was none.
func (r Records) one(absent *Missing, query string, args []any, scan func(engine.Row) error) error {
	found := false
	err := r.tx.Query(query, args, func(row engine.Row) error {
		found = true
		return scan(row)
	})
	if err == nil && !found {
		err = absent
	}
	return err
}

// byKey is one for a query that finds its row by a key.
func (r Records) byKey(absent *Missing, query string, args []any, scan func(engine.Row) error) error {
	tx, ok := r.tx.(engine.Single)
	if !ok {
		return r.one(absent, query, args, scan)
	}
	found := false
	err := tx.Single(query, args, func(row engine.Row) error {
		found = true
		return scan(row)
	})
	if err == nil && !found {
		err = absent
	}
	return err
}

// forKeys runs a statement for each of several values of its last parameter. For lists of
// keys it is the form whose cost does not depend on what the database believes: where
// its statistics are old, PostgreSQL compares each row of an account with each value
// of an IN.
func forKeys[K any](r Records, query string, args []any, keys []K, each func(engine.Row) error) error {
	lists := make([][]any, len(keys))
	for i, key := range keys {
		lists[i] = append(slices.Clip(args), key)
	}
	return engine.Batch(r.tx, query, lists, each)
}

// get is byKey for a record. It is never nil.
func get[T any, P record[T]](r Records, absent *Missing, query string, args ...any) (*T, error) {
	v := new(T)
	return v, r.byKey(absent, query, args, P(v).scan)
}

// changed runs a statement that must change a row; absent says that it did not.
func (r Records) changed(absent error, query string, args ...any) error {
	n, err := r.tx.Exec(query, args...)
	if err == nil && n == 0 {
		err = absent
	}
	return err
}

// insert runs an INSERT … ON CONFLICT DO NOTHING, which leaves the transaction
// usable; ErrExists says that the key was taken.
func (r Records) insert(query string, args ...any) error {
	return r.changed(ErrExists, query, args...)
}

// record is a pointer to a record that reads itself from a row.
type record[T any] interface {
	*T
	scan(engine.Row) error
}

// collect runs a query and returns a record for each row.
func collect[T any, P record[T]](r Records, query string, args []any) (list []T, err error) {
	err = r.tx.Query(query, args, appender[T, P](&list))
	return list, err
}

// collectForKeys is collect with each of several values of the last parameter.
func collectForKeys[T any, P record[T], K any](r Records, query string, args []any, keys []K) (list []T, err error) {
	err = forKeys(r, query, args, keys, appender[T, P](&list))
	return list, err
}

// appender returns what adds the record of a row to a list.
func appender[T any, P record[T]](list *[]T) func(engine.Row) error {
	return func(row engine.Row) error {
		var v T
		err := P(&v).scan(row)
		*list = append(*list, v)
		return err
	}
}
