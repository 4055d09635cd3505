package chime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"carillon/api"
	"carillon/chime"
	"carillon/store/engine"
)

// picky is a database that fails statements which add several users, and counts
// the others.
type picky struct {
	engine.Engine
	fails          bool
	several, alone atomic.Int64
}

func (e *picky) Update(ctx context.Context, fn func(engine.Tx) error) error {
	return e.Engine.Update(ctx, func(tx engine.Tx) error { return fn(pickyTx{tx, e}) })
}

type pickyTx struct {
	engine.Tx
	engine *picky
}

func (tx pickyTx) Query(query string, args []any, each func(engine.Row) error) error {
	if strings.HasPrefix(query, "INSERT INTO user_rows") {
		if strings.Count(query, "(") == 2 { // columns and one row
			tx.engine.alone.Add(1)
		} else {
			tx.engine.several.Add(1)
			if tx.engine.fails {
				return errors.New("too much")
			}
		}
	}
	return tx.Tx.Query(query, args, each)
}

// createMany has many callers at once create users with the given addresses and
// returns how many were created and refused.
func createMany(w *world, accounts, emails []string, rounds int) (created, conflicts, absent int64) {
	var ok, taken, gone atomic.Int64
	var calls sync.WaitGroup
	for i := range rounds {
		for _, email := range emails {
			calls.Go(func() {
				_, err := w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: accounts[i%len(accounts)], Email: api.Some(email)})
				var refusal *api.Error
				switch {
				case err == nil:
					ok.Add(1)
				case errors.As(err, &refusal) && refusal.Kind.Name == api.Conflict.Name:
					taken.Add(1)
				case errors.As(err, &refusal) && refusal.Kind.Name == api.NotFound.Name:
					gone.Add(1)
				default:
					w.Error(err)
				}
			})
		}
	}
	calls.Wait()
	return ok.Load(), taken.Load(), gone.Load()
}

func addresses(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("user%d@example.com", i))
	}
	return list
}

// Users that are created together succeed and fail each on its own.
func TestCreateUser_together(t *testing.T) {
	var e *picky
	w := newWorldOn(t, chime.Documented, func(inner engine.Engine) engine.Engine {
		e = &picky{Engine: inner}
		return e
	})
	accounts := []string{w.team(), w.team(), "ghost"}
	created, conflicts, absent := createMany(w, accounts, addresses(50), 6)
	if created != 100 || conflicts != 100 || absent != 100 {
		t.Errorf("%d created, %d conflicts, %d without an account", created, conflicts, absent)
	}
	if e.several.Load() == 0 {
		t.Error("none were created together")
	}
	for _, a := range accounts[:2] {
		list, err := w.ListUsers(w.ctx, &api.ListUsersInput{AccountId: a})
		if err != nil || len(list.Users) != 50 {
			t.Errorf("%d users, %v", len(list.Users), err)
		}
	}
}

// What ails a group does not keep its members from being created.
func TestCreateUser_alone(t *testing.T) {
	var e *picky
	w := newWorldOn(t, chime.Documented, func(inner engine.Engine) engine.Engine {
		e = &picky{Engine: inner, fails: true}
		return e
	})
	created, conflicts, _ := createMany(w, []string{w.team()}, addresses(100), 2)
	if created != 100 || conflicts != 100 {
		t.Errorf("%d created, %d conflicts", created, conflicts)
	}
	if e.several.Load() == 0 {
		t.Error("none were tried together")
	}
}
