package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

const enterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// email returns one of the addresses that are about, in letters of any case.
func (m *month) email() string {
	text := fmt.Sprintf("ann.lee%d@example.com", m.r.IntN(monthPeople))
	if m.r.IntN(4) == 0 {
		return strings.ToUpper(text[:3]) + text[3:]
	}
	return text
}

// userID returns the id of one of the users, and now and then one that nobody has.
func (m *month) userID() string {
	list := inOrder(m.users)
	switch {
	case len(list) > 0 && m.r.IntN(20) > 0:
		return list[m.r.IntN(len(list))].id
	case len(m.gone) > 0:
		return m.gone[m.r.IntN(len(m.gone))]
	}
	return unknownID
}

// monthProfile is what a provider knows of a person.
type monthProfile struct {
	email, external, display, given, family, title, department string
	active, omitActive                                         bool
	emails                                                     []monthEmail
}

func (m *month) profile() *monthProfile {
	p := &monthProfile{
		email: m.email(), external: pick(m, "", "00u"+fmt.Sprint(m.r.IntN(monthPeople))), display: pick(m, "", "Ann Lee", "Bo"),
		given: pick(m, "", "Ann"), family: pick(m, "", "Lee"), title: pick(m, "", "Dr"), department: pick(m, "", "R&D"),
		active: m.r.IntN(8) > 0, omitActive: m.r.IntN(4) == 0,
	}
	if m.r.IntN(2) == 0 {
		p.emails = append(p.emails, monthEmail{m.email(), "work"})
	}
	if m.r.IntN(4) == 0 {
		p.emails = append(p.emails, monthEmail{"home@example.org", "home"})
	}
	if m.r.IntN(40) == 0 {
		p.email = "nobody"
	}
	return p
}

// body is the whole resource, as POST and PUT send it.
func (p *monthProfile) body() string {
	r := map[string]any{"userName": p.email, "password": "x", "groups": []any{}, "meta": map[string]any{"resourceType": "User"}}
	r["externalId"], r["displayName"], r["title"] = p.external, p.display, p.title
	r["name"] = map[string]any{"givenName": p.given, "familyName": p.family, "middleName": ""}
	r[enterpriseUser] = map[string]any{"Department": p.department}
	if !p.omitActive {
		r["active"] = p.active
	}
	var emails []any
	for _, e := range p.emails {
		emails = append(emails, map[string]any{"value": e.value, "type": e.kind})
	}
	r["emails"] = emails
	text, _ := json.Marshal(r) // of maps and texts
	return string(text)
}

// of returns a user as the profile wants them.
func (p *monthProfile) of(old *monthUser) *monthUser {
	u := old.clone()
	u.email, u.external, u.given, u.family, u.title, u.department = p.email, p.external, p.given, p.family, p.title, p.department
	u.emails, u.active = slices.Clone(p.emails), p.active || p.omitActive
	return u
}

func (m *month) postUser() monthStep {
	p := m.profile()
	return func(m *month) {
		want, u := m.posted(p)
		got := m.send("POST", "/Users", p.body(), want)
		if got.status == 201 && want.status == 201 {
			u.id, _ = got.object["id"].(string)
			m.add(u)
		}
		if got.status < 300 {
			m.shows(u, got)
		}
	}
}

// posted says what comes of a POST.
func (m *month) posted(p *monthProfile) (monthAnswer, *monthUser) {
	old := m.withEmail(p.email)
	switch {
	case !strings.Contains(p.email, "@"):
		return monthBadValue, nil
	case old == nil:
		u := p.of(&monthUser{known: true, license: "Pro"})
		u.left = m.team && !u.active
		u.named(p.display)
		return monthAnswer{status: 201}, u
	case !old.known || old.active:
		return monthTaken, nil
	}
	u := p.of(old)
	return m.save(old, u, p.display), u
}

func (m *month) putUser() monthStep {
	p, id := m.profile(), m.userID()
	if u := m.users[id]; u != nil && m.r.IntN(2) == 0 {
		p.email = u.email
	}
	return func(m *month) {
		old := m.users[id]
		want, u := monthMissing, (*monthUser)(nil)
		if old != nil {
			u = p.of(old)
			want = m.save(old, u, p.display)
		}
		if got := m.send("PUT", "/Users/"+id, p.body(), want); got.status == 200 {
			m.shows(u, got)
		}
	}
}

func (m *month) deleteUser() monthStep {
	id := m.userID()
	return func(m *month) {
		want := monthMissing
		if u := m.users[id]; u != nil {
			want.status = 204
			m.forget(u)
			if key := strings.ToLower(u.email); m.former[key] == id {
				delete(m.former, key)
			}
		}
		m.send("DELETE", "/Users/"+id, "", want)
	}
}

func (m *month) getUser() monthStep {
	id := m.userID()
	return func(m *month) {
		u := m.users[id]
		if u == nil {
			m.send("GET", "/Users/"+id, "", monthMissing)
			return
		}
		got := m.send("GET", "/Users/"+id, "", monthAnswer{status: 200})
		m.shows(u, got)
		m.seen[id] = monthSight{got.header.Get("ETag"), m.content(u)}
	}
}

// monthChange is an operation of a PATCH, and what comes of it.
type monthChange struct {
	text  string
	apply func(*monthUser, *string) // the string is displayName
}

func (m *month) patchUser() monthStep {
	id := m.userID()
	var changes []monthChange
	for range 1 + m.r.IntN(3) {
		changes = append(changes, m.userChange())
	}
	refused := m.r.IntN(20) == 0
	return func(m *month) { m.patchUserBy(id, changes, refused) }
}

// patchUserBy sends a PATCH; a refused one has an operation at its end that undoes all
// of it. Now and then it is only for the version that the provider has seen.
func (m *month) patchUserBy(id string, changes []monthChange, refused bool) {
	old := m.users[id]
	var texts, headers []string
	for _, c := range changes {
		texts = append(texts, c.text)
	}
	if refused {
		texts = append(texts, `{"op":"replace","path":"active","value":"perhaps"}`)
	}
	sight, stale := m.seen[id], false
	if old != nil && sight.version != "" && m.r.IntN(3) == 0 {
		headers, stale = []string{"If-Match", sight.version}, sight.content != m.content(old)
	}
	want, u := monthMissing, (*monthUser)(nil)
	switch {
	case old == nil:
	case stale:
		want = monthStale
	case refused:
		want = monthBadValue
	default:
		u = old.clone()
		display := old.display()
		for _, c := range changes {
			c.apply(u, &display)
		}
		want = m.save(old, u, display)
	}
	if got := m.send("PATCH", "/Users/"+id, patchBody(strings.Join(texts, ",")), want, headers...); got.status == 200 {
		m.shows(u, got)
	}
}

// userChange returns one of the forms in which providers change users.
func (m *month) userChange() monthChange {
	active := m.r.IntN(2) == 0
	setActive := func(u *monthUser, _ *string) { u.active = active }
	email, text := m.email(), pick(m, "", "Al", "Al Fa", "Beta")
	switch m.r.IntN(11) {
	case 0, 1:
		return monthChange{fmt.Sprintf(`{"op":"replace","value":{"active":%t}}`, active), setActive}
	case 2:
		return monthChange{fmt.Sprintf(`{"op":"Replace","path":"active","value":%q}`, map[bool]string{true: "True", false: "False"}[active]), setActive}
	case 3:
		return monthChange{fmt.Sprintf(`{"op":"Replace","path":"userName","value":%q}`, email), func(u *monthUser, _ *string) { u.email = email }}
	case 4:
		return monthChange{fmt.Sprintf(`{"op":"Add","path":"title","value":%q}`, text), func(u *monthUser, _ *string) { u.title = text }}
	case 5:
		return monthChange{`{"op":"remove","path":"Title"}`, func(u *monthUser, _ *string) { u.title = "" }}
	case 6:
		return monthChange{
			fmt.Sprintf(`{"op":"replace","value":{"name.givenName":%q,"%s:department":%q,"id":"x"}}`, text, enterpriseUser, text),
			func(u *monthUser, _ *string) { u.given, u.department = text, text },
		}
	case 7:
		return monthChange{fmt.Sprintf(`{"op":"Replace","path":"displayName","value":%q}`, text), func(_ *monthUser, d *string) { *d = text }}
	case 8:
		return monthChange{fmt.Sprintf(`{"op":"Replace","path":"externalId","value":%q}`, text), func(u *monthUser, _ *string) { u.external = text }}
	case 9:
		return monthChange{fmt.Sprintf(`{"op":"Add","path":"emails","value":[{"value":%q,"type":"home"}]}`, email), addEmail(monthEmail{email, "home"})}
	}
	return monthChange{fmt.Sprintf(`{"op":"Replace","path":"emails[type eq \"work\"].value","value":%q}`, email), replaceWork(email)}
}

// addEmail is what adding an address comes to: it is there once.
func addEmail(e monthEmail) func(*monthUser, *string) {
	return func(u *monthUser, _ *string) {
		if !slices.Contains(u.emails, e) {
			u.emails = append(u.emails, e)
		}
	}
}

// replaceWork is what replacing the addresses at work comes to: there is one then.
func replaceWork(email string) func(*monthUser, *string) {
	return func(u *monthUser, _ *string) {
		found := false
		for i := range u.emails {
			if u.emails[i].kind == "work" {
				u.emails[i].value, found = email, true
			}
		}
		if !found {
			u.emails = append(u.emails, monthEmail{email, "work"})
		}
	}
}
