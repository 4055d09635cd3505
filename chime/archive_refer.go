package chime

import (
	"errors"

	"carillon/api"
	"carillon/store"
)

// archiveNames are the users and groups that records may name, of one Chime account.
type archiveNames struct {
	users, groups map[string]bool
}

// referring are the kinds whose records name a user who must be there, with where else
// than in the account the user may be: former users come back, and SCIM sees those who
// have left.
var referring = map[string]userPlace{
	kindActivity:    store.Records.FormerUsersAmong,
	kindInvitations: nil,
	kindScimMembers: scimUsersAmong,
}

// userPlace returns those of some ids that are of users in some place.
type userPlace func(r store.Records, account string, ids []string) ([]string, error)

func scimUsersAmong(r store.Records, account string, ids []string) (known []string, err error) {
	users, err := r.ScimUsers(account, ids)
	for i := range users {
		known = append(known, users[i].UserID)
	}
	return known, err
}

// findNamed finds out which users and groups there are of those that records name.
func (m *archiveImport) findNamed(rows []archivedRow) error {
	elsewhere, refers := referring[m.kind.Name]
	if !refers {
		return nil
	}
	m.named = map[string]archiveNames{}
	users := map[string][]string{}
	for _, r := range rows {
		users[r.Text("AccountId")] = append(users[r.Text("AccountId")], r.Text("UserId"))
	}
	for account, ids := range users {
		present, err := m.usersThere(account, ids, elsewhere)
		if err != nil {
			return err
		}
		m.named[account] = archiveNames{users: present, groups: map[string]bool{}}
	}
	return nil
}

// usersThere returns which of some users are in an account, or elsewhere.
func (m *archiveImport) usersThere(account string, ids []string, elsewhere userPlace) (map[string]bool, error) {
	present, err := m.w.PresentUsers(account, ids)
	if err != nil || elsewhere == nil {
		return present, err
	}
	known, err := elsewhere(m.w.Records, account, ids)
	for _, id := range known {
		present[id] = true
	}
	return present, err
}

// checkNamed returns the refusal of a record that names a user or a group that there
// is not.
func (m *archiveImport) checkNamed(r archivedRow) error {
	if m.named == nil {
		return nil
	}
	account := r.Text("AccountId")
	if !m.named[account].users[r.Text("UserId")] {
		return api.NotFound.Errorf("%s: UserId: there is no such user", messageNotFound)
	}
	if m.kind.Name != kindScimMembers {
		return nil
	}
	switch there, err := m.hasGroup(account, r.Text("GroupId")); {
	case err != nil:
		return err
	case !there:
		return api.NotFound.Errorf("%s: GroupId: there is no such group", messageNotFound)
	}
	return nil
}

// hasGroup reports whether an account has a group of SCIM, and keeps it.
func (m *archiveImport) hasGroup(account, group string) (bool, error) {
	groups := m.named[account].groups
	if there, known := groups[group]; known {
		return there, nil
	}
	_, err := m.w.LockScimGroup(account, group)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	groups[group] = err == nil
	return err == nil, nil
}
