package chime_test

import (
	"errors"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
	"carillon/internal/storetest"
	"carillon/store"
	"carillon/store/engine"
	"carillon/store/postgres"
)

// A number that somebody associates while the account is being deleted does not
// go with the account.
func TestAssociate_accountDeletedMeanwhile(t *testing.T) {
	pg, err := postgres.Open(t.Context(), storetest.PostgresURL(t), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pg.Close() })
	w := newWorldOn(t, chime.Documented, func(engine.Engine) engine.Engine { return pg })
	w.must(w.store.Migrate(t.Context()))
	w.own(fiction(0))
	a := w.account(api.AccountTypeEnterpriseLWA)
	u := w.create(a, "u@example.com")
	associated := make(chan error, 1)
	w.must(w.store.Update(w.ctx, func(r store.Records) error {
		locked, err := r.LockAccount(aws, a) // and what else DeleteAccount does
		if err := errors.Join(err, r.ReleaseUserNumbers(a, "", "Unassigned", 1), r.MarkAccountDeleted(locked, 1)); err != nil {
			return err
		}
		go func() { associated <- w.associate(a, u, fiction(0)) }()
		select {
		case err := <-associated:
			t.Errorf("associated meanwhile: %v", err)
			associated <- err
		case <-time.After(300 * time.Millisecond): // it waits, or has not begun yet: then it is too late
		}
		return nil
	}))
	w.refused("associating", <-associated, api.NotFound)
	w.wantStatus(fiction(0), api.PhoneNumberStatusUnassigned)
}
