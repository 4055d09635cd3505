package chime

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"carillon/api"
	"carillon/scim/filter"
	"carillon/scim/schema"
	"carillon/store"
	"carillon/work"
)

// ListScimUsers returns a page of the users that meet a filter, in the order of their
// creation, those who left the account at the end.
func (s *Service) ListScimUsers(w *work.Unit, in *api.ListScimUsersInput) (*api.ListScimUsersOutput, error) {
	if _, err := account(w, in.AccountId); err != nil {
		return nil, err
	}
	skip, limit := window(in.StartIndex, in.Count)
	if in.Filter.V == "" && in.SortBy.V == "" {
		return s.scimPage(w, in.AccountId, skip, limit)
	}
	f, err := parseFilter(schema.Users, in.Filter.V)
	if err != nil {
		return nil, err
	}
	scan := &userScan{w: w, accountID: in.AccountId, filter: f, by: in.SortBy.V, descending: in.Descending.V, skip: skip, limit: limit, begun: time.Now()}
	if err := scan.run(); err != nil {
		return nil, err
	}
	return &api.ListScimUsersOutput{Total: api.Some(scan.total), Resources: scan.page}, nil
}

func parseFilter(t *schema.Type, text string) (filter.Filter, error) {
	if text == "" {
		return nil, nil
	}
	f, err := filter.Parse(t, text)
	return f, scimRefusal(err)
}

// scimPage is a page of all users.
func (s *Service) scimPage(w *work.Unit, accountID string, skip, limit int) (*api.ListScimUsersOutput, error) {
	present, err := s.ranks.total(w, accountID)
	if err != nil {
		return nil, err
	}
	left, err := w.CountScimLeft(accountID)
	if err != nil {
		return nil, err
	}
	var page []scimUser
	if skip < present && limit > 0 {
		after, err := s.ranks.after(w, accountID, skip)
		if err != nil {
			return nil, err
		}
		if page, err = presentUsers(w, accountID, after, limit); err != nil {
			return nil, err
		}
	}
	if rest := limit - len(page); rest > 0 && left > 0 {
		gone, err := leftUsers(w, accountID, max(skip-present, 0), rest)
		if err != nil {
			return nil, err
		}
		page = append(page, gone...)
	}
	return &api.ListScimUsersOutput{Total: api.Some(present + int(left)), Resources: shownTexts(page)}, nil
}

// presentUsers returns users of an account after a position.
func presentUsers(w *work.Unit, accountID string, after store.Position, limit int) ([]scimUser, error) {
	users := make([]scimUser, 0, limit)
	err := w.Users(store.UserFilter{AwsAccountID: w.Caller.AwsAccountID, AccountID: accountID, After: after, Limit: limit}, func(u *store.User) {
		users = append(users, scimUser{User: *u})
	})
	if err != nil {
		return nil, err
	}
	return users, addScim(w, accountID, users)
}

// addScim adds what SCIM knows to users.
func addScim(w *work.Unit, accountID string, users []scimUser) error {
	byID := make(map[string]*scimUser, len(users))
	ids := make([]string, len(users))
	for i := range users {
		ids[i] = users[i].UserID
		byID[ids[i]] = &users[i]
	}
	data, err := w.ScimUsers(accountID, ids)
	if err != nil {
		return err
	}
	for i := range data {
		u := byID[data[i].UserID]
		u.data, u.known = data[i], true
	}
	groups, err := w.MembershipsOf(accountID, ids)
	for _, g := range groups {
		byID[g.UserID].groups = append(byID[g.UserID].groups, g)
	}
	return err
}

func leftUsers(w *work.Unit, accountID string, skip, limit int) ([]scimUser, error) {
	list, err := w.ScimLeft(accountID, skip, limit)
	users := make([]scimUser, len(list))
	for i := range list {
		users[i] = scimUser{User: leftUser(&list[i]), data: list[i], known: true}
	}
	return users, err
}

func shownTexts(users []scimUser) []string {
	texts := make([]string, len(users))
	for i := range users {
		texts[i] = users[i].text()
	}
	return texts
}

// candidates returns the ids of those among whom all are that meet a filter; false:
// no index tells.
func candidates(w *work.Unit, accountID string, f filter.Filter) (ids []string, exact bool, err error) {
	if f == nil {
		return nil, false, nil
	}
	if id, ok := filter.Exact(f, "id"); ok {
		return []string{id}, true, nil
	}
	for _, attribute := range []string{"userName", "emails"} {
		if email, ok := filter.Exact(f, attribute); ok {
			ids, err = w.ScimUserIDs(accountID, "", email, maxScimPage)
			return ids, true, err
		}
	}
	if external, ok := filter.Exact(f, "externalId"); ok && external != "" {
		ids, err = w.ScimUserIDs(accountID, external, "", maxScimPage)
		return ids, true, err
	}
	return nil, false, nil
}

// sortScim sorts resources by an attribute; those without it come last, or first if
// the order is descending.
func sortScim(t *schema.Type, list []map[string]any, by string, descending bool) error {
	if by == "" {
		return nil
	}
	p, ok := t.Find(by)
	if !ok || p.Attribute == nil {
		return unknownSort()
	}
	slices.SortStableFunc(list, func(a, b map[string]any) int {
		x, y := sortKey(a, p), sortKey(b, p)
		sign := cmp.Or(cmp.Compare(b2i(x == ""), b2i(y == "")), strings.Compare(x, y))
		if descending {
			return -sign
		}
		return sign
	})
	return nil
}

func unknownSort() error {
	return scimRefuse("invalidPath", "sortBy names an attribute that the resource has not")
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sortKey is what a resource is sorted by: of a list the first value.
func sortKey(r map[string]any, p schema.Path) string {
	value := p.In(r, false)[p.Attribute.Name]
	if list, ok := value.([]any); ok && len(list) > 0 {
		value = list[0]
	}
	if parts, ok := value.(map[string]any); ok {
		part := "value"
		if p.Part != nil {
			part = p.Part.Name
		}
		value = parts[part]
	}
	switch v := value.(type) {
	case string:
		if p.Attribute.Exact {
			return v
		}
		return store.Fold(v)
	case bool:
		return map[bool]string{false: "0", true: "1"}[v]
	}
	return ""
}
