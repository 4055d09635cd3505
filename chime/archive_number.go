package chime

import (
	"regexp"

	"carillon/api"
	"carillon/store"
)

var plainE164 = regexp.MustCompile(`^\+[1-9][0-9]{1,14}$`)

// checkArchivedNumber: a number is assigned if it says to whom.
func checkArchivedNumber(r *store.ArchiveRow) error {
	owned := r.Text("AccountId") != "" && r.Text("UserId") != ""
	switch {
	case !plainE164.MatchString(r.Text("E164PhoneNumber")):
		return api.Invalid("E164PhoneNumber", "be a number such as +12065550100")
	case owned != (r.Text("Status") == assigned) || !owned && r.Text("AccountId")+r.Text("UserId") != "":
		return api.Invalid("Status", "be %s if, and only if, AccountId and UserId are there", assigned)
	}
	return nil
}

// checkOwner checks that the user is there whose number a record is, and may have
// it: one user has one number. It locks the user, whom [archiveImport.assign] changes.
func (m *archiveImport) checkOwner(r archivedRow) error {
	if m.kind.Name != kindNumbers || r.Text("UserId") == "" {
		return nil
	}
	u, err := m.w.LockUser(m.w.Caller.AwsAccountID, r.Text("AccountId"), r.Text("UserId"))
	if err != nil {
		return err
	}
	number, place := r.Text("E164PhoneNumber"), u.AccountID+"\x00"+u.UserID
	if have, ok := m.owners[place]; ok && have != number || u.PhoneNumber != "" && u.PhoneNumber != number {
		return api.Conflict.Errorf("%s: the user has another number", messageConflict)
	}
	if m.owners == nil {
		m.owners = map[string]string{}
	}
	m.owners[place] = number
	return nil
}

// assign gives a number that was added to its user.
func (m *archiveImport) assign(r *store.ArchiveRow) error {
	if r.Text("UserId") == "" {
		return nil
	}
	u, err := m.w.LockUser(m.w.Caller.AwsAccountID, r.Text("AccountId"), r.Text("UserId"))
	if err != nil {
		return err
	}
	u.PhoneNumber = r.Text("E164PhoneNumber")
	return m.w.Records.UpdateUser(u) // without its time: an export says when they were changed
}

// free reports whether the caller may have a number: one that somebody offers. The
// operator may have any.
func (m *archiveImport) free(r archivedRow) (bool, error) {
	if m.kind.Name != kindNumbers || m.w.Caller.Root {
		return true, nil
	}
	_, available, err := m.s.inventory.look(m.w.Records, r.Text("E164PhoneNumber"), api.PhoneNumberProductType(r.Text("ProductType")))
	return available, err
}
