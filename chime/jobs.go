package chime

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"carillon/jobs"
	"carillon/store"
)

// The kinds of jobs.
const (
	jobCompleteOrder = "complete-order"
	jobPurgeNumber   = "purge-number"
	jobRetention     = "retention"
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

// JobHandlers returns what runs the jobs that the rules leave behind for
// themselves.
func (s *Service) JobHandlers() map[string]jobs.Handler {
	return map[string]jobs.Handler{
		jobCompleteOrder: s.runCompleteOrder,
		jobPurgeNumber:   s.runPurgeNumber,
		jobRetention:     s.runRetention,
		jobHousekeeping:  s.runHousekeeping,
	}
}

// DeliveryHandlers returns what runs the jobs that wait for endpoints outside.
func (s *Service) DeliveryHandlers() map[string]jobs.Handler {
	return map[string]jobs.Handler{
		jobBotEvent: s.runBotEvent,
		jobDialOut:  s.runDialOut,
	}
}

// enqueue leaves a job for later, in the transaction that makes it necessary.
func (s *Service) enqueue(r store.Records, kind string, payload any, dueMs int64) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("job %s: %w", kind, err)
	}
	return r.InsertJob(&store.Job{JobID: s.NewID(), Kind: kind, Payload: string(text), DueMs: dueMs, CreatedMs: s.nowMs()})
}

// ScheduleHousekeeping makes sure that the daily cleaning is among the jobs. All
// replicas call it at their start; its fixed id keeps it single. One that had
// failed for good begins anew.
func (s *Service) ScheduleHousekeeping(r store.Records) error {
	j := s.housekeeping()
	err := r.InsertJob(j)
	if errors.Is(err, store.ErrExists) {
		return r.ReviveJob(j.JobID, j.DueMs)
	}
	return err
}

func (s *Service) housekeeping() *store.Job {
	return &store.Job{JobID: jobHousekeeping, Kind: jobHousekeeping, DueMs: s.Now().Add(day).UnixMilli(), CreatedMs: s.nowMs()}
}
