package chime

import (
	"context"
	"errors"
	"strings"

	"carillon/api"
	"carillon/store"
)

// ListJobs returns the work in the background that failed for good and that
// waits, each by its time. What the jobs carry is not shown.
func (s *Service) ListJobs(ctx context.Context, in *api.ListJobsInput) (*api.ListJobsOutput, error) {
	sc, state := scope("ListJobs", awsAccount(ctx), ""), textFilter(in.State)
	c, err := s.tokens.open(sc, in.NextToken, &state)
	if err != nil {
		return nil, err
	}
	f := store.JobFilter{State: state.V, AfterMs: c.Ms, Limit: in.MaxResults.Or(resultPageSize) + 1}
	f.AfterState, f.AfterID, _ = strings.Cut(c.ID, " ")
	var rows []store.Job
	err = s.view(ctx, func(r store.Records) (err error) {
		rows, err = r.Jobs(f)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next := page(s.tokens, sc, c, rows, f.Limit-1, func(j *store.Job) (int64, string) { return j.DueMs, j.State + " " + j.JobID })
	return &api.ListJobsOutput{Jobs: shapes(rows, jobShape), NextToken: next}, nil
}

func jobShape(j *store.Job) *api.Job {
	return &api.Job{
		JobId: api.Some(j.JobID), Kind: api.Some(j.Kind), State: api.Some(api.JobState(j.State)), Attempts: api.Some(int(j.Attempts)),
		DueOn: api.Timestamp(j.DueMs), LastError: api.NonZero(j.LastError),
	}
}

// RetryJobs makes jobs that failed for good due now; each succeeds or fails on
// its own. Jobs that wait keep their time.
func (s *Service) RetryJobs(ctx context.Context, in *api.RetryJobsInput) (*api.RetryJobsOutput, error) {
	var report importReport
	err := s.Store.Update(ctx, func(r store.Records) error {
		report = importReport{failed: []api.ImportError{}}
		for i, id := range in.JobIds {
			switch err := r.RetryJob(id, s.nowMs()); {
			case err == nil:
				report.imported++
			case errors.Is(err, store.ErrNotFound):
				report.fail(i, api.NotFound.Errorf("There is no job with this id"))
			case errors.Is(err, store.ErrExists):
				report.fail(i, api.Conflict.Errorf("The job has not failed; it waits for its time"))
			default:
				return err
			}
		}
		return nil
	})
	s.Wake()
	return &api.RetryJobsOutput{Retried: api.Some(report.imported), Errors: report.failed}, err
}
