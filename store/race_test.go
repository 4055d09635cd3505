package store_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"carillon/store"
)

const (
	rounds  = 12
	workers = 4
)

// Of the deletion of an account and the creation of its users, as the rules
// of a Team account do them, one comes first: a user who was acknowledged is
// there, or was never created.
func deleteEmptyAccountAmidInserts(d *db) {
	for round := range rounds {
		id := fmt.Sprintf("account %d", round)
		a := d.addAccount(id, 1)
		var deleted bool
		added := d.amidInserts(id, func() {
			deleted = d.deleteEmpty(a)
		})
		left := len(d.users(store.UserFilter{AccountID: id, Limit: 99}))
		_, err := d.account(id)
		switch {
		case deleted && (added != 0 || left != 0 || !errors.Is(err, store.ErrNotFound)):
			d.Errorf("deleted, with %d users acknowledged, %d there, account: %v", added, left, err)
		case !deleted && (left != added || err != nil):
			d.Errorf("kept, with %d users acknowledged, %d there, account: %v", added, left, err)
		}
	}
}

// deleteEmpty deletes an account unless it has users, and reports whether it did.
func (d *db) deleteEmpty(a *store.Account) bool {
	used := errors.New("it has users")
	err := d.update(func(r store.Records) error {
		if _, err := r.LockAccount(aws, a.AccountID); err != nil {
			return err
		}
		found, err := r.HasUsers(a.AccountID)
		if err != nil {
			return err
		}
		if found {
			return used
		}
		return deleteAccount(r, a, 1)
	})
	if err != nil && !errors.Is(err, used) {
		d.Errorf("deleting: %v", err)
	}
	return err == nil
}

// Deleting an account with its users leaves none behind, whoever comes first.
func deleteAccountAmidInserts(d *db) {
	for round := range rounds {
		id := fmt.Sprintf("account %d", round)
		a := d.addAccount(id, 1)
		var err error
		d.amidInserts(id, func() {
			err = d.update(func(r store.Records) error { return deleteAccount(r, a, 1) })
		})
		_, absent := d.account(id)
		left := len(d.users(store.UserFilter{AccountID: id, Limit: 99}))
		switch {
		case err == nil && (left != 0 || !errors.Is(absent, store.ErrNotFound)):
			d.Errorf("deleted, but %d users are left, account: %v", left, absent)
		case err != nil && (!errors.Is(err, store.ErrReferenced) || absent != nil):
			d.Errorf("not deleted: %v, account: %v", err, absent)
		}
	}
}

// amidInserts runs fn while users are inserted into an account, and returns
// how many of them were acknowledged.
func (d *db) amidInserts(account string, fn func()) int {
	var added atomic.Int64
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range workers {
		wg.Go(func() {
			<-start
			u := newUser(account, fmt.Sprint("user ", i), 1)
			err := d.update(func(r store.Records) error { return r.InsertUser(u) })
			switch {
			case err == nil:
				added.Add(1)
			case !errors.Is(err, store.ErrReferenced):
				d.Errorf("inserting: %v", err)
			}
		})
	}
	wg.Go(func() {
		<-start
		fn()
	})
	close(start)
	wg.Wait()
	return int(added.Load())
}

// Of several users with one address one is added.
func insertOneEmailAtOnce(d *db) {
	d.addAccount("a", 1)
	for round := range rounds {
		var added atomic.Int64
		var wg sync.WaitGroup
		for i := range workers {
			u := newUser("a", fmt.Sprint(round, " ", i), 1)
			u.Email = fmt.Sprintf("user%d@example.com", round)
			wg.Go(func() {
				err := d.update(func(r store.Records) error { return r.InsertUser(u) })
				if err == nil {
					added.Add(1)
				} else if !errors.Is(err, store.ErrExists) {
					d.Errorf("inserting: %v", err)
				}
			})
		}
		wg.Wait()
		if n := added.Load(); n != 1 {
			d.Errorf("%d users with one address", n)
		}
	}
}
