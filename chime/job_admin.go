package chime

import (
	"errors"
	"strings"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// jobList is by state, failed ones first, then by due time.
var jobList = list[store.Job, api.Job]{
	pageSize: resultPageSize,
	at:       func(j *store.Job) store.Position { return store.Position{Ms: j.DueMs, ID: j.State + " " + j.JobID} },
	shape:    value(jobShape),
	size:     jsonSize[api.Job],
}

// ListJobs returns the work in the background that failed for good and that
// waits, each by its time. What the jobs carry is not shown.
func (s *Service) ListJobs(w *work.Unit, in *api.ListJobsInput) (*api.ListJobsOutput, error) {
	state := textFilter(in.State)
	q := listing{in: in, token: in.NextToken, maxResults: in.MaxResults, filters: []*api.Opt[string]{&state}}
	jobs, next, err := jobList.page(s, w, q, func(after store.Position, limit int) ([]store.Job, error) {
		f := store.JobFilter{State: state.V, AfterMs: after.Ms, Limit: limit}
		f.AfterState, f.AfterID, _ = strings.Cut(after.ID, " ")
		return w.Jobs(f)
	})
	return &api.ListJobsOutput{Jobs: jobs, NextToken: next}, err
}

func jobShape(j *store.Job) *api.Job {
	return &api.Job{
		JobId: api.Some(j.JobID), Kind: api.Some(j.Kind), State: api.Some(api.JobState(j.State)), Attempts: api.Some(int(j.Attempts)),
		DueOn: api.Timestamp(j.DueMs), LastError: api.NonZero(j.LastError),
	}
}

// RetryJobs makes jobs that failed for good due now; each succeeds or fails on
// its own. Jobs that wait keep their time.
func (s *Service) RetryJobs(w *work.Unit, in *api.RetryJobsInput) (*api.RetryJobsOutput, error) {
	report := newImportReport()
	for i, id := range in.JobIds {
		err := w.RetryJob(id, w.NowMs())
		if errors.Is(err, store.ErrExists) {
			err = api.Conflict.Errorf("The job has not failed; it waits for its time")
		}
		if err := report.count(i, err); err != nil {
			return nil, err
		}
	}
	w.Queued()
	return &api.RetryJobsOutput{Retried: api.Some(report.imported), Errors: report.failed}, nil
}
