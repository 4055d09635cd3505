package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func (c *caller) deleteAccount(t testing.TB, accountID string) error {
	t.Helper()
	_, err := c.DeleteAccount(t.Context(), &chime.DeleteAccountInput{AccountId: &accountID})
	return err
}

// isGone checks that an account cannot be found any more.
func (c *caller) isGone(t testing.TB, accountID string) {
	t.Helper()
	_, err := c.GetAccount(t.Context(), &chime.GetAccountInput{AccountId: &accountID})
	refused(t, err, notFound, messageNotFound)
}

func TestDeleteAccount_every_type(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.forEachType(t, accountTypes, func(t *testing.T, id string) {
			succeed(t, e.deleteAccount(t, id))
			e.isGone(t, id)
			refused(t, e.deleteAccount(t, id), notFound, messageNotFound)
		})
	})
}

func TestDeleteAccount_team_with_users(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		user := e.user(t, id, "registered@example.com")
		refused(t, e.deleteAccount(t, id), unprocessable)
		equal(t, "user", e.get(t, id, *user.UserId).UserId, user.UserId)
		e.suspend(t, id, *user.UserId)
		succeed(t, e.deleteAccount(t, id))
		e.isGone(t, id)
	})
}

func TestDeleteAccount_team_with_invitation(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		pending := e.invitee(t, id, "pending@example.com")
		refused(t, e.deleteAccount(t, id), unprocessable)
		e.suspend(t, id, *pending.UserId)
		succeed(t, e.deleteAccount(t, id))
	})
}

func TestDeleteAccount_with_domains(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, accountType := range allBut(types.AccountTypeTeam) {
			domains := []string{uniqueDomain(), uniqueDomain()}
			id := e.account(t, accountType, domains...)
			user := e.user(t, id, "somebody@"+domains[0])
			for _, d := range domains {
				refused(t, e.deleteAccount(t, id), unprocessable)
				carillon[struct{}](t, e.caller, "domain", "remove", d, "--account-id", id)
			}
			succeed(t, e.deleteAccount(t, id)) // users do not keep it
			e.isGone(t, id)
			_, err := e.GetUser(t.Context(), &chime.GetUserInput{AccountId: &id, UserId: user.UserId})
			refused(t, err, notFound, messageNotFound)
		}
	})
}

func TestDeleteAccount_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsAccount(t, func(c *caller, accountID string) error { return c.deleteAccount(t, accountID) })
	})
}
