package chime_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
)

// pages collects the ids of all pages; next fetches one.
func (w *world) pages(first api.Opt[string], next func(token api.Opt[string]) ([]string, api.Opt[string], error)) (ids []string, pages int) {
	w.Helper()
	for token, more := first, true; more; more = token.Set {
		page, following, err := next(token)
		w.must(err)
		ids, token = append(ids, page...), following
		if pages++; pages > 1000 {
			w.Fatal("the pages have no end")
		}
	}
	return ids, pages
}

func (w *world) listAccounts(in api.ListAccountsInput) ([]string, api.Opt[string], error) {
	out, err := w.ListAccounts(w.ctx, &in)
	if err != nil {
		return nil, api.Opt[string]{}, err
	}
	var ids []string
	for i := range out.Accounts {
		ids = append(ids, out.Accounts[i].AccountId)
	}
	return ids, out.NextToken, nil
}

func (w *world) listUsers(in api.ListUsersInput) ([]string, api.Opt[string], error) {
	out, err := w.ListUsers(w.ctx, &in)
	if err != nil {
		return nil, api.Opt[string]{}, err
	}
	var ids []string
	for i := range out.Users {
		ids = append(ids, out.Users[i].UserId)
	}
	return ids, out.NextToken, nil
}

// Accounts come newest first; several may be of one moment.
func TestListAccounts_pages(t *testing.T) {
	w := newWorld(t)
	var want []string
	for i := range 7 {
		w.advance(time.Duration(i%2) * time.Millisecond)
		want = append(want, w.team())
	}
	slices.Reverse(want)
	for limit := 1; limit <= 8; limit++ {
		got, pages := w.pages(api.Opt[string]{}, func(token api.Opt[string]) ([]string, api.Opt[string], error) {
			return w.listAccounts(api.ListAccountsInput{MaxResults: api.Some(limit), NextToken: token})
		})
		if !slices.Equal(got, want) || pages != (6+limit)/limit {
			t.Errorf("pages of %d: %v on %d pages, want %v", limit, got, pages, want)
		}
	}
}

// Users come in the order of their creation. An empty token is the first page,
// and later pages need neither the filters nor the size.
func TestListUsers_pages(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	var all, shared []string
	for i := range 9 {
		w.advance(time.Duration(i%2) * time.Millisecond)
		userType := []api.UserType{api.UserTypePrivateUser, api.UserTypeSharedDevice}[i%2]
		id := w.createAs(a, fmt.Sprintf("%d@example.com", 9-i), userType)
		all = append(all, id)
		if i%2 == 1 {
			shared = append(shared, id)
		}
	}
	for name, test := range map[string]struct {
		first api.ListUsersInput
		want  []string
	}{
		"all":            {api.ListUsersInput{MaxResults: api.Some(2)}, all},
		"shared devices": {api.ListUsersInput{MaxResults: api.Some(1), UserType: api.Some(api.UserTypeSharedDevice)}, shared},
	} {
		got, pages := w.pages(api.Some(""), func(token api.Opt[string]) ([]string, api.Opt[string], error) {
			in := test.first
			if token.V != "" {
				in = api.ListUsersInput{}
			}
			in.AccountId, in.NextToken = a, token
			return w.listUsers(in)
		})
		if !slices.Equal(got, test.want) || pages != 2 {
			t.Errorf("%s: %v on %d pages, want %v", name, got, pages, test.want)
		}
	}
}

func TestList_defaultSize(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	for i := range 101 {
		w.create(a, fmt.Sprintf("%d@example.com", i))
		w.team()
	}
	users, nextUser, err := w.listUsers(api.ListUsersInput{AccountId: a})
	w.must(err)
	accounts, nextAccount, err := w.listAccounts(api.ListAccountsInput{})
	w.must(err)
	if len(users) != 100 || len(accounts) != 100 || !nextUser.Set || !nextAccount.Set {
		t.Errorf("%d users, %d accounts on a page, want 100 and more to come", len(users), len(accounts))
	}
}

func TestListUsers_projection(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	w.create(a, "a@example.com")
	out, err := w.ListUsers(w.ctx, &api.ListUsersInput{AccountId: a})
	w.must(err)
	if u := out.Users[0]; u.PersonalPIN.Set || u.PresenceVisibility.Set {
		t.Errorf("the list shows %v and %v", u.PersonalPIN, u.PresenceVisibility)
	}
	empty, err := w.ListUsers(w.ctx, &api.ListUsersInput{AccountId: w.team()})
	if err != nil || empty.Users == nil || len(empty.Users) != 0 || empty.NextToken.Set {
		t.Errorf("no users: got %+v, %v, want an empty list", empty, err)
	}
}

func TestListUsers_filters(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	private, device := w.create(a, "a@example.com"), w.createAs(a, "b@example.com", api.UserTypeSharedDevice)
	w.invite(a, "c@example.com")
	invited := w.byEmail(a, "c@example.com").UserId
	none := api.Opt[api.UserType]{}
	for _, test := range []struct {
		email    string
		userType api.Opt[api.UserType]
		want     []string
	}{
		{"", none, []string{private, device, invited}},
		{"", api.Some(api.UserTypePrivateUser), []string{private, invited}},
		{"", api.Some(api.UserTypeSharedDevice), []string{device}},
		{"A@Example.com", none, []string{private}},
		{"a@example.com", api.Some(api.UserTypePrivateUser), []string{private}},
		{"a@example.com", api.Some(api.UserTypeSharedDevice), nil},
		{"a@example.co", none, nil},
		{"%@example.com", none, nil},
	} {
		got, next, err := w.listUsers(api.ListUsersInput{AccountId: a, UserEmail: api.NonZero(test.email), UserType: test.userType})
		if err != nil || next.Set || !slices.Equal(got, test.want) {
			t.Errorf("%q %v: got %v, %v, %v, want %v", test.email, test.userType, got, next, err, test.want)
		}
	}
}

func TestListAccounts_filters(t *testing.T) {
	w := newWorld(t)
	add := func(name string) string {
		w.advance(time.Millisecond)
		out, err := w.CreateAccount(w.ctx, &api.CreateAccountInput{Name: api.Some(name)})
		w.must(err)
		return out.Account.AccountId
	}
	acme, ACME, percent := add("Acme"), add("ACME 2"), add("100% Acme")
	w.create(acme, "jane@example.com")
	w.create(percent, "Jane@example.com")
	for _, test := range []struct {
		name, email string
		want        []string
	}{
		{"", "", []string{percent, ACME, acme}},
		{"acme", "", []string{ACME, acme}},
		{"ACME ", "", []string{ACME}},
		{"100%", "", []string{percent}},
		{"%", "", nil},
		{"", "jane@EXAMPLE.com", []string{percent, acme}},
		{"acm", "jane@example.com", []string{acme}},
		{"x", "jane@example.com", nil},
	} {
		got, _, err := w.listAccounts(api.ListAccountsInput{Name: api.NonZero(test.name), UserEmail: api.NonZero(test.email)})
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q %q: got %v, %v, want %v", test.name, test.email, got, err, test.want)
		}
	}
	out, err := w.ListAccounts(as(other), &api.ListAccountsInput{})
	if err != nil || out.Accounts == nil || len(out.Accounts) != 0 {
		t.Errorf("another AWS account sees %+v, %v", out, err)
	}
}

// A token is good for the list that it came from, with its filters or none.
func TestNextToken_scope(t *testing.T) {
	w := newWorld(t)
	a, b := w.team(), w.team()
	for i := range 3 {
		for _, account := range []string{a, b} {
			w.createAs(account, fmt.Sprintf("%d@example.com", i), api.UserTypeSharedDevice)
		}
	}
	one, shared := api.Some(1), api.Some(api.UserTypeSharedDevice)
	_, all, err := w.listUsers(api.ListUsersInput{AccountId: a, MaxResults: one})
	w.must(err)
	_, filtered, err := w.listUsers(api.ListUsersInput{AccountId: a, MaxResults: one, UserType: shared})
	w.must(err)
	_, accounts, err := w.listAccounts(api.ListAccountsInput{MaxResults: one})
	w.must(err)
	tampered := []byte(all.V)
	tampered[len(tampered)/2] ^= 1
	for _, test := range []struct {
		name  string
		in    api.ListUsersInput
		token string
		good  bool
	}{
		{"as it came", api.ListUsersInput{AccountId: a}, all.V, true},
		{"again", api.ListUsersInput{AccountId: a, MaxResults: api.Some(200)}, all.V, true},
		{"filter left out", api.ListUsersInput{AccountId: a}, filtered.V, true},
		{"filter repeated", api.ListUsersInput{AccountId: a, UserType: shared}, filtered.V, true},
		{"filter changed", api.ListUsersInput{AccountId: a, UserType: api.Some(api.UserTypePrivateUser)}, filtered.V, false},
		{"filter added", api.ListUsersInput{AccountId: a, UserType: shared}, all.V, false},
		{"other filter added", api.ListUsersInput{AccountId: a, UserEmail: api.Some("a@b.c")}, filtered.V, false},
		{"other account", api.ListUsersInput{AccountId: b}, all.V, false},
		{"other list", api.ListUsersInput{AccountId: a}, accounts.V, false},
		{"tampered", api.ListUsersInput{AccountId: a}, string(tampered), false},
		{"cut", api.ListUsersInput{AccountId: a}, all.V[:len(all.V)-2], false},
		{"longer", api.ListUsersInput{AccountId: a}, all.V + "AA", false},
		{"garbage", api.ListUsersInput{AccountId: a}, "tok/+=%&é x", false},
		{"one character", api.ListUsersInput{AccountId: a}, "A", false},
	} {
		test.in.NextToken = api.Some(test.token)
		_, _, err := w.listUsers(test.in)
		if test.good {
			w.must(err)
		} else {
			w.refused(test.name, err, api.BadRequest, "NextToken")
		}
	}
	_, err = w.ListAccounts(as(other), &api.ListAccountsInput{NextToken: accounts})
	w.refused("another AWS account", err, api.BadRequest, "NextToken")
}

// The token of another replica, or of the server before it was started again,
// is as good as one's own; that of a stranger is not.
func TestNextToken_replicas(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.team()
	}
	_, token, err := w.listAccounts(api.ListAccountsInput{MaxResults: api.Some(1)})
	w.must(err)
	w.use(w.service(chime.Documented, [32]byte{1}))
	got, _, err := w.listAccounts(api.ListAccountsInput{NextToken: token})
	if err != nil || len(got) != 2 {
		t.Errorf("after a restart: got %v, %v", got, err)
	}
	w.use(w.service(chime.Documented, [32]byte{2}))
	_, _, err = w.listAccounts(api.ListAccountsInput{NextToken: token})
	w.refused("a stranger's token", err, api.BadRequest, "NextToken")
}

// A user who is removed or added between two pages neither hides nor repeats others.
func TestListUsers_changesBetweenPages(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	var ids []string
	for i := range 4 {
		w.advance(time.Millisecond)
		ids = append(ids, w.create(a, fmt.Sprintf("%d@example.com", i)))
	}
	first, token, err := w.listUsers(api.ListUsersInput{AccountId: a, MaxResults: api.Some(2)})
	w.must(err)
	w.suspend(a, ids[1], ids[2]) // the last of the page, and the first of the next
	w.advance(time.Millisecond)
	ids = append(ids, w.create(a, "new@example.com"))
	rest, _, err := w.listUsers(api.ListUsersInput{AccountId: a, NextToken: token})
	if err != nil || !slices.Equal(first, ids[:2]) || !slices.Equal(rest, ids[3:]) {
		t.Errorf("got %v, then %v, %v", first, rest, err)
	}
}
