package trail

import (
	"slices"
	"testing"
	"time"

	"carillon/api"
	"carillon/internal/storetest"
	"carillon/store"
	"carillon/work"
)

func reversed(list []string) []string {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// All records are found once, in both orders, sealed or not, whatever the size of
// the pages.
func TestFind_order(t *testing.T) {
	each(t, func(w *world) {
		w.keep(names(0, 150)...)
		w.sealPending()
		w.now = w.now.Add(time.Minute)
		w.keep(names(150, 300)...)
		w.sealPending()
		w.keep(names(300, 340)...)
		all := names(0, 340)
		for _, limit := range []int{1, 7, 64, 1000} {
			w.equal("newest first", w.users(Query{AwsAccountID: aws, Limit: limit}), reversed(all))
			w.equal("oldest first", w.users(Query{AwsAccountID: aws, Limit: limit, OldestFirst: true}), all)
			w.equal("everybody's", w.users(Query{Limit: limit}), reversed(all))
			w.equal("everybody's, oldest first", w.users(Query{Limit: limit, OldestFirst: true}), all)
		}
		w.equal("another's", w.users(Query{AwsAccountID: "999900001111", Limit: 50}), []string(nil))
		from, until := moment0.UnixMilli()+11, moment0.UnixMilli()+20
		w.equal("time", w.users(Query{AwsAccountID: aws, Limit: 3, FromMs: from, UntilMs: until}), reversed(names(10, 20)))
		w.equal("time, oldest first", w.users(Query{AwsAccountID: aws, Limit: 3, FromMs: from, UntilMs: until, OldestFirst: true}), names(10, 20))
	})
}

// What comes late, when younger records are sealed, has its place all the same.
func TestFind_late(t *testing.T) {
	each(t, func(w *world) {
		w.keep(names(0, 100)...)
		begun := w.now
		w.now = w.now.Add(3 * time.Second) // the next one's transaction takes that long
		w.keep(names(101, 200)...)
		w.sealPending()
		w.now = begun
		w.keep("u0100")
		w.sealPending()
		w.now = w.now.Add(time.Hour)
		w.keep(names(200, 210)...)
		for _, limit := range []int{1, 50, 1000} {
			w.equal("newest first", w.users(Query{AwsAccountID: aws, Limit: limit}), reversed(names(0, 210)))
			w.equal("oldest first", w.users(Query{Limit: limit, OldestFirst: true}), names(0, 210))
		}
		w.equal("problems", w.problems(), "")
	})
}

func TestFind_match(t *testing.T) {
	each(t, func(w *world) {
		w.keep(names(0, 200)...)
		w.sealPending()
		w.update(func(r store.Records) error {
			denied := w.event(r, "denied")
			denied.Refusal, denied.Out = api.Forbidden.Errorf("no"), nil
			byRoot := w.event(r, "by root")
			byRoot.Caller = &api.Caller{AwsAccountID: aws, ARN: "arn:aws:iam::111122223333:root", Root: true, AccessKeyID: "AKIAROOT"}
			return w.Keep(denied, byRoot)
		})
		for range 2 { // pending and sealed
			for _, test := range []struct {
				match []Match
				want  []string
			}{
				{[]Match{{ResourceName, "u0007"}}, []string{"u0007"}},
				{[]Match{{ResourceName, "u000"}}, nil},
				{[]Match{{ErrorCode, "ForbiddenException"}}, []string{"a1"}},
				{[]Match{{Username, "root"}}, []string{"by root"}},
				{[]Match{{AccessKeyID, "AKIAROOT"}, {EventName, "CreateUser"}}, []string{"by root"}},
				{[]Match{{AccessKeyID, "AKIAROOT"}, {EventName, "DeleteUser"}}, nil},
				{[]Match{{ReadOnly, "true"}}, nil},
				{[]Match{{ResourceName, hiddenName}}, nil},
			} {
				for _, account := range []string{aws, ""} {
					w.equal("found", w.users(Query{AwsAccountID: account, Match: test.match, Limit: 10}), test.want)
				}
			}
			for _, m := range []Match{{ReadOnly, "false"}, {EventSource, "chime.amazonaws.com"}, {ResourceType, "AWS::Chime::Account"}} {
				w.equal("all", len(w.users(Query{AwsAccountID: aws, Match: []Match{m}, Limit: 33})), 202)
			}
			w.sealPending()
		}
		var p Page
		w.view(func(r store.Records) (err error) {
			p, err = w.Find(r, Query{AwsAccountID: aws, Limit: 1, After: before(moment0.UnixMilli() + 50)})
			return err
		})
		w.equal("by id", len(w.users(Query{AwsAccountID: aws, Limit: 10, Match: []Match{{EventID, p.Events[0].ID}}})), 1)
		w.equal("by another id", w.users(Query{AwsAccountID: aws, Limit: 10, Match: []Match{{EventID, "x"}}}), []string(nil))
	})
}

// Paging while records come and are sealed shows each that was there once.
func TestFind_amidWrites(t *testing.T) {
	each(t, func(w *world) {
		w.keep(names(0, 400)...)
		stop, done := make(chan struct{}), make(chan struct{})
		writer := &world{T: w.T, Trail: w.Trail, engine: w.engine, store: w.store, now: w.now}
		go func() {
			defer close(done)
			for i := 400; ; i += 20 {
				select {
				case <-stop:
					return
				default:
					writer.keep(names(i, i+20)...)
					writer.sealPending()
				}
			}
		}()
		for range 5 {
			got := w.users(Query{AwsAccountID: aws, Limit: 23})
			w.equal("old ones", got[len(got)-400:], reversed(names(0, 400)))
			slices.Sort(got)
			w.equal("twice", len(slices.Compact(slices.Clone(got))), len(got))
		}
		close(stop)
		<-done
		w.equal("problems", w.problems(), "")
	})
}

// A search for what is rare in an index that does not know it ends, with pages
// that may be empty.
func TestFind_bounded(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	for i := range maxLoaded + 20 {
		w.keep("u")
		if i%100 == 0 {
			w.now = w.now.Add(10 * time.Second)
		}
		w.sealPending()
	}
	q := Query{Limit: 5, Match: []Match{{ResourceName, "nobody"}}}
	var p Page
	w.view(func(r store.Records) (err error) {
		p, err = w.Find(r, q)
		return err
	})
	if p.Next == "" || len(p.Events) != 0 {
		t.Errorf("%+v", p)
	}
	w.equal("found", w.users(q), []string(nil))
	w.equal("all", len(w.users(Query{Limit: 50})), maxLoaded+20)
}

func TestNote(t *testing.T) {
	each(t, func(w *world) {
		e := created()
		e.Refusal = api.Forbidden.Errorf("no")
		for range NoteStep + 10 {
			w.Note(e)
		}
		<-w.Noted()
		for more := true; more; {
			var err error
			more, err = w.WriteNotes(func(fn func(store.Records) error) error { return w.store.Update(t.Context(), fn) })
			w.must(err)
		}
		w.equal("found", len(w.users(Query{AwsAccountID: aws, Limit: 50})), NoteStep+10)
	})
}

// Notes are bounded, and one AWS account cannot take all the room.
func TestNote_bounded(t *testing.T) {
	tr := New(Config{Level: Changes})
	note := func(account string, refusal *api.Error) {
		e := created()
		e.Unit = &work.Unit{Caller: &api.Caller{AwsAccountID: account}, Op: e.Op, Now: moment0}
		e.Refusal = refusal
		tr.Note(e)
	}
	for range maxNotes {
		note(aws, api.Forbidden.Errorf("no"))
	}
	if got := tr.Dropped(); got != maxNotes-maxNotes/maxTenantPart {
		t.Errorf("%d dropped", got)
	}
	note("999900001111", api.Forbidden.Errorf("no"))
	note(aws, nil) // reads are not recorded
	if len(tr.notes.waiting) != maxNotes/maxTenantPart+1 {
		t.Errorf("%d wait", len(tr.notes.waiting))
	}
	err := api.BadRequest.Errorf("the database is away")
	if _, got := tr.WriteNotes(func(func(store.Records) error) error { return err }); got != err || len(tr.notes.waiting) != maxNotes/maxTenantPart+1 {
		t.Errorf("%v; %d wait", got, len(tr.notes.waiting))
	}
}

// Nor can one AWS account have all of the room by few records that are long.
func TestNotes_bytes(t *testing.T) {
	var n notes
	n.arrived = make(chan struct{}, 1)
	for range 500 {
		n.add(store.AuditRecord{AwsAccountID: aws, Record: make([]byte, 100<<10)})
	}
	if n.bytes > maxNoteBytes/maxTenantPart || n.bytes < maxNoteBytes/maxTenantPart-100<<10 {
		t.Errorf("one has %d bytes", n.bytes)
	}
	dropped := n.dropped.Load()
	n.add(store.AuditRecord{AwsAccountID: "other", Record: make([]byte, 100<<10)})
	if n.dropped.Load() != dropped {
		t.Error("another has no room")
	}
	for len(n.waiting) > 0 {
		n.take()
	}
	if n.bytes != 0 || len(n.tenants) != 0 {
		t.Errorf("%d bytes of %d AWS accounts wait, and no record", n.bytes, len(n.tenants))
	}
}

// Who only names a key cannot fill the database: records of bad signatures are
// bounded, those of others are not.
func TestNote_unsigned(t *testing.T) {
	tr := New(Config{Level: Changes})
	note := func(account string, unsigned bool) {
		tr.Note(work.Event{
			Unit:    &work.Unit{Caller: &api.Caller{AwsAccountID: account}, Now: moment0},
			Refusal: api.Forbidden.Errorf("no"), Unsigned: unsigned,
		})
		tr.notes.take()
	}
	for range 10 * maxUnsigned {
		note(aws, true)
	}
	if got := tr.Dropped(); got < 8*maxUnsigned {
		t.Errorf("only %d dropped", got)
	}
	dropped := tr.Dropped()
	note("999900001111", true)
	note(aws, false)
	if tr.Dropped() != dropped {
		t.Error("others, or those who did sign, are dropped")
	}
}
