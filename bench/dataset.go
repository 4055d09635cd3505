package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"carillon/store"
)

// dataset is a number of users in a number of accounts. Everything about user i
// follows from i, so that requests can be made without asking the database.
type dataset struct {
	users, accounts int
}

const (
	// awsAccount is what the root key belongs to unless a flag says otherwise.
	awsAccount = "000000000000"
	// epoch is when the first user was created; the next one follows 10 ms later.
	epoch    = 1_700_000_000_000
	interval = 10
	// fillBatch is how many users go into one transaction.
	fillBatch = 500
)

// timeOrdered returns an id in the form of those that the server makes, which
// grow with time.
func timeOrdered(ms int64, random uint64) string {
	return fmt.Sprintf("%08x-%04x-7%03x-8%03x-%012x", ms>>16, ms&0xffff, random&0xfff, random>>12&0xfff, random>>16)
}

// noise returns a random number that is the same for the same i.
func noise(i int) uint64 { return rand.NewPCG(uint64(i), 0).Uint64() }

func (d dataset) account(i int) string { return timeOrdered(epoch, noise(-1-i)) }

func (d dataset) accountOf(user int) string { return d.account(user % d.accounts) }

func userID(i int) string { return timeOrdered(epoch+int64(i)*interval, noise(i)) }

// email has no order: people do not sign up by the alphabet.
func email(i int) string { return fmt.Sprintf("%08x.%d@example.com", uint32(noise(i)), i) }

func (d dataset) user(i int) *store.User {
	created := epoch + int64(i)*interval
	return &store.User{
		AccountID: d.accountOf(i), UserID: userID(i), AwsAccountID: awsAccount, Email: email(i),
		DisplayName: fmt.Sprintf("User %d", i), License: "Pro", Type: "PrivateUser", Registration: "Registered",
		PersonalPIN: fmt.Sprintf("%010d", 1_000_000_000+i), CreatedMs: created, RegisteredMs: created,
	}
}

// newUser returns one that is not in the dataset.
func (d dataset) newUser() *store.User {
	u := d.user(rand.IntN(d.users))
	u.CreatedMs = time.Now().UnixMilli()
	u.UserID = timeOrdered(u.CreatedMs, rand.Uint64())
	u.Email = newEmail()
	return u
}

func newEmail() string { return fmt.Sprintf("%016x@example.com", rand.Uint64()) }

// fill writes the dataset to an empty database.
func (d dataset) fill(ctx context.Context, s *store.Store) error {
	if err := s.Update(ctx, d.insertAccounts); err != nil {
		return err
	}
	var (
		group  sync.WaitGroup
		next   atomic.Int64
		once   sync.Once
		failed error
	)
	for range 4 {
		group.Go(func() {
			for {
				first := int(next.Add(fillBatch)) - fillBatch
				if first >= d.users {
					return
				}
				if err := d.insert(ctx, s, first); err != nil {
					once.Do(func() { failed = err })
					return
				}
			}
		})
	}
	group.Wait()
	return failed
}

func (d dataset) insertAccounts(r store.Records) error {
	for i := range d.accounts {
		err := r.InsertAccount(&store.Account{
			AccountID: d.account(i), AwsAccountID: awsAccount, Name: fmt.Sprintf("Account %d", i),
			Type: "Team", Status: "Active", DefaultLicense: "Pro", CreatedMs: epoch,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// insert writes one batch.
func (d dataset) insert(ctx context.Context, s *store.Store, first int) error {
	var users []store.User
	for i := first; i < min(first+fillBatch, d.users); i++ {
		users = append(users, *d.user(i))
	}
	return s.Update(ctx, func(r store.Records) error {
		_, err := r.InsertUsers(users)
		return err
	})
}
