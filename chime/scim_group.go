package chime

import (
	"cmp"
	"errors"
	"slices"

	"carillon/api"
	"carillon/scim/filter"
	"carillon/scim/schema"
	"carillon/store"
	"carillon/work"
)

// scimGroup is a group with its members. The groups Basic and Pro are the licences.
type scimGroup struct {
	store.ScimGroup
	builtIn bool
	members []string
	// many says that there are more members than were read.
	many bool
}

// builtIn returns the group of a licence.
func builtIn(accountID string, l api.License) *scimGroup {
	return &scimGroup{ScimGroup: store.ScimGroup{AccountID: accountID, GroupID: string(l), Name: string(l), License: string(l)}, builtIn: true}
}

// base is what can be changed of a group, in the form of the schema.
func (g *scimGroup) base() map[string]any {
	r := map[string]any{"displayName": g.Name}
	if g.ExternalID != "" {
		r["externalId"] = g.ExternalID
	}
	if len(g.members) > 0 {
		r["members"] = memberList(g.members)
	}
	return r
}

func memberList(ids []string) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = map[string]any{"value": id}
	}
	return list
}

// text shows a group. Each change makes another version, also of members.
func (g *scimGroup) text() string {
	var r schema.Raw
	r.Set("displayName", schema.Quote(g.Name))
	r = scimComplete(r, schema.Groups, g.GroupID, g.ExternalID, g.CreatedMs, g.ChangedMs, scimTime(g.ChangedMs))
	if len(g.members) > 0 && !g.tooLarge() {
		r.Set("members", memberText(g.members))
	}
	return scimText(r)
}

// memberText is a list of members as it is shown.
func memberText(ids []string) string {
	list := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(append(append(list, `{"value":`...), schema.Quote(id)...), '}')
	}
	return string(append(list, ']'))
}

// tooLarge reports whether a group has too many members to show any.
func (g *scimGroup) tooLarge() bool { return g.many || len(g.members) > maxScimMembers }

// load reads the members of a group, if they are not more than most.
func (g *scimGroup) load(w *work.Unit, most int) (err error) {
	whole := true
	if g.builtIn {
		g.members, whole, err = w.Licensed(g.AccountID, g.License, most+1, maxScimScan)
	} else {
		g.members, err = w.ScimMembers(g.AccountID, g.GroupID, most+1)
	}
	g.many = !whole || len(g.members) > most
	return err
}

// scimGroupByID returns a group of an account of the caller.
func scimGroupByID(accountID, groupID string, look func(accountID, groupID string) (*store.ScimGroup, error)) (*scimGroup, error) {
	if l := api.License(groupID); slices.Contains(supportedLicenses(), l) {
		return builtIn(accountID, l), nil
	}
	g, err := look(accountID, groupID)
	return &scimGroup{ScimGroup: *g}, err
}

// GetScimGroup returns a group.
func (s *Service) GetScimGroup(w *work.Unit, in *api.GetScimGroupInput) (*api.GetScimGroupOutput, error) {
	if _, err := account(w, in.AccountId); err != nil {
		return nil, err
	}
	g, err := scimGroupByID(in.AccountId, in.GroupId, w.ScimGroup)
	if err == nil && !in.WithoutMembers.V {
		err = g.load(w, maxScimMembers)
	}
	if err != nil {
		return nil, err
	}
	return &api.GetScimGroupOutput{Resource: api.Some(g.text())}, nil
}

// ListScimGroups returns a page of the groups that meet a filter: Basic and Pro, then
// the others in the order of their creation.
func (s *Service) ListScimGroups(w *work.Unit, in *api.ListScimGroupsInput) (*api.ListScimGroupsOutput, error) {
	if _, err := account(w, in.AccountId); err != nil {
		return nil, err
	}
	f, err := parseFilter(schema.Groups, in.Filter.V)
	if err != nil {
		return nil, err
	}
	name := ""
	if f != nil {
		name, _ = filter.Exact(f, "displayName")
	}
	groups, err := allGroups(w, in.AccountId, name)
	if err != nil {
		return nil, err
	}
	found, err := matchingGroups(w, groups, f, in)
	if err != nil {
		return nil, err
	}
	skip, limit := window(in.StartIndex, in.Count)
	page := cut(found, skip, limit)
	if err := loadPage(w, page, in.WithoutMembers.V); err != nil {
		return nil, err
	}
	shown := make([]string, len(page))
	for i, g := range page {
		shown[i] = g.text()
	}
	return &api.ListScimGroupsOutput{Total: api.Some(len(found)), Resources: shown}, nil
}

func allGroups(w *work.Unit, accountID, name string) ([]*scimGroup, error) {
	list, err := w.ScimGroups(accountID, name, maxScimGroups)
	groups := []*scimGroup{builtIn(accountID, api.LicenseBasic), builtIn(accountID, api.LicensePro)}
	for i := range list {
		groups = append(groups, &scimGroup{ScimGroup: list[i]})
	}
	return groups, err
}

// matchingGroups selects and sorts groups. Who filters by members needs to know those
// groups that they are in only.
func matchingGroups(w *work.Unit, groups []*scimGroup, f filter.Filter, in *api.ListScimGroupsInput) ([]*scimGroup, error) {
	members, ok := filter.Values(f, "members")
	if !ok {
		return nil, scimRefuse("invalidFilter", "members can be compared with ids of users, by eq or ne, and not be asked for in other ways")
	}
	of, err := groupsOf(w, in.AccountId, members)
	if err != nil {
		return nil, err
	}
	var found []*scimGroup
	resources := map[*scimGroup]map[string]any{}
	for _, g := range groups {
		r := scimResource(g.text())
		if ids := of[g.GroupID]; ids != nil {
			r["members"] = memberList(ids)
		}
		if f == nil || f.Match(r) {
			found = append(found, g)
			resources[g] = r
		}
	}
	return found, sortGroups(found, resources, in)
}

// sortGroups sorts groups as their resources are.
func sortGroups(found []*scimGroup, of map[*scimGroup]map[string]any, in *api.ListScimGroupsInput) error {
	place := map[string]int{}
	list := make([]map[string]any, len(found))
	for i, g := range found {
		list[i] = of[g]
	}
	if err := sortScim(schema.Groups, list, in.SortBy.V, in.Descending.V); err != nil {
		return err
	}
	for i, r := range list {
		place[textOf(r, "id")] = i
	}
	slices.SortFunc(found, func(a, b *scimGroup) int { return cmp.Compare(place[a.GroupID], place[b.GroupID]) })
	return nil
}

// groupsOf returns by the ids of groups which of some users are in them.
func groupsOf(w *work.Unit, accountID string, userIDs []string) (map[string][]string, error) {
	of := map[string][]string{}
	for _, id := range userIDs {
		u, err := w.User(w.Caller.AwsAccountID, accountID, id)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return nil, err
		default:
			of[u.License] = append(of[u.License], id)
		}
	}
	list, err := w.MembershipsOf(accountID, userIDs)
	for _, m := range list {
		of[m.GroupID] = append(of[m.GroupID], m.UserID)
	}
	return of, err
}

// loadPage reads the members of a page. If they are many together, the groups after
// that show none, as those do that have too many.
func loadPage(w *work.Unit, page []*scimGroup, without bool) error {
	total := 0
	for _, g := range page {
		if without || total > maxScimMembers {
			continue
		}
		if err := g.load(w, maxScimMembers); err != nil {
			return err
		}
		total += len(g.members)
	}
	return nil
}
