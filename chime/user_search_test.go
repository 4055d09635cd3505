package chime_test

import (
	"fmt"
	"slices"
	"testing"

	"carillon/api"
	"carillon/chime"
)

// matched returns the addresses of all pages of a search, and how many it counts.
func (w *world) matched(in api.SearchUsersInput) (emails []string, count int) {
	w.Helper()
	for {
		out, err := w.SearchUsers(w.ctx, &in)
		if err != nil {
			w.Fatal(err)
		}
		for i := range out.Users {
			emails = append(emails, out.Users[i].PrimaryEmail.V)
		}
		if count = out.Count.V; !out.NextToken.Set {
			return emails, count
		}
		in = api.SearchUsersInput{AccountId: in.AccountId, NextToken: out.NextToken, MaxResults: in.MaxResults}
	}
}

func TestSearchUsers(t *testing.T) {
	w := newWorldOf(t, chime.Documented)
	account := w.account(api.AccountTypeEnterpriseLWA)
	ids := map[string]string{}
	for _, u := range []struct{ email, name string }{{"b@example.com", "Zoë Ünal"}, {"a@example.com", "Ann_1"}, {"c%@example.com", "carl"}} {
		out, err := w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: account, Email: api.Some(u.email), Username: api.Some(u.name)})
		if err != nil {
			t.Fatal(err)
		}
		ids[u.email] = out.User.UserId
	}
	for _, test := range []struct {
		in   api.SearchUsersInput
		want []string
	}{
		{api.SearchUsersInput{}, []string{"b@example.com", "a@example.com", "c%@example.com"}},
		{api.SearchUsersInput{Query: api.Some("EXAMPLE"), SortBy: api.Some(api.UserSortByEmail)}, []string{"a@example.com", "b@example.com", "c%@example.com"}},
		{api.SearchUsersInput{SortBy: api.Some(api.UserSortByName), SortOrder: api.Some(api.UserSortOrderDescending)}, []string{"b@example.com", "c%@example.com", "a@example.com"}},
		{api.SearchUsersInput{Query: api.Some("n_1")}, []string{"a@example.com"}},
		{api.SearchUsersInput{Query: api.Some("%")}, []string{"c%@example.com"}},
		{api.SearchUsersInput{Query: api.Some("ünal")}, []string{"b@example.com"}},
		{api.SearchUsersInput{Query: api.Some(ids["b@example.com"])}, []string{"b@example.com"}},
		{api.SearchUsersInput{Query: api.Some(ids["b@example.com"][:9] + "x")}, nil},
		{api.SearchUsersInput{UserRegistrationStatus: api.Some(api.RegistrationStatusSuspended)}, nil},
		{api.SearchUsersInput{UserType: api.Some(api.UserTypePrivateUser), LicenseType: api.Some(api.LicensePro)}, []string{"b@example.com", "a@example.com", "c%@example.com"}},
	} {
		for size := 1; size <= 3; size++ {
			in := test.in
			in.AccountId, in.MaxResults = account, api.Some(size)
			if got, count := w.matched(in); !slices.Equal(got, test.want) || count != len(test.want) {
				t.Errorf("%+v: %v, %d; want %v", test.in, got, count, test.want)
			}
		}
	}
}

// Users are counted up to a limit; later pages know how many those were.
func TestSearchUsers_countLimit(t *testing.T) {
	w := newWorldOf(t, chime.Documented)
	account := w.account(api.AccountTypeEnterpriseLWA)
	for i := range 3 {
		_, err := w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: account, Email: api.Some(fmt.Sprintf("u%d@example.com", i))})
		w.must(err)
	}
	for limit, want := range map[int]string{1: "1 true", 2: "2 true", 3: "3 false", 4: "3 false"} {
		in := api.SearchUsersInput{AccountId: account, CountLimit: api.Some(limit), MaxResults: api.Some(2)}
		for page := range 2 {
			out, err := w.SearchUsers(w.ctx, &in)
			w.must(err)
			if got := fmt.Sprint(out.Count.V, out.CountIsMinimum.V); got != want {
				t.Errorf("limit %d, page %d: %s, want %s", limit, page, got, want)
			}
			in = api.SearchUsersInput{AccountId: account, NextToken: out.NextToken}
		}
	}
	out, err := w.SearchUsers(w.ctx, &api.SearchUsersInput{AccountId: account, Query: api.Some("@"), CountLimit: api.Some(1)})
	if err != nil || out.Count.V != 3 || out.CountIsMinimum.V {
		t.Errorf("of those who are looked at: %d, %v", out.Count.V, err)
	}
}

func TestSearchUsers_refused(t *testing.T) {
	w := newWorldOf(t, chime.Documented)
	account := w.account(api.AccountTypeTeam)
	if _, err := w.SearchUsers(as(other), &api.SearchUsersInput{AccountId: account}); !api.IsKind(err, api.NotFound) {
		t.Errorf("another AWS account: %v", err)
	}
	if _, err := w.SearchUsers(w.ctx, &api.SearchUsersInput{AccountId: account, NextToken: api.Some("made up")}); !api.IsKind(err, api.BadRequest) {
		t.Errorf("a token: %v", err)
	}
}

func TestCountUsers(t *testing.T) {
	w := newWorldOf(t, chime.Documented)
	account := w.account(api.AccountTypeEnterpriseLWA)
	w.account(api.AccountTypeTeam)
	if _, err := w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: account, Email: api.Some("a@example.com")}); err != nil {
		t.Fatal(err)
	}
	out, err := w.CountUsers(w.ctx, &api.CountUsersInput{})
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(out.Users.V, out.Accounts.V, len(out.ByStatus), len(out.ByLicense), len(out.Largest), out.Largest[0].AccountId.V == account)
	if got != "1 2 1 1 2 true" {
		t.Error(got)
	}
	if out, err = w.CountUsers(as(other), &api.CountUsersInput{}); err != nil || out.Users.V != 0 || out.Accounts.V != 0 {
		t.Errorf("another AWS account: %+v, %v", out, err)
	}
}
