package chime

import (
	"errors"
	"slices"

	"carillon/api"
	"carillon/scim/schema"
	"carillon/store"
	"carillon/work"
)

// CreateScimGroup adds a group with members.
func (s *Service) CreateScimGroup(w *work.Unit, in *api.CreateScimGroupInput) (*api.CreateScimGroupOutput, error) {
	a, err := lockAccount(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	resource, err := sentResource(schema.Groups, in.Document.V)
	if err != nil {
		return nil, err
	}
	have, err := w.ScimGroups(a.AccountID, "", maxScimGroups)
	if err != nil {
		return nil, err
	}
	if len(have) == maxScimGroups {
		return nil, scimRefuse("tooMany", "The account may have %d groups", maxScimGroups)
	}
	g := &scimGroup{ScimGroup: store.ScimGroup{AccountID: a.AccountID, GroupID: w.NewID(), AwsAccountID: a.AwsAccountID, CreatedMs: w.NowMs()}}
	if err := g.take(w, resource); err != nil {
		return nil, err
	}
	if err := w.InsertScimGroup(&g.ScimGroup); err != nil {
		return nil, nameTaken(err)
	}
	if err := g.setMembers(w, a, membersOf(resource)); err != nil {
		return nil, err
	}
	return &api.CreateScimGroupOutput{ResourceId: api.Some(g.GroupID), Resource: api.Some(g.text())}, nil
}

func nameTaken(err error) error {
	if errors.Is(err, store.ErrExists) {
		return scimRefuse("uniqueness", "The account has a group with this displayName")
	}
	return err
}

// take makes a group what a resource says, apart from its members.
func (g *scimGroup) take(w *work.Unit, resource map[string]any) error {
	name, external := textOf(resource, "displayName"), textOf(resource, "externalId")
	if name == "" || len(name) > 1024 || len(external) > 1024 {
		return scimRefuse("invalidValue", "displayName is required and may have 1024 bytes, as externalId may")
	}
	if g.builtIn {
		if name != g.Name {
			return scimRefuse("mutability", "The group of a licence cannot be renamed")
		}
		return nil
	}
	if slices.ContainsFunc(supportedLicenses(), func(l api.License) bool { return store.Fold(string(l)) == store.Fold(name) }) {
		return nameTaken(store.ErrExists)
	}
	g.Name, g.ExternalID = name, external
	g.touch(w)
	return nil
}

// membersOf returns the ids of a resource's members, each once.
func membersOf(resource map[string]any) (ids []string) {
	list, _ := resource["members"].([]any)
	seen := map[string]bool{}
	for _, v := range list {
		parts, _ := v.(map[string]any)
		if id := textOf(parts, "value"); id != "" && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// setMembers makes the members of a group those of a list.
func (g *scimGroup) setMembers(w *work.Unit, a *store.Account, want []string) error {
	had := map[string]bool{}
	for _, id := range g.members {
		had[id] = true
	}
	wanted := map[string]bool{}
	var added, removed []string
	for _, id := range want {
		if wanted[id] = true; !had[id] {
			added = append(added, id)
		}
	}
	for _, id := range g.members {
		if !wanted[id] {
			removed = append(removed, id)
		}
	}
	if len(added)+len(removed) > maxScimChanged {
		return scimRefuse("tooMany", "A request may change %d members", maxScimChanged)
	}
	g.members, g.many = want, false
	return g.changeMembers(w, a, added, removed)
}

// ReplaceScimGroup makes a group what is sent.
func (s *Service) ReplaceScimGroup(w *work.Unit, in *api.ReplaceScimGroupInput) (*api.ReplaceScimGroupOutput, error) {
	a, g, err := lockGroup(w, in.AccountId, in.GroupId, in.Version.V)
	if err != nil {
		return nil, err
	}
	resource, err := sentResource(schema.Groups, in.Document.V)
	if err != nil {
		return nil, err
	}
	if err := g.load(w, maxScimCompared); err != nil {
		return nil, err
	}
	write := g.write
	if g.tooLarge() && !names(schema.Groups, in.Document.V, "members") {
		write = g.writeOwn // whoever sends back what they were shown removes nobody
	}
	if err := write(w, a, resource); err != nil {
		return nil, err
	}
	return &api.ReplaceScimGroupOutput{Resource: api.Some(g.text())}, nil
}

// names reports whether a resource that was sent says anything of an attribute, be it
// that it is empty.
func names(t *schema.Type, text, attribute string) bool {
	sent, _ := document(text)
	for name := range sent {
		if t.Lists(name, attribute) {
			return true
		}
	}
	return false
}

// lockGroup keeps a group for a change, if it is as the caller has seen it.
func lockGroup(w *work.Unit, accountID, groupID, ifMatch string) (*store.Account, *scimGroup, error) {
	a, err := lockAccount(w, accountID)
	if err != nil {
		return nil, nil, err
	}
	g, err := scimGroupByID(a.AccountID, groupID, w.LockScimGroup)
	if err != nil {
		return nil, nil, err
	}
	return a, g, checkVersion(ifMatch, g.text)
}

// write makes a group with its members what a resource says. All of them have to be
// known.
func (g *scimGroup) write(w *work.Unit, a *store.Account, resource map[string]any) error {
	if g.many {
		return scimRefuse("tooMany", "The group has more than %d members, or its account more users, too many to be compared: add and remove members by name", maxScimCompared)
	}
	if err := g.writeOwn(w, a, resource); err != nil {
		return err
	}
	return g.setMembers(w, a, membersOf(resource))
}

// writeOwn makes a group what a resource says, apart from its members.
func (g *scimGroup) writeOwn(w *work.Unit, a *store.Account, resource map[string]any) error {
	before := g.Name
	if err := g.take(w, resource); err != nil {
		return err
	}
	if store.Fold(before) != store.Fold(g.Name) {
		same, err := w.ScimGroups(a.AccountID, g.Name, 1)
		if err != nil || len(same) > 0 {
			return errors.Join(err, nameTaken(store.ErrExists))
		}
	}
	if g.builtIn {
		return nil
	}
	return w.UpdateScimGroup(&g.ScimGroup)
}

// DeleteScimGroup removes a group; its members lose the licence that it gave.
func (s *Service) DeleteScimGroup(w *work.Unit, in *api.DeleteScimGroupInput) error {
	a, g, err := lockGroup(w, in.AccountId, in.GroupId, in.Version.V)
	if err != nil {
		return err
	}
	if g.builtIn {
		return scimRefuse("mutability", "The group of a licence cannot be deleted")
	}
	return g.erase(w, a)
}

// MapScimGroup has a group give its members a licence; without one it gives none.
func (s *Service) MapScimGroup(w *work.Unit, in *api.MapScimGroupInput) (*api.MapScimGroupOutput, error) {
	if err := checkLicense("License", in.License); err != nil {
		return nil, err
	}
	a, err := lockAccount(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	g, err := scimGroupByID(a.AccountID, in.GroupId, w.LockScimGroup)
	if err != nil {
		return nil, err
	}
	if g.builtIn {
		return nil, api.BadRequest.Errorf("The groups Basic and Pro are licences and cannot be mapped to others")
	}
	if err := g.mapTo(w, a, string(in.License.V)); err != nil {
		return nil, err
	}
	return &api.MapScimGroupOutput{ScimGroup: groupShape(g)}, nil
}

func groupShape(g *scimGroup) *api.ScimGroup {
	return &api.ScimGroup{DisplayName: api.Some(g.Name), GroupId: api.Some(g.GroupID), License: api.NonZero(api.License(g.License))}
}

// ListScimGroupMappings returns all groups of an account with the licences that they
// give.
func (s *Service) ListScimGroupMappings(w *work.Unit, in *api.ListScimGroupMappingsInput) (*api.ListScimGroupMappingsOutput, error) {
	a, err := account(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	groups, err := allGroups(w, a.AccountID, "")
	out := &api.ListScimGroupMappingsOutput{ScimGroups: []api.ScimGroup{}}
	for _, g := range groups {
		out.ScimGroups = append(out.ScimGroups, *groupShape(g))
	}
	return out, err
}
