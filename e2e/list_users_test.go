package e2e

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// listUsers returns one page that must be answered.
func (c *caller) listUsers(t testing.TB, in chime.ListUsersInput) *chime.ListUsersOutput {
	t.Helper()
	out, err := c.ListUsers(t.Context(), &in)
	succeed(t, err)
	return out
}

// allUsers walks through a list with the SDK's paginator.
func (c *caller) allUsers(t testing.TB, in chime.ListUsersInput) (users []types.User) {
	t.Helper()
	for p := chime.NewListUsersPaginator(c.Client, &in); p.HasMorePages(); {
		out, err := p.NextPage(t.Context())
		succeed(t, err)
		if in.MaxResults != nil && len(out.Users) > int(*in.MaxResults) {
			t.Fatalf("a page has %d users, more than %d", len(out.Users), *in.MaxResults)
		}
		users = append(users, out.Users...)
	}
	return users
}

func userIDs(users []types.User) []string {
	ids := make([]string, len(users))
	for i, u := range users {
		ids[i] = *u.UserId
	}
	return ids
}

// invited fills a Team account with n pending users, which is quick, and
// returns their ids sorted.
func (c *caller) invited(t testing.TB, accountID string, n int) []string {
	t.Helper()
	for chunk := range slices.Chunk(emails(n), 50) {
		_, err := c.InviteUsers(t.Context(), &chime.InviteUsersInput{AccountId: &accountID, UserEmailList: chunk})
		succeed(t, err)
	}
	ids := userIDs(c.allUsers(t, chime.ListUsersInput{AccountId: &accountID}))
	slices.Sort(ids)
	return ids
}

func TestListUsers_in_order_of_creation(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		equal(t, "empty list", e.listUsers(t, chime.ListUsersInput{AccountId: &id}).Users, []types.User{})
		want := []types.User{
			*e.user(t, id, "zoe@example.com"), *e.device(t, id, "room@example.com"), *e.invitee(t, id, "bob@example.com"),
			*e.user(t, id, "ann@example.com"),
		}
		out := e.listUsers(t, chime.ListUsersInput{AccountId: &id})
		equal(t, "users", out.Users, want) // without a PIN
		equal(t, "NextToken", out.NextToken, nil)
	})
}

func TestListUsers_suspended(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		enterprise, team := e.account(t, types.AccountTypeEnterpriseLWA), e.team(t)
		for _, id := range []string{enterprise, team} {
			e.suspend(t, id, *e.user(t, id, "out@example.com").UserId)
		}
		equal(t, "users of the Team account", e.listUsers(t, chime.ListUsersInput{AccountId: &team}).Users, []types.User{})
		equal(t, "status", e.find(t, enterprise, "out@example.com").UserRegistrationStatus, types.RegistrationStatusSuspended)
	})
}

func TestListUsers_user_email(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		plus := e.user(t, id, "A+B@example.com")
		e.user(t, id, "b@example.com")
		for email, want := range map[string][]string{
			"A+B@example.com": {*plus.UserId},
			"a+b@EXAMPLE.com": {*plus.UserId},
			"a@example.com":   {},
			"%@example.com":   {},
			"A_B@example.com": {},
			"A+B@example.co":  {},
		} {
			out := e.listUsers(t, chime.ListUsersInput{AccountId: &id, UserEmail: &email, MaxResults: aws.Int32(1)})
			equal(t, "users with "+email, userIDs(out.Users), want)
			equal(t, "NextToken", out.NextToken, nil)
		}
	})
}

func TestListUsers_user_type(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		ann, room := e.user(t, id, "ann@example.com"), e.device(t, id, "room@example.com")
		bob, hall := e.invitee(t, id, "bob@example.com"), e.device(t, id, "hall@example.com")
		list := func(userType types.UserType, email *string) []string {
			return userIDs(e.allUsers(t, chime.ListUsersInput{AccountId: &id, UserType: userType, UserEmail: email, MaxResults: aws.Int32(1)}))
		}
		equal(t, "private users", list(types.UserTypePrivateUser, nil), []string{*ann.UserId, *bob.UserId})
		equal(t, "devices", list(types.UserTypeSharedDevice, nil), []string{*room.UserId, *hall.UserId})
		equal(t, "device by e-mail", list(types.UserTypeSharedDevice, hall.PrimaryEmail), []string{*hall.UserId})
		equal(t, "no device by e-mail", list(types.UserTypeSharedDevice, ann.PrimaryEmail), []string{})
	})
}

func TestListUsers_page_sizes(t *testing.T) {
	const total = 201
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		ids := e.invited(t, id, total)
		equal(t, "users", len(slices.Compact(ids)), total)
		for _, tt := range []struct {
			max  *int32
			want int
		}{{nil, 100}, {aws.Int32(1), 1}, {aws.Int32(200), 200}} {
			out := e.listUsers(t, chime.ListUsersInput{AccountId: &id, MaxResults: tt.max})
			equal(t, fmt.Sprintf("page of %d", aws.ToInt32(tt.max)), len(out.Users), tt.want)
			if out.NextToken == nil {
				t.Error("a page that is not the last one has no NextToken")
			}
		}
		for _, size := range []int32{11, 67, 200} {
			got := userIDs(e.allUsers(t, chime.ListUsersInput{AccountId: &id, MaxResults: &size}))
			equal(t, fmt.Sprintf("users by %d", size), slices.Sorted(slices.Values(got)), ids)
		}
	})
}

func TestListUsers_pages_of_one(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		ids := e.users(t, id, 5)
		equal(t, "users", userIDs(e.allUsers(t, chime.ListUsersInput{AccountId: &id, MaxResults: aws.Int32(1)})), ids)
	})
}

func TestListUsers_last_page_is_full(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		e.users(t, id, 4)
		first := e.listUsers(t, chime.ListUsersInput{AccountId: &id, MaxResults: aws.Int32(2)})
		second := e.listUsers(t, chime.ListUsersInput{AccountId: &id, MaxResults: aws.Int32(2), NextToken: first.NextToken})
		equal(t, "users on page 2", len(second.Users), 2)
		equal(t, "NextToken of page 2", second.NextToken, nil)
	})
}

func TestListUsers_changes_between_pages(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		ids := e.users(t, id, 4)
		first := e.listUsers(t, chime.ListUsersInput{AccountId: &id, MaxResults: aws.Int32(2)})
		e.suspend(t, id, ids[0], ids[1], ids[2])
		added := e.user(t, id, "added@example.com")
		second := e.listUsers(t, chime.ListUsersInput{AccountId: &id, NextToken: first.NextToken})
		equal(t, "page 2", userIDs(second.Users), []string{ids[3], *added.UserId})
	})
}

func TestListUsers_bad_parameters(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for member, inputs := range map[string][]chime.ListUsersInput{
			"'MaxResults'": {{MaxResults: aws.Int32(0)}, {MaxResults: aws.Int32(-5)}, {MaxResults: aws.Int32(201)}},
			"'UserEmail'":  {{UserEmail: aws.String("")}, {UserEmail: aws.String("a@b")}},
			"'UserType'":   {{UserType: "privateuser"}, {UserType: "Bot"}},
			"'NextToken'":  {{NextToken: aws.String("x")}, {NextToken: aws.String("é")}},
		} {
			for _, in := range inputs {
				in.AccountId = &id
				_, err := e.ListUsers(t.Context(), &in)
				refused(t, err, badRequest, member)
			}
		}
		for _, value := range []string{"1.0", "ten", "", "99999999999", "%31%20", "+5", "%2B5", "00005", "-0"} {
			e.send(t, "GET", "/accounts/"+id+"/users?max-results="+value, "").refused(t, badRequest, "'MaxResults'")
		}
	})
}

func TestListUsers_token_and_filters(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		e.device(t, id, "room@example.com")
		ids := e.users(t, id, 2)
		first := e.listUsers(t, chime.ListUsersInput{AccountId: &id, UserType: types.UserTypePrivateUser, MaxResults: aws.Int32(1)})
		for _, in := range []chime.ListUsersInput{
			{},
			{MaxResults: aws.Int32(200)},
			{UserType: types.UserTypePrivateUser},
		} {
			in.AccountId, in.NextToken = &id, first.NextToken
			out := e.listUsers(t, in)
			equal(t, "page 2", userIDs(out.Users), ids[1:])
			equal(t, "NextToken", out.NextToken, nil)
		}
		for _, in := range []chime.ListUsersInput{
			{UserType: types.UserTypeSharedDevice},
			{UserEmail: aws.String("user-1@example.com")},
			{UserType: types.UserTypePrivateUser, UserEmail: aws.String("user-1@example.com")},
		} {
			in.AccountId, in.NextToken = &id, first.NextToken
			_, err := e.ListUsers(t.Context(), &in)
			refused(t, err, badRequest, "'NextToken'")
		}
	})
}

func TestListUsers_token_of_another_list(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		id, other := c.team(t), c.team(t)
		for _, account := range []string{id, other} {
			c.users(t, account, 2)
		}
		accounts := c.listAccounts(t, chime.ListAccountsInput{MaxResults: aws.Int32(1)})
		foreign := c.listUsers(t, chime.ListUsersInput{AccountId: &other, MaxResults: aws.Int32(1)})
		own := c.listUsers(t, chime.ListUsersInput{AccountId: &id, MaxResults: aws.Int32(1)})
		for what, token := range map[string]string{
			"of ListAccounts":    *accounts.NextToken,
			"of another account": *foreign.NextToken,
			"changed":            changed(*own.NextToken),
		} {
			_, err := c.ListUsers(t.Context(), &chime.ListUsersInput{AccountId: &id, NextToken: &token})
			t.Log("a token", what)
			refused(t, err, badRequest, "'NextToken'")
		}
	})
}

func TestListUsers_empty_token(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		ids := e.users(t, id, 1)
		equal(t, "users", userIDs(e.listUsers(t, chime.ListUsersInput{AccountId: &id, NextToken: aws.String("")}).Users), ids)
	})
}

func TestListUsers_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsAccount(t, func(c *caller, accountID string) error {
			_, err := c.ListUsers(t.Context(), &chime.ListUsersInput{AccountId: &accountID})
			return err
		})
	})
}
