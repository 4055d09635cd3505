package store

import (
	"math/bits"
	"strings"

	"carillon/store/engine"
)

// LockUsersByID is LockUser for several users; who is not there is left out. Callers
// have the account locked, so that they do not wait for each other in a circle.
func (r Records) LockUsersByID(awsAccountID, accountID string, ids []string) (users []User, err error) {
	err = r.usersWithIDs(lockedByID, []any{accountID, awsAccountID}, ids, func(u *User) {
		u.AwsAccountID = awsAccountID
		users = append(users, *u)
	})
	return users, err
}

// UpdateUsers is UpdateUser for several users, which the caller has locked.
func (r Records) UpdateUsers(users []User) error {
	for len(users) > 0 {
		n := chunk(len(users))
		args := make([]any, 0, n*(userValues+1))
		for i := range users[:n] {
			args = append(append(args, users[i].values()...), users[i].ChangedMs)
		}
		if _, err := r.tx.Exec(updateTexts[bits.Len(uint(n))-1](), args...); err != nil {
			return err
		}
		users = users[n:]
	}
	return nil
}

// updateTexts returns the statements for 1, 2, 4 … users. That they are there makes
// every insertion an update.
var updateTexts = manyRows(`INSERT INTO user_rows (account_id, place, other_id, email_key, shared_device, data, changed_ms) VALUES `, userValues+1,
	` ON CONFLICT (account_id, place) DO UPDATE SET shared_device = excluded.shared_device, data = excluded.data, changed_ms = excluded.changed_ms`)

// ScimMembersAfter returns the ids of up to limit members of a group, behind one of them.
func (r Records) ScimMembersAfter(accountID, groupID, after string, limit int) ([]string, error) {
	return r.ids(`SELECT user_id FROM scim_members WHERE account_id = $1 AND group_id = $2 AND user_id > $3 ORDER BY user_id LIMIT CAST($4 AS BIGINT)`,
		accountID, groupID, after, limit)
}

// ScimMembersAmong returns which of some users are members of a group, by their ids.
func (r Records) ScimMembersAmong(accountID, groupID string, userIDs []string) (map[string]bool, error) {
	among := map[string]bool{}
	var id string
	err := forKeys(r, `SELECT user_id FROM scim_members WHERE account_id = $1 AND group_id = $2 AND user_id = $3`, []any{accountID, groupID}, userIDs, func(row engine.Row) error {
		err := row.Scan(&id)
		among[id] = true
		return err
	})
	return among, err
}

// ScimLeftOf returns those of some users who left an account and are still visible to
// SCIM, with their licences, by their ids.
func (r Records) ScimLeftOf(accountID string, userIDs []string) (map[string]string, error) {
	licenses := map[string]string{}
	var id, license string
	err := forKeys(r, `SELECT s.user_id, s.left_license FROM scim_users s WHERE s.account_id = $1 AND s.user_id = $2`+superseded, []any{accountID}, userIDs, func(row engine.Row) error {
		err := row.Scan(&id, &license)
		licenses[id] = license
		return err
	})
	return licenses, err
}

// SetScimLeftLicense gives users who left an account the licence with which they come
// back.
func (r Records) SetScimLeftLicense(accountID string, userIDs []string, license string) error {
	return forKeys(r, `UPDATE scim_users SET left_license = $1 WHERE account_id = $2 AND user_id = $3`, []any{license, accountID}, userIDs, nil)
}

// ReturnScim notes that a user who left an account is in it again.
func (r Records) ReturnScim(accountID, userID string) error {
	_, err := r.tx.Exec(`UPDATE scim_users SET left_email = '', left_key = '' WHERE account_id = $1 AND user_id = $2 AND left_key <> ''`, accountID, userID)
	return err
}

// ForgetSuperseded removes what SCIM knows of those who left an account, other than
// one user, and had the address that this one gives up: else they would be visible
// again, as two with one address or after a user who was deleted for good.
func (r Records) ForgetSuperseded(accountID, userID, email string) error {
	ids, err := r.ids(`SELECT user_id FROM scim_users WHERE account_id = $1 AND left_key = $2 AND user_id <> $3`, accountID, EmailKey(email), userID)
	for _, id := range ids {
		if err := r.forgetScim(accountID, id); err != nil {
			return err
		}
	}
	return err
}

// forgetScim removes all that SCIM knows of a user.
func (r Records) forgetScim(accountID, userID string) error {
	for _, table := range strings.Fields("scim_users scim_emails scim_members") {
		if _, err := r.tx.Exec(`DELETE FROM `+table+` WHERE account_id = $1 AND user_id = $2`, accountID, userID); err != nil {
			return err
		}
	}
	return nil
}
