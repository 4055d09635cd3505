package store_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"carillon/store"
	"carillon/store/sqlite"
)

// crowd is a SQLite database of users in 32 accounts, for benchmarks.
type crowd struct {
	*store.Store
	users atomic.Int64
}

const crowdAccounts = 32

func (c *crowd) account(n int64) string {
	return fmt.Sprintf("0191f4c8-7000-7000-8000-0000000000%02d", n%crowdAccounts)
}

// user returns the n-th user, who came 10 ms after the one before.
func (c *crowd) user(n int64) store.User {
	var digits [8]byte
	binary.BigEndian.PutUint64(digits[:], uint64(n)*0x9e3779b97f4a7c15) // in no order
	ms := timedMs + 10*n
	return store.User{
		AccountID: c.account(n), UserID: fmt.Sprintf("%08x-%04x-7000-8000-%012x", ms>>16, ms&0xffff, n), AwsAccountID: aws,
		Email: fmt.Sprintf("%x@example.com", digits), DisplayName: fmt.Sprintf("%x", digits), License: "Pro", Type: "PrivateUser",
		Registration: "Registered", PersonalPIN: "1234567890", CreatedMs: ms, RegisteredMs: ms,
	}
}

func (c *crowd) somebody() store.User { return c.user(rand.Int64N(c.users.Load())) }

// newCrowd fills a database and returns it with its size in bytes.
func newCrowd(b *testing.B, users int64) (c *crowd, size int64) {
	b.Helper()
	path := filepath.Join(b.TempDir(), "carillon.db")
	open := func() *crowd {
		e, err := sqlite.Open(b.Context(), path, sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		return &crowd{Store: store.New(e)}
	}
	c = open()
	if err := c.fill(users); err != nil || c.Close() != nil {
		b.Fatal("filling: ", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	c = open() // with everything in the database and nothing in its log
	c.users.Store(users)
	b.Cleanup(func() { _ = c.Close() })
	return c, info.Size()
}

func (c *crowd) fill(users int64) error {
	if err := c.Migrate(context.Background()); err != nil {
		return err
	}
	return c.Update(context.Background(), func(r store.Records) error {
		for i := range int64(crowdAccounts) {
			if err := r.InsertAccount(&store.Account{AccountID: c.account(i), AwsAccountID: aws, CreatedMs: i}); err != nil {
				return err
			}
		}
		for i := range users {
			u := c.user(i)
			if err := r.InsertUser(&u); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkUsers measures the store alone on SQLite; update and create have 64
// callers who share commits.
func BenchmarkUsers(b *testing.B) {
	for _, users := range []int64{10_000, 1_000_000} {
		b.Run(fmt.Sprint(users), func(b *testing.B) {
			c, size := newCrowd(b, users)
			for _, work := range []struct {
				name string
				run  func(*crowd) error
			}{{"get", (*crowd).get}, {"email", (*crowd).byEmail}, {"page", (*crowd).page}, {"update", (*crowd).update}, {"create", (*crowd).create}} {
				b.Run(work.name, func(b *testing.B) {
					b.ReportMetric(float64(size)/float64(users), "bytes/user")
					b.SetParallelism(32)
					b.RunParallel(func(pb *testing.PB) {
						for pb.Next() {
							if err := work.run(c); err != nil {
								b.Error(err)
							}
						}
					})
				})
			}
		})
	}
}

func (c *crowd) get() error {
	u := c.somebody()
	return c.View(context.Background(), func(r store.Records) error { return second(r.User(aws, u.AccountID, u.UserID)) })
}

func (c *crowd) byEmail() error {
	u := c.somebody()
	return c.listed(store.UserFilter{AccountID: u.AccountID, Email: u.Email, Limit: 2}, 1)
}

func (c *crowd) page() error {
	u := c.user(rand.Int64N(c.users.Load() / 2))
	return c.listed(store.UserFilter{AccountID: u.AccountID, After: store.Position{Ms: u.CreatedMs, ID: u.UserID}, Limit: 101}, 101)
}

func (c *crowd) listed(f store.UserFilter, want int) error {
	n := 0
	f.AwsAccountID = aws
	err := c.View(context.Background(), func(r store.Records) error { return r.Users(f, func(*store.User) { n++ }) })
	if err == nil && n != want {
		err = fmt.Errorf("%d users, want %d", n, want)
	}
	return err
}

func (c *crowd) update() error {
	u := c.somebody()
	u.License = "Basic"
	return c.Store.Update(context.Background(), func(r store.Records) error { return r.UpdateUser(&u) })
}

func (c *crowd) create() error {
	u := c.user(c.users.Add(1) - 1)
	return c.Store.Update(context.Background(), func(r store.Records) error { return r.InsertUser(&u) })
}
