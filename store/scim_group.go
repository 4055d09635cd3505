package store

import (
	"cmp"
	"errors"
	"math/bits"
	"slices"
	"strings"

	"carillon/store/engine"
)

// ScimGroup is a group that an identity provider has made.
type ScimGroup struct {
	AccountID, GroupID, AwsAccountID string
	Name                             string // unique in the account by [Fold]
	ExternalID                       string
	License                          string // that members get; empty: none
	CreatedMs, ChangedMs             int64
}

const scimGroupColumns = `account_id, group_id, aws_account_id, name, external_id, license, created_ms, changed_ms`

func (g *ScimGroup) scan(row engine.Row) error {
	return row.Scan(&g.AccountID, &g.GroupID, &g.AwsAccountID, &g.Name, &g.ExternalID, &g.License, &g.CreatedMs, &g.ChangedMs)
}

// ScimGroup returns a group of an account, or ErrNotFound.
func (r Records) ScimGroup(accountID, groupID string) (*ScimGroup, error) {
	return get[ScimGroup](r, noScimGroup, `SELECT `+scimGroupColumns+` FROM scim_groups WHERE account_id = $1 AND group_id = $2`, accountID, groupID)
}

// LockScimGroup is ScimGroup and keeps others from changing it.
func (r Records) LockScimGroup(accountID, groupID string) (*ScimGroup, error) {
	return get[ScimGroup](r, noScimGroup, `SELECT `+scimGroupColumns+` FROM scim_groups WHERE account_id = $1 AND group_id = $2 FOR UPDATE`, accountID, groupID)
}

// ScimGroups returns up to limit groups of an account in the order of their creation;
// name, if not empty, selects one, without regard to case.
func (r Records) ScimGroups(accountID, name string, limit int) ([]ScimGroup, error) {
	var q query
	q.add(`SELECT `+scimGroupColumns+` FROM scim_groups WHERE account_id = ?`, accountID)
	if name != "" {
		q.add(` AND name_key = ?`, Fold(name))
	}
	q.add(` ORDER BY created_ms, group_id LIMIT CAST(? AS BIGINT)`, limit)
	return collect[ScimGroup](r, q.String(), q.args)
}

// InsertScimGroup adds a group; ErrExists: the name is taken.
func (r Records) InsertScimGroup(g *ScimGroup) error {
	return r.insert(`INSERT INTO scim_groups (`+scimGroupColumns+`, name_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
		g.AccountID, g.GroupID, g.AwsAccountID, g.Name, g.ExternalID, g.License, g.CreatedMs, g.ChangedMs, Fold(g.Name))
}

// UpdateScimGroup writes what can change of a group. The name must be free.
func (r Records) UpdateScimGroup(g *ScimGroup) error {
	return r.changed(noScimGroup, `UPDATE scim_groups SET name = $1, name_key = $2, external_id = $3, license = $4, changed_ms = $5
		WHERE account_id = $6 AND group_id = $7`, g.Name, Fold(g.Name), g.ExternalID, g.License, g.ChangedMs, g.AccountID, g.GroupID)
}

// DeleteScimGroup removes a group, and leaves its members to the caller: nobody sees
// them without it.
func (r Records) DeleteScimGroup(accountID, groupID string) error {
	return r.changed(noScimGroup, `DELETE FROM scim_groups WHERE account_id = $1 AND group_id = $2`, accountID, groupID)
}

// ScimMembers returns the ids of up to limit members of a group, without those who left
// and whose address somebody in the account has: SCIM sees them no more.
func (r Records) ScimMembers(accountID, groupID string, limit int) ([]string, error) {
	return r.ids(`SELECT m.user_id FROM scim_members m WHERE m.account_id = $1 AND m.group_id = $2 AND NOT EXISTS (
			SELECT 1 FROM scim_users s JOIN user_rows u ON u.account_id = s.account_id AND u.email_key = s.left_key
			WHERE s.account_id = m.account_id AND s.user_id = m.user_id AND s.left_key <> '')
		ORDER BY m.user_id LIMIT CAST($3 AS BIGINT)`, accountID, groupID, limit)
}

// Licensed returns the ids of up to limit users of an account with a licence. It looks at
// most users at most, since the licence is in no index; whole says that it has seen all.
func (r Records) Licensed(accountID, license string, limit, most int) (ids []string, whole bool, err error) {
	var q query
	q.add(`SELECT `+userColumns+` FROM user_rows WHERE account_id = ?`, accountID)
	q.add(` ORDER BY place LIMIT CAST(? AS BIGINT)`, most)
	seen := 0
	u := userRow{User: User{AccountID: accountID}}
	err = r.tx.Query(q.String(), q.args, func(row engine.Row) error {
		seen++
		if err := u.scan(row); err != nil || u.License != license {
			return err
		}
		if ids = append(ids, u.UserID); len(ids) == limit {
			return errPageFull
		}
		return nil
	})
	if errors.Is(err, errPageFull) {
		return ids, false, nil
	}
	return ids, seen < most, err
}

func (r Records) ids(query string, args ...any) (ids []string, err error) {
	err = r.tx.Query(query, args, func(row engine.Row) error {
		var id string
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// AddScimMembers adds members to a group, apart from those that are there.
func (r Records) AddScimMembers(accountID, groupID string, userIDs []string) error {
	for len(userIDs) > 0 {
		n := chunk(len(userIDs))
		args := make([]any, 0, 3*n)
		for _, id := range userIDs[:n] {
			args = append(args, accountID, groupID, id)
		}
		if _, err := r.tx.Exec(memberTexts[bits.Len(uint(n))-1](), args...); err != nil {
			return err
		}
		userIDs = userIDs[n:]
	}
	return nil
}

// memberTexts returns the statements for 1, 2, 4 … members.
var memberTexts = manyRows(`INSERT INTO scim_members (account_id, group_id, user_id) VALUES `, 3, ` ON CONFLICT DO NOTHING`)

// RemoveScimMembers takes members from a group.
func (r Records) RemoveScimMembers(accountID, groupID string, userIDs []string) error {
	return forKeys(r, `DELETE FROM scim_members WHERE account_id = $1 AND group_id = $2 AND user_id = $3`, []any{accountID, groupID}, userIDs, nil)
}

// Membership is a group that a user is in.
type Membership struct{ UserID, GroupID, Name, License string }

func (m *Membership) scan(row engine.Row) error {
	return row.Scan(&m.UserID, &m.GroupID, &m.Name, &m.License)
}

// MembershipsOf returns the groups that some users of an account are in, by user and
// group.
func (r Records) MembershipsOf(accountID string, userIDs []string) ([]Membership, error) {
	list, err := collectForKeys[Membership](r, `SELECT m.user_id, g.group_id, g.name, g.license FROM scim_members m
		JOIN scim_groups g ON g.account_id = m.account_id AND g.group_id = m.group_id WHERE m.account_id = $1 AND m.user_id = $2`, []any{accountID}, userIDs)
	slices.SortFunc(list, func(a, b Membership) int {
		return cmp.Or(strings.Compare(a.UserID, b.UserID), strings.Compare(a.GroupID, b.GroupID))
	})
	return list, err
}
