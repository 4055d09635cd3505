package chime

import (
	"carillon/api"
	"carillon/store"
	"carillon/work"
)

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
func (s *Service) UpdateUser(w *work.Unit, in *api.UpdateUserInput) (*api.UpdateUserOutput, error) {
	u, err := lockUser(w, in.AccountId, in.UserId)
	if err != nil {
		return nil, err
	}
	change := userChange{in.LicenseType, in.UserType, in.AlexaForBusinessMetadata}
	if err := change.apply(&u.User); err != nil {
		return nil, err
	}
	shape := foundShape(u)
	if s.config.Fidelity == Observed {
		shape = &api.User{UserId: u.UserID}
	}
	return &api.UpdateUserOutput{User: shape}, w.UpdateUser(&u.User)
}

// BatchUpdateUser is UpdateUser for up to 20 users; each succeeds or fails on
// its own.
func (s *Service) BatchUpdateUser(w *work.Unit, in *api.BatchUpdateUserInput) (*api.BatchUpdateUserOutput, error) {
	a, err := lockAccount(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	failed := userErrors{}
	for _, item := range in.UpdateUserRequestItems {
		change := userChange{item.LicenseType, item.UserType, item.AlexaForBusinessMetadata}
		err := withUser(w, a, item.UserId.V, func(u *store.User) error {
			if err := change.apply(u); err != nil {
				return err
			}
			return w.UpdateUser(u)
		})
		if err := failed.add(item.UserId.V, err); err != nil {
			return nil, err
		}
	}
	return &api.BatchUpdateUserOutput{UserErrors: failed}, nil
}

// withUser runs fn with a user of an account, locked.
func withUser(w *work.Unit, a *store.Account, id string, fn func(*store.User) error) error {
	u, err := w.LockUser(a.AwsAccountID, a.AccountID, id)
	if err != nil {
		return err
	}
	return fn(u)
}

// userErrors collects the refusals of single users of a batch.
type userErrors []api.UserError

// add notes a refusal; any other error is returned, to end the batch.
func (e *userErrors) add(userID string, err error) error {
	refusal, failure := work.Split(err)
	if refusal != nil {
		*e = append(*e, api.UserError{
			UserId: api.Some(userID), ErrorCode: api.Some(refusal.ErrorCode()), ErrorMessage: itemMessage(refusal),
		})
	}
	return failure
}

// itemMessage is what is said of one item of a batch. Which id is unknown stands
// beside it, so that the live service's words are enough.
func itemMessage(refusal *api.Error) api.Opt[string] {
	if refusal.Kind == api.NotFound {
		return api.Some(messageNotFound)
	}
	return api.Some(refusal.Message)
}
