package e2e

import (
	"cmp"
	"slices"
	"strings"
)

// monthUser is what the model knows of a user.
type monthUser struct {
	n                int
	id, email        string
	external, stored string // stored: the name in the account
	explicit         bool   // the provider has sent displayName
	known            bool   // the provider has pushed the user
	pending          bool   // invited, not registered
	active, left     bool
	license          string
	given, family    string
	title            string
	department       string
	emails           []monthEmail
}

type monthEmail struct{ value, kind string }

func (u *monthUser) serial() int { return u.n }

// clone returns a copy that shares nothing.
func (u *monthUser) clone() *monthUser {
	c := *u
	c.emails = slices.Clone(u.emails)
	return &c
}

// monthGroup is what the model knows of a group.
type monthGroup struct {
	n                  int
	id, name, external string
	license            string
	members            map[string]bool
	writes             int // since the beginning: each makes another version
}

func (g *monthGroup) serial() int { return g.n }

// derived is the name that an address gives.
func derived(email string) string {
	local, _, _ := strings.Cut(email, "@")
	words := strings.Split(local, ".")
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

// shownName is the name that SCIM shows.
func (u *monthUser) shownName() string { return cmp.Or(u.stored, derived(u.email)) }

// shownParts are the parts of the name that SCIM shows.
func (u *monthUser) shownParts() (given, family string) {
	given, family, found := strings.Cut(u.shownName(), " ")
	if !found {
		family = given
	}
	return cmp.Or(u.given, given), cmp.Or(u.family, family)
}

// shownEmails are the addresses that SCIM shows.
func (u *monthUser) shownEmails() []monthEmail {
	if len(u.emails) == 0 {
		return []monthEmail{{u.email, "work"}}
	}
	return u.emails
}

// named gives a user the name that the attributes tell, as a write of SCIM does.
func (u *monthUser) named(display string) {
	u.explicit = display != ""
	u.stored = cmp.Or(display, strings.TrimSpace(u.given+" "+u.family), derived(u.email))
}

// display is the displayName that a PATCH finds.
func (u *monthUser) display() string {
	if u.explicit || !u.known {
		return u.stored
	}
	return ""
}

// withEmail returns the user whom the account or SCIM has under an address. One in the
// account comes before one who left.
func (m *month) withEmail(email string) *monthUser {
	var found *monthUser
	for _, u := range inOrder(m.users) {
		if strings.EqualFold(u.email, email) && (found == nil || found.left) {
			found = u
		}
	}
	return found
}

// add puts a user into the model. Whoever left and had the address is no more seen.
func (m *month) add(u *monthUser) {
	m.made++
	u.n = m.made
	m.supersede(u)
	m.users[u.id] = u
}

func (m *month) supersede(by *monthUser) {
	for _, u := range inOrder(m.users) {
		if u.id != by.id && u.left && strings.EqualFold(u.email, by.email) {
			m.forget(u)
		}
	}
}

// forget takes a user out of the model.
func (m *month) forget(u *monthUser) {
	delete(m.users, u.id)
	m.gone = append(m.gone, u.id)
	for _, g := range m.groups {
		delete(g.members, u.id)
	}
}

// remember keeps the id of one who leaves, for an invitation.
func (m *month) remember(u *monthUser) { m.former[strings.ToLower(u.email)] = u.id }

// moveFormer has an id remembered under another address, if it is remembered.
func (m *month) moveFormer(id, from, to string) {
	if m.former[strings.ToLower(from)] == id {
		delete(m.former, strings.ToLower(from))
		m.former[strings.ToLower(to)] = id
	}
}

// save makes a user what a write of SCIM wants, or says why not.
func (m *month) save(old, u *monthUser, display string) monthAnswer {
	moves := !strings.EqualFold(old.email, u.email)
	switch {
	case moves && !old.known:
		return monthStuck
	case !strings.Contains(u.email, "@"):
		return monthBadValue
	case moves && m.withEmail(u.email) != nil:
		return monthTaken
	}
	u.named(display)
	m.moveFormer(u.id, old.email, u.email)
	switch {
	case old.left && u.active:
		u.left, u.pending = false, false
	case !old.left && !u.active && m.team:
		u.left = true
		m.remember(u)
	}
	u.known = true
	m.users[u.id] = u
	return monthAnswer{status: 200}
}

// licensed gives a user the licence of their groups.
func (m *month) licensed(id string) {
	u := m.users[id]
	if u == nil {
		return
	}
	best := ""
	for _, g := range m.groups {
		if g.members[id] {
			best = max(best, g.license)
		}
	}
	u.license = cmp.Or(best, "Pro")
}

// change makes the members of a group others, and their licences with it.
func (m *month) change(g *monthGroup, want map[string]bool) {
	before := g.members
	g.members = want
	if g.license == "" {
		return
	}
	for id := range want {
		if !before[id] {
			m.licensed(id)
		}
	}
	for id := range before {
		if !want[id] {
			m.licensed(id)
		}
	}
}

// named returns the group of a name.
func (m *month) named(name string) *monthGroup {
	for _, g := range m.groups {
		if strings.EqualFold(g.name, name) {
			return g
		}
	}
	return nil
}
