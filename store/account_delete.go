package store

// noOwner stands for the AWS account of an account that is being erased.
const noOwner = "deleted"

// MarkAccountDeleted leaves a tombstone and takes the account from its owner, so
// that nobody finds it any more. What is in it goes with [Records.EraseAccount];
// domains and phone numbers must have been released.
func (r Records) MarkAccountDeleted(a *Account, nowMs int64) error {
	if err := r.changed(NoAccount, `UPDATE accounts SET aws_account_id = $1 WHERE account_id = $2 AND aws_account_id = $3`,
		noOwner, a.AccountID, a.AwsAccountID); err != nil {
		return err
	}
	if err := r.addToAccountCount(a.AwsAccountID, -1); err != nil {
		return err
	}
	return r.insert(`INSERT INTO deleted_accounts (account_id, aws_account_id, name, account_type, created_ms, deleted_ms)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		a.AccountID, a.AwsAccountID, a.Name, a.Type, a.CreatedMs, nowMs)
}

// WasAccount reports whether an account of this id was deleted, and not yet
// forgotten.
func (r Records) WasAccount(accountID string) (bool, error) {
	n, err := r.count(`SELECT COUNT(*) FROM deleted_accounts WHERE account_id = $1`, accountID)
	return n > 0, err
}

// contents are the tables with rows of an account and what tells these rows
// apart; those that point to others come first. Where the key alone tells a row
// from those of other accounts, SQLite must not be led to look for the account.
var contents = []struct{ table, key, where string }{
	{"webhooks", "webhook_id", ""},
	{"invitations", "invite_id", ""},
	{"user_activity", "user_id, week_ms", inAccount},
	{"messages", "container_type, container_id, message_id", inAccount},
	{"room_memberships", "room_id, member_id", inAccount},
	{"room_tokens", "token", inAccount},
	{"rooms", "room_id", inAccount},
	{"bots", "bot_id", inAccount},
	{"retention_settings", "account_id", ""},
	{"console_files", "file_id, part", ""},
	{"scim_requests", "request_id", inAccount},
	{"scim_tokens", "token_id", ""},
	{"scim_members", "group_id, user_id", inAccount},
	{"scim_groups", "group_id", inAccount},
	{"scim_emails", "email_key, user_id", inAccount},
	{"scim_users", "user_id", inAccount},
	{"former_users", "email_key", inAccount},
	{"user_rows", "place", inAccount},
	{"user_changes", "place", inAccount},
	{"user_blocks", "place", inAccount},
}

const inAccount = ` account_id = $1 AND`

// EraseAccount deletes up to limit rows of an account that is marked as deleted,
// and the account when nothing is left; it reports that.
func (r Records) EraseAccount(accountID string, limit int) (done bool, err error) {
	for _, c := range contents {
		n, err := r.tx.Exec(`DELETE FROM `+c.table+` WHERE`+c.where+` (`+c.key+`) IN
			(SELECT `+c.key+` FROM `+c.table+` WHERE account_id = $1 LIMIT CAST($2 AS BIGINT))`, accountID, limit)
		if err != nil {
			return false, err
		}
		if limit -= int(n); limit <= 0 {
			return false, nil
		}
	}
	_, err = r.tx.Exec(`DELETE FROM accounts WHERE account_id = $1 AND aws_account_id = $2`, accountID, noOwner)
	return true, err
}

// PurgeDeletedAccounts forgets up to limit accounts that were deleted before a
// moment, and returns how many. Those that are still being erased are left: what
// is in them would come to light again.
func (r Records) PurgeDeletedAccounts(beforeMs int64, limit int) (int64, error) {
	return r.tx.Exec(`DELETE FROM deleted_accounts WHERE account_id IN
		(SELECT d.account_id FROM deleted_accounts d WHERE d.deleted_ms < $1
			AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.account_id = d.account_id) LIMIT CAST($2 AS BIGINT))`, beforeMs, limit)
}
