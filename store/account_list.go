package store

import "carillon/store/engine"

// AccountFilter selects accounts of one AWS account, newest first.
type AccountFilter struct {
	AwsAccountID string
	// NamePrefix, if not empty, compares without regard to case.
	NamePrefix string
	// UserEmail, if not empty, selects accounts that hold a user with this
	// address, compared by [EmailKey].
	UserEmail string
	After     Position
	Limit     int
}

// fewAccounts is up to how many accounts are looked up and put in order. If
// more of them match, a page is soon full when the accounts are gone through in
// the order of the list.
const fewAccounts = 2000

// Accounts returns a page of accounts. It looks first how many match by name or
// address, up to fewAccounts, and chooses its way by that: neither way alone is
// quick both for one account in many thousands and for all of them.
func (r Records) Accounts(f AccountFilter) ([]Account, error) {
	byEmail, err := r.fewHold(f.UserEmail)
	if err != nil {
		return nil, err
	}
	byName := false
	if !byEmail {
		if byName, err = r.fewNamed(f.AwsAccountID, Fold(f.NamePrefix)); err != nil {
			return nil, err
		}
	}
	q := f.query(byEmail, byName)
	return collect[Account](r, q.String(), q.args)
}

// fewHold reports whether there is an address and few accounts hold it.
func (r Records) fewHold(email string) (bool, error) {
	if email == "" {
		return false, nil
	}
	return r.few(`SELECT account_id FROM user_rows WHERE email_key = $1 LIMIT CAST($2 AS BIGINT)`, EmailKey(email), fewAccounts+1)
}

// fewNamed reports whether there is a prefix and few names begin with it.
func (r Records) fewNamed(awsAccountID, prefix string) (bool, error) {
	if prefix == "" {
		return false, nil
	}
	var q query
	q.add(`SELECT account_id FROM accounts WHERE aws_account_id = ?`, awsAccountID)
	q.addPrefix(`name_key`, prefix)
	q.add(` LIMIT CAST(? AS BIGINT)`, fewAccounts+1)
	return r.few(q.String(), q.args...)
}

func (r Records) few(query string, args ...any) (bool, error) {
	n := 0
	err := r.tx.Query(query, args, func(engine.Row) error {
		n++
		return nil
	})
	return n <= fewAccounts, err
}

var newestAccounts = descending(`created_ms`, `account_id`)

// query goes by the address or the name, if few have it, or through all accounts
// in order, looking at each.
func (f AccountFilter) query(byEmail, byName bool) *query {
	q := new(query)
	q.add(`SELECT ` + accountColumns + ` FROM `)
	if byEmail { // CROSS JOIN tells SQLite which table to begin with
		q.add(`(SELECT account_id AS holder FROM user_rows WHERE email_key = ?) h CROSS JOIN `, EmailKey(f.UserEmail))
	}
	q.add(`accounts WHERE aws_account_id = ?`, f.AwsAccountID)
	if byEmail {
		q.add(` AND account_id = holder`)
	}
	f.restrict(q, byEmail, byName)
	q.page(newestAccounts, f.After, f.Limit)
	return q
}

// restrict adds the conditions that are left.
func (f AccountFilter) restrict(q *query, byEmail, byName bool) {
	if f.NamePrefix != "" {
		column := `name_key`
		if !byName { // SQLite, which cannot see through this, would go by name all the same
			column = `(CASE WHEN TRUE THEN name_key END)`
		}
		q.addPrefix(column, Fold(f.NamePrefix))
	}
	if f.UserEmail != "" && !byEmail {
		q.add(` AND EXISTS (SELECT 1 FROM user_rows u WHERE u.account_id = accounts.account_id AND u.email_key = ?)`, EmailKey(f.UserEmail))
	}
}
