package chime_test

import (
	"testing"

	"carillon/api"
)

// Spellings of one address: letters in one piece and in two, in either case,
// the domain in Unicode and in ASCII, with and without a dot at its end.
var sameAddress = []string{
	"J\u00fcrgen@B\u00fccher.example", "Ju\u0308rgen@bu\u0308cher.example", "J\u00dcRGEN@XN--BCHER-KVA.example", "j\u00fcrgen@b\u00fccher.example.",
	"j\u034fu\ufe0f\u0308rgen@b\u00fccher.example",
}

// An account has an address once, however it is spelt, finds it by every
// spelling and shows the one that was given.
func TestEmails_spellings(t *testing.T) {
	for _, given := range sameAddress {
		w := newWorld(t)
		a := w.team()
		id := w.create(a, given)
		for _, other := range sameAddress {
			_, err := w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: a, Email: api.Some(other)})
			w.refused(other, err, api.Conflict)
			if found := w.byEmail(a, other); found.UserId != id || found.PrimaryEmail.V != given {
				t.Errorf("by %+q: found %s with %+q, want %s with %+q", other, found.UserId, found.PrimaryEmail.V, id, given)
			}
			list, err := w.ListAccounts(w.ctx, &api.ListAccountsInput{UserEmail: api.Some(other)})
			w.must(err)
			if len(list.Accounts) != 1 {
				t.Errorf("%d accounts with %+q, want 1", len(list.Accounts), other)
			}
		}
		if invites := w.invite(a, sameAddress...); len(invites) != 1 || invites[0].Status.V != api.InviteStatusAccepted {
			t.Errorf("invited %+v, want the member once", invites)
		}
	}
}

// Who left a Team account comes back as the same user under every spelling.
func TestEmails_former(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	id := w.create(a, sameAddress[0])
	_, err := w.BatchSuspendUser(w.ctx, &api.BatchSuspendUserInput{AccountId: a, UserIdList: []string{id}})
	w.must(err)
	w.invite(a, sameAddress[1])
	if found := w.byEmail(a, sameAddress[2]); found.UserId != id {
		t.Errorf("came back as %s, was %s", found.UserId, id)
	}
}
