package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// The groups of the licences.
var licences = []string{"Basic", "Pro"}

func (m *month) groupName() string {
	return pick(m, "Team ", "TEAM ") + fmt.Sprint(m.r.IntN(monthGroups))
}

// groupID returns the id of one of the groups, and now and then one that nobody has.
func (m *month) groupID() string {
	list := inOrder(m.groups)
	if len(list) == 0 || m.r.IntN(20) == 0 {
		return unknownID
	}
	return list[m.r.IntN(len(list))].id
}

// crowd returns the ids of some users, none of them twice.
func (m *month) crowd(most int) []string {
	ids := []string{}
	for range m.r.IntN(most + 1) {
		if id := m.userID(); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// members is a list of members as providers send it.
func monthMembers(ids []string) string {
	list := []any{}
	for _, id := range ids {
		list = append(list, map[string]any{"$ref": nil, "value": id})
	}
	text, _ := json.Marshal(list) // of maps and texts
	return string(text)
}

// strangers reports whether some of the ids are of nobody.
func (m *month) strangers(ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return m.users[id] == nil })
}

func setOf(ids []string) map[string]bool {
	set := map[string]bool{}
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// nameTaken reports whether a name is that of another group than g.
func (m *month) nameTaken(g *monthGroup, name string) bool {
	other := m.named(name)
	return other != nil && other != g || slices.ContainsFunc(licences, func(l string) bool { return strings.EqualFold(l, name) })
}

func (m *month) postGroup() monthStep {
	name, external, ids := m.groupName(), pick(m, "", "g1"), m.crowd(4)
	if m.r.IntN(10) == 0 {
		name = pick(m, "pro", "Basic", "")
	}
	return func(m *month) {
		want := monthAnswer{status: 201}
		switch {
		case name == "":
			want = monthBadValue
		case m.nameTaken(nil, name):
			want = monthTaken
		case m.strangers(ids):
			want = monthBadValue
		}
		body := fmt.Sprintf(`{"displayName":%q,"externalId":%q,"members":%s,"meta":{}}`, name, external, monthMembers(ids))
		if got := m.send("POST", "/Groups", body, want); got.status == 201 && want.status == 201 {
			m.made++
			g := &monthGroup{n: m.made, id: got.object["id"].(string), name: name, external: external, members: setOf(ids)}
			m.groups[g.id] = g
			m.showsGroup(g, got)
		}
	}
}

// putGroup replaces a group; that of a licence keeps its name.
func (m *month) putGroup() monthStep {
	id, name, ids := m.groupID(), m.groupName(), m.crowd(6)
	return func(m *month) {
		g, want := m.groups[id], monthMissing
		if g != nil {
			want = m.wrote(g, name, ids)
		}
		got := m.send("PUT", "/Groups/"+id, fmt.Sprintf(`{"displayName":%q,"members":%s}`, name, monthMembers(ids)), want)
		if got.status == 200 && want.status == 200 {
			g.name, g.external = name, ""
			g.writes++
			m.change(g, setOf(ids))
			m.showsGroup(g, got)
		}
	}
}

// wrote says what comes of giving a group a name and adding members.
func (m *month) wrote(g *monthGroup, name string, added []string) monthAnswer {
	fresh := slices.DeleteFunc(slices.Clone(added), func(id string) bool { return g.members[id] })
	switch {
	case m.nameTaken(g, name):
		return monthTaken
	case m.strangers(fresh):
		return monthBadValue
	}
	return monthAnswer{status: 200}
}

func (m *month) deleteGroup() monthStep {
	id := m.groupID()
	return func(m *month) {
		g, want := m.groups[id], monthMissing
		if g != nil {
			want.status = 204
			delete(m.groups, id)
			m.relicensed(g)
		}
		m.send("DELETE", "/Groups/"+id, "", want)
	}
}

// relicensed gives the members of a group, whose licence has changed, theirs.
func (m *month) relicensed(g *monthGroup) {
	if g.license != "" || m.groups[g.id] != nil {
		for id := range g.members {
			m.licensed(id)
		}
	}
}

// monthMove is an operation on members, and what comes of it.
type monthMove struct {
	text  string
	apply func(members map[string]bool)
	added []string
}

func (m *month) move() monthMove {
	ids := m.crowd(3)
	add := func(members map[string]bool) { maps.Copy(members, setOf(ids)) }
	remove := func(members map[string]bool) {
		for _, id := range ids {
			delete(members, id)
		}
	}
	switch m.r.IntN(8) {
	case 0, 1, 2:
		return monthMove{`{"op":"Add","path":"members","value":` + monthMembers(ids) + `}`, add, ids}
	case 3:
		ids = []string{m.userID()}
		return monthMove{fmt.Sprintf(`{"op":"add","path":"members","value":%q}`, ids[0]), add, ids}
	case 4:
		ids = []string{m.userID()}
		return monthMove{fmt.Sprintf(`{"op":"remove","path":"members[value eq \"%s\"]"}`, ids[0]), remove, nil}
	case 5:
		return monthMove{`{"op":"replace","path":"members","value":` + monthMembers(ids) + `}`, func(members map[string]bool) { clear(members); add(members) }, ids}
	case 6:
		if m.r.IntN(4) == 0 {
			return monthMove{`{"op":"remove","path":"members"}`, func(members map[string]bool) { clear(members) }, nil}
		}
	}
	ids = append(ids, m.userID())
	return monthMove{`{"op":"Remove","path":"members","value":` + monthMembers(ids) + `}`, remove, nil}
}

func (m *month) patchGroup() monthStep {
	if m.r.IntN(6) == 0 {
		return m.patchLicence()
	}
	id, name, stale := m.groupID(), "", m.r.IntN(4) == 0
	var moves []monthMove
	for range m.r.IntN(3) {
		moves = append(moves, m.move())
	}
	if len(moves) == 0 || m.r.IntN(4) == 0 {
		name = m.groupName()
	}
	return func(m *month) { m.patchGroupBy(id, name, moves, stale) }
}

// patchGroupBy sends a PATCH of a group, now and then only for the version that was
// seen.
func (m *month) patchGroupBy(id, name string, moves []monthMove, sighted bool) {
	g, want := m.groups[id], monthMissing
	var texts, headers []string
	if name != "" {
		texts = append(texts, fmt.Sprintf(`{"op":"replace","value":{"id":"x","displayName":%q}}`, name))
	}
	for _, move := range moves {
		texts = append(texts, move.text)
	}
	after := map[string]bool{}
	if g != nil {
		after = maps.Clone(g.members)
		for _, move := range moves {
			move.apply(after)
		}
		want = m.wrote(g, orElse(name, g.name), slices.Collect(maps.Keys(after)))
		if sight := m.seen[id]; sighted && sight.version != "" {
			headers = []string{"If-Match", sight.version}
			if sight.content != fmt.Sprint(g.writes) {
				want = monthStale
			}
		}
	}
	if want.status == 200 {
		want.status = 204
	}
	if m.send("PATCH", "/Groups/"+id, patchBody(strings.Join(texts, ",")), want, headers...); want.status == 204 {
		g.name = orElse(name, g.name)
		g.writes++
		m.change(g, after)
	}
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// patchLicence moves users between the groups of the licences.
func (m *month) patchLicence() monthStep {
	group, id, adds := pick(m, licences...), m.userID(), m.r.IntN(2) == 0
	return func(m *month) {
		u, want := m.users[id], monthAnswer{status: 204}
		operation := fmt.Sprintf(`{"op":"remove","path":"members[value eq \"%s\"]"}`, id)
		if adds {
			operation = `{"op":"Add","path":"members","value":` + monthMembers([]string{id}) + `}`
		}
		switch {
		case adds && u == nil:
			want = monthBadValue
		case adds:
			u.license = group
		case u != nil && u.license == group:
			u.license = "Pro"
		}
		m.send("PATCH", "/Groups/"+group, patchBody(operation), want)
	}
}

// mapGroup has a group give a licence, or none, by the operation of administrators.
func (m *month) mapGroup() monthStep {
	id, license := m.groupID(), pick(m, "", "Basic", "Pro")
	return func(m *month) {
		g, status := m.groups[id], http.StatusNotFound
		if g != nil {
			status = http.StatusOK
			g.license = license
			g.writes++
			m.relicensed(g)
		}
		body := "{}"
		if license != "" {
			body = fmt.Sprintf(`{"License":%q}`, license)
		}
		m.asks("POST", "/carillon/v1/accounts/"+m.c.account+"/scim-groups/"+id, body, status)
	}
}
