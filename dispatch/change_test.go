package dispatch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

func checkText(w *world, err error, has, lacks string) {
	w.Helper()
	if text := fmt.Sprint(err); !strings.Contains(text, has) || lacks != "" && strings.Contains(text, lacks) {
		w.Errorf("%s: want %q, not %q", text, has, lacks)
	}
}

// audited is an audit that leaves a record beside each change, and fails when the
// change has a name that says so.
func (w *world) audited(u *work.Unit, in api.Input, out api.Output, refusal *api.Error) error {
	name := nameOf(in)
	_, err := u.Account(aws, name) // which shows whether the change is in this transaction
	kind := "done"
	if refusal != nil {
		kind = refusal.Kind.Name
	}
	w.log.add("%s %s %s %s there=%t out=%t", u.Caller.ARN, u.Op.Name, name, kind, err == nil, out != nil)
	switch {
	case strings.Contains(name, "unaudited"):
		return errors.New("no room for the record")
	case strings.Contains(name, "misaudited"): // with what would be a refusal if a rule said it
		return store.NoAccount
	}
	return leave(u, "record of "+name)
}

// auditFunc is an audit of a function for each event.
type auditFunc func(*work.Unit, api.Input, api.Output, *api.Error) error

func (f auditFunc) Keep(events ...work.Event) error {
	for _, e := range events {
		if err := f(e.Unit, e.In, e.Out, e.Refusal); err != nil {
			return err
		}
	}
	return nil
}

// Note is not for changes.
func (auditFunc) Note(work.Event) {}

// domain makes an e-mail address of a name.
const domain = "@example.com"

func nameOf(in api.Input) string {
	switch in := in.(type) {
	case *api.CreateAccountInput:
		return in.Name.V
	case *api.CreateUserInput:
		return strings.TrimSuffix(in.Email.V, domain)
	}
	return account(in)
}

// auditedRule makes the world live by one rule and an audit.
func (w *world) auditedRule(op *api.Op, call func(*work.Unit, api.Input) (api.Output, error)) {
	w.live(Config{Rules: map[*api.Op]Rule{op: {Call: call}}, Audit: auditFunc(w.audited)})
}

// leaveNamed does what the name of an input says.
func leaveNamed(u *work.Unit, in api.Input) (api.Output, error) {
	name := nameOf(in)
	if err := leave(u, name); err != nil {
		return nil, err
	}
	switch {
	case strings.Contains(name, "refused"):
		return nil, api.Conflict.Errorf("refused") // which the table does not list for the operation
	case strings.Contains(name, "failed"):
		return nil, errors.New("failed")
	case strings.Contains(name, "panic"):
		panic("panic")
	}
	return new(api.CreateAccountOutput), nil
}

// The record of a change is made in its transaction: both are there or neither.
// That of a refusal has one of its own, and the kind that the caller hears of.
func TestDo_audit(t *testing.T) {
	each(t, func(w *world) {
		w.auditedRule(create, leaveNamed)
		for name, test := range map[string]struct {
			change, record bool // there afterwards
			log            []string
		}{
			"a":          {true, true, []string{"root CreateAccount a done there=true out=true"}},
			"refused":    {false, true, []string{"root CreateAccount refused BadRequestException there=false out=false"}},
			"failed":     {false, false, nil},
			"unaudited":  {false, false, []string{"root CreateAccount unaudited done there=true out=true"}},
			"misaudited": {false, false, []string{"root CreateAccount misaudited done there=true out=true"}},
			"refused unaudited": {false, false, []string{ // together with others, if there are any, and alone
				"root CreateAccount refused unaudited BadRequestException there=false out=false",
				"root CreateAccount refused unaudited BadRequestException there=false out=false",
			}},
		} {
			_, err := w.call(create, named(name))
			switch {
			case test.change:
				w.must(err)
			case test.record:
				w.refused(name, err, api.BadRequest)
			default:
				w.failure(name, err)
			}
			w.equal(name+": audit", w.log.take(), test.log)
			w.equal(name+": there", []bool{w.has(name), w.has("record of " + name)}, []bool{test.change, test.record})
		}
	})
}

// Reads leave no record, whatever becomes of them.
func TestDo_auditReads(t *testing.T) {
	w := newWorld(t)
	w.auditedRule(get, func(u *work.Unit, in api.Input) (api.Output, error) { return found(u.Account(aws, account(in))) })
	w.must(w.Store.Update(t.Context(), func(r store.Records) error { return leave(&work.Unit{Records: r}, "a") }))
	_, err := w.call(get, idOf("a"))
	w.must(err)
	_, err = w.call(get, idOf("b"))
	w.refused("another", err, api.NotFound)
	w.equal("audit", w.log.take(), []string(nil))
}

// A refusal before the transaction is recorded too, and who does not wait for the
// answer does not escape that.
func TestDo_auditEarly(t *testing.T) {
	w := newWorld(t)
	ctx, leaves := context.WithCancel(t.Context())
	w.live(Config{Audit: auditFunc(w.audited), Rules: map[*api.Op]Rule{create: {
		Prepare: func(*work.Unit, api.Input) (api.Errand, error) {
			return func(context.Context) error {
				leaves()
				return api.BadRequest.Errorf("no answer")
			}, nil
		},
	}}})
	_, err := w.Do(ctx, callOf(create, named("a")))
	w.refused("errand", err, api.BadRequest)
	w.equal("audit", w.log.take(), []string{"root CreateAccount a BadRequestException there=false out=false"})
	w.equal("record", w.has("record of a"), true)
}

// Whoever runs the jobs is woken once, when there is one to be found.
func TestDo_wake(t *testing.T) {
	each(t, func(w *world) {
		rule := func(u *work.Unit, in api.Input) (api.Output, error) {
			if err := u.Enqueue("kind", nil, 1); err != nil {
				return nil, err
			}
			return leaveNamed(u, in)
		}
		w.auditedRule(create, rule)
		woken := 0
		w.Wake = func() {
			woken++
			w.must(w.Store.View(context.Background(), func(r store.Records) error {
				jobs, err := r.Jobs(store.JobFilter{Limit: 100})
				w.equal("jobs there", len(jobs) > 0, true)
				return err
			}))
		}
		for _, name := range []string{"refused", "failed", "panic", "unaudited"} {
			if _, err := w.call(create, named(name)); err == nil || woken != 0 {
				w.Errorf("%s: woken %d times; %v", name, woken, err)
			}
		}
		for i, again := range []bool{false, true} {
			w.probe.again.Store(again)
			_, err := w.call(create, named(fmt.Sprint("a", i)))
			w.must(err)
			w.equal("woken", woken, i+1)
		}
	})
}

// What comes after a transaction comes once, and hears of its end: of the last
// run if there were more.
func TestDo_after(t *testing.T) {
	each(t, func(w *world) {
		runs := 0
		w.auditedRule(create, func(u *work.Unit, in api.Input) (api.Output, error) {
			runs++
			run := runs
			u.After(func(err error) {
				w.log.add("after run %d: %s", run, end(err))
				w.equal("open transactions", w.probe.open.Load(), int64(0))
			})
			return leaveNamed(u, in)
		})
		w.Audit = nil
		for _, test := range []struct {
			name  string
			again bool
			want  string
		}{
			{"a", false, "after run 1: well"},
			{"b", true, "after run 3: well"},
			{"refused", false, "after run 4: refused"},
			{"refused again", true, "after run 6: refused"},
			{"failed", false, "after run 7: failed"},
			{"panic", false, "after run 8: failed"},
		} {
			w.probe.again.Store(test.again)
			_, _ = w.call(create, named(test.name)) // other tests look at the errors
			w.equal(test.name, w.log.take(), []string{test.want})
		}
	})
}

// end says how a transaction ended.
func end(err error) string {
	switch {
	case err == nil:
		return "well"
	case work.Refusal(err) != nil:
		return "refused"
	}
	return "failed"
}

// A panic, wherever it is, is a failure of that one call, and leaves nothing.
func TestDo_panic(t *testing.T) {
	each(t, func(w *world) {
		bang := func(*work.Unit, api.Input) (api.Output, error) { panic("bang") }
		w.live(Config{Audit: auditFunc(w.audited), Rules: map[*api.Op]Rule{
			create: {Call: leaveNamed},
			get:    {Call: bang},
			createKey: {Prepare: func(*work.Unit, api.Input) (api.Errand, error) {
				return func(context.Context) error { panic("bang") }, nil
			}, Call: bang},
			api.Operation("DeleteAccount"): {Prepare: func(*work.Unit, api.Input) (api.Errand, error) { panic("bang") }, Call: bang},
		}})
		for name, c := range map[string]*Call{
			"rule":    callOf(create, named("panic")),
			"read":    callOf(get, idOf("a")),
			"errand":  callOf(createKey, &api.CreateAccessKeyInput{UserName: api.Some("a")}),
			"prepare": callOf(api.Operation("DeleteAccount"), &api.DeleteAccountInput{AccountId: "a"}),
		} {
			_, err := w.Do(w.Context(), c)
			w.failure(name, err)
		}
		w.equal("left", []bool{w.has("panic"), w.has("record of panic")}, []bool{false, false})
		_, err := w.call(create, named("a"))
		w.must(err)
	})
}
