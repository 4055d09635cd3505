package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func TestGetUser_private_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		created := e.user(t, id, "user1@example.com")
		got := e.get(t, id, *created.UserId)
		isPIN(t, got.PersonalPIN)
		created.PersonalPIN = got.PersonalPIN
		equal(t, "user", got, created)
	})
}

func TestGetUser_shared_device(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseDirectory)
		created := e.device(t, id, "room@example.com")
		equal(t, "user", e.get(t, id, *created.UserId), created)
	})
}

func TestGetUser_pending_invitee(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		got := e.get(t, id, *e.invitee(t, id, "New@example.com").UserId)
		isUUID(t, "UserId", *got.UserId)
		isNow(t, "InvitedOn", got.InvitedOn)
		equal(t, "user", got, pendingUser(got, id, "New@example.com", types.UserTypePrivateUser))
	})
}

// pendingUser is an invited user of whom nothing is known yet.
func pendingUser(u *types.User, accountID, email string, userType types.UserType) *types.User {
	return &types.User{
		AccountId:                &accountID,
		AlexaForBusinessMetadata: &types.AlexaForBusinessMetadata{IsAlexaForBusinessEnabled: aws.Bool(false)},
		InvitedOn:                u.InvitedOn,
		LicenseType:              types.LicensePro,
		PrimaryEmail:             &email,
		UserId:                   u.UserId,
		UserInvitationStatus:     types.InviteStatusPending,
		UserRegistrationStatus:   types.RegistrationStatusUnregistered,
		UserType:                 userType,
	}
}

func TestGetUser_suspended_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseLWA)
		user := e.get(t, id, *e.user(t, id, "out@example.com").UserId)
		e.suspend(t, id, *user.UserId)
		user.UserRegistrationStatus = types.RegistrationStatusSuspended
		equal(t, "user", e.get(t, id, *user.UserId), user)
	})
}

func TestGetUser_blank_id(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		_, err := e.GetUser(t.Context(), &chime.GetUserInput{AccountId: &id, UserId: aws.String(" ")})
		refused(t, err, badRequest, "'UserId'")
		_, err = e.GetUser(t.Context(), &chime.GetUserInput{AccountId: aws.String(" "), UserId: aws.String("\t")})
		refused(t, err, badRequest, "2 validation errors detected", "'AccountId'", "'UserId'")
	})
}

func TestGetUser_unknown_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsUser(t, func(c *caller, accountID, userID string) error {
			_, err := c.GetUser(t.Context(), &chime.GetUserInput{AccountId: &accountID, UserId: &userID})
			return err
		})
	})
}
