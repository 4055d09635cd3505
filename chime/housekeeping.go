package chime

import (
	"context"

	"carillon/jobs"
	"carillon/store"
)

// runHousekeeping forgets what nobody can ask for any more, and comes back the
// next day.
func (s *Service) runHousekeeping(context.Context, *store.Job) (jobs.Effects, error) {
	return func(r store.Records) error {
		now := s.Now()
		if _, err := r.PurgeDeletedAccounts(now.Add(-tombstoneTime).UnixMilli()); err != nil {
			return err
		}
		if _, err := r.PurgeWebhooks(now.UnixMilli()); err != nil {
			return err
		}
		if _, err := r.PurgeFailedJobs(now.Add(-failedJobTime).UnixMilli()); err != nil {
			return err
		}
		return r.InsertJob(s.housekeeping())
	}, nil
}
