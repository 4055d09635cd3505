package chime_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"carillon/api"
	"carillon/chime"
	"carillon/store"
	"carillon/store/engine"
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

// bereft is a database on which accounts are deleted between the moment in
// which an operation has seen them and that in which it adds something, as
// PostgreSQL allows: the foreign key tells.
type bereft struct {
	engine.Engine
	now atomic.Bool
}

func (e *bereft) Update(ctx context.Context, fn func(engine.Tx) error) error {
	return e.Engine.Update(ctx, func(tx engine.Tx) error { return fn(bereftTx{tx, e}) })
}

type bereftTx struct {
	engine.Tx
	engine *bereft
}

func (tx bereftTx) Exec(query string, args ...any) (int64, error) {
	if err := tx.gone(query); err != nil {
		return 0, err
	}
	return tx.Tx.Exec(query, args...)
}

func (tx bereftTx) Query(query string, args []any, each func(engine.Row) error) error {
	if err := tx.gone(query); err != nil {
		return err
	}
	return tx.Tx.Query(query, args, each)
}

func (tx bereftTx) gone(query string) error {
	if tx.engine.now.Load() && strings.HasPrefix(query, "INSERT INTO user_rows") {
		return fmt.Errorf("%w: 23503", store.ErrReferenced)
	}
	return nil
}

func TestAccount_deletedMeanwhile(t *testing.T) {
	var e *bereft
	w := newWorldOn(t, chime.Documented, func(inner engine.Engine) engine.Engine {
		e = &bereft{Engine: inner}
		return e
	})
	a := w.team()
	e.now.Store(true)
	for name, err := range map[string]error{
		"CreateUser":  second(w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: a, Email: api.Some("a@example.com")})),
		"InviteUsers": second(w.InviteUsers(w.ctx, &api.InviteUsersInput{AccountId: a, UserEmailList: []string{"a@example.com"}})),
	} {
		w.refused(name, err, api.NotFound, "Unable to find the requested identifier")
	}
}
