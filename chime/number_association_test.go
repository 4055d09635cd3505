package chime_test

import (
	"testing"

	"carillon/api"
)

func (w *world) associate(account, user, number string) error {
	return w.AssociatePhoneNumberWithUser(w.ctx, &api.AssociatePhoneNumberWithUserInput{
		AccountId: account, UserId: user, E164PhoneNumber: api.Some(number),
	})
}

func (w *world) disassociate(account, user string) error {
	return w.DisassociatePhoneNumberFromUser(w.ctx, &api.DisassociatePhoneNumberFromUserInput{AccountId: account, UserId: user})
}

// pairs returns the associations of a number as "name value".
func (w *world) pairs(number string) map[string]string {
	w.Helper()
	pairs := map[string]string{}
	for _, a := range w.number(number).Associations {
		pairs[string(a.Name.V)] = a.Value.V
	}
	return pairs
}

func TestAssociate(t *testing.T) {
	w := newWorld(t)
	w.own(fiction(0), fiction(1))
	a := w.team()
	u := w.create(a, "u@example.com")
	w.must(w.associate(a, u, "12065550100"))
	n := w.number(fiction(0))
	pairs := w.pairs(fiction(0))
	if n.Status.V != api.PhoneNumberStatusAssigned || len(n.Associations) != 2 || pairs["AccountId"] != a || pairs["UserId"] != u ||
		n.Associations[0].AssociatedTimestamp != n.Associations[1].AssociatedTimestamp || n.Associations[0].AssociatedTimestamp.Time() != epoch {
		t.Errorf("got %+v", n)
	}
	if got := w.get(a, u).PrimaryProvisionedNumber.V; got != fiction(0) {
		t.Errorf("the user has %q", got)
	}
	w.refused("a second number", w.associate(a, u, fiction(1)), api.BadRequest)
	w.refused("the same again", w.associate(a, u, fiction(0)), api.BadRequest)
	w.refused("somebody else's", w.associate(a, w.create(a, "v@example.com"), fiction(0)), api.BadRequest, "Unassigned")
	w.must(w.UpdateUserSettings(w.ctx, &api.UpdateUserSettingsInput{AccountId: a, UserId: u, UserSettings: &api.UserSettings{
		Telephony: &api.TelephonySettings{InboundCalling: api.Some(true), OutboundCalling: api.Some(true), SMS: api.Some(true)},
	}}))
	w.must(w.disassociate(a, u))
	w.must(w.disassociate(a, u)) // there is none
	w.wantStatus(fiction(0), api.PhoneNumberStatusUnassigned)
	if w.get(a, u).PrimaryProvisionedNumber.Set || len(w.pairs(fiction(0))) > 0 {
		t.Error("the number is still there")
	}
	w.must(w.associate(a, u, fiction(1)))
}

func TestAssociate_refused(t *testing.T) {
	w := newWorld(t)
	w.order(api.PhoneNumberProductTypeVoiceConnector, fiction(0))
	w.mustWork()
	w.own(fiction(1), fiction(2))
	w.must(w.release(fiction(2)))
	w.order(api.PhoneNumberProductTypeBusinessCalling, fiction(3))
	a := w.team()
	u := w.create(a, "u@example.com")
	w.invite(a, "i@example.com")
	pending := w.byEmail(a, "i@example.com").UserId
	for name, test := range map[string]struct {
		user, number string
		want         api.Kind
	}{
		"product":      {u, fiction(0), api.BadRequest},
		"queued":       {u, fiction(2), api.BadRequest},
		"ordered":      {u, fiction(3), api.BadRequest},
		"unknown":      {u, fiction(4), api.NotFound},
		"invited":      {pending, fiction(1), api.BadRequest},
		"unknown user": {"ghost", fiction(1), api.NotFound},
	} {
		w.refused(name, w.associate(a, test.user, test.number), test.want)
	}
	w.refused("unknown account", w.associate("ghost", u, fiction(1)), api.NotFound)
	w.refused("another AWS account", w.AssociatePhoneNumberWithUser(as(other), &api.AssociatePhoneNumberWithUserInput{
		AccountId: a, UserId: u, E164PhoneNumber: api.Some(fiction(1)),
	}), api.NotFound)
	w.freeze(a)
	w.refused("suspended account", w.associate(a, u, fiction(1)), api.Forbidden)
}

// Who leaves a Team account leaves the number; who is suspended keeps it.
func TestAssociate_suspension(t *testing.T) {
	w := newWorld(t)
	w.own(fiction(0), fiction(1))
	team, enterprise := w.team(), w.enterprise()
	leaving, staying := w.create(team, "u@example.com"), w.create(enterprise, "u@example.com")
	w.must(w.associate(team, leaving, fiction(0)))
	w.must(w.associate(enterprise, staying, fiction(1)))
	if failed := append(w.suspend(team, leaving), w.suspend(enterprise, staying)...); len(failed) > 0 {
		t.Fatalf("refused: %v", failed)
	}
	w.wantStatus(fiction(0), api.PhoneNumberStatusUnassigned)
	w.wantStatus(fiction(1), api.PhoneNumberStatusAssigned)
	if len(w.pairs(fiction(0))) != 0 || w.pairs(fiction(1))["UserId"] != staying {
		t.Errorf("got %v and %v", w.pairs(fiction(0)), w.pairs(fiction(1)))
	}
}

// Deleting an account gives the numbers of its users back.
func TestAssociate_accountDeleted(t *testing.T) {
	w := newWorld(t)
	w.own(fiction(0), fiction(1))
	a, kept := w.account(api.AccountTypeEnterpriseLWA), w.team()
	w.must(w.associate(a, w.create(a, "u@example.com"), fiction(0)))
	w.must(w.associate(kept, w.create(kept, "u@example.com"), fiction(1)))
	w.must(w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: a}))
	w.wantStatus(fiction(0), api.PhoneNumberStatusUnassigned)
	w.wantStatus(fiction(1), api.PhoneNumberStatusAssigned)
}
