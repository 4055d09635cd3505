package dispatch

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// shareWith makes the world live by a rule for calls of createOne together, which
// notes how many there are, and the audit.
func (w *world) shareWith(rule func([]*item) error) {
	w.live(Config{Audit: auditFunc(w.audited), Rules: map[*api.Op]Rule{createOne: {Share: func(items []*item) error {
		w.log.add("%d together", len(items))
		return rule(items)
	}}}})
}

// leaveEach does what the names say. Only a refusal is an item's own.
func leaveEach(items []*item) error {
	for _, it := range items {
		if strings.Contains(nameOf(it.In), "refused") {
			it.Err = api.UnprocessableEntity.Errorf("refused")
			continue
		}
		if _, err := leaveNamed(it.Work, it.In); err != nil {
			return err
		}
		it.Out = &api.CreateUserOutput{User: &api.User{UserId: nameOf(it.In)}}
	}
	return nil
}

// one is a call of createOne by a caller of a name.
func one(caller, name string) *Call {
	return &Call{
		Op: createOne, Caller: &api.Caller{AwsAccountID: aws, ARN: caller, Root: true}, Request: &work.Request{ID: name},
		In: &api.CreateUserInput{AccountId: "a", Email: api.Some(name + domain)},
	}
}

// together makes calls of createOne at the same time, so that those of one AWS
// account share a transaction, and returns their outputs and errors.
func (w *world) together(calls ...*Call) ([]api.Output, []error) {
	w.Helper()
	outs, errs := make([]api.Output, len(calls)), make([]error, len(calls))
	waiting := w.rules[createOne].together
	var asked, ended atomic.Int64
	key := waiting.Key
	waiting.Key = func(s *shared) string {
		asked.Add(1)
		return key(s)
	}
	w.probe.gate.Lock() // none begins before all are there
	var wg sync.WaitGroup
	for i, c := range calls {
		wg.Go(func() {
			outs[i], errs[i] = w.Do(w.Context(), c)
			ended.Add(1)
		})
	}
	for asked.Load()+ended.Load() < int64(len(calls)) {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond) // from the question to the queue
	w.probe.gate.Unlock()
	wg.Wait()
	waiting.Key = key
	return outs, errs
}

// Calls that share a transaction are each answered and recorded for itself, and
// the refusal of one is not the others' business.
func TestShare_each(t *testing.T) {
	each(t, func(w *world) {
		w.shareWith(leaveEach)
		outs, errs := w.together(one("alice", "a"), one("bob", "refused"), one("carol", "c"))
		w.equal("errors", []bool{errs[0] == nil, errs[2] == nil}, []bool{true, true})
		w.refused("bob", errs[1], api.BadRequest) // the nearest that the table lists
		w.equal("of bob", outs[1], nil)
		for i, name := range map[int]string{0: "a", 2: "c"} {
			w.equal("output", outs[i].(*api.CreateUserOutput).User.UserId, name)
		}
		log := w.log.take()
		w.equal("first", log[0], "3 together")
		w.equal("last", log[3], "bob CreateUser refused BadRequestException there=false out=false")
		slices.Sort(log[1:3])
		w.equal("audit", log[1:3], []string{"alice CreateUser a done there=true out=true", "carol CreateUser c done there=true out=true"})
		w.equal("records", []bool{w.has("record of a"), w.has("record of refused"), w.has("record of c")}, []bool{true, true, true})
	})
}

// What one of them does to their transaction, the others do not suffer: each is
// tried alone, and only that one fails. Nothing of it is left.
func TestShare_alone(t *testing.T) {
	for _, fault := range []string{"failed", "panic", "unaudited", "misaudited"} {
		t.Run(fault, func(t *testing.T) {
			each(t, func(w *world) {
				w.shareWith(leaveEach)
				_, errs := w.together(one("alice", "a"), one("bob", fault), one("carol", "c"))
				w.equal("first", w.log.take()[0], "3 together")
				w.equal("errors", []error{errs[0], errs[2]}, []error{nil, nil})
				w.failure("the one", errs[1])
				w.equal("left", []bool{w.has("a"), w.has("record of a"), w.has(fault), w.has("record of " + fault), w.has("c")},
					[]bool{true, true, false, false, true})
			})
		})
	}
}

// A database that is not there is not asked again.
func TestShare_unavailable(t *testing.T) {
	w := newWorld(t)
	var runs atomic.Int64
	w.shareWith(func([]*item) error {
		runs.Add(1)
		return fmt.Errorf("%w: lost", store.ErrUnavailable)
	})
	_, errs := w.together(one("alice", "a"), one("bob", "b"))
	for _, err := range errs {
		if !errors.Is(err, store.ErrUnavailable) {
			w.Errorf("got %v", err)
		}
	}
	w.equal("runs", runs.Load(), int64(1))
}

// No transaction has calls of two AWS accounts.
func TestShare_awsAccounts(t *testing.T) {
	each(t, func(w *world) {
		w.shareWith(func(items []*item) error {
			for _, it := range items {
				if it.Work.Caller.AwsAccountID != items[0].Work.Caller.AwsAccountID {
					w.Errorf("%s and %s share a transaction", it.Work.Caller.AwsAccountID, items[0].Work.Caller.AwsAccountID)
				}
			}
			return nil
		})
		w.Audit = nil
		var calls []*Call
		for i := range 8 {
			c := one("alice", fmt.Sprint(i))
			if i%2 == 1 {
				c.Caller.AwsAccountID = other
			}
			calls = append(calls, c)
		}
		_, errs := w.together(calls...)
		w.must(errors.Join(errs...))
		w.equal("transactions", w.log.take(), []string{"4 together", "4 together"})
	})
}

// What comes after the transaction comes once to each, after its last run, with
// that one's own end; and only who left a job wakes somebody.
func TestShare_after(t *testing.T) {
	each(t, func(w *world) {
		var runs atomic.Int64
		w.shareWith(func(items []*item) error {
			run := runs.Add(1)
			for _, it := range items {
				name := nameOf(it.In)
				it.Work.After(func(err error) {
					w.log.add("%s after run %d: %s", name, run, end(err))
				})
				if name != "quiet" {
					it.Work.Queued()
				}
			}
			return leaveEach(items)
		})
		w.Audit = nil
		w.probe.again.Store(true)
		_, errs := w.together(one("alice", "a"), one("bob", "refused"), one("carol", "quiet"))
		w.equal("errors", []bool{errs[0] == nil, errs[1] == nil, errs[2] == nil}, []bool{true, false, true})
		log := w.log.take()
		slices.Sort(log)
		w.equal("after", log, []string{
			"3 together", "3 together", "a after run 2: well", "quiet after run 2: well", "refused after run 2: refused",
		})
		w.equal("wakes", w.wakes.Load(), int64(1))
	})
}

// Who was tried alone hears of that end only.
func TestShare_afterAlone(t *testing.T) {
	w := newWorld(t)
	w.shareWith(func(items []*item) error {
		for _, it := range items {
			name, shared := nameOf(it.In), len(items) > 1
			it.Work.After(func(err error) { w.log.add("%s: shared=%t %s", name, shared, end(err)) })
		}
		return leaveEach(items)
	})
	w.Audit = nil
	w.together(one("alice", "a"), one("bob", "failed"))
	log := w.log.take()
	slices.Sort(log)
	w.equal("after", log, []string{"1 together", "1 together", "2 together", "a: shared=false well", "failed: shared=false failed"})
}

// Close waits for the transactions that have begun; who comes later is served
// all the same, alone.
func TestClose(t *testing.T) {
	w := newWorld(t)
	begun, goOn := make(chan struct{}), make(chan struct{})
	w.live(Config{Rules: map[*api.Op]Rule{createOne: {Share: func(items []*item) error {
		if nameOf(items[0].In) == "slow" {
			close(begun)
			<-goOn
		}
		return leaveEach(items)
	}}}})
	slow := make(chan error, 1)
	go func() { slow <- second(w.Do(w.Context(), one("alice", "slow"))) }()
	<-begun
	closed := make(chan struct{})
	go func() {
		w.Close()
		close(closed)
	}()
	select {
	case <-closed:
		w.Error("Close has not waited")
	case <-time.After(20 * time.Millisecond):
	}
	close(goOn)
	w.must(<-slow)
	<-closed
	w.must(second(w.Do(w.Context(), one("bob", "late"))))
	w.equal("left", []bool{w.has("slow"), w.has("late")}, []bool{true, true})
}

func second[T any](_ T, err error) error { return err }
