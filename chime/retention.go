package chime

import (
	"context"
	"encoding/json"
	"time"

	"carillon/api"
	"carillon/jobs"
	"carillon/store"
)

// GetRetentionSettings returns how long an Enterprise account keeps messages.
func (s *Service) GetRetentionSettings(ctx context.Context, in *api.GetRetentionSettingsInput) (*api.GetRetentionSettingsOutput, error) {
	var out api.GetRetentionSettingsOutput
	err := s.inAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		if err := enterprise(a); err != nil {
			return err
		}
		settings, err := r.RetentionSettings(a.AccountID)
		out.InitiateDeletionTimestamp = api.Timestamp(settings.DeletionMs)
		out.RetentionSettings = &api.RetentionSettings{
			ConversationRetentionSettings: &api.ConversationRetentionSettings{RetentionDays: api.NonZero(int(settings.ConversationDays))},
			RoomRetentionSettings:         &api.RoomRetentionSettings{RetentionDays: api.NonZero(int(settings.RoomDays))},
		}
		return err
	})
	return &out, err
}

// PutRetentionSettings replaces both parts; a part without days keeps messages
// for ever. Older messages are hidden at once; after a grace period, in which a
// longer retention brings them back, a job deletes them for good, day by day.
func (s *Service) PutRetentionSettings(ctx context.Context, in *api.PutRetentionSettingsInput) error {
	err := s.changeAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		if err := enterprise(a); err != nil {
			return err
		}
		settings := s.newRetention(a, in.RetentionSettings)
		if err := r.PutRetentionSettings(settings); err != nil || settings.DeletionMs == 0 {
			return err
		}
		return s.enqueue(r, jobRetention, retentionRun{a.AccountID, settings.SetMs}, settings.DeletionMs)
	})
	s.Wake()
	return err
}

func (s *Service) newRetention(a *store.Account, in *api.RetentionSettings) *store.RetentionSettings {
	settings := &store.RetentionSettings{AccountID: a.AccountID, SetMs: s.nowMs()}
	if p := in.RoomRetentionSettings; p != nil {
		settings.RoomDays = int64(p.RetentionDays.V)
	}
	if p := in.ConversationRetentionSettings; p != nil {
		settings.ConversationDays = int64(p.RetentionDays.V)
	}
	if settings.RoomDays+settings.ConversationDays > 0 {
		settings.DeletionMs = s.Now().Add(retentionGrace).UnixMilli()
	}
	return settings
}

// retentionRun is the payload of the job that deletes old messages.
type retentionRun struct {
	AccountID string
	SetMs     int64 // tells the settings that it belongs to from later ones
}

// runRetention deletes what retention says and comes back the next day, as long
// as the settings are the same.
func (s *Service) runRetention(_ context.Context, j *store.Job) (jobs.Effects, error) {
	var p retentionRun
	if err := json.Unmarshal([]byte(j.Payload), &p); err != nil {
		return nil, &jobs.Permanent{Err: err}
	}
	return func(r store.Records) error {
		settings, err := r.RetentionSettings(p.AccountID)
		if err != nil || settings.SetMs != p.SetMs || settings.DeletionMs == 0 {
			return err
		}
		for container, days := range map[string]int64{store.InRoom: settings.RoomDays, store.InConversation: settings.ConversationDays} {
			if days == 0 {
				continue
			}
			if _, err := r.PurgeMessages(p.AccountID, container, s.retainedSince(days)); err != nil {
				return err
			}
		}
		return s.enqueue(r, jobRetention, p, s.Now().Add(day).UnixMilli())
	}, nil
}

// retainedSince is the age of the oldest message that a retention shows; 0 days
// show all.
func (s *Service) retainedSince(days int64) int64 {
	if days == 0 {
		return 0
	}
	return s.Now().Add(-time.Duration(days) * day).UnixMilli()
}
