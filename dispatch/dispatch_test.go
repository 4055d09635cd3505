package dispatch

import (
	"context"
	"errors"
	"testing"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// judged is an input that tells when it is judged.
type judged struct {
	api.Input
	log *eventLog
	err error
}

func (in judged) Validate() error {
	in.log.add("validate")
	return in.err
}

// Each judge is asked after the one before has let the call pass: of who may
// not do it at all, not even the body is read.
func TestDo_order(t *testing.T) {
	bad := api.BadRequest.Errorf("bad")
	stranger := &api.Caller{AwsAccountID: aws, ARN: "stranger"}
	for name, test := range map[string]struct {
		caller         *api.Caller
		used           bool // all that the rate allows
		read, validate error
		kind           api.Kind
		want           []string
	}{
		"permission": {caller: stranger, used: true, read: bad, validate: bad, kind: api.Forbidden},
		"throttle":   {caller: root, used: true, read: bad, validate: bad, kind: api.ThrottledClient},
		"read":       {caller: root, read: bad, validate: bad, kind: api.BadRequest, want: []string{"read"}},
		"validate":   {caller: root, validate: bad, kind: api.BadRequest, want: []string{"read", "validate"}},
		"all well":   {caller: root, want: []string{"read", "validate", "prepare", "rule"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.live(Config{Throttle: Throttle{RPS: 1e-6, Burst: 1}, Rules: map[*api.Op]Rule{createKey: {
				Prepare: func(*work.Unit, api.Input) (api.Errand, error) { w.log.add("prepare"); return nil, nil },
				Call:    func(*work.Unit, api.Input) (api.Output, error) { w.log.add("rule"); return nil, nil },
			}}})
			if test.used {
				w.must(w.limiter.allow(root, createKey))
			}
			c := &Call{Op: createKey, Caller: test.caller, Request: new(work.Request), In: judged{new(api.CreateAccessKeyInput), &w.log, test.validate}}
			c.Rest = restFunc(func() error { w.log.add("read"); return test.read })
			_, err := w.Do(t.Context(), c)
			if test.kind == (api.Kind{}) {
				w.must(err)
			} else {
				w.refused("call", err, test.kind)
			}
			w.equal("judges", w.log.take(), test.want)
		})
	}
}

// What only reads is asked of the store for reads, if there is one, and never in
// a transaction that writes.
func TestDo_stores(t *testing.T) {
	w := newWorld(t)
	replica := &probe{Engine: w.probe}
	rules := map[*api.Op]Rule{
		get:    {Call: func(w *work.Unit, in api.Input) (api.Output, error) { return found(w.Account(aws, account(in))) }},
		create: {Call: func(w *work.Unit, in api.Input) (api.Output, error) { return nil, leave(w, "a") }},
	}
	look := func() []int64 {
		return []int64{w.probe.views.Swap(0), w.probe.updates.Swap(0), replica.views.Swap(0), replica.updates.Swap(0)}
	}
	for name, test := range map[string]struct {
		reads         *store.Store
		read, written []int64
	}{
		"one store": {nil, []int64{1, 0, 0, 0}, []int64{0, 1, 0, 0}},
		"replica":   {store.New(replica), []int64{1, 0, 1, 0}, []int64{0, 1, 0, 0}}, // it has the other one under it
	} {
		w.live(Config{Rules: rules, Reads: test.reads})
		look()
		_, err := w.call(create, named("a"))
		w.equal(name+": written", look(), test.written)
		if !errors.Is(err, store.ErrExists) {
			w.must(err)
		}
		out, err := w.call(get, idOf("a"))
		w.must(err)
		w.equal(name+": read", look(), test.read)
		w.equal(name+": the account", out.(*api.GetAccountOutput).Account.Name, "a")
	}
}

// found is the output of get.
func found(a *store.Account, err error) (api.Output, error) {
	return &api.GetAccountOutput{Account: &api.Account{AccountId: a.AccountID, Name: a.Name}}, err
}

// What a rule prepares comes before the transaction, and its errand while none is
// open; either can end the call.
func TestDo_prepare(t *testing.T) {
	bad := api.BadRequest.Errorf("bad")
	for name, test := range map[string]struct {
		prepare, errand error
		none            bool // no errand
		want            []string
	}{
		"all well":        {want: []string{"prepare", "errand", "rule"}},
		"without errand":  {none: true, want: []string{"prepare", "rule"}},
		"refused":         {prepare: bad, want: []string{"prepare"}},
		"refused outside": {errand: bad, want: []string{"prepare", "errand"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.live(Config{Rules: map[*api.Op]Rule{create: {
				Prepare: func(_ *work.Unit, in api.Input) (api.Errand, error) {
					w.log.add("prepare")
					w.equal("prepare", []int64{w.probe.open.Load(), w.probe.updates.Load()}, []int64{1, 0})
					if test.none {
						return nil, test.prepare
					}
					return func(context.Context) error {
						w.log.add("errand")
						w.equal("transactions during the errand", w.probe.open.Load(), int64(0))
						return test.errand
					}, test.prepare
				},
				Call: func(u *work.Unit, _ api.Input) (api.Output, error) {
					w.log.add("rule")
					return nil, leave(u, "a")
				},
			}}})
			w.probe.updates.Store(0)
			_, err := w.call(create, named("a"))
			ok := test.prepare == nil && test.errand == nil
			if w.equal("done", w.has("a"), ok); ok {
				w.must(err)
			} else {
				w.refused("call", err, api.BadRequest)
			}
			w.equal("steps", w.log.take(), test.want)
		})
	}
}

// What the store lacks is a 404 that says what; what the table does not list for
// the operation is the nearest that it does; failures stay what they are.
func TestDo_told(t *testing.T) {
	w := newWorld(t)
	global := api.Operation("GetGlobalSettings")
	for _, test := range []struct {
		op         *api.Op
		in         api.Input
		err        error
		kind       api.Kind // empty: a failure
		text, lack string
	}{
		{get, idOf("a"), store.NoAccount, api.NotFound, "no such account", "twelve"},
		{get, idOf("123456789012"), store.NoAccount, api.NotFound, "the AccountId has twelve digits", ""},
		{get, idOf("1234567890123"), store.NoAccount, api.NotFound, "", "twelve"},
		{get, idOf("123456789012"), api.Forbidden.Errorf("no"), api.Forbidden, "", "twelve"},
		{createOne, &api.CreateUserInput{AccountId: "a"}, &store.Missing{What: "bicycle"}, api.NotFound, "no such bicycle", ""},
		{createOne, &api.CreateUserInput{AccountId: "a"}, store.ErrReferenced, api.NotFound, "no such account", ""},
		{global, &api.GetGlobalSettingsInput{}, store.NoNumber, api.BadRequest, "no such phone number", "twelve"},
		{get, idOf("a"), store.ErrUnavailable, api.Kind{}, "unavailable", ""},
	} {
		w.rule(test.op, func(*work.Unit, api.Input) (api.Output, error) { return nil, test.err })
		out, err := w.call(test.op, test.in)
		if test.kind == (api.Kind{}) {
			w.failure(test.op.Name, err)
		} else {
			w.refused(test.op.Name, err, test.kind)
		}
		checkText(w, err, test.text, test.lack)
		w.equal("output", out, nil)
	}
}

// restFunc reads the rest of an input.
type restFunc func() error

func (f restFunc) Read() error { return f() }
