package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func TestLogoutUser_every_status(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		team, enterprise := e.team(t), e.account(t, types.AccountTypeEnterpriseLWA)
		suspended := e.user(t, enterprise, "out@example.com")
		e.suspend(t, enterprise, *suspended.UserId)
		for _, u := range []*types.User{
			e.user(t, team, "ann@example.com"), e.device(t, team, "room@example.com"), e.invitee(t, team, "new@example.com"), suspended,
		} {
			before := e.get(t, *u.AccountId, *u.UserId)
			_, err := e.LogoutUser(t.Context(), &chime.LogoutUserInput{AccountId: u.AccountId, UserId: u.UserId})
			succeed(t, err)
			equal(t, "user", e.get(t, *u.AccountId, *u.UserId), before)
		}
	})
}

func TestLogoutUser_blank_id(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		_, err := e.LogoutUser(t.Context(), &chime.LogoutUserInput{AccountId: aws.String(unknownID), UserId: aws.String(" ")})
		refused(t, err, badRequest, "'UserId'")
	})
}

func TestLogoutUser_unknown_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsUser(t, func(c *caller, accountID, userID string) error {
			_, err := c.LogoutUser(t.Context(), &chime.LogoutUserInput{AccountId: &accountID, UserId: &userID})
			return err
		})
	})
}
