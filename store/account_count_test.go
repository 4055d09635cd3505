package store_test

import (
	"errors"
	"fmt"
	"sync"

	"carillon/store"
)

func (d *db) accountCount() (n int64) {
	d.Helper()
	d.read(func(r store.Records) (err error) {
		n, err = r.CountAccounts(aws)
		return err
	})
	return n
}

// The count is right after every addition, deletion, failure and race.
func accountCount(d *db) {
	d.equal("at first", d.accountCount(), int64(0))
	first := d.addAccount("first", 1)
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertAccount(first) })
	failed := errors.New("changed its mind")
	d.refused(failed, func(r store.Records) error {
		if err := r.InsertAccount(&store.Account{AccountID: "second", AwsAccountID: aws}); err != nil {
			return err
		}
		n, err := r.CountAccounts(aws)
		d.equal("inside", n, int64(2))
		return errors.Join(err, failed)
	})
	d.equal("after one", d.accountCount(), int64(1))
	d.write(func(r store.Records) error { return r.MarkAccountDeleted(first, 2) })
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.MarkAccountDeleted(first, 2) })
	d.equal("after its deletion", d.accountCount(), int64(0))
}

// Of accounts that are added at the same time, no more stay than a rule allows
// that looks at the count after its own.
func accountCountAtOnce(d *db) {
	const quota = 3
	full := errors.New("full")
	var wg sync.WaitGroup
	for i := range 4 * quota {
		a := &store.Account{AccountID: fmt.Sprint(i), AwsAccountID: aws}
		wg.Go(func() {
			err := d.update(func(r store.Records) error {
				if err := r.InsertAccount(a); err != nil {
					return err
				}
				n, err := r.CountAccounts(aws)
				if err == nil && n > quota {
					err = full
				}
				return err
			})
			if err != nil && !errors.Is(err, full) {
				d.Error(err)
			}
		})
	}
	wg.Wait()
	d.equal("accounts", d.count("accounts"), int64(quota))
	d.equal("count", d.accountCount(), int64(quota))
}
