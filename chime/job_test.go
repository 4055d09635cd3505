package chime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"carillon/api"
	"carillon/jobs"
	"carillon/store"
	"carillon/work"
)

// runJobs runs all jobs that are due, those that come due by it included, and
// returns what became of the ones that failed as "kind: error".
func (w *world) runJobs() (failed []string) {
	w.Helper()
	for range 1000 {
		list := w.lease()
		if len(list) == 0 {
			return failed
		}
		for i := range list {
			if err := w.runJob(&list[i]); err != nil {
				failed = append(failed, list[i].Kind+": "+err.Error())
			}
		}
	}
	w.Fatal("the jobs have no end")
	return nil
}

// lease takes the jobs that are due.
func (w *world) lease() (list []store.Job) {
	w.Helper()
	real := time.Now().UnixMilli()
	w.must(w.store.Update(w.ctx, func(r store.Records) (err error) {
		list, err = r.LeaseJobs("test", w.now.Load(), real, real+60_000, 100)
		return err
	}))
	return list
}

// runJob runs one job that is leased. What fails does not run again.
func (w *world) runJob(j *store.Job) error {
	w.Helper()
	handler := w.handlers()[j.Kind]
	if handler == nil {
		w.Fatalf("nothing runs jobs of kind %q", j.Kind)
	}
	effects, failure := handler(context.Background(), w.task(j))
	w.must(w.store.Update(w.ctx, func(r store.Records) error {
		if failure != nil {
			j.State, j.LastError = store.JobFailed, failure.Error()
			if kept := keeps(failure); kept != "" {
				j.Payload = kept
			}
			return r.ReturnJob(j)
		}
		if err := r.FinishJob(j); err != nil || effects == nil {
			return err
		}
		return effects(w.unit(r))
	}))
	return failure
}

// keeps is what is kept of the payload of a job that failed; empty: all.
func keeps(err error) string {
	var failed *jobs.Permanent
	if !errors.As(err, &failed) || failed.Keep == nil {
		return ""
	}
	text, err := json.Marshal(failed.Keep)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// task is what a handler is given of a job.
func (w *world) task(j *store.Job) *jobs.Task {
	look := func(ctx context.Context, fn func(*work.Unit) error) error {
		return w.store.View(ctx, func(r store.Records) error { return fn(w.unit(r)) })
	}
	return &jobs.Task{JobID: j.JobID, Text: j.Payload, Look: look}
}

// mustWork is runJobs for jobs that must all succeed.
func (w *world) mustWork() {
	w.Helper()
	if failed := w.runJobs(); len(failed) > 0 {
		w.Errorf("jobs failed: %v", failed)
	}
}

// waiting counts the jobs of a kind that have not ended.
func (w *world) waiting(kind string) (n int64) {
	w.Helper()
	w.must(w.store.View(w.ctx, func(r store.Records) error {
		counts, err := r.CountJobs()
		n = 0
		for _, c := range counts {
			if c.Kind == kind && c.State == store.JobPending {
				n = c.Count
			}
		}
		return err
	}))
	return n
}

// enterprise makes an EnterpriseLWA account with a domain.
func (w *world) enterprise() string {
	w.Helper()
	return w.account(api.AccountTypeEnterpriseLWA, fmt.Sprintf("d%d.example.com", w.ids.Add(1)))
}

func TestJobHandlers_kinds(t *testing.T) {
	w := newWorld(t)
	var kinds []string
	for kind := range w.handlers() {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	want := []string{"bot-event", "complete-order", "dial-out", "erase-account", "erase-room", "housekeeping", "purge-number", "retention", "scim-forget-group", "scim-license"}
	if !slices.Equal(kinds, want) {
		t.Errorf("got %v, want %v", kinds, want)
	}
}

// A payload that cannot be read will never be readable.
func TestJobHandlers_payload(t *testing.T) {
	w := newWorld(t)
	for kind, handler := range w.handlers() {
		if kind == "housekeeping" { // it does not read it
			continue
		}
		var permanent *jobs.Permanent
		if _, err := handler(w.ctx, w.task(&store.Job{Kind: kind, Payload: "{"})); !errors.As(err, &permanent) {
			t.Errorf("%s: got %v", kind, err)
		}
	}
}

func (w *world) schedule() {
	w.Helper()
	w.must(w.store.Update(w.ctx, func(r store.Records) error { return w.rules.ScheduleHousekeeping(w.unit(r)) }))
}

// However many replicas start, there is one cleaning a day.
func TestHousekeeping_daily(t *testing.T) {
	w := newWorld(t)
	w.schedule()
	w.schedule()
	for day := range 3 {
		if n := w.waiting("housekeeping"); n != 1 {
			t.Fatalf("day %d: %d jobs", day, n)
		}
		w.advance(24*time.Hour - time.Millisecond)
		if list := w.lease(); len(list) != 0 {
			t.Fatalf("day %d: due too early: %v", day, list)
		}
		w.advance(time.Millisecond)
		w.mustWork()
	}
}

// The tombstone of an account stays for 90 days.
func TestHousekeeping_tombstones(t *testing.T) {
	w := newWorld(t)
	first := w.team()
	w.must(w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: first}))
	w.advance(time.Millisecond)
	second := w.team()
	w.must(w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: second}))
	w.mustWork() // else they are still being erased
	for _, step := range []struct {
		after time.Duration
		want  int64
	}{{90*24*time.Hour - time.Millisecond, 2}, {time.Millisecond, 1}, {time.Millisecond, 0}} {
		w.advance(step.after)
		w.clean()
		if got := w.rows("deleted_accounts"); got != step.want {
			t.Errorf("%s: %d tombstones, want %d", time.UnixMilli(w.now.Load()).Sub(epoch), got, step.want)
		}
	}
}

// clean runs the cleaning now, whenever it is due.
func (w *world) clean() {
	w.Helper()
	effects, err := w.handlers()["housekeeping"](w.ctx, w.task(&store.Job{}))
	w.must(err)
	w.must(w.store.Update(w.ctx, func(r store.Records) error {
		if err := effects(w.unit(r)); err != nil && !errors.Is(err, store.ErrExists) {
			return err
		}
		return nil
	}))
}

// A job that failed for good can be seen for 14 days.
func TestHousekeeping_failedJobs(t *testing.T) {
	w := newWorld(t)
	w.must(w.store.Update(w.ctx, func(r store.Records) error {
		return r.InsertJob(&store.Job{JobID: "j", Kind: "retention", Payload: "{", DueMs: w.now.Load()})
	}))
	if failed := w.runJobs(); len(failed) != 1 || !strings.HasPrefix(failed[0], "retention: ") {
		t.Fatalf("got %v", failed)
	}
	failed := func() (n int64) {
		w.must(w.store.View(w.ctx, func(r store.Records) error {
			counts, err := r.CountJobs()
			n = 0
			for _, c := range counts {
				if c.State == store.JobFailed {
					n += c.Count
				}
			}
			return err
		}))
		return n
	}
	w.advance(14 * 24 * time.Hour)
	w.clean()
	if failed() != 1 {
		t.Error("it is gone too early")
	}
	w.advance(time.Millisecond)
	w.clean()
	if failed() != 0 {
		t.Error("it is still there")
	}
}

// A cleaning that failed for good does not keep the next start from
// scheduling one.
func TestHousekeeping_afterFailure(t *testing.T) {
	w := newWorld(t)
	w.schedule()
	w.advance(25 * time.Hour)
	w.must(w.store.Update(w.ctx, func(r store.Records) error {
		list, err := r.LeaseJobs("test", w.now.Load(), 1, 2, 1)
		if err != nil {
			return err
		}
		list[0].State = store.JobFailed
		return r.ReturnJob(&list[0])
	}))
	w.schedule()
	if n := w.waiting("housekeeping"); n != 1 {
		t.Errorf("%d cleanings to come, want 1", n)
	}
}

// What is made at one moment says so, even when the clock goes on meanwhile.
func TestTimestamps_oneMoment(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	w.tick = true
	room, err := w.CreateRoom(w.ctx, &api.CreateRoomInput{AccountId: a, Name: api.Some("x")})
	w.must(err)
	if v := room.Room; v.CreatedTimestamp != v.UpdatedTimestamp {
		t.Errorf("room: created %d, updated %d", v.CreatedTimestamp, v.UpdatedTimestamp)
	}
	bot, err := w.CreateBot(w.ctx, &api.CreateBotInput{AccountId: a, DisplayName: api.Some("x")})
	w.must(err)
	if v := bot.Bot; v.CreatedTimestamp != v.UpdatedTimestamp {
		t.Errorf("bot: created %d, updated %d", v.CreatedTimestamp, v.UpdatedTimestamp)
	}
	w.batchMoment(a, room.Room.RoomId.V)
}

// batchMoment checks that the memberships of one batch have one time.
func (w *world) batchMoment(a, room string) {
	w.Helper()
	members := []string{w.create(a, "1@example.com"), w.create(a, "2@example.com"), w.create(a, "3@example.com")}
	if failed := w.join(a, room, members...); len(failed) > 0 {
		w.Fatalf("refused: %v", failed)
	}
	out, err := w.ListRoomMemberships(w.ctx, &api.ListRoomMembershipsInput{AccountId: a, RoomId: room})
	w.must(err)
	moments := map[api.Timestamp]bool{}
	for i := range out.RoomMemberships {
		moments[out.RoomMemberships[i].UpdatedTimestamp] = true
	}
	if len(moments) != 1 {
		w.Errorf("the memberships of one batch have %d times", len(moments))
	}
}

// handlers returns what runs the jobs of all kinds.
func (w *world) handlers() map[string]jobs.Handler {
	all := w.rules.JobHandlers()
	maps.Copy(all, w.rules.DeliveryHandlers())
	return all
}
