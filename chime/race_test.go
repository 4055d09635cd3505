package chime_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"carillon/api"
)

// An account is deleted while users are created in it: whoever is told that a
// user was created finds it.
func TestDeleteAccount_amidCreates(t *testing.T) {
	w := newWorld(t)
	for range 10 {
		a := w.team()
		var created atomic.Int64
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				_, err := w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: a, Email: api.Some(fmt.Sprintf("%d@example.com", i))})
				if err == nil {
					created.Add(1)
				} else if !api.IsKind(err, api.NotFound) {
					t.Errorf("creating: %v", err)
				}
			})
		}
		var deleted error
		wg.Go(func() { deleted = w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: a}) })
		wg.Wait()
		if deleted == nil && created.Load() > 0 {
			t.Errorf("deleted with %d users", created.Load())
		}
		if deleted != nil {
			w.refused("deleting", deleted, api.UnprocessableEntity)
			if left := w.emails(a); len(left) != int(created.Load()) {
				t.Errorf("%d created, %v there", created.Load(), left)
			}
		}
	}
}

// Changes of one account at the same time all count.
func TestDelegateGroups_atOnce(t *testing.T) {
	w := newWorld(t)
	a := w.account(api.AccountTypeEnterpriseDirectory)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() { w.must(w.addGroups(a, fmt.Sprint("group ", i))) })
	}
	wg.Wait()
	account, err := w.getAccount(a)
	if err != nil || len(account.SigninDelegateGroups) != 20 {
		t.Errorf("%d groups, %v", len(account.SigninDelegateGroups), err)
	}
}
