package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// asks sends a request of an administrator.
func (m *month) asks(method, target, body string, status int) answer {
	m.t.Helper()
	m.note("%s %s %s: want %d", method, target, body, status)
	got := m.admin.send(m.t, method, target, body)
	if got.status != status {
		m.t.Errorf("%s %s: got %d, want %d: %s", method, target, got.status, status, got.body)
	}
	return got
}

// administer changes a user by the API.
func (m *month) administer() monthStep {
	id, base := m.userID(), "/accounts/"+m.c.account+"/users"
	switch m.r.IntN(6) {
	case 0:
		return m.createByAPI(m.email())
	case 1:
		if m.team {
			return m.inviteByAPI(m.email())
		}
		return m.suspendByAPI(id, "unsuspend")
	case 2:
		return m.suspendByAPI(id, "suspend")
	case 3:
		name := pick(m, "Cy Clone", "Di")
		return m.presentByAPI(id, "POST", "/carillon/v1/accounts/"+m.c.account+"/users/"+id+"?operation=rename", fmt.Sprintf(`{"DisplayName":%q}`, name), func(u *monthUser) { u.stored = name })
	}
	license := pick(m, licences...)
	return m.presentByAPI(id, "POST", base+"/"+id, fmt.Sprintf(`{"LicenseType":%q}`, license), func(u *monthUser) { u.license = license })
}

// presentByAPI changes a user who has to be in the account.
func (m *month) presentByAPI(id, method, target, body string, change func(*monthUser)) monthStep {
	return func(m *month) {
		u, status := m.users[id], http.StatusNotFound
		if u != nil && !u.left {
			status = http.StatusOK
			change(u)
		}
		m.asks(method, target, body, status)
	}
}

func (m *month) createByAPI(email string) monthStep {
	return func(m *month) {
		status := http.StatusCreated
		if u := m.withEmail(email); u != nil && !u.left {
			status = http.StatusConflict
		}
		got := m.asks("POST", "/accounts/"+m.c.account+"/users?operation=create", fmt.Sprintf(`{"Email":%q}`, email), status)
		if got.status == http.StatusCreated && status == got.status {
			id := parseJSON[struct{ User struct{ UserId string } }](m.t, got.body).User.UserId
			m.add(&monthUser{id: id, email: email, stored: derived(email), active: true, license: "Pro"})
		}
	}
}

// inviteByAPI invites an address. Who has left with it comes back, as whom they were.
func (m *month) inviteByAPI(email string) monthStep {
	return func(m *month) {
		got := m.asks("POST", "/accounts/"+m.c.account+"/users?operation=add", fmt.Sprintf(`{"UserEmailList":[%q]}`, email), http.StatusCreated)
		if u := m.withEmail(email); u != nil && !u.left || got.status != http.StatusCreated {
			return
		}
		former := m.users[m.former[strings.ToLower(email)]]
		id := *m.admin.find(m.t, m.c.account, email).UserId
		switch {
		case former == nil || !former.left:
			if former != nil && former.id == id {
				m.t.Errorf("%s: an invitation got the id of somebody in the account", email)
			}
			m.add(&monthUser{id: id, email: email, active: true, pending: true, license: "Pro"})
		case id != former.id:
			m.t.Errorf("%s: the invitation has the id %s, not the former %s", email, id, former.id)
		default:
			former.email, former.stored, former.license = email, "", "Pro"
			former.left, former.active, former.pending = false, true, true
			m.supersede(former)
		}
	}
}

// suspendByAPI suspends or ends that. On a Team account, and who is invited, it removes.
func (m *month) suspendByAPI(id, operation string) monthStep {
	return func(m *month) {
		u := m.users[id]
		got := m.asks("POST", "/accounts/"+m.c.account+"/users?operation="+operation, fmt.Sprintf(`{"UserIdList":[%q]}`, id), http.StatusOK)
		if failed := strings.Contains(got.body, `"ErrorCode"`); failed != (u == nil || u.left) {
			m.t.Errorf("%s: %s", operation, got.body)
		}
		switch {
		case u == nil || u.left:
		case operation == "unsuspend":
			u.active = true
		case m.team && !u.known:
			m.remember(u)
			m.forget(u)
		default:
			u.active, u.left = false, m.team
			if m.team {
				m.remember(u)
			}
		}
	}
}

// content is what SCIM shows of a user.
func (m *month) content(u *monthUser) string {
	given, family := u.shownParts()
	groups := []string{u.license}
	if u.left {
		groups = nil
	}
	for _, g := range inOrder(m.groups) {
		if g.members[u.id] && !u.left {
			groups = append(groups, g.id+" "+g.name)
		}
	}
	slices.Sort(groups)
	return fmt.Sprintf("%q", []any{u.id, u.email, u.active, u.external, u.shownName(), given, family, u.title, u.department, u.shownEmails(), groups})
}

// contentOf is the same of what was answered.
func contentOf(r any) string {
	text := func(path ...any) string { s, _ := dig(r, path...).(string); return s }
	var emails []monthEmail
	list, _ := dig(r, "emails").([]any)
	for i := range list {
		emails = append(emails, monthEmail{text("emails", i, "value"), text("emails", i, "type")})
	}
	var groups []string
	list, _ = dig(r, "groups").([]any)
	for i := range list {
		name := text("groups", i, "display")
		if id := text("groups", i, "value"); id != name {
			name = id + " " + name
		}
		groups = append(groups, name)
	}
	slices.Sort(groups)
	return fmt.Sprintf("%q", []any{
		text("id"), text("userName"), dig(r, "active"), text("externalId"), text("displayName"), text("name", "givenName"), text("name", "familyName"), text("title"),
		text(enterpriseUser, "department"), emails, groups,
	})
}

// shows checks an answer with a user.
func (m *month) shows(u *monthUser, got scimAnswer) {
	m.t.Helper()
	if have, want := contentOf(got.object), m.content(u); have != want {
		m.t.Errorf("the user is shown as\n%s, want\n%s", have, want)
	}
}

// groupContent is what SCIM shows of a group.
func (m *month) groupContent(g *monthGroup) string {
	members := []string{}
	for id := range g.members {
		members = append(members, id)
	}
	slices.Sort(members)
	return fmt.Sprintf("%q", []any{g.id, g.name, g.external, members})
}

func (m *month) showsGroup(g *monthGroup, got scimAnswer) {
	m.t.Helper()
	if have, want := groupContentOf(got.object), m.groupContent(g); have != want {
		m.t.Errorf("the group is shown as\n%s, want\n%s", have, want)
	}
}

func groupContentOf(r any) string {
	text := func(path ...any) string { s, _ := dig(r, path...).(string); return s }
	members := []string{}
	list, _ := dig(r, "members").([]any)
	for i := range list {
		members = append(members, text("members", i, "value"))
	}
	slices.Sort(members)
	return fmt.Sprintf("%q", []any{text("id"), text("displayName"), text("externalId"), members})
}

// findUsers asks for users by a filter.
func (m *month) findUsers() monthStep {
	email, external, text := m.email(), "00u"+fmt.Sprint(m.r.IntN(monthPeople)), pick(m, "a", "ann l", "Bo")
	byEmail := func(kind string) func(*monthUser) bool {
		return func(u *monthUser) bool {
			return slices.ContainsFunc(u.shownEmails(), func(e monthEmail) bool {
				return strings.EqualFold(e.value, email) && (kind == "" || e.kind == kind)
			})
		}
	}
	filters := []struct {
		text  string
		meets func(*monthUser) bool
	}{
		{fmt.Sprintf(`userName eq %q`, email), func(u *monthUser) bool { return strings.EqualFold(u.email, email) }},
		{fmt.Sprintf(`active eq true and userName eq %q`, email), func(u *monthUser) bool { return u.active && strings.EqualFold(u.email, email) }},
		{fmt.Sprintf(`externalId eq %q`, external), func(u *monthUser) bool { return u.external == external }},
		{fmt.Sprintf(`emails.value eq %q`, email), byEmail("")},
		{fmt.Sprintf(`emails[type eq "work"].value eq %q`, email), byEmail("work")},
		{fmt.Sprintf(`displayName sw %q and not (active eq false)`, text), func(u *monthUser) bool {
			return u.active && strings.HasPrefix(strings.ToLower(u.shownName()), strings.ToLower(text))
		}},
		{`title pr or ` + enterpriseUser + `:department eq "r&d"`, func(u *monthUser) bool { return u.title != "" || strings.EqualFold(u.department, "r&d") }},
	}
	f := filters[m.r.IntN(len(filters))]
	return func(m *month) {
		var want []string
		for _, u := range m.users {
			if f.meets(u) {
				want = append(want, m.content(u))
			}
		}
		got := m.send("GET", filterTarget("Users", f.text), "", monthAnswer{status: 200})
		m.lists(got, want, contentOf)
	}
}

// lists checks a page that has all resources, in any order.
func (m *month) lists(got scimAnswer, want []string, content func(any) string) {
	m.t.Helper()
	have := []string{}
	list, _ := got.object["Resources"].([]any)
	for _, r := range list {
		have = append(have, content(r))
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) || got.object["totalResults"] != any(float64(len(want))) {
		m.t.Errorf("totalResults %v, found\n%s\nwant\n%s", got.object["totalResults"], strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
}

// findGroups asks for groups by name, and for one with its version.
func (m *month) findGroups() monthStep {
	name, id := m.groupName(), m.groupID()
	return func(m *month) {
		var want []string
		if g := m.named(name); g != nil {
			want = append(want, m.groupContent(&monthGroup{id: g.id, name: g.name, external: g.external}))
		}
		found := m.send("GET", filterTarget("Groups", fmt.Sprintf(`displayName eq %q`, name))+"&excludedAttributes=members", "", monthAnswer{status: 200})
		m.lists(found, want, groupContentOf)
		g := m.groups[id]
		if g == nil {
			m.send("GET", "/Groups/"+id, "", monthMissing)
			return
		}
		got := m.send("GET", "/Groups/"+id, "", monthAnswer{status: 200})
		m.showsGroup(g, got)
		m.seen[id] = monthSight{got.header.Get("ETag"), fmt.Sprint(g.writes)}
	}
}

// compareAll compares everything: the users by pages, the groups, and what the API has.
func (m *month) compareAll() {
	m.t.Helper()
	m.note("all is compared")
	m.compareUsers()
	m.compareGroups()
	m.compareAPI()
	if m.t.Failed() {
		m.t.Fatalf("the state diverges; the last operations:\n%s", strings.Join(m.history, "\n"))
	}
}

func (m *month) compareUsers() {
	m.t.Helper()
	want := slices.Collect(func(yield func(*monthUser) bool) {
		for _, u := range m.users {
			if !yield(u) {
				return
			}
		}
	})
	slices.SortFunc(want, func(a, b *monthUser) int {
		if a.left != b.left {
			return map[bool]int{true: 1, false: -1}[a.left]
		}
		return strings.Compare(a.id, b.id)
	})
	seen := 0
	for start := 1; ; start += 7 {
		page := m.send("GET", fmt.Sprintf("/Users?startIndex=%d&count=7", start), "", monthAnswer{status: 200})
		list, _ := page.object["Resources"].([]any)
		if page.object["totalResults"] != any(float64(len(want))) || seen+len(list) > len(want) {
			m.t.Errorf("totalResults %v at %d with %d on the page, want %d", page.object["totalResults"], start, len(list), len(want))
			return
		}
		for _, r := range list {
			if have, wanted := contentOf(r), m.content(want[seen]); have != wanted {
				m.t.Errorf("user %d is\n%s, want\n%s", seen+1, have, wanted)
			}
			seen++
		}
		if len(list) == 0 {
			break
		}
	}
	if seen != len(want) {
		m.t.Errorf("the pages have %d users, want %d", seen, len(want))
	}
}

func (m *month) compareGroups() {
	m.t.Helper()
	var want []string
	for _, g := range m.groups {
		want = append(want, m.groupContent(g))
	}
	for _, l := range licences {
		of := &monthGroup{id: l, name: l, members: map[string]bool{}}
		for id, u := range m.users {
			if u.license == l && !u.left {
				of.members[id] = true
			}
		}
		want = append(want, m.groupContent(of))
	}
	m.lists(m.send("GET", "/Groups?count=100", "", monthAnswer{status: 200}), want, groupContentOf)
}

func (m *month) compareAPI() {
	m.t.Helper()
	have, want := []string{}, []string{}
	pages := chime.NewListUsersPaginator(m.admin.Client, &chime.ListUsersInput{AccountId: &m.c.account})
	for pages.HasMorePages() {
		page, err := pages.NextPage(m.t.Context())
		succeed(m.t, err)
		for _, u := range page.Users {
			have = append(have, fmt.Sprint(*u.UserId, *u.PrimaryEmail, u.LicenseType, u.UserRegistrationStatus == "Suspended"))
		}
	}
	for _, u := range m.users {
		if !u.left {
			want = append(want, fmt.Sprint(u.id, u.email, u.license, !u.active))
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		m.t.Errorf("ListUsers has\n%s\nwant\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
}
