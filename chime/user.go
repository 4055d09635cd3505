package chime

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"carillon/api"
	"carillon/store"
)

func itoa(i int) string { return strconv.Itoa(i) }

func checkNewUser(in *api.CreateUserInput) error {
	if !in.Email.Set {
		return api.Invalid("Email", "not be null")
	}
	if n := utf8.RuneCountInString(in.Username.V); n > maxUsernameLength {
		return api.Invalid("Username", "have length less than or equal to %d, not %d", maxUsernameLength, n)
	}
	return checkEmail("Email", in.Email.V)
}

// mayCreate is the live service's refusal, which its documentation lacks.
func (s *Service) mayCreate(r store.Records, a *store.Account, email string) error {
	if s.Fidelity != Observed {
		return nil
	}
	if !isType(a, api.AccountTypeEnterpriseDirectory) {
		return api.BadRequest.Errorf(messageBadRequest)
	}
	domains, err := r.Domains(a.AccountID)
	claimed := slices.ContainsFunc(domains, func(d store.Domain) bool { return strings.EqualFold(d.Name, domainOf(email)) })
	if err == nil && !claimed {
		err = api.BadRequest.Errorf("%s: the domain of Email is not claimed by the account", messageBadRequest)
	}
	return err
}

func (s *Service) newUser(a *store.Account, in *api.CreateUserInput) *store.User {
	now := s.nowMs()
	u := &store.User{
		AccountID: a.AccountID, UserID: s.NewID(), AwsAccountID: a.AwsAccountID,
		Email:       in.Email.V,
		DisplayName: displayName(in.Username.V, in.Email.V),
		License:     a.DefaultLicense,
		CreatedMs:   now,
	}
	register(u, in.UserType.Or(api.UserTypePrivateUser), now)
	return u
}

// register makes u a registered user. Only private users have a meeting PIN.
func register(u *store.User, t api.UserType, now int64) {
	u.Registration = string(api.RegistrationStatusRegistered)
	u.RegisteredMs = now
	setType(u, t)
}

func setType(u *store.User, t api.UserType) {
	u.Type = string(t)
	switch {
	case t == api.UserTypeSharedDevice:
		u.PersonalPIN = ""
	case u.RegisteredMs != 0 && u.PersonalPIN == "":
		u.PersonalPIN = newPIN()
	}
}

// GetUser returns a user in full. An unknown account and an unknown user are
// the same to the caller, so one look-up does.
func (s *Service) GetUser(ctx context.Context, in *api.GetUserInput) (*api.GetUserOutput, error) {
	var user api.User
	err := s.viewUser(ctx, in.AccountId, in.UserId, func(u *store.User) { user = userShape(u, fullDetail) })
	return &api.GetUserOutput{User: &user}, err
}

func (s *Service) viewUser(ctx context.Context, accountID, userID string, show func(*store.User)) error {
	return s.view(ctx, func(r store.Records) error {
		u, err := r.User(awsAccount(ctx), accountID, userID)
		if err != nil {
			return absent(err)
		}
		show(&u)
		return nil
	})
}

// changeUser runs fn on a user and writes what it changed.
func (s *Service) changeUser(ctx context.Context, accountID, userID string, fn func(*store.User) error) error {
	return s.writeAccount(ctx, accountID, func(r store.Records, a *store.Account) error {
		return changeUser(r, a, userID, fn)
	})
}

func changeUser(r store.Records, a *store.Account, userID string, fn func(*store.User) error) error {
	u, err := r.LockUser(a.AwsAccountID, a.AccountID, userID)
	if err != nil {
		return absent(err)
	}
	if err := fn(&u); err != nil {
		return err
	}
	return r.UpdateUser(&u)
}

// ListUsers returns the users of an account in the order of their creation.
func (s *Service) ListUsers(ctx context.Context, in *api.ListUsersInput) (*api.ListUsersOutput, error) {
	sc := scope("ListUsers", awsAccount(ctx), in.AccountId)
	userType := api.Opt[string]{V: string(in.UserType.V), Set: in.UserType.Set}
	c, err := s.tokens.open(sc, in.NextToken, &in.UserEmail, &userType)
	if err != nil {
		return nil, err
	}
	filter := store.UserFilter{
		AwsAccountID: awsAccount(ctx), AccountID: in.AccountId, Email: in.UserEmail.V,
		AfterMs: c.Ms, AfterID: c.ID, Limit: in.MaxResults.Or(profilePageSize),
	}
	if userType.Set {
		shared := userType.V == string(api.UserTypeSharedDevice)
		filter.SharedDevice = &shared
	}
	list := userList{}
	err = s.view(ctx, func(r store.Records) error { return list.read(r, filter) })
	out := &api.ListUsersOutput{Users: list.users}
	if list.more {
		c.Ms, c.ID = list.lastMs, list.lastID
		out.NextToken = api.Some(s.tokens.seal(sc, c))
	}
	return out, err
}

// userList is a page of users as it is shown. The rows, which can be many, are
// turned into shapes one by one.
type userList struct {
	users  []api.User
	lastMs int64
	lastID string
	more   bool
}

// expectedUsers is how many users a page has room for from the start.
func expectedUsers(f store.UserFilter) int {
	if f.Email != "" {
		return 1
	}
	return min(f.Limit, profilePageSize)
}

func (l *userList) read(r store.Records, f store.UserFilter) error {
	limit := f.Limit
	f.Limit++ // to know whether there is more
	*l = userList{users: make([]api.User, 0, expectedUsers(f))}
	err := r.Users(f, func(u *store.User) {
		if l.more = len(l.users) == limit; !l.more {
			l.users = append(l.users, userShape(u, listDetail))
			l.lastMs, l.lastID = u.CreatedMs, u.UserID
		}
	})
	if err != nil || len(l.users) > 0 {
		return err
	}
	_, err = r.Account(f.AwsAccountID, f.AccountID) // without users, there may be no account either
	return absent(err)
}

// userChange is what UpdateUser and an item of BatchUpdateUser ask for.
type userChange struct {
	license  api.Opt[api.License]
	userType api.Opt[api.UserType]
	alexa    *api.AlexaForBusinessMetadata
}

// apply changes u or says why not.
func (c userChange) apply(u *store.User) error {
	if err := checkLicense("LicenseType", c.license); err != nil {
		return err
	}
	u.License = string(c.license.Or(api.License(u.License)))
	if c.userType.Set {
		setType(u, c.userType.V)
	}
	return c.applyAlexa(u)
}

// applyAlexa changes the Alexa for Business data, which only shared devices have.
func (c userChange) applyAlexa(u *store.User) error {
	shared := u.Type == string(api.UserTypeSharedDevice)
	if c.alexa != nil {
		u.AlexaEnabled = c.alexa.IsAlexaForBusinessEnabled.Or(u.AlexaEnabled)
		u.AlexaRoomArn = c.alexa.AlexaForBusinessRoomArn.Or(u.AlexaRoomArn)
		if c.alexa.IsAlexaForBusinessEnabled.V && !shared {
			return api.Invalid("AlexaForBusinessMetadata.IsAlexaForBusinessEnabled", "be false for a user that is not a SharedDevice")
		}
	}
	u.AlexaEnabled = u.AlexaEnabled && shared
	return nil
}

// UpdateUser changes licence, type and Alexa for Business data.
func (s *Service) UpdateUser(ctx context.Context, in *api.UpdateUserInput) (*api.UpdateUserOutput, error) {
	change := userChange{in.LicenseType, in.UserType, in.AlexaForBusinessMetadata}
	var user api.User
	err := s.changeUser(ctx, in.AccountId, in.UserId, func(u *store.User) error {
		err := change.apply(u)
		user = userShape(u, fullDetail)
		return err
	})
	if s.Fidelity == Observed {
		user = api.User{UserId: user.UserId}
	}
	return &api.UpdateUserOutput{User: &user}, err
}

// BatchUpdateUser is UpdateUser for up to 20 users; each succeeds or fails on
// its own.
func (s *Service) BatchUpdateUser(ctx context.Context, in *api.BatchUpdateUserInput) (*api.BatchUpdateUserOutput, error) {
	out := &api.BatchUpdateUserOutput{}
	err := s.changeAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		var failed userErrors
		for _, item := range in.UpdateUserRequestItems {
			change := userChange{item.LicenseType, item.UserType, item.AlexaForBusinessMetadata}
			if err := failed.add(item.UserId.V, changeUser(r, a, item.UserId.V, change.apply)); err != nil {
				return err
			}
		}
		out.UserErrors = failed.list()
		return nil
	})
	return out, err
}

// userErrors collects the refusals of single users of a batch.
type userErrors []api.UserError

// add notes a refusal; any other error is returned, to end the batch.
func (e *userErrors) add(userID string, err error) error {
	refusal, err := itemError(err)
	if refusal != nil {
		*e = append(*e, api.UserError{
			UserId: api.Some(userID), ErrorCode: api.Some(refusal.ErrorCode()), ErrorMessage: api.Some(refusal.Message),
		})
	}
	return err
}

// list returns the refusals, an empty list if there are none.
func (e userErrors) list() []api.UserError {
	if e == nil {
		return []api.UserError{}
	}
	return e
}

// LogoutUser notes that the user's devices are signed out; the status stays.
func (s *Service) LogoutUser(ctx context.Context, in *api.LogoutUserInput) error {
	return s.changeUser(ctx, in.AccountId, in.UserId, func(u *store.User) error {
		if u.RegisteredMs != 0 {
			u.SignedOutMs = s.nowMs()
		}
		return nil
	})
}

// ResetPersonalPIN gives a user a new meeting PIN.
func (s *Service) ResetPersonalPIN(ctx context.Context, in *api.ResetPersonalPINInput) (*api.ResetPersonalPINOutput, error) {
	var user api.User
	err := s.changeUser(ctx, in.AccountId, in.UserId, func(u *store.User) error {
		if u.PersonalPIN == "" {
			return api.BadRequest.Errorf("%s: the user has no personal PIN; registered users of type PrivateUser have one", messageBadRequest)
		}
		for old := u.PersonalPIN; u.PersonalPIN == old; {
			u.PersonalPIN = newPIN()
		}
		user = userShape(u, pinDetail)
		return nil
	})
	return &api.ResetPersonalPINOutput{User: &user}, err
}

// GetUserSettings returns a user's telephony settings.
func (s *Service) GetUserSettings(ctx context.Context, in *api.GetUserSettingsInput) (*api.GetUserSettingsOutput, error) {
	var telephony api.TelephonySettings
	err := s.viewUser(ctx, in.AccountId, in.UserId, func(u *store.User) {
		telephony = api.TelephonySettings{
			InboundCalling:  api.Some(u.InboundCalling),
			OutboundCalling: api.Some(u.OutboundCalling),
			SMS:             api.Some(u.SMS),
		}
	})
	return &api.GetUserSettingsOutput{UserSettings: &api.UserSettings{Telephony: &telephony}}, err
}

// UpdateUserSettings replaces a user's telephony settings.
func (s *Service) UpdateUserSettings(ctx context.Context, in *api.UpdateUserSettingsInput) error {
	return s.changeUser(ctx, in.AccountId, in.UserId, func(u *store.User) error {
		t := in.UserSettings.Telephony
		u.InboundCalling, u.OutboundCalling, u.SMS = t.InboundCalling.V, t.OutboundCalling.V, t.SMS.V
		return nil
	})
}
