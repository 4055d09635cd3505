package store_test

import (
	"errors"
	"slices"

	"carillon/store"
)

func (d *db) account(id string) (a *store.Account, err error) {
	err = d.View(d.Context(), func(r store.Records) (err error) {
		a, err = r.Account(aws, id)
		return err
	})
	return a, err
}

func account(d *db) {
	first := filled[store.Account](d, "+")
	first.AccountID, first.AwsAccountID = "a", aws
	d.write(func(r store.Records) error { return r.InsertAccount(&first) })
	got, err := d.account("a")
	d.must(err)
	d.equal("inserted", *got, first)

	second := filled[store.Account](d, "++")
	second.AccountID, second.AwsAccountID, second.CreatedMs = first.AccountID, first.AwsAccountID, first.CreatedMs
	d.write(func(r store.Records) error {
		locked, err := r.LockAccount(aws, "a")
		d.equal("locked", *locked, first)
		if err != nil {
			return err
		}
		return r.UpdateAccount(&second)
	})
	got, err = d.account("a")
	d.must(err)
	d.equal("updated", *got, second)
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertAccount(&first) })
}

func accountAbsent(d *db) {
	ghost := &store.Account{AccountID: "ghost"}
	_, err := d.account("ghost")
	if !errors.Is(err, store.ErrNotFound) {
		d.Errorf("Account: %v", err)
	}
	d.refused(store.ErrNotFound, func(r store.Records) error { return second(r.LockAccount(aws, "ghost")) })
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.UpdateAccount(ghost) })
	d.refused(store.ErrNotFound, func(r store.Records) error { return deleteAccount(r, ghost, 1) })
}

// second returns the error of a call that has another result.
func second[T any](_ T, err error) error { return err }

// What belongs to another AWS account is not there.
func accountTenancy(d *db) {
	d.addAccount("a", 1)
	d.addUser("a", "u", 1)
	const other = "999900001111"
	for name, read := range map[string]func(store.Records) error{
		"Account":     func(r store.Records) error { return second(r.Account(other, "a")) },
		"LockAccount": func(r store.Records) error { return second(r.LockAccount(other, "a")) },
		"User":        func(r store.Records) error { return second(r.User(other, "a", "u")) },
		"LockUser":    func(r store.Records) error { return second(r.LockUser(other, "a", "u")) },
	} {
		if err := d.update(read); !errors.Is(err, store.ErrNotFound) {
			d.Errorf("%s: %v", name, err)
		}
	}
	if page := d.accountIDs(store.AccountFilter{AwsAccountID: other, Limit: 9}); len(page) > 0 {
		d.Errorf("Accounts: %v", page)
	}
}

func (d *db) accountIDs(f store.AccountFilter) (ids []string) {
	d.Helper()
	for _, a := range d.accounts(f) {
		ids = append(ids, a.AccountID)
	}
	return ids
}

func (d *db) accounts(f store.AccountFilter) (page []store.Account) {
	d.Helper()
	d.read(func(r store.Records) (err error) {
		page, err = r.Accounts(f)
		return err
	})
	return page
}

// Newest first; accounts of one moment in the descending order of the bytes of
// their ids, whatever the language of the database.
func accountPages(d *db) {
	for _, id := range []string{"B", "a", "b", "A", "é", "_", "1"} {
		d.addAccount(id, 500)
	}
	d.addAccount("old", 400)
	d.addAccount("new", 600)
	want := []string{"new", "é", "b", "a", "_", "B", "A", "1", "old"}
	for limit := 1; limit <= len(want)+1; limit++ {
		f := store.AccountFilter{AwsAccountID: aws, Limit: limit}
		var got []string
		for page := d.accounts(f); len(page) > 0; page = d.accounts(f) {
			last := page[len(page)-1]
			f.After = store.Position{Ms: last.CreatedMs, ID: last.AccountID}
			for _, a := range page {
				got = append(got, a.AccountID)
			}
		}
		if !slices.Equal(got, want) {
			d.Errorf("pages of %d: %v, want %v", limit, got, want)
		}
	}
}

func accountNames(d *db) {
	for i, name := range []string{"Example", "EXAMPLE two", "100% sure", "100 percent", "a_b", "axb", "Ängström", "ΣΟΦΙΑ", `back\slash`} {
		a := &store.Account{AccountID: name, AwsAccountID: aws, Name: name, CreatedMs: int64(100 - i)}
		d.write(func(r store.Records) error { return r.InsertAccount(a) })
	}
	for _, test := range []struct {
		prefix string
		want   []string
	}{
		{"example", []string{"Example", "EXAMPLE two"}},
		{"eXAMPLE ", []string{"EXAMPLE two"}},
		{"100%", []string{"100% sure"}},
		{"%", nil},
		{"_", nil},
		{"a_", []string{"a_b"}},
		{"a", []string{"a_b", "axb"}},
		{"ÄNG", []string{"Ängström"}},
		{"äng", []string{"Ängström"}},
		{"σο", []string{"ΣΟΦΙΑ"}},
		{`back\`, []string{`back\slash`}},
		{"xample", nil},
		{"example two and more", nil},
		{"'", nil},
	} {
		got := d.accountIDs(store.AccountFilter{AwsAccountID: aws, NamePrefix: test.prefix, Limit: 99})
		if !slices.Equal(got, test.want) {
			d.Errorf("prefix %q: %q, want %q", test.prefix, got, test.want)
		}
	}
}

func accountsByEmail(d *db) {
	for i, id := range []string{"a", "b", "c"} {
		d.addAccount(id, int64(10+i))
	}
	for _, id := range []string{"a", "c"} {
		u := newUser(id, "u", 1)
		u.Email = "Jane.Doe@Example.COM"
		d.write(func(r store.Records) error { return r.InsertUser(u) })
	}
	for _, test := range []struct {
		filter store.AccountFilter
		want   []string
	}{
		{store.AccountFilter{UserEmail: "jane.doe@example.com"}, []string{"c", "a"}},
		{store.AccountFilter{UserEmail: "JANE.DOE@EXAMPLE.COM", NamePrefix: "A"}, []string{"a"}},
		{store.AccountFilter{UserEmail: "jane.doe@example.com", After: store.Position{Ms: 12, ID: "c"}}, []string{"a"}},
		{store.AccountFilter{UserEmail: "jane_doe@example.com"}, nil},
	} {
		test.filter.AwsAccountID, test.filter.Limit = aws, 9
		if got := d.accountIDs(test.filter); !slices.Equal(got, test.want) {
			d.Errorf("%+v: %v, want %v", test.filter, got, test.want)
		}
	}
}

func accountDeleted(d *db) {
	a, b := d.addAccount("a", 1), d.addAccount("b", 2)
	left := d.addUser("a", "left", 1)
	d.addUser("a", "stays", 1)
	d.addUser("b", "stays", 1)
	d.write(func(r store.Records) error { return r.RemoveUser(left) })
	d.write(func(r store.Records) error { return deleteAccount(r, a, 700) })
	if _, err := d.account("a"); !errors.Is(err, store.ErrNotFound) {
		d.Errorf("the deleted account: %v", err)
	}
	if _, err := d.account("b"); err != nil {
		d.Errorf("the other account: %v", err)
	}
	for table, want := range map[string]int64{"users": 1, "former_users": 0, "deleted_accounts": 1} {
		if n := d.count(table); n != want {
			d.Errorf("%d rows in %s, want %d", n, table, want)
		}
	}
	d.refused(store.ErrNotFound, func(r store.Records) error { return deleteAccount(r, a, 701) })
	d.write(func(r store.Records) error { return deleteAccount(r, b, 702) })
}

func accountPurged(d *db) {
	for i, id := range []string{"a", "b", "c"} {
		a := d.addAccount(id, 1)
		d.write(func(r store.Records) error { return deleteAccount(r, a, int64(10*(i+1))) })
	}
	for _, test := range []struct{ before, want int64 }{{10, 0}, {21, 2}, {99, 1}, {99, 0}} {
		var n int64
		d.write(func(r store.Records) (err error) {
			n, err = r.PurgeDeletedAccounts(test.before, 1000)
			return err
		})
		if n != test.want {
			d.Errorf("before %d: purged %d, want %d", test.before, n, test.want)
		}
	}
}
