package store

import (
	"encoding/json"
	"fmt"

	"carillon/store/engine"
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

func (a *Account) scan(row engine.Row) error {
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
func (r Records) Account(awsAccountID, accountID string) (*Account, error) {
	return get[Account](r, NoAccount, `SELECT `+accountColumns+` FROM accounts WHERE account_id = $1 AND aws_account_id = $2`,
		accountID, awsAccountID)
}

// KeepAccounts returns those of some accounts that there are, whosever they are,
// and keeps them from being deleted until the transaction ends.
func (r Records) KeepAccounts(ids []string) ([]Account, error) {
	return collect[Account](r, `SELECT `+accountColumns+` FROM accounts WHERE account_id IN (`+placeholders(len(ids))+`) FOR KEY SHARE`, padded(ids))
}

// LockAccount is Account and keeps others from changing or deleting the
// account until the transaction ends.
func (r Records) LockAccount(awsAccountID, accountID string) (*Account, error) {
	return get[Account](r, NoAccount, `SELECT `+accountColumns+` FROM accounts WHERE account_id = $1 AND aws_account_id = $2 FOR UPDATE`,
		accountID, awsAccountID)
}

// KeepAccount is Account and keeps the account from being deleted until the
// transaction ends.
func (r Records) KeepAccount(awsAccountID, accountID string) (*Account, error) {
	return get[Account](r, NoAccount, `SELECT `+accountColumns+` FROM accounts WHERE account_id = $1 AND aws_account_id = $2 FOR KEY SHARE`,
		accountID, awsAccountID)
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
	return r.changed(NoAccount, `UPDATE accounts SET name = $1, name_key = $2, account_type = $3, account_status = $4,
			default_license = $5, directory_id = $6, delegate_groups = $7, disable_remote_control = $8, enable_dial_out = $9
		WHERE account_id = $10`,
		a.Name, Fold(a.Name), a.Type, a.Status, a.DefaultLicense, a.DirectoryID,
		a.groups(), a.DisableRemoteControl, a.EnableDialOut, a.AccountID)
}
