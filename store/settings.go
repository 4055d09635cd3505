package store

import (
	"errors"

	"carillon/store/engine"
)

// AwsAccountSettings are the settings of an AWS account, for all its Chime accounts.
type AwsAccountSettings struct {
	AwsAccountID          string
	CallingName           string
	CallingNameMs         int64 // of the last change
	BusinessCallingBucket string
	VoiceConnectorBucket  string
}

const settingsColumns = `aws_account_id, calling_name, calling_name_ms, business_calling_bucket, voice_connector_bucket`

// AwsAccountSettings returns the settings, empty ones if none were ever set.
func (r Records) AwsAccountSettings(awsAccountID string) (s AwsAccountSettings, err error) {
	return r.awsAccountSettings(awsAccountID, "")
}

// LockAwsAccountSettings is AwsAccountSettings and keeps others from changing
// them, and from doing what else takes this lock, until the transaction ends.
func (r Records) LockAwsAccountSettings(awsAccountID string) (s AwsAccountSettings, err error) {
	_, err = r.tx.Exec(`INSERT INTO aws_account_settings (`+settingsColumns+`) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		awsAccountID, "", 0, "", "")
	if err != nil {
		return s, err
	}
	return r.awsAccountSettings(awsAccountID, " FOR UPDATE")
}

func (r Records) awsAccountSettings(awsAccountID, lock string) (AwsAccountSettings, error) {
	s := AwsAccountSettings{AwsAccountID: awsAccountID}
	err := r.one(noRecord, `SELECT `+settingsColumns+` FROM aws_account_settings WHERE aws_account_id = $1`+lock, []any{awsAccountID}, func(row engine.Row) error {
		return row.Scan(&s.AwsAccountID, &s.CallingName, &s.CallingNameMs, &s.BusinessCallingBucket, &s.VoiceConnectorBucket)
	})
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return s, err
}

// UpdateAwsAccountSettings writes settings that are locked.
func (r Records) UpdateAwsAccountSettings(s *AwsAccountSettings) error {
	return r.changed(noRecord, `UPDATE aws_account_settings SET calling_name = $1, calling_name_ms = $2,
			business_calling_bucket = $3, voice_connector_bucket = $4 WHERE aws_account_id = $5`,
		s.CallingName, s.CallingNameMs, s.BusinessCallingBucket, s.VoiceConnectorBucket, s.AwsAccountID)
}

// RetentionSettings say how long an account keeps messages; 0 days: for ever.
type RetentionSettings struct {
	AccountID        string
	RoomDays         int64
	ConversationDays int64
	SetMs            int64
	DeletionMs       int64 // when the deletion for good begins; 0: never
}

// RetentionSettings returns the settings, empty ones if none were ever set.
func (r Records) RetentionSettings(accountID string) (RetentionSettings, error) {
	s := RetentionSettings{AccountID: accountID}
	err := r.one(noRecord, `SELECT account_id, room_days, conversation_days, set_ms, deletion_ms FROM retention_settings WHERE account_id = $1`,
		[]any{accountID}, func(row engine.Row) error {
			return row.Scan(&s.AccountID, &s.RoomDays, &s.ConversationDays, &s.SetMs, &s.DeletionMs)
		})
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return s, err
}

// PutRetentionSettings replaces the settings.
func (r Records) PutRetentionSettings(s *RetentionSettings) error {
	_, err := r.tx.Exec(`INSERT INTO retention_settings (account_id, room_days, conversation_days, set_ms, deletion_ms)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id) DO UPDATE SET room_days = excluded.room_days,
			conversation_days = excluded.conversation_days, set_ms = excluded.set_ms, deletion_ms = excluded.deletion_ms`,
		s.AccountID, s.RoomDays, s.ConversationDays, s.SetMs, s.DeletionMs)
	return err
}

// TestClockOffset returns how far the test clock is ahead, in milliseconds.
func (r Records) TestClockOffset() (ms int64, err error) {
	err = r.one(noRecord, `SELECT offset_ms FROM test_clock WHERE id = $1`, []any{1}, func(row engine.Row) error { return row.Scan(&ms) })
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return ms, err
}

// AdvanceTestClock moves the test clock ahead.
func (r Records) AdvanceTestClock(ms int64) error {
	_, err := r.tx.Exec(`INSERT INTO test_clock (id, offset_ms) VALUES ($1, $2)
		ON CONFLICT (id) DO UPDATE SET offset_ms = test_clock.offset_ms + excluded.offset_ms`, 1, ms)
	return err
}
