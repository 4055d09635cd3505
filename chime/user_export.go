package chime

import (
	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// exportPageSize is how many users a page of an export has without MaxResults.
const exportPageSize = 1000

// exportList is in the order of creation, which no change of a user moves: who is
// there from the first page to the last is on exactly one of them.
var exportList = list[store.User, api.ExportedUser]{
	pageSize: exportPageSize,
	at:       userList.at,
	atMost:   exportAtMost,
	size:     jsonSize[api.ExportedUser],
}

// ExportUsers returns the users of an account with everything that ImportUsers
// takes of them.
func (s *Service) ExportUsers(w *work.Unit, in *api.ExportUsersInput) (*api.ExportUsersOutput, error) {
	q := listing{in: in, token: in.NextToken, maxResults: in.MaxResults}
	none := noAlexa()
	shape := func(item *api.ExportedUser, u *store.User) { *item = exportShape(u, none) }
	users, next, err := exportList.stream(s, w, q, shape, func(after store.Position, limit int, each func(*store.User)) error {
		return w.Users(store.UserFilter{AwsAccountID: w.Caller.AwsAccountID, AccountID: in.AccountId, After: after, Limit: limit}, each)
	})
	if err == nil && len(users) == 0 {
		_, err = account(w, in.AccountId) // without users, there may be no account either
	}
	return &api.ExportUsersOutput{Users: users, NextToken: next}, err
}

// ExportedUser shows a user to an export.
func ExportedUser(u *store.User) api.ExportedUser { return exportShape(u, noAlexa()) }

// exportShape shows a user to an export.
func exportShape(u *store.User, none *api.AlexaForBusinessMetadata) api.ExportedUser {
	return api.ExportedUser{
		AccountId:                api.Some(u.AccountID),
		UserId:                   api.Some(u.UserID),
		PrimaryEmail:             api.Some(u.Email),
		DisplayName:              api.NonZero(u.DisplayName),
		LicenseType:              api.Some(api.License(u.License)),
		UserType:                 api.Some(api.UserType(u.Type)),
		UserRegistrationStatus:   api.Some(api.RegistrationStatus(u.Registration)),
		UserInvitationStatus:     api.NonZero(api.InviteStatus(u.Invitation)),
		RegisteredOn:             api.Timestamp(u.RegisteredMs),
		InvitedOn:                api.Timestamp(u.InvitedMs),
		PersonalPIN:              api.NonZero(u.PersonalPIN),
		AlexaForBusinessMetadata: alexaShape(u, none),
		UserSettings:             telephonyShape(u),
		PrimaryProvisionedNumber: api.NonZero(u.PhoneNumber),
	}
}

func telephonyShape(u *store.User) *api.ImportedUserSettings {
	return &api.ImportedUserSettings{Telephony: &api.ImportedTelephony{
		InboundCalling: api.Some(u.InboundCalling), OutboundCalling: api.Some(u.OutboundCalling), SMS: api.Some(u.SMS),
	}}
}

// exportAtMost bounds the size of what an export shows of a user, as userAtMost does.
func exportAtMost(v *api.ExportedUser) int {
	texts := len(v.PrimaryEmail.V) + len(v.DisplayName.V) + len(v.UserId.V) + len(v.AccountId.V) + len(v.PersonalPIN.V)
	return 1024 + 6*(texts+len(v.AlexaForBusinessMetadata.AlexaForBusinessRoomArn.V))
}
