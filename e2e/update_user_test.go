package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

const roomARN = "arn:aws:a4b:us-east-1:111122223333:room/0a1b/2c3d"

// update changes a user, which must succeed, and returns the answer.
func (c *caller) update(t testing.TB, in chime.UpdateUserInput, accountID string, userID *string) *types.User {
	t.Helper()
	in.AccountId, in.UserId = &accountID, userID
	out, err := c.UpdateUser(t.Context(), &in)
	succeed(t, err)
	return out.User
}

func alexa(enabled bool, arn string) *types.AlexaForBusinessMetadata {
	m := &types.AlexaForBusinessMetadata{IsAlexaForBusinessEnabled: aws.Bool(enabled)}
	if arn != "" {
		m.AlexaForBusinessRoomArn = &arn
	}
	return m
}

func TestUpdateUser_license(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.forEachType(t, accountTypes, func(t *testing.T, id string) {
			want := e.get(t, id, *e.user(t, id, "ann@example.com").UserId)
			for _, license := range []types.License{types.LicenseBasic, types.LicenseBasic, types.LicensePro} {
				want.LicenseType = license
				equal(t, "answer", e.update(t, chime.UpdateUserInput{LicenseType: license}, id, want.UserId), want)
				equal(t, "GetUser", e.get(t, id, *want.UserId), want)
			}
		})
	})
}

func TestUpdateUser_unsupported_license(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		before := e.get(t, id, *e.user(t, id, "ann@example.com").UserId)
		for _, license := range []types.License{types.LicensePlus, types.LicenseProTrial, "basic"} {
			_, err := e.UpdateUser(t.Context(), &chime.UpdateUserInput{
				AccountId: &id, UserId: before.UserId, LicenseType: license, UserType: types.UserTypeSharedDevice,
			})
			refused(t, err, badRequest, "'LicenseType'")
		}
		equal(t, "user", e.get(t, id, *before.UserId), before)
	})
}

func TestUpdateUser_type_and_pin(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		want := e.get(t, id, *e.user(t, id, "ann@example.com").UserId)
		pin := *want.PersonalPIN
		want.UserType, want.PersonalPIN = types.UserTypeSharedDevice, nil
		equal(t, "device", e.update(t, chime.UpdateUserInput{UserType: types.UserTypeSharedDevice}, id, want.UserId), want)
		equal(t, "GetUser", e.get(t, id, *want.UserId), want)
		got := e.update(t, chime.UpdateUserInput{UserType: types.UserTypePrivateUser}, id, want.UserId)
		isPIN(t, got.PersonalPIN)
		if aws.ToString(got.PersonalPIN) == pin {
			t.Error("the old PIN came back")
		}
		want.UserType, want.PersonalPIN = types.UserTypePrivateUser, got.PersonalPIN
		equal(t, "private user", got, want)
		equal(t, "GetUser", e.get(t, id, *want.UserId), want)
		equal(t, "the same type again", e.update(t, chime.UpdateUserInput{UserType: types.UserTypePrivateUser}, id, want.UserId), want)
	})
}

func TestUpdateUser_type_of_pending_invitee(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		want := e.invitee(t, id, "new@example.com")
		want.UserType = types.UserTypeSharedDevice
		equal(t, "device", e.update(t, chime.UpdateUserInput{UserType: types.UserTypeSharedDevice}, id, want.UserId), want)
		want.UserType = types.UserTypePrivateUser // without a PIN: the user has not registered
		equal(t, "private user", e.update(t, chime.UpdateUserInput{UserType: types.UserTypePrivateUser}, id, want.UserId), want)
	})
}

func TestUpdateUser_unknown_type(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		user := e.user(t, id, "ann@example.com")
		_, err := e.UpdateUser(t.Context(), &chime.UpdateUserInput{AccountId: &id, UserId: user.UserId, UserType: "Robot"})
		refused(t, err, badRequest, "'UserType'")
	})
}

func TestUpdateUser_alexa(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseDirectory)
		want := e.device(t, id, "room@example.com")
		for _, tt := range []struct {
			change, want *types.AlexaForBusinessMetadata
		}{
			{alexa(true, roomARN), alexa(true, roomARN)},
			{alexa(false, ""), alexa(false, roomARN)},
			{&types.AlexaForBusinessMetadata{AlexaForBusinessRoomArn: aws.String(roomARN + "e")}, alexa(false, roomARN+"e")},
			{&types.AlexaForBusinessMetadata{}, alexa(false, roomARN+"e")},
		} {
			want.AlexaForBusinessMetadata = tt.want
			equal(t, "answer", e.update(t, chime.UpdateUserInput{AlexaForBusinessMetadata: tt.change}, id, want.UserId), want)
			equal(t, "GetUser", e.get(t, id, *want.UserId), want)
		}
	})
}

func TestUpdateUser_alexa_of_private_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		before := e.get(t, id, *e.user(t, id, "ann@example.com").UserId)
		in := &chime.UpdateUserInput{
			AccountId: &id, UserId: before.UserId, LicenseType: types.LicenseBasic, AlexaForBusinessMetadata: alexa(true, roomARN),
		}
		_, err := e.UpdateUser(t.Context(), in)
		refused(t, err, badRequest, "'AlexaForBusinessMetadata.IsAlexaForBusinessEnabled'")
		equal(t, "user", e.get(t, id, *before.UserId), before)
		in.UserType = types.UserTypeSharedDevice
		out, err := e.UpdateUser(t.Context(), in)
		succeed(t, err)
		equal(t, "Alexa of the device", out.User.AlexaForBusinessMetadata, alexa(true, roomARN))
	})
}

func TestUpdateUser_nothing(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		want := e.get(t, id, *e.user(t, id, "ann@example.com").UserId)
		equal(t, "answer", e.update(t, chime.UpdateUserInput{}, id, want.UserId), want)
		for _, body := range []string{"", `{"LicenseType":null,"UserType":null,"AlexaForBusinessMetadata":null,"Email":"x"}`} {
			e.send(t, "POST", "/accounts/"+id+"/users/"+*want.UserId, body).ok(t, 200)
		}
		equal(t, "user", e.get(t, id, *want.UserId), want)
	})
}

func TestUpdateUser_observed_answer(t *testing.T) {
	forEachObserved(t, func(t *testing.T, e *env) {
		domain := uniqueDomain()
		id := e.account(t, types.AccountTypeEnterpriseDirectory, domain)
		want := e.get(t, id, *e.user(t, id, "ann@"+domain).UserId)
		got := e.update(t, chime.UpdateUserInput{LicenseType: types.LicenseBasic}, id, want.UserId)
		equal(t, "answer", got, &types.User{UserId: want.UserId})
		want.LicenseType = types.LicenseBasic
		equal(t, "GetUser", e.get(t, id, *want.UserId), want)
	})
}

func TestUpdateUser_blank_id(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		_, err := e.UpdateUser(t.Context(), &chime.UpdateUserInput{AccountId: aws.String(unknownID), UserId: aws.String(" ")})
		refused(t, err, badRequest, "'UserId'")
	})
}

func TestUpdateUser_unknown_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsUser(t, func(c *caller, accountID, userID string) error {
			_, err := c.UpdateUser(t.Context(), &chime.UpdateUserInput{AccountId: &accountID, UserId: &userID, LicenseType: types.LicenseBasic})
			return err
		})
	})
}
