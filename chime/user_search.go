package chime

import (
	"cmp"
	"maps"
	"slices"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// SearchUsers returns a page of the users of an account who match, and how many
// match in all. The token holds what was asked for: later pages may leave it out.
func (s *Service) SearchUsers(w *work.Unit, in *api.SearchUsersInput) (*api.SearchUsersOutput, error) {
	if _, err := account(w, in.AccountId); err != nil {
		return nil, err
	}
	f := searchFilters(in)
	at, err := s.openSearch(w, in, f)
	if err != nil {
		return nil, err
	}
	q, err := f.search(in.AccountId, in.MaxResults.Or(searchPageSize))
	if err != nil {
		return nil, err
	}
	if in.NextToken.V != "" {
		q.After = &store.UserPlace{Key: at.Key, Ms: at.Ms, ID: at.ID}
	}
	q.CountLimit = int64(in.CountLimit.V)
	return s.found(w, in, f, q, at)
}

// found reads the page of a search, and seals the token of the next one.
func (s *Service) found(w *work.Unit, in *api.SearchUsersInput, f *searched, q *store.UserSearch, before cursor) (*api.SearchUsersOutput, error) {
	out := &api.SearchUsersOutput{Users: []api.User{}}
	none, last, more := noAlexa(), store.UserPlace{}, false
	q.Limit++
	count, uncounted, err := w.SearchUsers(q, func(u *store.User, at store.UserPlace) {
		if more = len(out.Users) == q.Limit-1; !more {
			out.Users, last = append(out.Users, userShape(u, listDetail, none)), at
		}
	})
	if q.After != nil {
		count, uncounted = before.Count, before.More
	}
	out.Count, out.CountIsMinimum = api.Some(int(count)), api.NonZero(uncounted)
	if err == nil {
		err = showActivity(w, in.AccountId, out.Users)
	}
	if err == nil && more {
		c := cursor{Filters: encodeFilters(f.list()), Ms: last.Ms, ID: last.ID, Key: last.Key, Count: count, More: uncounted}
		out.NextToken = api.Some(s.tokens.seal(searchScope(w, in), c))
	}
	return out, err
}

func searchScope(w *work.Unit, in *api.SearchUsersInput) []byte {
	return scope(w.Op.Name, w.Caller.AwsAccountID, in.AccountId)
}

func (s *Service) openSearch(w *work.Unit, in *api.SearchUsersInput, f *searched) (cursor, error) {
	if in.NextToken.V == "" {
		return cursor{}, nil
	}
	return s.tokens.open(searchScope(w, in), in.NextToken.V, f.list())
}

// searched is what a search asks for, in the form of tokens.
type searched struct {
	query, status, license, userType, activeSince, inactiveSince, sortBy, order api.Opt[string]
}

func searchFilters(in *api.SearchUsersInput) *searched {
	return &searched{
		in.Query, textFilter(in.UserRegistrationStatus), textFilter(in.LicenseType), textFilter(in.UserType),
		in.ActiveSince, in.InactiveSince, textFilter(in.SortBy), textFilter(in.SortOrder),
	}
}

func (f *searched) list() []*api.Opt[string] {
	return []*api.Opt[string]{&f.query, &f.status, &f.license, &f.userType, &f.activeSince, &f.inactiveSince, &f.sortBy, &f.order}
}

var userSorts = map[string]store.UserSort{
	string(api.UserSortByCreated): store.ByCreated, string(api.UserSortByEmail): store.ByEmail, string(api.UserSortByName): store.ByName,
	string(api.UserSortByStatus): store.ByStatus, string(api.UserSortByLicense): store.ByLicense, string(api.UserSortByType): store.ByType,
	string(api.UserSortByInvitedOn): store.ByInvited, string(api.UserSortByRegisteredOn): store.ByRegistered,
	string(api.UserSortByLastActiveOn): store.ByActive,
}

func (f *searched) search(accountID string, limit int) (*store.UserSearch, error) {
	q := &store.UserSearch{
		AccountID: accountID, Text: f.query.V, Registration: f.status.V, License: f.license.V, Type: f.userType.V,
		Sort: userSorts[f.sortBy.V], Descending: f.order.V == string(api.UserSortOrderDescending), Limit: limit,
	}
	var err error
	if f.activeSince.V != "" {
		q.ActiveFromMs, err = parseTime("ActiveSince", f.activeSince.V)
	}
	if err == nil && f.inactiveSince.V != "" {
		q.ActiveBeforeMs, err = parseTime("InactiveSince", f.inactiveSince.V)
	}
	return q, err
}

// largestAccounts is how many accounts CountUsers names.
const largestAccounts = 10

// CountUsers counts the users of the AWS account. It looks at all of them.
func (s *Service) CountUsers(w *work.Unit, _ *api.CountUsersInput) (*api.CountUsersOutput, error) {
	status, license, accounts := map[string]int64{}, map[string]int64{}, map[string]*store.UserCount{}
	var total int64
	err := w.UserCounts(w.Caller.AwsAccountID, func(c *store.UserCount) {
		if accounts[c.AccountID] == nil {
			accounts[c.AccountID] = &store.UserCount{AccountID: c.AccountID, Name: c.Name}
		}
		if total += c.Users; c.Users > 0 {
			accounts[c.AccountID].Users += c.Users
			status[c.Registration] += c.Users
			license[c.License] += c.Users
		}
	})
	return &api.CountUsersOutput{
		Users: api.Some(int(total)), Accounts: api.Some(len(accounts)), ByStatus: countShapes(status), ByLicense: countShapes(license),
		Largest: largest(slices.Collect(maps.Values(accounts))),
	}, err
}

// countShapes shows counts, the highest first.
func countShapes(counts map[string]int64) []api.CountOfUsers {
	list := []api.CountOfUsers{}
	for value, n := range counts {
		list = append(list, api.CountOfUsers{Value: api.Some(value), Users: api.Some(int(n))})
	}
	slices.SortFunc(list, func(a, b api.CountOfUsers) int {
		return cmp.Or(cmp.Compare(b.Users.V, a.Users.V), cmp.Compare(a.Value.V, b.Value.V))
	})
	return list
}

func largest(accounts []*store.UserCount) []api.CountOfUsers {
	slices.SortFunc(accounts, func(a, b *store.UserCount) int {
		return cmp.Or(cmp.Compare(b.Users, a.Users), cmp.Compare(a.Name, b.Name), cmp.Compare(a.AccountID, b.AccountID))
	})
	list := []api.CountOfUsers{}
	for _, a := range accounts[:min(len(accounts), largestAccounts)] {
		list = append(list, api.CountOfUsers{AccountId: api.Some(a.AccountID), Name: api.Some(a.Name), Users: api.Some(int(a.Users))})
	}
	return list
}
