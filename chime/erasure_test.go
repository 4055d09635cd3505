package chime_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
	"carillon/internal/storetest"
	"carillon/store"
	"carillon/store/engine"
)

// marker is a text that must not be anywhere.
const marker = "xyzzy4711"

// columns lists "table column" of a database.
func (w *world) columns() (list [][2]string) {
	w.Helper()
	query := `SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`
	if storetest.OnPostgres() {
		query = `SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns WHERE table_schema = 'public'`
	}
	w.must(w.engine.View(w.ctx, func(tx engine.Tx) error {
		return tx.Query(query, nil, func(row engine.Row) error {
			var c [2]string
			err := row.Scan(&c[0], &c[1])
			list = append(list, c)
			return err
		})
	}))
	return list
}

// traces lists the "table.column" in which a text is.
func (w *world) traces(text string) (list []string) {
	w.Helper()
	columns := w.columns()
	if len(columns) < 100 {
		w.Fatalf("only %d columns were found", len(columns))
	}
	w.must(w.engine.View(w.ctx, func(tx engine.Tx) error {
		for _, c := range columns {
			query := `SELECT COUNT(*) FROM ` + c[0] + ` WHERE CAST(` + c[1] + ` AS TEXT) LIKE $1`
			err := tx.Query(query, []any{"%" + text + "%"}, func(row engine.Row) error {
				var n int64
				err := row.Scan(&n)
				if n > 0 {
					list = append(list, c[0]+"."+c[1])
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return list
}

func (w *world) wantTraces(what string, want ...string) {
	w.Helper()
	if got := w.traces(marker); strings.Join(got, " ") != strings.Join(want, " ") {
		w.Errorf("%s: the text is in %v, want %v", what, got, want)
	}
}

// A message that calls a bot and is redacted before the bot hears of it is
// nowhere, and the bot does not hear of it.
func TestRedact_everywhere(t *testing.T) {
	s := newStage(t)
	id, token := address(s.hook(s.account, s.room))
	posted, err := s.world.post(id, token, "@Helper "+marker)
	s.must(err)
	s.wantTraces("posted", "messages.content")
	s.must(s.redact(s.account, s.room, posted.MessageId.V))
	s.wantTraces("redacted")
	s.quiet("a redacted mention")
}

// It is the same when the delivery has failed for good before.
func TestRedact_afterFailure(t *testing.T) {
	s := newStage(t)
	id, token := address(s.hook(s.account, s.room))
	s.receiver.answer = status(404)
	posted, err := s.world.post(id, token, "@Helper "+marker)
	s.must(err)
	if failed := s.runJobs(); len(failed) != 1 {
		t.Fatalf("failed: %v", failed)
	}
	s.take()
	s.wantTraces("failed", "messages.content")
	s.must(s.redact(s.account, s.room, posted.MessageId.V))
	s.wantTraces("redacted")
	s.receiver.answer = status(200)
	s.must(s.retryAll())
	s.quiet("a redacted mention that is retried")
}

// retryAll gives all jobs that failed for good another chance.
func (w *world) retryAll() error {
	out, err := w.ListJobs(w.ctx, &api.ListJobsInput{State: api.Some(api.JobStateFailed)})
	if err != nil {
		return err
	}
	in := &api.RetryJobsInput{}
	for i := range out.Jobs {
		in.JobIds = append(in.JobIds, out.Jobs[i].JobId.V)
	}
	retried, err := w.RetryJobs(w.ctx, in)
	if err == nil && retried.Retried.V != len(in.JobIds) {
		err = errors.New("not all jobs were retried")
	}
	return err
}

// deletions delete what a message is in.
var deletions = map[string]func(w *world, account, room string) error{
	"room": func(w *world, account, room string) error { return w.deleteRoom(account, room) },
	"account": func(w *world, account, _ string) error {
		out, err := w.ListDomains(w.ctx, &api.ListDomainsInput{AccountId: account})
		if err != nil {
			return err
		}
		for _, d := range out.Domains {
			if err := w.DeleteDomain(w.ctx, &api.DeleteDomainInput{AccountId: account, DomainName: d.DomainName.V}); err != nil {
				return err
			}
		}
		return w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: account})
	},
}

// Of a mention in what is deleted the bot hears nothing, also when its event
// goes out before the message is erased; afterwards the text is nowhere.
func TestDelete_everywhere(t *testing.T) {
	for name, remove := range deletions {
		s := newStage(t)
		s.must(s.say(s.hook(s.account, s.room), "@Helper "+marker))
		s.importMessages(inRoom(s.account, s.room, "m", daysAgo(1)))
		s.must(remove(s.world, s.account, s.room))
		s.runKind("bot-event")
		if list := s.take(); len(list) > 0 {
			t.Errorf("%s: heard %s", name, list[0].body)
		}
		s.quiet(name)
		s.wantTraces(name)
	}
}

// runKind runs the jobs of one kind that are due, and leaves the others.
func (w *world) runKind(kind string) {
	w.Helper()
	real := time.Now().UnixMilli()
	var list []store.Job
	w.must(w.store.Update(w.ctx, func(r store.Records) (err error) {
		list, err = r.LeaseJobs("test", w.now.Load(), real, real+60_000, 100, kind)
		return err
	}))
	if len(list) == 0 {
		w.Errorf("no %s is due", kind)
	}
	for i := range list {
		w.must(w.runJob(&list[i]))
	}
}

// A join token is in no table in clear, and nowhere at all when the dial-out has
// failed for good; one that is retried says so.
func TestCreateMeetingDialOut_token(t *testing.T) {
	w := newWorld(t)
	r := w.dialing()
	w.own(fiction(0))
	in := &api.CreateMeetingDialOutInput{
		MeetingId: meeting, FromPhoneNumber: api.Some(fiction(0)), ToPhoneNumber: api.Some(fiction(9)), JoinToken: api.Some(marker),
	}
	w.must(second(w.CreateMeetingDialOut(w.ctx, in)))
	w.wantTraces("waiting")
	r.answer = status(500)
	failed := w.runJobs()
	if list := r.take(); len(failed) != 1 || len(list) != 3 || !strings.Contains(string(list[2].body), marker) {
		t.Fatalf("failed %v, sent %d", failed, len(list))
	}
	w.wantTraces("failed")
	w.wantPayload(`"Sealed":""`)
	r.answer = status(200)
	w.must(w.retryAll())
	if failed = w.runJobs(); len(failed) != 1 || !strings.Contains(failed[0], "the join token is not kept once a dial-out has failed") || len(r.take()) > 0 {
		t.Errorf("retried: %v", failed)
	}
}

// wantPayload checks that the only job has a text in its payload.
func (w *world) wantPayload(part string) {
	w.Helper()
	w.must(w.engine.View(w.ctx, func(tx engine.Tx) error {
		return tx.Query(`SELECT payload FROM jobs`, nil, func(row engine.Row) error {
			var text string
			err := row.Scan(&text)
			if !strings.Contains(text, part) {
				w.Errorf("the payload is %s, want %s in it", text, part)
			}
			return err
		})
	}))
}

// The token goes too when the last attempt ends otherwise than with an answer.
func TestCreateMeetingDialOut_lastAttempt(t *testing.T) {
	w := newWorld(t)
	w.dialing()
	w.own(fiction(0))
	w.must(second(w.dialOut(fiction(0), fiction(9))))
	w.configure(func(c *chime.Config) {
		c.DialOutURL = "http://127.0.0.1:9/dial"
		c.DialOutSecret = func(context.Context) (string, error) { return "", errors.New("no secret") }
	})
	job := &w.lease()[0]
	task := w.task(job)
	for _, last := range []bool{false, true} {
		task.Last = last
		_, err := w.handlers()["dial-out"](w.ctx, task)
		kept := keeps(err)
		forgotten := strings.Contains(kept, `"Sealed":""`) && strings.Contains(kept, `"JoinToken":""`)
		if err == nil || last != forgotten || !last && kept != "" {
			t.Errorf("last %t: %v, keeps %q", last, err, kept)
		}
	}
}
