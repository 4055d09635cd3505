package chime

import (
	"carillon/api"
	"carillon/scim/patch"
	"carillon/scim/schema"
	"carillon/store"
	"carillon/work"
)

// memberChange is a PATCH of a group that names the members that come and go: the
// others need not be known, however many they are.
type memberChange struct {
	rest    []patch.Operation // on what is not members
	members map[string]bool   // by id; true: comes
}

// namedMembers divides operations; nil: one of them is about all members.
func namedMembers(ops []patch.Operation) (*memberChange, error) {
	c := &memberChange{members: map[string]bool{}}
	for i := range ops {
		o := &ops[i]
		if !o.On("members") {
			c.rest = append(c.rest, *o)
			continue
		}
		values, named, err := o.Named()
		if err != nil || !named {
			return nil, scimRefusal(err)
		}
		for _, id := range membersOf(map[string]any{"members": values}) {
			c.members[id] = o.Op == "add"
		}
	}
	return c, nil
}

// patchMembers changes a group and those members that are named.
func (g *scimGroup) patchMembers(w *work.Unit, a *store.Account, c *memberChange) error {
	if len(c.members) > maxScimChanged {
		return scimRefuse("tooMany", "A request may change %d members", maxScimChanged)
	}
	resource := g.base()
	if err := patch.Apply(resource, c.rest); err != nil {
		return scimRefusal(err)
	}
	if err := g.writeOwn(w, a, resource); err != nil {
		return err
	}
	var added, removed []string
	for id, comes := range c.members {
		if comes {
			added = append(added, id)
		} else {
			removed = append(removed, id)
		}
	}
	return g.changeMembers(w, a, added, removed)
}

// PatchScimGroup changes a group by operations, all of them or none.
func (s *Service) PatchScimGroup(w *work.Unit, in *api.PatchScimGroupInput) (*api.PatchScimGroupOutput, error) {
	a, g, err := lockGroup(w, in.AccountId, in.GroupId, in.Version.V)
	if err != nil {
		return nil, err
	}
	if err := g.patch(w, a, in.Document.V); err != nil {
		return nil, err
	}
	return &api.PatchScimGroupOutput{Resource: api.Some(g.text())}, nil
}

// patch applies the body of a PATCH. Only one about all members has to know them.
func (g *scimGroup) patch(w *work.Unit, a *store.Account, body string) error {
	ops, err := operations(schema.Groups, body)
	if err != nil {
		return err
	}
	c, err := namedMembers(ops)
	if err != nil {
		return err
	}
	if c != nil {
		return g.patchMembers(w, a, c)
	}
	if err := g.load(w, maxScimCompared); err != nil {
		return err
	}
	resource := g.base()
	if err := patch.Apply(resource, ops); err != nil {
		return scimRefusal(err)
	}
	return g.write(w, a, resource)
}
