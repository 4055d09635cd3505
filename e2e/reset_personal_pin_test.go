package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

func TestResetPersonalPIN_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		want := e.get(t, id, *e.user(t, id, "ann@example.com").UserId)
		for range 3 {
			out, err := e.ResetPersonalPIN(t.Context(), &chime.ResetPersonalPINInput{AccountId: &id, UserId: want.UserId})
			succeed(t, err)
			isPIN(t, out.User.PersonalPIN)
			if aws.ToString(out.User.PersonalPIN) == *want.PersonalPIN {
				t.Error("the PIN stayed the same")
			}
			want.PersonalPIN = out.User.PersonalPIN
			equal(t, "answer", out.User, want)
			equal(t, "GetUser", e.get(t, id, *want.UserId), want)
		}
	})
}

func TestResetPersonalPIN_user_without_pin(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for _, user := range []*string{e.device(t, id, "room@example.com").UserId, e.invitee(t, id, "new@example.com").UserId} {
			_, err := e.ResetPersonalPIN(t.Context(), &chime.ResetPersonalPINInput{AccountId: &id, UserId: user})
			refused(t, err, badRequest, "PIN")
			equal(t, "PIN", e.get(t, id, *user).PersonalPIN, nil)
		}
	})
}

func TestResetPersonalPIN_blank_id(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		_, err := e.ResetPersonalPIN(t.Context(), &chime.ResetPersonalPINInput{AccountId: aws.String(unknownID), UserId: aws.String(" ")})
		refused(t, err, badRequest, "'UserId'")
	})
}

func TestResetPersonalPIN_unknown_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsUser(t, func(c *caller, accountID, userID string) error {
			_, err := c.ResetPersonalPIN(t.Context(), &chime.ResetPersonalPINInput{AccountId: &accountID, UserId: &userID})
			return err
		})
	})
}
