package console

import (
	"cmp"
	"strings"

	"carillon/api"
)

// maxUserNames is how many users are named on a page, and maxNamesText how long the
// list of their ids may be: imported ones are of any length.
const (
	maxUserNames = 200
	maxNamesText = 16 << 10
)

// userRef is a user whom a page is to name.
type userRef struct{ AccountID, UserID string }

// addUserNames adds what users are called, by id, as far as they are still there and
// the visitor may see them: the address, or else the name. It asks once for all.
func (p *page) addUserNames(names map[string]string, users []userRef) error {
	pairs := pairsOf(users)
	if pairs == "" || !p.may("ListUserNames") {
		return nil
	}
	out, err := p.calls().ListUserNames(p.r.Context(), &api.ListUserNamesInput{Users: api.Some(pairs)})
	if err != nil {
		return err
	}
	for _, u := range out.Names {
		names[u.UserId.V] = cmp.Or(u.PrimaryEmail.V, u.DisplayName.V)
	}
	return nil
}

// pairsOf lists as many users as there may be.
func pairsOf(users []userRef) (list string) {
	for _, u := range users[:min(len(users), maxUserNames)] {
		if pair := u.AccountID + "/" + u.UserID; len(list)+len(pair) < maxNamesText {
			list += "," + pair
		}
	}
	return strings.TrimPrefix(list, ",")
}

// touchedUsers are the users whom rows of the audit name, each once, with the account
// that was touched beside.
func touchedUsers(events []api.AuditEvent) (users []userRef) {
	known := map[userRef]bool{}
	for i := range events {
		account := accountOf(events[i].Resources)
		shown := 0
		for _, r := range events[i].Resources {
			u := userRef{account, r.ResourceName.V}
			if r.ResourceType.V != "AWS::Chime::User" || account == "" || strings.ContainsAny(u.AccountID+u.UserID, "/,") {
				continue
			}
			if shown++; shown <= shownResources && !known[u] {
				known[u] = true
				users = append(users, u)
			}
		}
	}
	return users
}

// accountOf returns the Chime account among what a call has touched; empty: there is
// none.
func accountOf(touched []api.AuditResource) string {
	for _, r := range touched {
		if r.ResourceType.V == "AWS::Chime::Account" && r.ResourceName.V != "" {
			return r.ResourceName.V
		}
	}
	return ""
}
