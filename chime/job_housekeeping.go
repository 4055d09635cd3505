package chime

import (
	"context"

	"carillon/jobs"
	"carillon/work"
)

// runHousekeeping forgets a part of what nobody can ask for any more, and comes
// back for the rest, or on the next day.
func (s *Service) runHousekeeping(context.Context, *jobs.Task) (jobs.Effects, error) {
	return func(w *work.Unit) error {
		next := w.Now.Add(day)
		for _, purge := range []func() (int64, error){
			func() (int64, error) { return w.PurgeDeletedAccounts(w.Now.Add(-tombstoneTime).UnixMilli(), eraseStep) },
			func() (int64, error) { return w.PurgeWebhooks(w.NowMs(), eraseStep) },
			func() (int64, error) { return w.PurgeConsoleNotes(w.NowMs(), eraseStep) },
			func() (int64, error) { return scaled(w.PurgeConsoleFiles(w.NowMs(), filePartsStep)) },
			func() (int64, error) { return w.PurgeScimRequests(w.Now.Add(-scimRequestTime).UnixMicro(), eraseStep) },
			func() (int64, error) { return w.PurgeFailedJobs(w.Now.Add(-failedJobTime).UnixMilli(), eraseStep) },
		} {
			n, err := purge()
			if err != nil {
				return err
			}
			if n == eraseStep {
				next = w.Now
			}
		}
		return w.InsertJob(housekeeping(w, next))
	}, nil
}

// filePartsStep is how many parts of files go at once: each has some hundred KiB.
const filePartsStep = eraseStep / 10

// scaled counts parts of files as the rows that take as long.
func scaled(parts int64, err error) (int64, error) { return parts * (eraseStep / filePartsStep), err }
