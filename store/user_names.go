package store

import (
	"slices"
	"strings"

	"carillon/store/engine"
)

// UserKey is what tells a user apart.
type UserKey struct{ AccountID, UserID string }

// UserNames calls each, in no order, for those of some users who are in accounts of an
// AWS account, with what they are called and no more. The User is used again. It is
// one statement, whatever accounts they are in.
func (r Records) UserNames(awsAccountID string, keys []UserKey, each func(*User)) error {
	if len(keys) == 0 {
		return nil
	}
	wanted := make(map[UserKey]bool, len(keys)) // two accounts may have users of one id
	for _, k := range keys {
		wanted[k] = true
	}
	q := userNamesQuery(awsAccountID, keys)
	return r.tx.Query(q.String(), q.args, func(row engine.Row) error {
		var u userRow
		if err := row.Scan(&u.AccountID, &u.place.key, &u.emailKey, &u.data); err != nil {
			return err
		}
		u.place = placeAt(u.place.key)
		err := u.tell()
		if wanted[UserKey{u.AccountID, u.UserID}] {
			each(&u.User)
		}
		return err
	})
}

// userNamesQuery finds users by the one of two keys that knows their ids. Lists of like
// length have the same text.
func userNamesQuery(awsAccountID string, keys []UserKey) *query {
	var accounts, places, others []any
	for _, k := range keys {
		if !slices.Contains(accounts, any(k.AccountID)) {
			accounts = append(accounts, k.AccountID)
		}
		if p := placeOf(k.UserID, 0); len(p.other) == 0 {
			places = append(places, p.key)
		} else {
			others = append(others, p.other)
		}
	}
	q := new(query)
	if len(places) > 0 {
		q.addNames(awsAccountID, accounts, `place`, places)
	}
	if len(others) > 0 {
		if len(places) > 0 {
			q.add(` UNION ALL `)
		}
		q.addNames(awsAccountID, accounts, `LENGTH(other_id) > 0 AND other_id`, others)
	}
	return q
}

func (q *query) addNames(awsAccountID string, accounts []any, column string, values []any) {
	list := func(list []any) { q.add(`?`+strings.Repeat(`, ?`, roundUp(len(list))-1), padded(list)...) }
	q.add(`SELECT account_id, place, email_key, data FROM user_rows
		WHERE account_id IN (SELECT account_id FROM accounts WHERE aws_account_id = ? AND account_id IN (`, awsAccountID)
	list(accounts)
	q.add(`)) AND ` + column + ` IN (`)
	list(values)
	q.add(`)`)
}
