package chime_test

import (
	"sync"
	"testing"

	"carillon/api"
	"carillon/chime"
)

// However many ask at once, an AWS account gets as many accounts as its quota
// says, by the API and by the operator; a deletion makes room.
func TestCreateAccount_quota(t *testing.T) {
	const quota = 3
	w := newWorld(t)
	w.configure(func(c *chime.Config) { c.Quotas.Accounts = quota })
	create := func() (*api.CreateAccountOutput, error) {
		return w.CreateAccount(w.ctx, &api.CreateAccountInput{Name: api.Some("x")})
	}
	var wg sync.WaitGroup
	made := make(chan *api.CreateAccountOutput, 4*quota)
	for range cap(made) {
		wg.Go(func() {
			out, err := create()
			if err == nil {
				made <- out
				return
			}
			w.refused("one too many", err, api.ResourceLimitExceeded, "3 accounts")
		})
	}
	wg.Wait()
	if len(made) != quota {
		t.Fatalf("%d accounts, want %d", len(made), quota)
	}
	_, err := w.ProvisionAccount(w.ctx, &api.ProvisionAccountInput{Name: api.Some("x")})
	w.refused("by the operator", err, api.ResourceLimitExceeded)
	if _, err := w.CreateAccount(as("999900001111"), &api.CreateAccountInput{Name: api.Some("x")}); err != nil {
		t.Errorf("another AWS account: %v", err)
	}
	w.must(w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: (<-made).Account.AccountId}))
	_, err = create()
	w.must(err)
}
