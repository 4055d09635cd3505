package store

import (
	"errors"

	"carillon/store/engine"
)

// CountAccounts returns how many Chime accounts an AWS account has, at the price
// of reading one row. After InsertAccount in the same transaction nobody can
// change it until that ends.
func (r Records) CountAccounts(awsAccountID string) (n int64, err error) {
	err = r.one(noRecord, `SELECT accounts FROM account_counts WHERE aws_account_id = $1`, []any{awsAccountID}, func(row engine.Row) error { return row.Scan(&n) })
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return n, err
}

// addToAccountCount goes with every account that comes or goes.
func (r Records) addToAccountCount(awsAccountID string, n int) error {
	_, err := r.tx.Exec(`INSERT INTO account_counts (aws_account_id, accounts) VALUES ($1, $2)
		ON CONFLICT (aws_account_id) DO UPDATE SET accounts = account_counts.accounts + excluded.accounts`, awsAccountID, n)
	return err
}
