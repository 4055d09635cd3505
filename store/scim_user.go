package store

import (
	"bytes"
	"errors"

	"carillon/store/engine"
)

// ScimUser is what SCIM knows of a user beyond what Amazon Chime does.
type ScimUser struct {
	AccountID, UserID, AwsAccountID string
	ExternalID                      string
	Attributes                      string // JSON, as the schema has them
	ChangedMs                       int64
	Left                            Left
}

// Left is a user who was taken out of the account, as they were; no Email: they
// were not.
type Left struct {
	Email, DisplayName, License, Type string
	CreatedMs                         int64
}

const scimUserColumns = `account_id, user_id, aws_account_id, external_id, attributes, changed_ms,
	left_email, left_name, left_license, left_type, left_created_ms`

func (u *ScimUser) scan(row engine.Row) error {
	return row.Scan(&u.AccountID, &u.UserID, &u.AwsAccountID, &u.ExternalID, &u.Attributes, &u.ChangedMs,
		&u.Left.Email, &u.Left.DisplayName, &u.Left.License, &u.Left.Type, &u.Left.CreatedMs)
}

// ScimUser returns what SCIM knows of a user, or ErrNotFound.
func (r Records) ScimUser(accountID, userID string) (*ScimUser, error) {
	return get[ScimUser](r, noUser, `SELECT `+scimUserColumns+` FROM scim_users WHERE account_id = $1 AND user_id = $2`, accountID, userID)
}

// ScimUsers returns what SCIM knows of those of some users of whom it knows
// anything.
func (r Records) ScimUsers(accountID string, userIDs []string) ([]ScimUser, error) {
	return collectForKeys[ScimUser](r, `SELECT `+scimUserColumns+` FROM scim_users WHERE account_id = $1 AND user_id = $2`, []any{accountID}, userIDs)
}

// PutScimUser writes what SCIM knows of a user, with the further addresses, whose
// keys are given.
func (r Records) PutScimUser(u *ScimUser, emailKeys []string) error {
	l := &u.Left
	_, err := r.tx.Exec(`INSERT INTO scim_users (`+scimUserColumns+`, left_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (user_id, account_id) DO UPDATE SET external_id = excluded.external_id, attributes = excluded.attributes,
			changed_ms = excluded.changed_ms, left_email = excluded.left_email, left_key = excluded.left_key, left_name = excluded.left_name,
			left_license = excluded.left_license, left_type = excluded.left_type, left_created_ms = excluded.left_created_ms`,
		u.AccountID, u.UserID, u.AwsAccountID, u.ExternalID, u.Attributes, u.ChangedMs,
		l.Email, l.DisplayName, l.License, l.Type, l.CreatedMs, EmailKey(l.Email))
	if err != nil {
		return err
	}
	if _, err := r.tx.Exec(`DELETE FROM scim_emails WHERE account_id = $1 AND user_id = $2`, u.AccountID, u.UserID); err != nil {
		return err
	}
	for _, key := range emailKeys {
		if _, err := r.tx.Exec(`INSERT INTO scim_emails (account_id, email_key, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			u.AccountID, key, u.UserID); err != nil {
			return err
		}
	}
	return nil
}

// LeaveScim keeps a user visible to SCIM who is being taken out of the account, if
// SCIM knows of them; else they leave its groups.
func (r Records) LeaveScim(u *User, nowMs int64) error {
	if err := r.ForgetSuperseded(u.AccountID, u.UserID, u.Email); err != nil {
		return err
	}
	n, err := r.tx.Exec(`UPDATE scim_users SET left_email = $1, left_key = $2, left_name = $3, left_license = $4, left_type = $5,
			left_created_ms = $6, changed_ms = $7 WHERE account_id = $8 AND user_id = $9`,
		u.Email, EmailKey(u.Email), u.DisplayName, u.License, u.Type, u.CreatedMs, nowMs, u.AccountID, u.UserID)
	if err == nil && n == 0 {
		_, err = r.tx.Exec(`DELETE FROM scim_members WHERE account_id = $1 AND user_id = $2`, u.AccountID, u.UserID)
	}
	return err
}

// ForgetScimUser removes all that SCIM knows of a user who is not in the account, the
// identity that a later invitation would bring back, and what the user did.
func (r Records) ForgetScimUser(accountID, userID, email string) error {
	if err := r.forgetScim(accountID, userID); err != nil {
		return err
	}
	if err := r.ForgetSuperseded(accountID, userID, email); err != nil {
		return err
	}
	if err := r.forgetActivity(accountID, userID); err != nil {
		return err
	}
	_, err := r.tx.Exec(`DELETE FROM former_users WHERE account_id = $1 AND email_key = $2 AND user_id = $3`, accountID, EmailKey(email), userID)
	return err
}

// SetUserEmail gives a user the address that u has now, which no other user of the
// account may have.
func (r Records) SetUserEmail(u *User) error {
	p := placeOf(u.UserID, u.CreatedMs)
	return r.changed(noUser, `UPDATE user_rows SET email_key = $1, data = $2 WHERE account_id = $3 AND place = $4`,
		EmailKey(u.Email), u.writeData(p), u.AccountID, p.key)
}

// superseded leaves out those who left and whose address somebody in the account has.
const superseded = ` AND s.left_key <> '' AND NOT EXISTS (SELECT 1 FROM user_rows u WHERE u.account_id = s.account_id AND u.email_key = s.left_key)`

// ScimLeft returns a page of the users who left an account, by their ids.
func (r Records) ScimLeft(accountID string, skip, limit int) ([]ScimUser, error) {
	return collect[ScimUser](r, `SELECT `+scimUserColumns+` FROM scim_users s WHERE account_id = $1`+superseded+`
		ORDER BY user_id LIMIT CAST($2 AS BIGINT) OFFSET CAST($3 AS BIGINT)`, []any{accountID, limit, skip})
}

// CountScimLeft returns how many they are.
func (r Records) CountScimLeft(accountID string) (int64, error) {
	return r.count(`SELECT COUNT(*) FROM scim_users s WHERE account_id = $1`+superseded, accountID)
}

// HasSuperseded reports whether somebody else has the address of one who left.
func (r Records) HasSuperseded(accountID, userID string) (bool, error) {
	n, err := r.count(`SELECT COUNT(*) FROM scim_users s WHERE account_id = $1 AND user_id = $2`+superseded, accountID, userID)
	return n == 0, err
}

// ScimUserIDs returns the ids of up to limit users, present and left, with an external
// id, or else with an address.
func (r Records) ScimUserIDs(accountID, externalID, email string, limit int) (ids []string, err error) {
	each := func(row engine.Row) error {
		var id string
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	}
	if externalID != "" {
		err = r.tx.Query(`SELECT user_id FROM scim_users WHERE account_id = $1 AND external_id = $2 ORDER BY user_id LIMIT CAST($3 AS BIGINT)`,
			[]any{accountID, externalID, limit}, each)
		return ids, err
	}
	id, err := r.UserIDByEmail(accountID, email)
	if err == nil {
		ids = append(ids, id)
	} else if !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	for _, from := range []string{`scim_emails WHERE account_id = $1 AND email_key = $2`, `scim_users WHERE account_id = $1 AND left_key = $2`} {
		if err := r.tx.Query(`SELECT user_id FROM `+from+` ORDER BY user_id LIMIT CAST($3 AS BIGINT)`, []any{accountID, EmailKey(email), limit}, each); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// Compare orders positions as the list of an account's users is.
func (p Position) Compare(q Position) int {
	return bytes.Compare(placeOf(p.ID, p.Ms).key, placeOf(q.ID, q.Ms).key)
}

// UserAt returns the position of a user of an account, so many after another one; none:
// there are not so many.
func (r Records) UserAt(accountID string, after Position, skip int) (at Position, err error) {
	var q query
	q.add(`SELECT place FROM user_rows WHERE account_id = ?`, accountID)
	if after.ID != "" {
		q.add(` AND place > ?`, placeOf(after.ID, after.Ms).key)
	}
	q.add(` ORDER BY place LIMIT 1 OFFSET CAST(? AS BIGINT)`, skip)
	err = r.tx.Query(q.String(), q.args, func(row engine.Row) error {
		var p place
		err := row.Scan(&p.key)
		p = placeAt(p.key)
		at = Position{Ms: p.createdMs(), ID: p.id()}
		return err
	})
	return at, err
}

// CountUsersAfter returns how many users of an account come after a position; the
// zero one: all of them.
func (r Records) CountUsersAfter(accountID string, after Position) (int64, error) {
	if after.ID == "" {
		return r.count(`SELECT COUNT(*) FROM user_rows WHERE account_id = $1`, accountID)
	}
	return r.count(`SELECT COUNT(*) FROM user_rows WHERE account_id = $1 AND place > $2`, accountID, placeOf(after.ID, after.Ms).key)
}
