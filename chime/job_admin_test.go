package chime_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"carillon/api"
	"carillon/store"
)

// fail leaves jobs that failed for good.
func (w *world) failJobs(n int) {
	w.Helper()
	w.must(w.store.Update(w.ctx, func(r store.Records) error {
		for i := range n {
			j := &store.Job{JobID: fmt.Sprintf("failed-%03d", i), Kind: "bot-event", Payload: "marker", DueMs: w.now.Load(), CreatedMs: 1}
			if err := r.InsertJob(j); err != nil {
				return err
			}
		}
		list, err := r.LeaseJobs("me", w.now.Load(), 1, 2, n)
		for i := range list {
			list[i].State, list[i].LastError = store.JobFailed, "nobody there"
			if err := r.ReturnJob(&list[i]); err != nil {
				return err
			}
		}
		return err
	}))
}

// listJobs returns all pages of the list as "id state".
func (w *world) listJobs(state api.Opt[api.JobState]) (list []string) {
	w.Helper()
	in := &api.ListJobsInput{State: state, MaxResults: api.Some(7)}
	for {
		out, err := w.ListJobs(w.ctx, in)
		w.must(err)
		for i := range out.Jobs {
			list = append(list, out.Jobs[i].JobId.V+" "+string(out.Jobs[i].State.V))
		}
		if text := string(out.AppendJSON(nil)); strings.Contains(text, "marker") {
			w.Errorf("the payload shows: %s", text)
		}
		if in.NextToken = out.NextToken; !in.NextToken.Set {
			return list
		}
	}
}

func TestJobs(t *testing.T) {
	w := newWorld(t)
	w.failJobs(20)
	w.must(w.store.Update(w.ctx, func(r store.Records) error {
		return r.InsertJob(&store.Job{JobID: "waits", Kind: "complete-order", Payload: "marker", DueMs: w.now.Load() + 1000, CreatedMs: 1})
	}))
	if list := w.listJobs(api.Opt[api.JobState]{}); len(list) != 21 || list[0] != "failed-000 Failed" || list[20] != "waits Pending" {
		t.Errorf("listed %v", list)
	}
	if list := w.listJobs(api.Some(api.JobStateFailed)); len(list) != 20 || slices.Contains(list, "waits Pending") {
		t.Errorf("listed %v", list)
	}
	wakes := w.wakes.Load()
	out, err := w.RetryJobs(w.ctx, &api.RetryJobsInput{JobIds: []string{"failed-003", "ghost", "waits", "failed-003", "failed-004"}})
	w.must(err)
	want := `{"Errors":[{"ErrorCode":"NotFound","ErrorMessage":"Unable to find the requested identifier: there is no such job","Index":1},` +
		`{"ErrorCode":"Conflict","ErrorMessage":"The job has not failed; it waits for its time","Index":2},` +
		`{"ErrorCode":"Conflict","ErrorMessage":"The job has not failed; it waits for its time","Index":3}],"Retried":2}`
	if got := string(out.AppendJSON(nil)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if w.wakes.Load() == wakes {
		t.Error("nobody was woken")
	}
	if list := w.listJobs(api.Some(api.JobStatePending)); !slices.Equal(list, []string{"failed-003 Pending", "failed-004 Pending", "waits Pending"}) {
		t.Errorf("waiting %v", list)
	}
	_, err = w.ListJobs(w.ctx, &api.ListJobsInput{NextToken: api.Some("x")})
	w.refused("a bad token", err, api.BadRequest, "NextToken")
}
