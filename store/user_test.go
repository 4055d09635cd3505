package store_test

import (
	"errors"
	"slices"
	"strconv"

	"carillon/store"
)

func (d *db) user(account, id string) (u *store.User, err error) {
	err = d.View(d.Context(), func(r store.Records) (err error) {
		u, err = r.User(aws, account, id)
		return err
	})
	return u, err
}

// addedUser has everything that a user can have who was just added.
func addedUser(d *db) store.User {
	d.Helper()
	u := filled[store.User](d, "+")
	u.ChangedMs = 0
	return u
}

func user(d *db) {
	d.addAccount("a", 1)
	first := addedUser(d)
	first.AccountID, first.UserID, first.AwsAccountID = "a", "u", aws
	d.write(func(r store.Records) error { return r.InsertUser(&first) })
	got, err := d.user("a", "u")
	d.must(err)
	d.equal("inserted", *got, first)

	second := filled[store.User](d, "++")
	second.AccountID, second.UserID, second.AwsAccountID = first.AccountID, first.UserID, first.AwsAccountID
	second.Email, second.CreatedMs = first.Email, first.CreatedMs
	d.write(func(r store.Records) error {
		locked, err := r.LockUser(aws, "a", "u")
		d.equal("locked", *locked, first)
		if err != nil {
			return err
		}
		return r.UpdateUser(&second)
	})
	got, err = d.user("a", "u")
	d.must(err)
	d.equal("updated", *got, second)
	second.ChangedMs++
	d.write(func(r store.Records) error { return r.UpdateUsers([]store.User{second}) })
	got, err = d.user("a", "u")
	d.must(err)
	d.equal("updated with others", *got, second)
	d.equal("listed", d.users(store.UserFilter{AccountID: "a", Limit: 9}), []store.User{second})
	d.equal("listed to another AWS account", len(d.users(store.UserFilter{AwsAccountID: "999999999999", AccountID: "a", Limit: 9})), 0)
}

func userAbsent(d *db) {
	d.addAccount("a", 1)
	ghost := newUser("a", "ghost", 1)
	for name, fn := range map[string]func(store.Records) error{
		"User":            func(r store.Records) error { return second(r.User(aws, "a", "ghost")) },
		"LockUser":        func(r store.Records) error { return second(r.LockUser(aws, "a", "ghost")) },
		"LockUserByEmail": func(r store.Records) error { return second(r.LockUserByEmail(aws, "a", ghost.Email)) },
		"FormerUserID":    func(r store.Records) error { return second(r.FormerUserID("a", ghost.Email)) },
		"UpdateUser":      func(r store.Records) error { return r.UpdateUser(ghost) },
		"RemoveUser":      func(r store.Records) error { return r.RemoveUser(ghost) },
	} {
		if err := d.update(fn); !errors.Is(err, store.ErrNotFound) {
			d.Errorf("%s: %v", name, err)
		}
	}
	if d.hasUsers("a") {
		d.Error("HasUsers of an empty account")
	}
}

func (d *db) hasUsers(account string) (found bool) {
	d.Helper()
	d.read(func(r store.Records) (err error) {
		found, err = r.HasUsers(account)
		return err
	})
	return found
}

func (d *db) users(f store.UserFilter) (page []store.User) {
	d.Helper()
	if f.AwsAccountID == "" {
		f.AwsAccountID = aws
	}
	d.read(func(r store.Records) error { return r.Users(f, func(u *store.User) { page = append(page, *u) }) })
	return page
}

// An address is unique in its account without regard to case, and kept as given.
func userEmails(d *db) {
	d.addAccount("a", 1)
	d.addAccount("b", 1)
	add := func(account, id, email string) error {
		u := newUser(account, id, 1)
		u.Email = email
		return d.update(func(r store.Records) error { return r.InsertUser(u) })
	}
	d.must(add("a", "u", "Jürgen@Example.com"))
	for _, email := range []string{"Jürgen@Example.com", "jürgen@example.com", "JÜRGEN@EXAMPLE.COM"} {
		if err := add("a", "v", email); !errors.Is(err, store.ErrExists) {
			d.Errorf("%s again: %v", email, err)
		}
	}
	d.must(add("a", "w", "jurgen@example.com"))
	d.must(add("b", "u", "jürgen@example.com"))
	d.write(func(r store.Records) error {
		u, err := r.LockUserByEmail(aws, "a", "JÜRGEN@example.COM")
		d.equal("address", u.UserID+" "+u.Email, "u Jürgen@Example.com")
		return err
	})
	list := d.users(store.UserFilter{AccountID: "a", Email: "jürgen@EXAMPLE.com", Limit: 9})
	if len(list) != 1 || list[0].UserID != "u" {
		d.Errorf("listed by address: %+v", list)
	}
}

func userWithoutAccount(d *db) {
	d.refused(store.ErrReferenced, func(r store.Records) error { return r.InsertUser(newUser("ghost", "u", 1)) })
	if n := d.count("users"); n != 0 {
		d.Errorf("%d users without an account", n)
	}
	a := d.addAccount("a", 1)
	d.write(func(r store.Records) error { return deleteAccount(r, a, 2) })
	d.refused(store.ErrReferenced, func(r store.Records) error { return r.InsertUser(newUser("a", "u", 1)) })
}

// Oldest first; users of one moment in the order of the bytes of their ids.
func userPages(d *db) {
	d.addAccount("a", 1)
	d.addAccount("b", 1)
	d.addUser("b", "other", 500)
	for i, id := range []string{"B", "a", "b", "A", "é", "_", "1"} {
		u := newUser("a", id, 500)
		u.Email = strconv.Itoa(i) + "@example.com"
		d.write(func(r store.Records) error { return r.InsertUser(u) })
	}
	d.addUser("a", "new", 600)
	d.addUser("a", "old", 400)
	want := []string{"old", "1", "A", "B", "_", "a", "b", "é", "new"}
	for limit := 1; limit <= len(want)+1; limit++ {
		if got := d.allUsers(store.UserFilter{AccountID: "a", Limit: limit}); !slices.Equal(got, want) {
			d.Errorf("pages of %d: %v, want %v", limit, got, want)
		}
	}
}

// allUsers returns the ids of all pages.
func (d *db) allUsers(f store.UserFilter) (ids []string) {
	d.Helper()
	for page := d.users(f); len(page) > 0; page = d.users(f) {
		if len(page) > f.Limit {
			d.Fatalf("%d users on a page of %d", len(page), f.Limit)
		}
		last := page[len(page)-1]
		f.After = store.Position{Ms: last.CreatedMs, ID: last.UserID}
		for _, u := range page {
			ids = append(ids, u.UserID)
		}
	}
	return ids
}

func userPagesByType(d *db) {
	d.addAccount("a", 1)
	for i := range 6 {
		u := newUser("a", strconv.Itoa(i), 500)
		if i%2 == 0 {
			u.Type = "SharedDevice"
		}
		d.write(func(r store.Records) error { return r.InsertUser(u) })
	}
	for shared, want := range map[bool][]string{true: {"0", "2", "4"}, false: {"1", "3", "5"}} {
		if got := d.allUsers(store.UserFilter{AccountID: "a", SharedDevice: &shared, Limit: 2}); !slices.Equal(got, want) {
			d.Errorf("shared devices %v: %v, want %v", shared, got, want)
		}
	}
}

// Who leaves an account can come back under the same id.
func userRemoved(d *db) {
	d.addAccount("a", 1)
	u := d.addUser("a", "first", 1)
	if !d.hasUsers("a") {
		d.Error("HasUsers does not see the user")
	}
	d.write(func(r store.Records) error { return r.RemoveUser(u) })
	if d.hasUsers("a") {
		d.Error("HasUsers sees the removed user")
	}
	former := func() (id string) {
		d.read(func(r store.Records) (err error) {
			id, err = r.FormerUserID("a", "FIRST@example.com")
			return err
		})
		return id
	}
	d.equal("former id", former(), "first")
	again := newUser("a", "second", 2)
	again.Email = u.Email
	d.write(func(r store.Records) error { return r.InsertUser(again) })
	d.write(func(r store.Records) error { return r.RemoveUser(again) })
	d.equal("former id after the second time", former(), "second")
}
