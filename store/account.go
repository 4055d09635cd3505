package store

import (
	"encoding/json"
	"fmt"
)

// Account is a Chime account. Times are milliseconds since 1970 UTC.
type Account struct {
	AccountID            string
	AwsAccountID         string
	Name                 string
	Type                 string
	Status               string
	DefaultLicense       string
	DirectoryID          string
	DelegateGroups       []string
	DisableRemoteControl bool
	EnableDialOut        bool
	CreatedMs            int64
}

const accountColumns = `account_id, aws_account_id, name, account_type, account_status, default_license,
	directory_id, delegate_groups, disable_remote_control, enable_dial_out, created_ms`

func (a *Account) scan(row Row) error {
	var groups string
	err := row.Scan(&a.AccountID, &a.AwsAccountID, &a.Name, &a.Type, &a.Status, &a.DefaultLicense,
		&a.DirectoryID, &groups, &a.DisableRemoteControl, &a.EnableDialOut, &a.CreatedMs)
	if err == nil && groups != "" {
		err = json.Unmarshal([]byte(groups), &a.DelegateGroups)
	}
	if err != nil {
		return fmt.Errorf("reading account %s: %w", a.AccountID, err)
	}
	return nil
}

// groups is the form in which the delegate groups are kept.
func (a *Account) groups() string {
	if len(a.DelegateGroups) == 0 {
		return ""
	}
	text, _ := json.Marshal(a.DelegateGroups) // strings always marshal
	return string(text)
}

// Account returns an account of an AWS account, or ErrNotFound.
func (r Records) Account(awsAccountID, accountID string) (a Account, err error) {
	err = r.one(`SELECT `+accountColumns+` FROM accounts WHERE account_id = $1 AND aws_account_id = $2`,
		[]any{accountID, awsAccountID}, a.scan)
	return a, err
}

// AccountsByID returns those of some accounts that there are, whosever they are.
func (r Records) AccountsByID(ids []string) ([]Account, error) {
	return collect[Account](r, `SELECT `+accountColumns+` FROM accounts WHERE account_id IN (`+placeholders(len(ids))+`)`, padded(ids))
}

// LockAccount is Account and keeps others from changing or deleting the
// account until the transaction ends.
func (r Records) LockAccount(awsAccountID, accountID string) (a Account, err error) {
	err = r.one(`SELECT `+accountColumns+` FROM accounts WHERE account_id = $1 AND aws_account_id = $2 FOR UPDATE`,
		[]any{accountID, awsAccountID}, a.scan)
	return a, err
}

// InsertAccount adds an account. Others that add accounts to the AWS account or
// take some away wait from then on until the transaction ends.
func (r Records) InsertAccount(a *Account) error {
	err := r.insert(`INSERT INTO accounts (account_id, aws_account_id, name, name_key, account_type, account_status,
			default_license, directory_id, delegate_groups, disable_remote_control, enable_dial_out, created_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		a.AccountID, a.AwsAccountID, a.Name, Fold(a.Name), a.Type, a.Status, a.DefaultLicense, a.DirectoryID,
		a.groups(), a.DisableRemoteControl, a.EnableDialOut, a.CreatedMs)
	if err != nil {
		return err
	}
	return r.addToAccountCount(a.AwsAccountID, 1)
}

// UpdateAccount writes everything of an account but its id, owner and age.
func (r Records) UpdateAccount(a *Account) error {
	return r.changed(ErrNotFound, `UPDATE accounts SET name = $1, name_key = $2, account_type = $3, account_status = $4,
			default_license = $5, directory_id = $6, delegate_groups = $7, disable_remote_control = $8, enable_dial_out = $9
		WHERE account_id = $10`,
		a.Name, Fold(a.Name), a.Type, a.Status, a.DefaultLicense, a.DirectoryID,
		a.groups(), a.DisableRemoteControl, a.EnableDialOut, a.AccountID)
}

// DeleteAccount removes an account with its users, rooms, messages and bots and
// leaves a tombstone. Domains and phone numbers must have been released.
func (r Records) DeleteAccount(a *Account, nowMs int64) error {
	// Those that point to others come first.
	for _, table := range []string{
		"webhooks", "messages", "room_memberships", "room_tokens", "rooms", "bots", "retention_settings", "former_users", "users",
	} {
		if _, err := r.tx.Exec(`DELETE FROM `+table+` WHERE account_id = $1`, a.AccountID); err != nil {
			return err
		}
	}
	if err := r.changed(ErrNotFound, `DELETE FROM accounts WHERE account_id = $1`, a.AccountID); err != nil {
		return err
	}
	if err := r.addToAccountCount(a.AwsAccountID, -1); err != nil {
		return err
	}
	return r.insert(`INSERT INTO deleted_accounts (account_id, aws_account_id, name, account_type, created_ms, deleted_ms)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		a.AccountID, a.AwsAccountID, a.Name, a.Type, a.CreatedMs, nowMs)
}

// PurgeDeletedAccounts forgets accounts that were deleted before a moment and
// returns how many.
func (r Records) PurgeDeletedAccounts(beforeMs int64) (int64, error) {
	return r.tx.Exec(`DELETE FROM deleted_accounts WHERE deleted_ms < $1`, beforeMs)
}
