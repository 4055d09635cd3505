package store_test

import (
	"errors"
	"slices"
	"strconv"

	"carillon/store"
)

func (d *db) domains(account string) (list []store.Domain) {
	d.Helper()
	d.read(func(r store.Records) (err error) {
		list, err = r.Domains(account)
		return err
	})
	return list
}

func domains(d *db) {
	first := filled[store.Domain](d, "+")
	first.Name, first.AccountID, first.AwsAccountID = "b.example", "a", aws
	d.write(func(r store.Records) error { return r.InsertDomain(&first) })
	d.equal("inserted", d.domains("a"), []store.Domain{first})

	again := store.Domain{AwsAccountID: aws, Name: "B.Example", AccountID: "b"}
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertDomain(&again) })
	again.AwsAccountID = "999900001111"
	d.write(func(r store.Records) error { return r.InsertDomain(&again) })
	d.equal("in lower case", d.domains("b")[0].Name, "b.example")

	for _, name := range []string{"z.example", "a.example"} {
		same := store.Domain{AwsAccountID: aws, Name: name, AccountID: "a", CreatedMs: first.CreatedMs - 1}
		d.write(func(r store.Records) error { return r.InsertDomain(&same) })
	}
	var names []string
	for _, domain := range d.domains("a") {
		names = append(names, domain.Name)
	}
	d.equal("in the order of claims", names, []string{"a.example", "z.example", "b.example"})

	d.refused(store.ErrNotFound, func(r store.Records) error { return r.DeleteDomain("b", "a.example") })
	d.write(func(r store.Records) error { return r.DeleteDomain("a", "A.EXAMPLE") })
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.DeleteDomain("a", "a.example") })
}

func (d *db) key(id string) (k store.AccessKey, err error) {
	err = d.View(d.Context(), func(r store.Records) (err error) {
		k, err = r.AccessKey(id)
		return err
	})
	return k, err
}

func accessKey(d *db) {
	want := filled[store.AccessKey](d, "+")
	user := store.IamUser{AwsAccountID: want.AwsAccountID, UserID: want.UserID, UserName: want.UserName, Path: want.UserPath}
	use := store.KeyUse{AccessKeyID: want.AccessKeyID, UsedMs: want.UsedMs, Service: want.UsedService, Region: want.UsedRegion}
	d.write(func(r store.Records) error {
		return errors.Join(r.InsertIamUser(&user), r.InsertAccessKey(&want), r.PutKeyUse(&use))
	})
	use.UsedMs, use.Service = use.UsedMs-1, "late"
	d.write(func(r store.Records) error { return r.PutKeyUse(&use) })
	for _, active := range []bool{!want.Active, want.Active, want.Active} {
		want.Active = active
		d.write(func(r store.Records) error { return r.SetAccessKeyActive(want.AccessKeyID, active) })
		got, err := d.key(want.AccessKeyID)
		d.must(err)
		d.equal("key", got, want)
	}
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertAccessKey(&want) })
	d.write(func(r store.Records) error { return r.DeleteAccessKey(want.AccessKeyID) })
	if _, err := d.key(want.AccessKeyID); !errors.Is(err, store.ErrNotFound) {
		d.Errorf("the deleted key: %v", err)
	}
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.DeleteAccessKey(want.AccessKeyID) })
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.SetAccessKeyActive(want.AccessKeyID, true) })
}

func accessKeys(d *db) {
	for i, k := range []store.AccessKey{
		{AwsAccountID: aws, UserName: "alice", CreatedMs: 30},
		{AwsAccountID: aws, UserName: "bob", CreatedMs: 20},
		{AwsAccountID: "999900001111", UserName: "alice", CreatedMs: 20},
		{AwsAccountID: aws, UserName: "alice", CreatedMs: 10},
	} {
		k.AccessKeyID, k.SealedSecret, k.UserID = strconv.Itoa(i), []byte{1}, k.UserName+" of "+k.AwsAccountID
		user := store.IamUser{AwsAccountID: k.AwsAccountID, UserID: k.UserID, UserName: k.UserName, Path: "/"}
		d.write(func(r store.Records) error {
			if err := r.InsertIamUser(&user); err != nil && !errors.Is(err, store.ErrExists) {
				return err
			}
			return r.InsertAccessKey(&k)
		})
	}
	for _, test := range []struct {
		account, user string
		want          []string
	}{
		{"", "", []string{"3", "1", "2", "0"}},
		{aws, "", []string{"3", "1", "0"}},
		{"", "alice", []string{"3", "2", "0"}},
		{aws, "alice", []string{"3", "0"}},
		{aws, "Alice", []string{"3", "0"}},
		{aws, "%", nil},
	} {
		var ids []string
		d.read(func(r store.Records) error {
			keys, err := r.AccessKeys(test.account, test.user)
			for _, k := range keys {
				ids = append(ids, k.AccessKeyID)
			}
			return err
		})
		if !slices.Equal(ids, test.want) {
			d.Errorf("keys of %q %q: %v, want %v", test.account, test.user, ids, test.want)
		}
	}
}

func serverSecrets(d *db) {
	secret := func(name string, value []byte) (kept []byte) {
		d.write(func(r store.Records) (err error) {
			kept, err = r.ServerSecret(name, value)
			return err
		})
		return kept
	}
	d.equal("first", secret("a", []byte{0, 1}), []byte{0, 1})
	d.equal("kept", secret("a", []byte{2}), []byte{0, 1})
	d.equal("other", secret("b", []byte{2}), []byte{2})
	d.write(func(r store.Records) error {
		return errors.Join(r.PutServerSecret("a", []byte{3}), r.PutServerSecret("c", []byte{}))
	})
	d.equal("replaced", secret("a", []byte{4}), []byte{3})
	var all map[string][]byte
	d.read(func(r store.Records) (err error) {
		all, err = r.ServerSecrets()
		return err
	})
	d.equal("all", all, map[string][]byte{"a": {3}, "b": {2}, "c": {}})
}

// An error ends a transaction with nothing done, and is returned as it is.
func rolledBack(d *db) {
	failure := errors.New("no")
	d.refused(failure, func(r store.Records) error {
		a := &store.Account{AccountID: "a", AwsAccountID: aws, CreatedMs: 1}
		if err := errors.Join(r.InsertAccount(a), r.InsertUser(newUser("a", "u", 1))); err != nil {
			return err
		}
		return failure
	})
	if n := d.count("accounts") + d.count("users"); n != 0 {
		d.Errorf("%d rows are left", n)
	}
}
