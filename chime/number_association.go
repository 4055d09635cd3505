package chime

import (
	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// AssociatePhoneNumberWithUser gives a registered user a Business Calling number.
// The account is kept: one that was deleted would never give the number back.
func (s *Service) AssociatePhoneNumberWithUser(w *work.Unit, in *api.AssociatePhoneNumberWithUserInput) error {
	a, err := keepAccount(w, in.AccountId)
	if err != nil {
		return err
	}
	return withUser(w, a, in.UserId, func(u *store.User) error {
		_, err := changeNumber(w, in.E164PhoneNumber.V, func(n *store.PhoneNumber) error { return associate(w, n, u) })
		if err != nil {
			return err
		}
		return w.UpdateUser(u)
	})
}

func associate(w *work.Unit, n *store.PhoneNumber, u *store.User) error {
	switch {
	case u.Registration != string(api.RegistrationStatusRegistered):
		return api.BadRequest.Errorf("%s: the user is not registered", messageBadRequest)
	case u.PhoneNumber != "":
		return api.BadRequest.Errorf("%s: the user has a phone number already", messageBadRequest)
	case n.ProductType != string(api.PhoneNumberProductTypeBusinessCalling):
		return api.BadRequest.Errorf("%s: the ProductType of the number must be BusinessCalling, not %s", messageBadRequest, n.ProductType)
	case n.Status != unassigned:
		return api.BadRequest.Errorf("%s: the Status of the number must be Unassigned, not %s", messageBadRequest, n.Status)
	}
	n.Status, n.AccountID, n.UserID, n.AssociatedMs = assigned, u.AccountID, u.UserID, w.NowMs()
	u.PhoneNumber = n.E164
	return nil
}

// DisassociatePhoneNumberFromUser takes a user's number away, with the
// permissions that go with it. A user without one stays as it is.
func (s *Service) DisassociatePhoneNumberFromUser(w *work.Unit, in *api.DisassociatePhoneNumberFromUserInput) error {
	u, err := lockUser(w, in.AccountId, in.UserId)
	if err != nil || u.PhoneNumber == "" {
		return err
	}
	u.PhoneNumber, u.InboundCalling, u.OutboundCalling, u.SMS = "", false, false, false
	if err := w.ReleaseUserNumbers(u.AccountID, u.UserID, unassigned, w.NowMs()); err != nil {
		return err
	}
	return w.UpdateUser(&u.User)
}
