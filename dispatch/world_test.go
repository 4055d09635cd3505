package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
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

const (
	aws   = "111122223333"
	other = "999900001111"
)

var (
	create    = api.Operation("CreateAccount")   // changes something
	get       = api.Operation("GetAccount")      // only reads
	createOne = api.Operation("CreateUser")      // shares transactions
	createKey = api.Operation("CreateAccessKey") // is for the root key
)

// world is a dispatcher over an empty database. The rules of the tests leave
// accounts in it, each with its name as its id.
type world struct {
	*testing.T
	*Dispatcher
	probe *probe
	wakes atomic.Int64
	ids   atomic.Int64
	log   eventLog
}

// eventLog is what happened, in order.
type eventLog struct {
	mu   sync.Mutex
	list []string
}

func (l *eventLog) add(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, fmt.Sprintf(format, args...))
}

// take returns what happened since the last time.
func (l *eventLog) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.list
	l.list = nil
	return list
}

// probe looks at what a dispatcher asks of an engine.
type probe struct {
	engine.Engine
	views, updates, open atomic.Int64
	again                atomic.Bool // each update runs twice, the first time in vain
	gate                 sync.RWMutex
}

func (p *probe) View(ctx context.Context, fn func(engine.Tx) error) error {
	p.views.Add(1)
	p.open.Add(1)
	defer p.open.Add(-1)
	return p.Engine.View(ctx, fn)
}

func (p *probe) Update(ctx context.Context, fn func(engine.Tx) error) error {
	p.gate.RLock() // closed while a test gathers calls
	defer p.gate.RUnlock()
	p.updates.Add(1)
	p.open.Add(1)
	defer p.open.Add(-1)
	if p.again.Load() {
		conflict := errors.New("conflict")
		err := p.Engine.Update(ctx, func(tx engine.Tx) error { return errors.Join(fn(tx), conflict) })
		if !errors.Is(err, conflict) {
			return err
		}
	}
	return p.Engine.Update(ctx, fn)
}

// each runs a test on both engines.
func each(t *testing.T, test func(*world)) {
	t.Run("sqlite", func(t *testing.T) { test(newWorld(t)) })
	t.Run("postgres", func(t *testing.T) { test(newWorldOn(t, storetest.Postgres(t))) })
}

func newWorld(t *testing.T) *world { return newWorldOn(t, storetest.SQLite(t)) }

func newWorldOn(t *testing.T, e engine.Engine) *world {
	t.Helper()
	w := &world{T: t, probe: &probe{Engine: e}}
	w.live(Config{Store: storetest.Migrated(t, w.probe)})
	return w
}

// live makes the world live by a configuration, of which it sets the rest.
func (w *world) live(c Config) {
	if c.Store == nil {
		c.Store = w.Store
	}
	c.Now, c.Log = time.Now, slog.New(slog.DiscardHandler)
	c.NewID = func() string { return fmt.Sprint("id", w.ids.Add(1)) }
	c.Wake = func() { w.wakes.Add(1) }
	w.Dispatcher = New(c)
	w.Cleanup(w.Dispatcher.Close)
}

// rule makes the world live by one rule.
func (w *world) rule(op *api.Op, call func(*work.Unit, api.Input) (api.Output, error)) {
	w.live(Config{Rules: map[*api.Op]Rule{op: {Call: call}}, Audit: w.Audit})
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

// failure checks that an error is there and is nobody's fault but the server's.
func (w *world) failure(what string, err error) {
	w.Helper()
	if err == nil || work.Refusal(err) != nil {
		w.Errorf("%s: got %v, want a failure", what, err)
	}
}

// refused checks that an error is a refusal of a kind.
func (w *world) refused(what string, err error, kind api.Kind) {
	w.Helper()
	if !api.IsKind(err, kind) {
		w.Errorf("%s: got %v, want %s", what, err, kind.Name)
	}
}

// has reports whether an account of a name was left.
func (w *world) has(name string) (found bool) {
	w.Helper()
	w.must(w.Store.View(context.Background(), func(r store.Records) error {
		_, err := r.Account(aws, name)
		found = err == nil
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return err
	}))
	return found
}

// leave adds an account.
func leave(w *work.Unit, name string) error {
	return w.InsertAccount(&store.Account{AccountID: name, AwsAccountID: aws, Name: name})
}

// call asks for an operation as alice, who has the root key.
func (w *world) call(op *api.Op, in api.Input) (api.Output, error) {
	return w.Do(w.Context(), callOf(op, in))
}

func callOf(op *api.Op, in api.Input) *Call {
	return &Call{Op: op, Caller: root, Request: &work.Request{ID: "request"}, In: in}
}

var root = &api.Caller{AwsAccountID: aws, ARN: "root", Root: true}

func named(name string) *api.CreateAccountInput { return &api.CreateAccountInput{Name: api.Some(name)} }

func idOf(id string) *api.GetAccountInput { return &api.GetAccountInput{AccountId: id} }
