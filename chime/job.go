package chime

import (
	"errors"
	"time"

	"carillon/jobs"
	"carillon/store"
	"carillon/work"
)

// The kinds of jobs.
const (
	jobCompleteOrder = "complete-order"
	jobPurgeNumber   = "purge-number"
	jobRetention     = "retention"
	jobEraseAccount  = "erase-account"
	jobEraseRoom     = "erase-room"
	jobBotEvent      = "bot-event"
	jobDialOut       = "dial-out"
	jobHousekeeping  = "housekeeping"
)

// How long things are kept.
const (
	deletionQueueTime = 7 * 24 * time.Hour
	tombstoneTime     = 90 * 24 * time.Hour
	retentionGrace    = 30 * 24 * time.Hour
	// failedJobTime is how long the operator can see a job that failed for good.
	failedJobTime = 14 * 24 * time.Hour
	day           = 24 * time.Hour
)

// eraseStep is how many rows a job deletes in one transaction, so that nobody
// waits long for it; then it leaves another job for the rest.
const eraseStep = 100

// JobHandlers returns what runs the jobs that the rules leave behind for
// themselves.
func (s *Service) JobHandlers() map[string]jobs.Handler {
	return map[string]jobs.Handler{
		jobCompleteOrder: s.runCompleteOrder,
		jobPurgeNumber:   s.runPurgeNumber,
		jobRetention:     s.runRetention,
		jobEraseAccount:  s.runEraseAccount,
		jobEraseRoom:     s.runEraseRoom,
		jobHousekeeping:  s.runHousekeeping,
		jobScimLicense:   s.runScimLicense,
		jobScimForget:    s.runScimForget,
	}
}

// DeliveryHandlers returns what runs the jobs that wait for endpoints outside.
func (s *Service) DeliveryHandlers() map[string]jobs.Handler {
	return map[string]jobs.Handler{
		jobBotEvent: s.runBotEvent,
		jobDialOut:  s.runDialOut,
	}
}

// ScheduleHousekeeping makes sure that the daily cleaning is among the jobs. All
// replicas call it at their start; its fixed id keeps it single. One that had
// failed for good begins anew.
func (s *Service) ScheduleHousekeeping(w *work.Unit) error {
	j := housekeeping(w, w.Now.Add(day))
	err := w.InsertJob(j)
	if errors.Is(err, store.ErrExists) {
		return w.ReviveJob(j.JobID, j.DueMs)
	}
	return err
}

func housekeeping(w *work.Unit, due time.Time) *store.Job {
	return &store.Job{JobID: jobHousekeeping, Kind: jobHousekeeping, DueMs: due.UnixMilli(), CreatedMs: w.NowMs()}
}
