package chime

import (
	"errors"
	"strconv"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

func itoa(i int) string { return strconv.Itoa(i) }

// user returns a user of the caller, for reading: one look-up, and a second only
// to say what is unknown.
func user(w *work.Unit, accountID, userID string) (*store.FoundUser, error) {
	u, err := w.FindUser(w.Caller.AwsAccountID, accountID, userID)
	if errors.Is(err, store.ErrNotFound) {
		if _, unknown := account(w, accountID); unknown != nil {
			err = unknown
		}
	}
	return u, err
}

// lockUser returns a user of the caller, to be changed. As user does, it looks at
// the account itself only to say what is unknown.
func lockUser(w *work.Unit, accountID, userID string) (*store.FoundUser, error) {
	u, err := w.FindAndLockUser(w.Caller.AwsAccountID, accountID, userID)
	if errors.Is(err, store.ErrNotFound) {
		if _, refused := writableAccount(w, accountID); refused != nil {
			err = refused
		}
	}
	if err == nil {
		err = mayWrite(u.AccountStatus)
	}
	return u, err
}

// GetUser returns a user in full.
func (s *Service) GetUser(w *work.Unit, in *api.GetUserInput) (*api.GetUserOutput, error) {
	u, err := user(w, in.AccountId, in.UserId)
	if err != nil {
		return nil, err
	}
	return &api.GetUserOutput{User: foundShape(u)}, nil
}

// foundShape shows a user in full, also when it acted last.
func foundShape(u *store.FoundUser) *api.User {
	shape := userShape(&u.User, fullDetail, noAlexa())
	shape.LastActiveOn = api.Timestamp(u.LastActiveMs)
	return &shape
}

// showActivity adds to users of an account when they acted last.
func showActivity(w *work.Unit, accountID string, users []api.User) error {
	ids := make([]string, len(users))
	for i := range users {
		ids[i] = users[i].UserId
	}
	last, err := w.LastActive(accountID, ids...)
	for i := range users {
		users[i].LastActiveOn = api.Timestamp(last[users[i].UserId])
	}
	return err
}

// userList is in the order of creation.
var userList = list[store.User, api.User]{
	pageSize: profilePageSize,
	at:       func(u *store.User) store.Position { return store.Position{Ms: u.CreatedMs, ID: u.UserID} },
	atMost:   userAtMost,
	size:     jsonSize[api.User],
}

// ListUsers returns the users of an account in the order of their creation.
func (s *Service) ListUsers(w *work.Unit, in *api.ListUsersInput) (*api.ListUsersOutput, error) {
	userType := textFilter(in.UserType)
	q := listing{
		in: in, token: in.NextToken, maxResults: in.MaxResults, single: in.UserEmail.V != "",
		filters: []*api.Opt[string]{&in.UserEmail, &userType},
	}
	none := noAlexa()
	shape := func(item *api.User, u *store.User) { *item = userShape(u, listDetail, none) }
	users, next, err := userList.stream(s, w, q, shape, func(after store.Position, limit int, each func(*store.User)) error {
		f := store.UserFilter{AwsAccountID: w.Caller.AwsAccountID, AccountID: in.AccountId, Email: in.UserEmail.V, After: after, Limit: limit}
		if userType.Set {
			shared := userType.V == string(api.UserTypeSharedDevice)
			f.SharedDevice = &shared
		}
		return w.Users(f, each)
	})
	if err == nil && len(users) == 0 {
		_, err = account(w, in.AccountId) // without users, there may be no account either
	}
	return &api.ListUsersOutput{Users: users, NextToken: next}, err
}

// LogoutUser notes that the user's devices are signed out; the status stays.
func (s *Service) LogoutUser(w *work.Unit, in *api.LogoutUserInput) error {
	u, err := lockUser(w, in.AccountId, in.UserId)
	if err != nil {
		return err
	}
	if u.RegisteredMs != 0 {
		u.SignedOutMs = w.NowMs()
	}
	return w.UpdateUser(&u.User)
}

// ResetPersonalPIN gives a user a new meeting PIN.
func (s *Service) ResetPersonalPIN(w *work.Unit, in *api.ResetPersonalPINInput) (*api.ResetPersonalPINOutput, error) {
	u, err := lockUser(w, in.AccountId, in.UserId)
	if err != nil {
		return nil, err
	}
	if u.PersonalPIN == "" {
		return nil, api.BadRequest.Errorf("%s: the user has no personal PIN; registered users of type PrivateUser have one", messageBadRequest)
	}
	for old := u.PersonalPIN; u.PersonalPIN == old; {
		u.PersonalPIN = newPIN()
	}
	shape := userShape(&u.User, pinDetail, noAlexa())
	return &api.ResetPersonalPINOutput{User: &shape}, w.UpdateUser(&u.User)
}

// GetUserSettings returns a user's telephony settings.
func (s *Service) GetUserSettings(w *work.Unit, in *api.GetUserSettingsInput) (*api.GetUserSettingsOutput, error) {
	u, err := user(w, in.AccountId, in.UserId)
	return &api.GetUserSettingsOutput{UserSettings: &api.UserSettings{Telephony: &api.TelephonySettings{
		InboundCalling:  api.Some(u.InboundCalling),
		OutboundCalling: api.Some(u.OutboundCalling),
		SMS:             api.Some(u.SMS),
	}}}, err
}

// UpdateUserSettings replaces a user's telephony settings.
func (s *Service) UpdateUserSettings(w *work.Unit, in *api.UpdateUserSettingsInput) error {
	u, err := lockUser(w, in.AccountId, in.UserId)
	if err != nil {
		return err
	}
	t := in.UserSettings.Telephony
	u.InboundCalling, u.OutboundCalling, u.SMS = t.InboundCalling.V, t.OutboundCalling.V, t.SMS.V
	return w.UpdateUser(&u.User)
}
