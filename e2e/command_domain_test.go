package e2e

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// printedDomain is a domain in the results of commands.
type printedDomain struct {
	AccountId, DomainName, CreatedTimestamp string
}

func (c *caller) addDomain(t testing.TB, domain, accountID string) printedDomain {
	t.Helper()
	return carillon[struct{ Domain printedDomain }](t, c, "domain", "add", domain, "--account-id", accountID).Domain
}

// domains returns the names of an account's domains.
func (c *caller) domains(t testing.TB, accountID string) []string {
	t.Helper()
	names := []string{}
	for _, d := range carillon[struct{ Domains []printedDomain }](t, c, "domain", "list", "--account-id", accountID).Domains {
		equal(t, "AccountId", d.AccountId, accountID)
		names = append(names, d.DomainName)
	}
	return names
}

func TestCommandDomain_life(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.stranger(t)
		id := c.team(t)
		user := c.user(t, id, "ann@example.com")
		equal(t, "domains", c.domains(t, id), []string{})
		first, second := uniqueDomain(), uniqueDomain()
		added := c.addDomain(t, strings.ToUpper(first), id)
		equal(t, "domain", added, printedDomain{id, first, added.CreatedTimestamp})
		equal(t, "type", c.getAccount(t, id).AccountType, types.AccountTypeEnterpriseLWA)
		c.tryCarillon(t, "domain", "add", "--domain", second, "--account-id", id).succeeded(t)
		equal(t, "domains", c.domains(t, id), []string{first, second})
		c.tryCarillon(t, "domain", "remove", strings.ToUpper(first), "--account-id", id).succeeded(t)
		equal(t, "domains", c.domains(t, id), []string{second})
		c.tryCarillon(t, "domain", "remove", "--domain", second, "--account-id", id).succeeded(t)
		equal(t, "domains", c.domains(t, id), []string{})
		equal(t, "type", c.getAccount(t, id).AccountType, types.AccountTypeEnterpriseLWA)
		equal(t, "user", c.find(t, id, "ann@example.com"), user)
	})
}

func TestCommandDomain_other_account_types(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, accountType := range []types.AccountType{types.AccountTypeEnterpriseDirectory, types.AccountTypeEnterpriseOIDC} {
			id := e.account(t, accountType)
			e.addDomain(t, uniqueDomain(), id)
			equal(t, "type", e.getAccount(t, id).AccountType, accountType)
		}
	})
}

func TestCommandDomain_claimed_twice(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c, other := e.stranger(t), e.tenant(t)
		domain := uniqueDomain()
		first, second := c.team(t), c.team(t)
		c.addDomain(t, domain, first)
		for _, id := range []string{first, second} {
			c.tryCarillon(t, "domain", "add", strings.ToUpper(domain), "--account-id", id).failed(t, exitFailed, "ConflictException", domain)
		}
		equal(t, "type of the second account", c.getAccount(t, second).AccountType, types.AccountTypeTeam)
		other.addDomain(t, domain, other.team(t)) // unique per AWS account only
	})
}

func TestCommandDomain_moves_no_users(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		domain := uniqueDomain()
		team := e.team(t)
		user := e.user(t, team, "ann@"+domain)
		e.account(t, types.AccountTypeEnterpriseLWA, domain)
		equal(t, "user", e.find(t, team, "ann@"+domain), user)
	})
}

func TestCommandDomain_refused(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, domain := e.team(t), uniqueDomain()
		foreign := e.stranger(t)
		for _, tt := range []struct {
			c    *caller
			word string
			args []string
		}{
			{e.caller, "NotFoundException", []string{"add", domain, "--account-id", unknownID}},
			{e.caller, "NotFoundException", []string{"list", "--account-id", unknownID}},
			{e.caller, "NotFoundException", []string{"remove", domain, "--account-id", id}},
			{foreign, "NotFoundException", []string{"add", domain, "--account-id", id}},
			{foreign, "NotFoundException", []string{"list", "--account-id", id}},
			{e.caller, "BadRequestException", []string{"add", "a b.example.com", "--account-id", id}},
			{e.caller, "BadRequestException", []string{"add", "localhost", "--account-id", id}},
			{e.caller, "BadRequestException", []string{"list", "--account-id", " "}},
		} {
			tt.c.tryCarillon(t, append([]string{"domain"}, tt.args...)...).failed(t, exitFailed, tt.word)
		}
	})
}
