package chime

import (
	"errors"

	"carillon/api"
	"carillon/scim/patch"
	"carillon/scim/schema"
	"carillon/store"
	"carillon/work"
)

// CreateScimUser adds a registered user, or brings one back who is inactive.
func (s *Service) CreateScimUser(w *work.Unit, in *api.CreateScimUserInput) (*api.CreateScimUserOutput, error) {
	a, err := scimAccount(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	resource, err := sentResource(schema.Users, in.Document.V)
	if err != nil {
		return nil, err
	}
	u, err := inactive(w, a, textOf(resource, "userName"))
	if err != nil {
		return nil, err
	}
	existed := u != nil
	if !existed {
		u = &scimUser{User: store.User{AccountID: a.AccountID, UserID: store.TimedID(w.NewID(), w.NowMs()), AwsAccountID: a.AwsAccountID, License: a.DefaultLicense, CreatedMs: w.NowMs()}}
		u.Registration = registrationLeft // until it is there
		u.data.UserID = u.UserID
	}
	if err := s.save(w, a, u, resource); err != nil {
		return nil, err
	}
	return &api.CreateScimUserOutput{ResourceId: api.Some(u.UserID), Existed: api.Some(existed), Resource: api.Some(u.text())}, nil
}

func sentResource(t *schema.Type, text string) (map[string]any, error) {
	sent, err := document(text)
	if err != nil {
		return nil, err
	}
	resource, err := t.Normal(sent)
	if err != nil {
		return nil, scimRefusal(err)
	}
	for _, required := range t.Core.Attributes {
		if required.Required && textOf(resource, required.Name) == "" {
			return nil, scimRefuse("invalidValue", "%s is required", required.Name)
		}
	}
	return resource, nil
}

// inactive returns the inactive user with an address whom SCIM has pushed before; nil:
// nobody has it. A user who is active, or a stranger to SCIM, is in the way.
func inactive(w *work.Unit, a *store.Account, email string) (*scimUser, error) {
	ids, err := w.ScimUserIDs(a.AccountID, "", email, 10)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		u, err := scimUserByID(w, a.AccountID, id, w.LockUser)
		switch {
		case errors.Is(err, store.ErrNotFound) || err == nil && store.EmailKey(u.Email) != store.EmailKey(email):
			continue
		case err != nil:
			return nil, err
		case !u.known || u.active():
			return nil, userNameTaken()
		}
		return u, nil
	}
	return nil, nil
}

func userNameTaken() error {
	return scimRefuse("uniqueness", "The account has a user with this userName")
}

// save makes a user what a resource says and writes all of it.
func (s *Service) save(w *work.Unit, a *store.Account, u *scimUser, resource map[string]any) error {
	before := u.User
	active, err := u.take(w, resource)
	if err != nil {
		return err
	}
	if err := free(w, u, before.Email); err != nil {
		return err
	}
	if err := moved(w, u, before.Email); err != nil {
		return err
	}
	switch {
	case u.left() && active, u.left() && u.data.AccountID == "":
		err = s.enter(w, a, u, active)
	case u.left():
		u.data.Left.Email, u.data.Left.DisplayName, u.data.Left.Type = u.Email, u.DisplayName, u.Type
	default:
		err = s.change(w, a, u, before.Email, active)
	}
	if err != nil {
		return err
	}
	u.data.AccountID, u.data.UserID, u.data.AwsAccountID, u.known = a.AccountID, u.UserID, a.AwsAccountID, true
	return w.PutScimUser(&u.data, u.emailKeys(resource))
}

// free refuses an address that somebody else has, who may be inactive.
func free(w *work.Unit, u *scimUser, before string) error {
	if before == "" || store.EmailKey(before) == store.EmailKey(u.Email) {
		return nil // nobody had it when the user was looked for
	}
	ids, err := w.ScimUserIDs(u.AccountID, "", u.Email, 10)
	for _, id := range ids {
		other, err := scimUserByID(w, u.AccountID, id, w.LockUser)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return err
		case id != u.UserID && store.EmailKey(other.Email) == store.EmailKey(u.Email):
			return userNameTaken()
		}
	}
	return err
}

// enter puts a user into the account, who is new or comes back.
func (s *Service) enter(w *work.Unit, a *store.Account, u *scimUser, active bool) error {
	kind := api.UserType(u.Type)
	if kind == "" {
		kind = api.UserTypePrivateUser
	}
	register(&u.User, kind, w.NowMs())
	u.data.Left = store.Left{}
	if !active && isType(a, api.AccountTypeTeam) {
		u.leave()
		return nil
	}
	if !active {
		u.Registration = string(api.RegistrationStatusSuspended)
	}
	s.ranks.moved(w, &u.User, 1) // may come in between
	err := w.InsertUser(&u.User)
	if errors.Is(err, store.ErrExists) {
		return userNameTaken()
	}
	return err
}

// moved has the identity of a user follow their address: whoever is invited with the
// former one is somebody else.
func moved(w *work.Unit, u *scimUser, before string) error {
	if before == "" || before == u.Email {
		return nil
	}
	if err := w.ForgetSuperseded(u.AccountID, u.UserID, before); err != nil {
		return err
	}
	return w.RenameFormerUser(u.AccountID, u.UserID, before, u.Email)
}

// leave keeps a user as one who is not in the account.
func (u *scimUser) leave() {
	u.data.Left = store.Left{Email: u.Email, DisplayName: u.DisplayName, License: u.License, Type: u.Type, CreatedMs: u.CreatedMs}
	u.Registration = registrationLeft
}

// change writes a user who is in the account.
func (s *Service) change(w *work.Unit, a *store.Account, u *scimUser, before string, active bool) error {
	u.data.Left = store.Left{} // may be of a time before they came back
	if u.RegisteredMs == 0 && (before != u.Email || !active) {
		// The link is with somebody whom it is no more for.
		if err := w.DeleteUserInvitations(u.AccountID, u.UserID); err != nil {
			return err
		}
	}
	if before != u.Email {
		if err := w.SetUserEmail(&u.User); err != nil {
			return err
		}
	}
	if !active && isType(a, api.AccountTypeTeam) {
		return s.takeOut(w, u)
	}
	u.activate(active)
	return w.UpdateUser(&u.User)
}

// takeOut removes a user from the account, who stays visible. SCIM has to know them
// before, to keep their groups.
func (s *Service) takeOut(w *work.Unit, u *scimUser) error {
	if !u.known {
		u.data.AccountID, u.data.UserID, u.data.AwsAccountID = u.AccountID, u.UserID, u.AwsAccountID
		if err := w.PutScimUser(&u.data, nil); err != nil {
			return err
		}
	}
	if err := s.removeUser(w, &u.User); err != nil {
		return err
	}
	u.leave()
	return nil
}

// activate suspends a user or ends that. Who never registered is invited again.
func (u *scimUser) activate(active bool) {
	switch {
	case !active:
		u.Registration = string(api.RegistrationStatusSuspended)
	case u.active():
	case u.RegisteredMs == 0:
		u.Registration = string(api.RegistrationStatusUnregistered)
	default:
		u.Registration = string(api.RegistrationStatusRegistered)
	}
}

// ReplaceScimUser makes a user what is sent; what is left out is cleared.
func (s *Service) ReplaceScimUser(w *work.Unit, in *api.ReplaceScimUserInput) (*api.ReplaceScimUserOutput, error) {
	out, over, err := s.replace(w, in.AccountId, in.UserId, in.Version.V, func(u *scimUser) (map[string]any, error) {
		resource, err := sentResource(schema.Users, in.Document.V)
		if err == nil && resource["userType"] == nil && u.base()["userType"] != nil {
			resource["userType"] = u.base()["userType"]
		}
		return resource, err
	})
	return &api.ReplaceScimUserOutput{Resource: out, TakenOver: over}, err
}

// PatchScimUser changes a user by operations, all of them or none.
func (s *Service) PatchScimUser(w *work.Unit, in *api.PatchScimUserInput) (*api.PatchScimUserOutput, error) {
	out, over, err := s.replace(w, in.AccountId, in.UserId, in.Version.V, func(u *scimUser) (map[string]any, error) {
		ops, err := operations(schema.Users, in.Document.V)
		if err != nil {
			return nil, err
		}
		resource := u.base()
		return resource, scimRefusal(patch.Apply(resource, ops))
	})
	return &api.PatchScimUserOutput{Resource: out, TakenOver: over}, err
}

func operations(t *schema.Type, text string) ([]patch.Operation, error) {
	sent, err := document(text)
	if err != nil {
		return nil, err
	}
	ops, err := patch.Parse(t, sent)
	return ops, scimRefusal(err)
}

// replace changes a user. Who was not pushed by SCIM is taken over: that is told, for
// the audit, and only done under the name that they have.
func (s *Service) replace(w *work.Unit, accountID, userID, ifMatch string, change func(*scimUser) (map[string]any, error)) (out api.Opt[string], over api.Opt[bool], err error) {
	a, err := scimAccount(w, accountID)
	if err != nil {
		return out, over, err
	}
	u, err := scimUserByID(w, a.AccountID, userID, w.LockUser)
	if err != nil {
		return out, over, err
	}
	if err := checkVersion(ifMatch, u.text); err != nil {
		return out, over, err
	}
	over = api.Some(!u.known)
	resource, err := change(u)
	if err != nil {
		return out, over, err
	}
	if !u.known && store.EmailKey(textOf(resource, "userName")) != store.EmailKey(u.Email) {
		return out, over, scimRefuse("mutability", "The user was not made by SCIM: it has to be taken over under its own userName before that changes")
	}
	err = s.save(w, a, u, resource)
	return api.Some(u.text()), over, err
}

// DeleteScimUser removes a user for good.
func (s *Service) DeleteScimUser(w *work.Unit, in *api.DeleteScimUserInput) error {
	a, err := scimAccount(w, in.AccountId)
	if err != nil {
		return err
	}
	u, err := scimUserByID(w, a.AccountID, in.UserId, w.LockUser)
	if err != nil {
		return err
	}
	if err := checkVersion(in.Version.V, u.text); err != nil {
		return err
	}
	if !u.left() {
		if err := s.removeUser(w, &u.User); err != nil {
			return err
		}
	}
	return w.ForgetScimUser(a.AccountID, u.UserID, u.Email)
}
