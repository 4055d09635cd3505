package chime

import (
	"context"
	"errors"
	"maps"
	"slices"

	"carillon/jobs"
	"carillon/store"
	"carillon/work"
)

// The kinds of jobs of groups that are too large for one transaction.
const (
	jobScimLicense = "scim-license"
	jobScimForget  = "scim-forget-group"
)

// scimStep is how many members a job works on in one transaction.
const scimStep = 500

// membershipStep is for how many users one statement looks for groups.
const membershipStep = 100

// people are the users of an account, present and left, among whom somebody looked.
type people struct {
	present []store.User
	left    map[string]string // licences by user id
}

// peopleOf locks those of some users who are in an account, and finds those who left
// it and are still visible to SCIM.
func peopleOf(w *work.Unit, a *store.Account, ids []string) (*people, error) {
	present, err := w.LockUsersByID(a.AwsAccountID, a.AccountID, ids)
	if err != nil {
		return nil, err
	}
	p := &people{present: present}
	if len(present) < len(ids) {
		p.left, err = w.ScimLeftOf(a.AccountID, ids)
		for i := range present {
			delete(p.left, present[i].UserID)
		}
	}
	return p, err
}

// drop leaves some of them out.
func (p *people) drop(ids map[string]bool) {
	p.present = slices.DeleteFunc(p.present, func(u store.User) bool { return ids[u.UserID] })
	maps.DeleteFunc(p.left, func(id, _ string) bool { return ids[id] })
}

// count returns how many they are.
func (p *people) count() int { return len(p.present) + len(p.left) }

// license gives each the licence that a function returns for the id and the licence
// that they have.
func (p *people) license(w *work.Unit, a *store.Account, of func(id, has string) string) error {
	var changed []store.User
	for i := range p.present {
		u := &p.present[i]
		if l := of(u.UserID, u.License); l != u.License {
			u.License = l
			changed = append(changed, *u)
		}
	}
	byLicense := map[string][]string{}
	for id, has := range p.left {
		if l := of(id, has); l != has {
			byLicense[l] = append(byLicense[l], id)
		}
	}
	for l, ids := range byLicense {
		slices.Sort(ids) // in one order, so that nobody waits in a circle
		if err := w.SetScimLeftLicense(a.AccountID, ids, l); err != nil {
			return err
		}
	}
	return w.UpdateUsers(changed)
}

// licenseByGroups gives users the licence of their groups: Pro before Basic, and
// without any the account's default.
func (p *people) licenseByGroups(w *work.Unit, a *store.Account) error {
	ids := make([]string, 0, p.count())
	for i := range p.present {
		ids = append(ids, p.present[i].UserID)
	}
	for id := range p.left {
		ids = append(ids, id)
	}
	best := map[string]string{}
	for part := range slices.Chunk(ids, membershipStep) {
		list, err := w.MembershipsOf(a.AccountID, part)
		if err != nil {
			return err
		}
		for _, m := range list {
			best[m.UserID] = max(best[m.UserID], m.License) // "Basic" < "Pro"
		}
	}
	return p.license(w, a, func(id, _ string) string {
		if l := best[id]; l != "" {
			return l
		}
		return a.DefaultLicense
	})
}

// relicense gives some users the licence of their groups.
func relicense(w *work.Unit, a *store.Account, ids []string) error {
	slices.Sort(ids) // in one order, so that nobody waits in a circle
	p, err := peopleOf(w, a, ids)
	if err != nil {
		return err
	}
	return p.licenseByGroups(w, a)
}

// mapTo has a group give another licence, or none. The members of a large group get it
// one part after the other, by a job.
func (g *scimGroup) mapTo(w *work.Unit, a *store.Account, l string) error {
	g.License = l
	g.touch(w)
	if err := w.UpdateScimGroup(&g.ScimGroup); err != nil {
		return err
	}
	ids, err := w.ScimMembers(a.AccountID, g.GroupID, maxScimMembers+1)
	if err != nil {
		return err
	}
	if len(ids) > maxScimMembers {
		return w.Enqueue(jobScimLicense, scimLicenses{AccountID: a.AccountID, AwsAccountID: a.AwsAccountID, GroupID: g.GroupID}, w.NowMs())
	}
	return relicense(w, a, ids)
}

// erase removes a group. The members of a large one are forgotten by a job: without
// the group nobody sees that they were in it.
func (g *scimGroup) erase(w *work.Unit, a *store.Account) error {
	ids, err := w.ScimMembers(a.AccountID, g.GroupID, maxScimMembers+1)
	if err != nil {
		return err
	}
	if err := w.DeleteScimGroup(a.AccountID, g.GroupID); err != nil {
		return err
	}
	if len(ids) > maxScimMembers {
		return w.Enqueue(jobScimForget, scimLicenses{AccountID: a.AccountID, AwsAccountID: a.AwsAccountID, GroupID: g.GroupID, Gave: g.License != ""}, w.NowMs())
	}
	if err := w.RemoveScimMembers(a.AccountID, g.GroupID, ids); err != nil || g.License == "" {
		return err
	}
	return relicense(w, a, ids)
}

// scimLicenses is the payload of the jobs of large groups.
type scimLicenses struct {
	AccountID, AwsAccountID, GroupID string
	// After is the member that was the last one, of the licences.
	After string `json:",omitempty"`
	// Gave says that a group that was deleted gave a licence.
	Gave bool `json:",omitempty"`
}

// runScimLicense gives a part of the members of a group the licence of their groups,
// and comes back for the rest.
func (s *Service) runScimLicense(_ context.Context, t *jobs.Task) (jobs.Effects, error) {
	return scimJob(t, jobScimLicense, func(w *work.Unit, a *store.Account, p *scimLicenses) (bool, error) {
		if _, err := w.LockScimGroup(a.AccountID, p.GroupID); err != nil {
			return false, err
		}
		ids, err := w.ScimMembersAfter(a.AccountID, p.GroupID, p.After, scimStep)
		if err != nil || len(ids) == 0 {
			return false, err
		}
		p.After = ids[len(ids)-1]
		return len(ids) == scimStep, relicense(w, a, ids)
	})
}

// runScimForget forgets a part of the members of a group that was deleted.
func (s *Service) runScimForget(_ context.Context, t *jobs.Task) (jobs.Effects, error) {
	return scimJob(t, jobScimForget, func(w *work.Unit, a *store.Account, p *scimLicenses) (bool, error) {
		ids, err := w.ScimMembersAfter(a.AccountID, p.GroupID, "", scimStep)
		if err != nil {
			return false, err
		}
		if err := w.RemoveScimMembers(a.AccountID, p.GroupID, ids); err != nil || !p.Gave {
			return len(ids) == scimStep, err
		}
		return len(ids) == scimStep, relicense(w, a, ids)
	})
}

// scimJob runs one step of a job, which says whether there is more. It ends when account
// or group are gone.
func scimJob(t *jobs.Task, kind string, step func(*work.Unit, *store.Account, *scimLicenses) (more bool, err error)) (jobs.Effects, error) {
	var p scimLicenses
	if err := t.Payload(&p); err != nil {
		return nil, err
	}
	return func(w *work.Unit) error {
		next := p
		more := false
		a, err := w.LockAccount(p.AwsAccountID, p.AccountID)
		if err == nil {
			more, err = step(w, a, &next)
		}
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil || !more {
			return err
		}
		return w.Enqueue(kind, next, w.NowMs())
	}, nil
}

// changeMembers takes users into a group and out of it. Those that are in it already,
// or not, do not change, so that a retry changes nothing.
func (g *scimGroup) changeMembers(w *work.Unit, a *store.Account, added, removed []string) error {
	slices.Sort(added) // in one order, so that nobody waits in a circle
	slices.Sort(removed)
	comers, err := peopleOf(w, a, added)
	switch {
	case err != nil:
		return err
	case comers.count() < len(added):
		return scimRefuse("invalidValue", "A member is no user of the account")
	case g.builtIn:
		return g.changeLicences(w, a, comers, removed)
	}
	have, err := w.ScimMembersAmong(a.AccountID, g.GroupID, slices.Concat(added, removed))
	if err != nil {
		return err
	}
	added = slices.DeleteFunc(added, func(id string) bool { return have[id] })
	removed = slices.DeleteFunc(removed, func(id string) bool { return !have[id] })
	if err := w.AddScimMembers(a.AccountID, g.GroupID, added); err != nil {
		return err
	}
	if err := w.RemoveScimMembers(a.AccountID, g.GroupID, removed); err != nil || g.License == "" {
		return err
	}
	comers.drop(have)
	if err := comers.licenseByGroups(w, a); err != nil {
		return err
	}
	return relicense(w, a, removed)
}

// changeLicences is changeMembers of the group of a licence.
func (g *scimGroup) changeLicences(w *work.Unit, a *store.Account, comers *people, removed []string) error {
	if err := comers.license(w, a, func(string, string) string { return g.License }); err != nil {
		return err
	}
	leavers, err := peopleOf(w, a, removed)
	if err != nil {
		return err
	}
	return leavers.license(w, a, func(_, has string) string {
		if has == g.License {
			return a.DefaultLicense
		}
		return has
	})
}

// touch notes a change of a group, so that each makes another version.
func (g *scimGroup) touch(w *work.Unit) { g.ChangedMs = max(w.NowMs(), g.ChangedMs+1) }
