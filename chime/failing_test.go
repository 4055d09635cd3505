package chime_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"carillon/api"
	"carillon/chime"
	"carillon/store/engine"
)

// failing is a database in which some statements fail.
type failing struct {
	engine.Engine
	prefix atomic.Value // string: what the statements begin with; empty: none
}

func failingWorld(t *testing.T) (*world, *failing) {
	t.Helper()
	e := &failing{}
	e.prefix.Store("")
	w := newWorldOn(t, chime.Documented, func(inner engine.Engine) engine.Engine {
		e.Engine = inner
		return e
	})
	return w, e
}

var errFailing = errors.New("the disk is on fire")

func (e *failing) Update(ctx context.Context, fn func(engine.Tx) error) error {
	return e.Engine.Update(ctx, func(tx engine.Tx) error { return fn(failingTx{tx, e}) })
}

type failingTx struct {
	engine.Tx
	engine *failing
}

func (tx failingTx) fails(query string) bool {
	prefix := tx.engine.prefix.Load().(string)
	return prefix != "" && strings.HasPrefix(query, prefix)
}

func (tx failingTx) Exec(query string, args ...any) (int64, error) {
	if tx.fails(query) {
		return 0, errFailing
	}
	return tx.Tx.Exec(query, args...)
}

func (tx failingTx) Query(query string, args []any, each func(engine.Row) error) error {
	if tx.fails(query) {
		return errFailing
	}
	return tx.Tx.Query(query, args, each)
}

// What is no refusal of a row ends the import, and nothing of it stays.
func TestImportUsers_failure(t *testing.T) {
	w, e := failingWorld(t)
	a := w.team()
	w.importUsers(a, person("t@example.com", "t"))
	in := &api.ImportUsersInput{AccountId: a, Users: []api.ImportedUser{person("good@example.com", ""), person("T@example.com", "other")}}
	for _, prefix := range []string{"INSERT INTO user_rows", "SELECT place, email_key"} {
		e.prefix.Store(prefix)
		if _, err := w.ImportUsers(w.ctx, in); !errors.Is(err, errFailing) {
			t.Errorf("%s fails: got %v", prefix, err)
		}
		e.prefix.Store("")
		if list := w.emails(a); len(list) != 1 {
			t.Errorf("%s fails: there are %v", prefix, list)
		}
	}
}

// It is the same with messages.
func TestImportMessages_failure(t *testing.T) {
	w, e := failingWorld(t)
	a := w.enterprise()
	room := w.room(a)
	in := &api.ImportMessagesInput{Messages: []api.ImportedMessage{inRoom(a, room, "m", daysAgo(1)), inRoom(a, "ghost", "m", daysAgo(1))}}
	for _, prefix := range []string{"INSERT INTO messages", "SELECT account_id, room_id"} {
		e.prefix.Store(prefix)
		if _, err := w.ImportMessages(w.ctx, in); !errors.Is(err, errFailing) {
			t.Errorf("%s fails: got %v", prefix, err)
		}
		e.prefix.Store("")
		if list := w.read(a, room); len(list) != 0 {
			t.Errorf("%s fails: there are %v", prefix, list)
		}
	}
}
