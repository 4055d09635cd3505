package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// printedAccount is an account in the results of commands.
type printedAccount struct {
	AccountId, AccountType, AwsAccountId, Name string
}

func TestCommandAccountCreate_every_type(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.stranger(t) // keys that are not the root key may do it too
		for _, accountType := range accountTypes {
			out := carillon[map[string]printedAccount](t, c, "account", "create", "--name", "Firma Ä", "--type", string(accountType))
			got := out["Account"]
			isUUID(t, "AccountId", got.AccountId)
			equal(t, "Account", got, printedAccount{got.AccountId, string(accountType), otherAwsAccount, "Firma Ä"})
			equal(t, "AccountType", c.getAccount(t, got.AccountId).AccountType, accountType)
		}
	})
}

func TestCommandAccountCreate_implied_type(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		team := carillon[map[string]printedAccount](t, e.caller, "account", "create", "--name", "x")
		equal(t, "type without domains", team["Account"].AccountType, "Team")
		enterprise := carillon[map[string]printedAccount](t, e.caller, "account", "create", "--name", "x", "--domain", uniqueDomain())
		equal(t, "type with domains", enterprise["Account"].AccountType, "EnterpriseLWA")
	})
}

func TestCommandAccountCreate_refused(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		domain := uniqueDomain()
		taken := c.account(t, types.AccountTypeEnterpriseLWA, domain)
		for _, tt := range []struct {
			words []string
			args  []string
		}{
			{[]string{"ConflictException", domain}, []string{"--name", "x", "--domain", uniqueDomain(), "--domain", strings.ToUpper(domain)}},
			{[]string{"BadRequestException"}, []string{"--name", "x", "--type", "Team", "--domain", uniqueDomain()}},
			{[]string{"BadRequestException", "'Name'"}, []string{"--name", " "}},
			{[]string{"BadRequestException", "'Name'"}, []string{"--name", ofLength(101, "x")}},
			{[]string{"BadRequestException"}, []string{"--name", "x", "--domain", "no domain"}},
		} {
			c.tryCarillon(t, append([]string{"account", "create"}, tt.args...)...).failed(t, exitFailed, tt.words...)
		}
		equal(t, "accounts", c.allAccounts(t, chime.ListAccountsInput{}), []string{taken})
	})
}

func TestCommandAccountList_all_pages(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		equal(t, "result", c.tryCarillon(t, "account", "list").succeeded(t), "{\n    \"Accounts\": []\n}\n")
		want := c.manyAccounts(t, 201)
		out := carillon[struct{ Accounts []printedAccount }](t, c, "account", "list")
		var got []string
		for _, a := range out.Accounts {
			got = append(got, a.AccountId)
		}
		slices.Sort(got)
		equal(t, "accounts", got, want)
	})
}

func TestCommandAccountList_table(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		ids := c.named(t, "First", "Second")
		lines := strings.Split(c.tryCarillon(t, "account", "list", "--output", "table").succeeded(t), "\n")
		if len(lines) != 4 || lines[3] != "" {
			t.Fatalf("the table has the lines %q, want a head and two rows", lines)
		}
		for i, words := range [][]string{{"AccountId", "AccountType", "Name"}, {ids[1], "Team", "Second"}, {ids[0], "Team", "First"}} {
			for _, word := range words {
				if !strings.Contains(lines[i], word) {
					t.Errorf("line %q lacks %q", lines[i], word)
				}
			}
		}
	})
}
