package store_test

import (
	"fmt"

	"carillon/store"
)

func awsAccountSettings(d *db) {
	get := func(id string) (s store.AwsAccountSettings) {
		d.read(func(r store.Records) (err error) {
			s, err = r.AwsAccountSettings(id)
			return err
		})
		return s
	}
	empty := store.AwsAccountSettings{AwsAccountID: aws}
	d.equal("before any", get(aws), empty)
	for _, sign := range []string{"+", "++"} {
		s := filled[store.AwsAccountSettings](d, sign)
		s.AwsAccountID = aws
		before := get(aws)
		d.write(func(r store.Records) error {
			locked, err := r.LockAwsAccountSettings(aws)
			d.equal("locked", locked, before)
			if err != nil {
				return err
			}
			return r.UpdateAwsAccountSettings(&s)
		})
		d.equal("set", get(aws), s)
	}
	d.equal("another AWS account's", get("999900001111"), store.AwsAccountSettings{AwsAccountID: "999900001111"})
}

func retentionSettings(d *db) {
	d.addAccount("a", 1)
	get := func() (s store.RetentionSettings) {
		d.read(func(r store.Records) (err error) {
			s, err = r.RetentionSettings("a")
			return err
		})
		return s
	}
	d.equal("before any", get(), store.RetentionSettings{AccountID: "a"})
	for _, sign := range []string{"+", "++"} {
		s := filled[store.RetentionSettings](d, sign)
		s.AccountID = "a"
		d.write(func(r store.Records) error { return r.PutRetentionSettings(&s) })
		d.equal("set", get(), s)
	}
	d.refused(store.ErrReferenced, func(r store.Records) error {
		return r.PutRetentionSettings(&store.RetentionSettings{AccountID: "ghost"})
	})
}

func testClock(d *db) {
	for _, want := range []int64{0, 1 << 40, 1<<40 + 5} {
		d.read(func(r store.Records) error {
			ms, err := r.TestClockOffset()
			d.equal("ahead", ms, want)
			return err
		})
		step := int64(1 << 40)
		if want > 0 {
			step = 5
		}
		d.write(func(r store.Records) error { return r.AdvanceTestClock(step) })
	}
}

// Many users come in by few statements; ids and addresses that are taken are
// left out.
func insertUsers(d *db) {
	d.addAccount("a", 1)
	d.addAccount("b", 1)
	d.addUser("b", "u1", 1)
	for _, n := range []int{0, 1, 64, 65, 130} {
		var users []store.User
		for i := range n {
			users = append(users, *newUser("a", fmt.Sprintf("n%d-%d", n, i), 1))
		}
		before := d.count("users")
		d.equal(fmt.Sprint("added of ", n), len(d.insertAll(users)), n)
		d.equal("rows", d.count("users")-before, int64(n))
		d.equal("added again", len(d.insertAll(users)), 0)
	}
	all := addedUser(d)
	all.AccountID, all.AwsAccountID = "a", aws
	d.equal("added", d.insertAll([]store.User{all}), map[string]bool{all.UserID: true})
	got, err := d.user("a", all.UserID)
	d.must(err)
	d.equal("inserted", *got, all)
	sameID, sameEmail, fresh := *newUser("a", "n1-0", 1), *newUser("a", "x", 1), *newUser("a", "y", 1)
	sameID.Email, sameEmail.Email = "other@example.com", "N65-64@EXAMPLE.com"
	twin := *newUser("a", "z", 1)
	twin.Email = "Y@example.com"
	d.equal("with conflicts", d.insertAll([]store.User{sameID, sameEmail, fresh, twin}), map[string]bool{"y": true})
	d.refused(store.ErrReferenced, func(r store.Records) error {
		return second(r.InsertUsers([]store.User{*newUser("ghost", "u", 1)}))
	})
}

func (d *db) insertAll(users []store.User) (added map[string]bool) {
	d.Helper()
	d.write(func(r store.Records) (err error) {
		added, err = r.InsertUsers(users)
		return err
	})
	return added
}
