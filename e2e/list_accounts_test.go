package e2e

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// named makes Team accounts with some names and returns their ids.
func (c *caller) named(t testing.TB, names ...string) []string {
	t.Helper()
	ids := make([]string, len(names))
	for i := range names {
		out, err := c.CreateAccount(t.Context(), &chime.CreateAccountInput{Name: &names[i]})
		succeed(t, err)
		ids[i] = *out.Account.AccountId
	}
	return ids
}

// listAccounts returns one page that must be answered.
func (c *caller) listAccounts(t testing.TB, in chime.ListAccountsInput) *chime.ListAccountsOutput {
	t.Helper()
	out, err := c.ListAccounts(t.Context(), &in)
	succeed(t, err)
	return out
}

func accountIDs(accounts []types.Account) []string {
	ids := make([]string, len(accounts))
	for i, a := range accounts {
		ids[i] = *a.AccountId
	}
	return ids
}

// allAccounts walks through a list with the SDK's paginator.
func (c *caller) allAccounts(t testing.TB, in chime.ListAccountsInput) (ids []string) {
	t.Helper()
	for p := chime.NewListAccountsPaginator(c.Client, &in); p.HasMorePages(); {
		out, err := p.NextPage(t.Context())
		succeed(t, err)
		if in.MaxResults != nil && len(out.Accounts) > int(*in.MaxResults) {
			t.Fatalf("a page has %d accounts, more than %d", len(out.Accounts), *in.MaxResults)
		}
		ids = append(ids, accountIDs(out.Accounts)...)
	}
	return ids
}

func TestListAccounts_newest_first(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		equal(t, "empty list", c.listAccounts(t, chime.ListAccountsInput{}).Accounts, []types.Account{})
		ids := c.named(t, "a", "b", "c")
		slices.Reverse(ids)
		out := c.listAccounts(t, chime.ListAccountsInput{})
		equal(t, "accounts", accountIDs(out.Accounts), ids)
		equal(t, "NextToken", out.NextToken, nil)
		equal(t, "item", &out.Accounts[0], c.getAccount(t, ids[0]))
	})
}

func TestListAccounts_deleted_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		ids := c.named(t, "stays", "goes")
		succeed(t, c.deleteAccount(t, ids[1]))
		equal(t, "accounts", c.allAccounts(t, chime.ListAccountsInput{}), ids[:1])
	})
}

func TestListAccounts_name_prefix(t *testing.T) {
	names := []string{"Alpha One", "alpha two", "ALPHABET", "Beta alpha", "100% sure", "100_sure", "Ärzte", `back\slash`}
	tests := []struct {
		prefix string
		want   []string
	}{
		{"Alpha", names[:3]},
		{"aLPHA ", names[:2]},
		{"alpha two", names[1:2]},
		{"alpha two and more", nil},
		{"lpha", nil},
		{"100%", names[4:5]},
		{"100_", names[5:6]},
		{"%", nil},
		{"_", nil},
		{"äR", names[6:7]},
		{`BACK\`, names[7:8]},
		{"' OR 1=1 --", nil},
	}
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		c.named(t, names...)
		for _, tt := range tests {
			var got []string
			for _, a := range c.listAccounts(t, chime.ListAccountsInput{Name: &tt.prefix}).Accounts {
				got = append(got, *a.Name)
			}
			slices.Reverse(got)
			equal(t, "accounts that begin with "+tt.prefix, got, tt.want)
		}
	})
}

func TestListAccounts_user_email(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		ids := c.named(t, "Red", "Green", "Blue")
		c.user(t, ids[0], "Mia@example.com")
		c.invitee(t, ids[1], "mia@Example.com")
		c.user(t, ids[2], "xmia@example.com")
		holders := []string{ids[1], ids[0]}
		list := func(email, name *string) []string {
			return c.allAccounts(t, chime.ListAccountsInput{UserEmail: email, Name: name})
		}
		equal(t, "accounts of Mia", list(aws.String("MIA@EXAMPLE.COM"), nil), holders)
		equal(t, "accounts of nobody", list(aws.String("nobody@example.com"), nil), nil)
		equal(t, "accounts of Mia called R…", list(aws.String("mia@example.com"), aws.String("r")), ids[:1])
		equal(t, "accounts of Mia called B…", list(aws.String("mia@example.com"), aws.String("b")), nil)
		c.suspend(t, ids[0], *c.find(t, ids[0], "mia@example.com").UserId)
		equal(t, "accounts of Mia after the removal", list(aws.String("mia@example.com"), nil), ids[1:2])
	})
}

func TestListAccounts_other_aws_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		e.user(t, id, "shared@example.com")
		c := e.tenant(t)
		equal(t, "accounts of a stranger", c.allAccounts(t, chime.ListAccountsInput{}), nil)
		equal(t, "accounts by e-mail", c.allAccounts(t, chime.ListAccountsInput{UserEmail: aws.String("shared@example.com")}), nil)
	})
}

func TestListAccounts_page_sizes(t *testing.T) {
	const total = 201
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		created := c.manyAccounts(t, total)
		for _, tt := range []struct {
			max  *int32
			want int
		}{{nil, 100}, {aws.Int32(1), 1}, {aws.Int32(200), 200}} {
			out := c.listAccounts(t, chime.ListAccountsInput{MaxResults: tt.max})
			equal(t, fmt.Sprintf("page of %d", aws.ToInt32(tt.max)), len(out.Accounts), tt.want)
			if out.NextToken == nil {
				t.Error("a page that is not the last one has no NextToken")
			}
		}
		for _, size := range []int32{7, 67, 200} {
			ids := c.allAccounts(t, chime.ListAccountsInput{MaxResults: &size})
			equal(t, fmt.Sprintf("accounts by %d", size), slices.Sorted(slices.Values(ids)), created)
		}
	})
}

// manyAccounts makes accounts at the same time, so that many have the same
// age, and returns their ids sorted.
func (c *caller) manyAccounts(t *testing.T, n int) []string {
	t.Helper()
	ids := make([]string, n)
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			for i := worker; i < n; i += 8 {
				out, err := c.CreateAccount(t.Context(), &chime.CreateAccountInput{Name: aws.String("Many")})
				if err != nil {
					t.Error(err)
					return
				}
				ids[i] = *out.Account.AccountId
			}
		})
	}
	group.Wait()
	slices.Sort(ids)
	return ids
}

func TestListAccounts_pages_of_one(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		ids := c.named(t, "a", "b", "c", "d", "e")
		slices.Reverse(ids)
		equal(t, "accounts", c.allAccounts(t, chime.ListAccountsInput{MaxResults: aws.Int32(1)}), ids)
	})
}

func TestListAccounts_new_account_between_pages(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		ids := c.named(t, "a", "b")
		first := c.listAccounts(t, chime.ListAccountsInput{MaxResults: aws.Int32(1)})
		c.named(t, "newer")
		second := c.listAccounts(t, chime.ListAccountsInput{NextToken: first.NextToken})
		equal(t, "second page", accountIDs(second.Accounts), ids[:1])
	})
}

func TestListAccounts_bad_parameters(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for member, inputs := range map[string][]chime.ListAccountsInput{
			"'MaxResults'": {{MaxResults: aws.Int32(0)}, {MaxResults: aws.Int32(-1)}, {MaxResults: aws.Int32(201)}},
			"'Name'":       {{Name: aws.String("")}, {Name: aws.String(" ")}, {Name: aws.String(ofLength(101, "ü"))}},
			"'UserEmail'":  {{UserEmail: aws.String("")}, {UserEmail: aws.String("a@b")}, {UserEmail: aws.String("example.com")}},
			"'NextToken'":  {{NextToken: aws.String("x")}, {NextToken: aws.String("AAAA")}, {NextToken: aws.String(ofLength(4000, "A"))}},
		} {
			for _, in := range inputs {
				_, err := e.ListAccounts(t.Context(), &in)
				refused(t, err, badRequest, member)
			}
		}
		_, err := e.ListAccounts(t.Context(), &chime.ListAccountsInput{Name: aws.String(ofLength(100, "ü"))})
		succeed(t, err)
	})
}

func TestListAccounts_token_and_filters(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		ids := c.named(t, "Red 1", "Red 2", "Blue")
		for _, id := range ids {
			c.user(t, id, "m@example.com")
		}
		first := c.listAccounts(t, chime.ListAccountsInput{
			Name: aws.String("Red"), UserEmail: aws.String("m@example.com"), MaxResults: aws.Int32(1),
		})
		token := first.NextToken
		for _, in := range []chime.ListAccountsInput{
			{NextToken: token},
			{NextToken: token, Name: aws.String("Red")},
			{NextToken: token, Name: aws.String("Red"), UserEmail: aws.String("m@example.com"), MaxResults: aws.Int32(200)},
		} {
			out := c.listAccounts(t, in)
			equal(t, "second page", accountIDs(out.Accounts), ids[:1])
			equal(t, "NextToken", out.NextToken, nil)
		}
		for _, in := range []chime.ListAccountsInput{
			{NextToken: token, Name: aws.String("Blue")},
			{NextToken: token, UserEmail: aws.String("other@example.com")},
		} {
			_, err := c.ListAccounts(t.Context(), &in)
			refused(t, err, badRequest, "'NextToken'")
		}
	})
}

func TestListAccounts_token_and_added_filter(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		c.named(t, "a", "b")
		first := c.listAccounts(t, chime.ListAccountsInput{MaxResults: aws.Int32(1)})
		_, err := c.ListAccounts(t.Context(), &chime.ListAccountsInput{NextToken: first.NextToken, Name: aws.String("a")})
		refused(t, err, badRequest, "'NextToken'")
	})
}

func TestListAccounts_token_of_another_list(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c, other := e.tenant(t), e.tenant(t)
		for _, who := range []*caller{c, other} {
			who.named(t, "a", "b")
		}
		account := c.team(t)
		c.users(t, account, 2)
		users, err := c.ListUsers(t.Context(), &chime.ListUsersInput{AccountId: &account, MaxResults: aws.Int32(1)})
		succeed(t, err)
		foreign := other.listAccounts(t, chime.ListAccountsInput{MaxResults: aws.Int32(1)})
		own := c.listAccounts(t, chime.ListAccountsInput{MaxResults: aws.Int32(1)})
		for what, token := range map[string]string{
			"of ListUsers":           *users.NextToken,
			"of another AWS account": *foreign.NextToken,
			"cut":                    (*own.NextToken)[:len(*own.NextToken)-1],
			"changed":                changed(*own.NextToken),
			"longer":                 *own.NextToken + "A",
		} {
			_, err := c.ListAccounts(t.Context(), &chime.ListAccountsInput{NextToken: &token})
			t.Log("a token", what)
			refused(t, err, badRequest, "'NextToken'")
		}
	})
}

// changed returns a token with another character in the middle.
func changed(token string) string {
	b := []byte(token)
	if i := len(b) / 2; b[i] == 'A' {
		b[i] = 'B'
	} else {
		b[i] = 'A'
	}
	return string(b)
}

func TestListAccounts_empty_token(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		ids := c.named(t, "a")
		equal(t, "accounts", accountIDs(c.listAccounts(t, chime.ListAccountsInput{NextToken: aws.String("")}).Accounts), ids)
	})
}
