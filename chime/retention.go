package chime

import (
	"context"
	"time"

	"carillon/api"
	"carillon/jobs"
	"carillon/store"
	"carillon/work"
)

// GetRetentionSettings returns how long an Enterprise account keeps messages.
func (s *Service) GetRetentionSettings(w *work.Unit, in *api.GetRetentionSettingsInput) (*api.GetRetentionSettingsOutput, error) {
	a, err := enterprise(account(w, in.AccountId))
	if err != nil {
		return nil, err
	}
	settings, err := w.RetentionSettings(a.AccountID)
	return &api.GetRetentionSettingsOutput{
		InitiateDeletionTimestamp: api.Timestamp(settings.DeletionMs),
		RetentionSettings: &api.RetentionSettings{
			ConversationRetentionSettings: &api.ConversationRetentionSettings{RetentionDays: api.NonZero(int(settings.ConversationDays))},
			RoomRetentionSettings:         &api.RoomRetentionSettings{RetentionDays: api.NonZero(int(settings.RoomDays))},
		},
	}, err
}

// PutRetentionSettings replaces both parts; a part without days keeps messages
// for ever. Older messages are hidden at once; after a grace period, in which a
// longer retention brings them back, a job deletes them for good, day by day.
func (s *Service) PutRetentionSettings(w *work.Unit, in *api.PutRetentionSettingsInput) error {
	a, err := enterprise(lockAccount(w, in.AccountId))
	if err != nil {
		return err
	}
	settings := newRetention(w, a, in.RetentionSettings)
	if err := w.PutRetentionSettings(settings); err != nil || settings.DeletionMs == 0 {
		return err
	}
	return w.Enqueue(jobRetention, retentionRun{a.AccountID, settings.SetMs}, settings.DeletionMs)
}

func newRetention(w *work.Unit, a *store.Account, in *api.RetentionSettings) *store.RetentionSettings {
	settings := &store.RetentionSettings{AccountID: a.AccountID, SetMs: w.NowMs()}
	if p := in.RoomRetentionSettings; p != nil {
		settings.RoomDays = int64(p.RetentionDays.V)
	}
	if p := in.ConversationRetentionSettings; p != nil {
		settings.ConversationDays = int64(p.RetentionDays.V)
	}
	if settings.RoomDays+settings.ConversationDays > 0 {
		settings.DeletionMs = w.Now.Add(retentionGrace).UnixMilli()
	}
	return settings
}

// retentionRun is the payload of the job that deletes old messages.
type retentionRun struct {
	AccountID string
	SetMs     int64 // tells the settings that it belongs to from later ones
}

// runRetention deletes a part of what retention says, and comes back for the
// rest or on the next day, as long as the settings are the same.
func (s *Service) runRetention(_ context.Context, t *jobs.Task) (jobs.Effects, error) {
	var p retentionRun
	if err := t.Payload(&p); err != nil {
		return nil, err
	}
	return func(w *work.Unit) error {
		settings, err := w.RetentionSettings(p.AccountID)
		if err != nil || settings.SetMs != p.SetMs || settings.DeletionMs == 0 {
			return err
		}
		more, err := purgeMessages(w, &settings)
		if err != nil {
			return err
		}
		next := w.Now.Add(day)
		if more {
			next = w.Now
		}
		return w.Enqueue(jobRetention, p, next.UnixMilli())
	}, nil
}

// purgeMessages deletes some of the messages that are too old and reports
// whether there may be more.
func purgeMessages(w *work.Unit, settings *store.RetentionSettings) (more bool, err error) {
	var deleted int64
	for container, days := range map[string]int64{store.InRoom: settings.RoomDays, store.InConversation: settings.ConversationDays} {
		if days == 0 {
			continue
		}
		n, err := w.PurgeMessages(settings.AccountID, container, retainedSince(w, days), eraseStep)
		if err != nil {
			return false, err
		}
		more, deleted = more || n == eraseStep, deleted+n
	}
	if deleted > 0 {
		w.Happened(expiredMessages(settings.AccountID, deleted))
	}
	return more, nil
}

// expiredMessages is what the audit says of messages that retention has deleted.
func expiredMessages(accountID string, deleted int64) work.Step {
	return work.Step{
		Name: "DeleteExpiredMessages", AccountID: accountID, Details: map[string]any{"accountId": accountID, "messages": deleted},
		Touched: []work.Touched{{Type: "AWS::Chime::Account", Name: accountID}},
	}
}

// retainedSince is the age of the oldest message that a retention shows; 0 days
// show all.
func retainedSince(w *work.Unit, days int64) int64 {
	if days == 0 {
		return 0
	}
	return w.Now.Add(-time.Duration(days) * day).UnixMilli()
}
