package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// An address counts once, however its letters and its domain are spelt, is found
// by every spelling and comes back as it was given.
func TestEmail_spellings(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		const given = "J\u00fcrgen@B\u00fccher.example"
		_, err := e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: aws.String(given)})
		succeed(t, err)
		for _, other := range []string{"Ju\u0308rgen@bu\u0308cher.example", "J\u00dcRGEN@XN--BCHER-KVA.EXAMPLE", "j\u00fcrgen@b\u00fccher.example."} {
			_, err := e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: &other})
			refused(t, err, conflict)
			found := e.listUsers(t, chime.ListUsersInput{AccountId: &id, UserEmail: &other}).Users
			if len(found) != 1 || *found[0].PrimaryEmail != given {
				t.Errorf("by %+q: found %d users, want %+q", other, len(found), given)
			}
			accounts, err := e.ListAccounts(t.Context(), &chime.ListAccountsInput{UserEmail: &other})
			succeed(t, err)
			equal(t, "accounts with "+other, len(accounts.Accounts), 1)
		}
	})
}

func TestEmail_refused(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for _, email := range []string{"a\u200bb@example.com", "a\u202eb@example.com", "a\u00adb@example.com", "a@x.com,b@y.com", "a@x.com, b@y.com", "a@x.com;b@y.com", "<a@x.com>"} {
			_, err := e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: &email})
			refused(t, err, badRequest)
			_, err = e.InviteUsers(t.Context(), &chime.InviteUsersInput{AccountId: &id, UserEmailList: []string{email}})
			refused(t, err, badRequest)
		}
		equal(t, "users", len(e.listUsers(t, chime.ListUsersInput{AccountId: &id}).Users), 0)
	})
}

func TestCreateAccount_quota(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		e.team(t)
		id := e.team(t)
		// The model does not list this error for CreateAccount, so the SDK
		// would not tell its code.
		e.send(t, "POST", "/accounts", `{"Name":"x"}`).refused(t, limitExceeded, "2 accounts")
		e.tryCarillon(t, "account", "create", "--name", "x").failed(t, exitFailed, "ResourceLimitExceeded")
		_, err := e.DeleteAccount(t.Context(), &chime.DeleteAccountInput{AccountId: &id})
		succeed(t, err)
		e.team(t)
	}, "--quota-accounts", "2")
}
