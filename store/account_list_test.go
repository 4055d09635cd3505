package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"carillon/store"
)

// Whichever way a list goes, by few that match or through all in order, it has
// the same accounts.
func accountsManyAndFew(d *db) {
	if testing.Short() {
		d.Skip("one caller, who fills many rows")
	}
	all := manyAccounts()
	holds := func(i int, email string) bool {
		return email == "everybody@example.com" || email == "one@example.com" && i == 3
	}
	d.write(func(r store.Records) error {
		for i := range all {
			if err := insertWithUsers(r, &all[i], func(email string) bool { return holds(i, email) }); err != nil {
				return err
			}
		}
		return nil
	})
	for _, f := range []store.AccountFilter{
		{NamePrefix: "many"},
		{NamePrefix: "MANY 10"},
		{NamePrefix: "other"},
		{NamePrefix: "other\U0010FFFF"},
		{NamePrefix: "nobody"},
		{UserEmail: "Everybody@example.com."},
		{UserEmail: "one@example.com"},
		{UserEmail: "nobody@example.com"},
		{UserEmail: "everybody@example.com", NamePrefix: "many"},
		{UserEmail: "everybody@example.com", NamePrefix: "many 10"},
		{UserEmail: "one@example.com", NamePrefix: "other"},
		{UserEmail: "one@example.com", NamePrefix: "many"},
	} {
		var want []string
		for i, a := range all {
			if strings.HasPrefix(store.Fold(a.Name), store.Fold(f.NamePrefix)) && (f.UserEmail == "" || holds(i, store.EmailKey(f.UserEmail))) {
				want = append(want, a.AccountID)
			}
		}
		d.checkPages(all, f, want)
	}
}

// manyAccounts are two thirds Many and one third Other, with ids in another
// order than that of their ages.
func manyAccounts() (all []store.Account) {
	const total = 4201 // a prime
	for i := range total {
		name := fmt.Sprint("Many ", i)
		if i%3 == 0 {
			name = "Other\U0010FFFF"
		}
		all = append(all, store.Account{AccountID: fmt.Sprintf("%04d", i*7%total), AwsAccountID: aws, Name: name, CreatedMs: int64(1 + i/2)})
	}
	return all
}

func insertWithUsers(r store.Records, a *store.Account, holds func(email string) bool) error {
	if err := r.InsertAccount(a); err != nil {
		return err
	}
	for _, email := range []string{"everybody@example.com", "one@example.com"} {
		u := newUser(a.AccountID, email, 1)
		u.Email = email
		if holds(email) {
			if err := r.InsertUser(u); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkPages lists accounts, which must be those with some ids, newest first.
func (d *db) checkPages(all []store.Account, f store.AccountFilter, ids []string) {
	d.Helper()
	var want, got []string
	for _, a := range slices.SortedFunc(slices.Values(all), newestFirst) {
		if slices.Contains(ids, a.AccountID) {
			want = append(want, a.AccountID)
		}
	}
	for f.AwsAccountID, f.Limit = aws, 201; ; {
		page := d.accounts(f)
		if len(page) == 0 {
			break
		}
		for _, a := range page {
			got = append(got, a.AccountID)
		}
		f.After = store.Position{Ms: page[len(page)-1].CreatedMs, ID: page[len(page)-1].AccountID}
	}
	if !slices.Equal(got, want) {
		d.Errorf("%q and %q: %d accounts, want %d, or in another order", f.NamePrefix, f.UserEmail, len(got), len(want))
	}
}

func newestFirst(a, b store.Account) int {
	if a.CreatedMs != b.CreatedMs {
		return int(b.CreatedMs - a.CreatedMs)
	}
	return strings.Compare(b.AccountID, a.AccountID)
}
