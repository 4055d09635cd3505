package trail

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"carillon/api"
	"carillon/internal/pgtest"
	"carillon/internal/storetest"
	"carillon/store"
	"carillon/store/engine"
	"carillon/work"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// world is a trail over an empty database.
type world struct {
	*testing.T
	*Trail
	engine engine.Engine
	store  *store.Store
	now    time.Time
}

// each runs a test on both engines.
func each(t *testing.T, test func(*world)) {
	for name, open := range map[string]func(testing.TB) engine.Engine{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) { test(newWorld(t, open(t))) })
	}
}

func newWorld(t *testing.T, e engine.Engine) *world {
	t.Helper()
	w := &world{T: t, engine: e, store: storetest.Migrated(t, e), now: moment0}
	w.Trail = New(Config{Level: All, SealKey: [32]byte{1}, TokenKey: [32]byte{2}})
	return w
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) equal(what string, got, want any) {
	w.Helper()
	if !reflect.DeepEqual(got, want) {
		w.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func (w *world) view(fn func(store.Records) error) {
	w.Helper()
	w.must(w.store.View(context.Background(), fn))
}

func (w *world) update(fn func(store.Records) error) {
	w.Helper()
	w.must(w.store.Update(context.Background(), fn))
}

// event is a CreateUser of a user in an account; each is a millisecond after the
// one before.
func (w *world) event(r store.Records, user string) work.Event {
	e := created()
	w.now = w.now.Add(time.Millisecond)
	unit := *e.Unit
	unit.Records, unit.Now = r, w.now
	e.Unit = &unit
	e.Out = &api.CreateUserOutput{User: &api.User{UserId: user, AccountId: api.Some("a1")}}
	return e
}

// keep keeps the records of events, each for a user of the name.
func (w *world) keep(users ...string) {
	w.Helper()
	w.update(func(r store.Records) error {
		var events []work.Event
		for _, user := range users {
			events = append(events, w.event(r, user))
		}
		return w.Keep(events...)
	})
}

// seal seals all that is pending.
func (w *world) sealPending() {
	w.Helper()
	for more := true; more; {
		var s *Sealing
		w.view(func(r store.Records) (err error) {
			s, err = w.PrepareSealing(r)
			return err
		})
		if s.Records() > 0 {
			w.update(func(r store.Records) error { return s.Write(w.Trail, r) })
		}
		more = s.Full()
	}
}

// users returns the users of the events of all pages of a query.
func (w *world) users(q Query) (users []string) {
	w.Helper()
	for pages := 0; ; pages++ {
		var p Page
		w.view(func(r store.Records) (err error) {
			p, err = w.Find(r, q)
			return err
		})
		if len(p.Events) > q.Limit {
			w.Errorf("%d events on a page of %d", len(p.Events), q.Limit)
		}
		for _, e := range p.Events {
			users = append(users, e.Touched[len(e.Touched)-1].Name)
		}
		if p.Next == "" {
			return users
		}
		if pages > 10000 {
			w.Fatal("pages without end")
		}
		q.After = p.Next
	}
}

// verify returns what a verification finds.
func (w *world) verify(head string) (v Verification) {
	w.Helper()
	for !v.Done {
		w.view(func(r store.Records) error { return w.Verify(r, &v, head) })
	}
	return v
}

// problems joins what a verification finds.
func (w *world) problems() string { w.Helper(); return strings.Join(w.verify("").Problems, "\n") }

// exec changes the database behind the back of the trail.
func (w *world) exec(query string, args ...any) {
	w.Helper()
	w.must(w.engine.Update(context.Background(), func(tx engine.Tx) error {
		n, err := tx.Exec(query, args...)
		if err == nil && n == 0 {
			err = fmt.Errorf("%s has changed nothing", query)
		}
		return err
	}))
}

// names returns user names from one number to another.
func names(from, to int) (list []string) {
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprintf("u%04d", i))
	}
	return list
}
