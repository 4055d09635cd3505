package store

import "carillon/store/engine"

// UserKey is what tells a user apart.
type UserKey struct{ AccountID, UserID string }

// namesByID finds what a user of the account $1 is called, if it is one of the AWS
// account $2.
var namesByID = idTexts{
	byPlace:   `SELECT account_id, place, email_key, data FROM user_rows WHERE account_id = $1` + ownedBySecond + ` AND place = $3`,
	byOtherID: `SELECT account_id, place, email_key, data FROM user_rows WHERE account_id = $1` + ownedBySecond + ` AND other_id = $3 AND LENGTH(other_id) > 0`,
}

// UserNames calls each, in no order, for those of some users who are in accounts of an
// AWS account, with what they are called and no more. The User is used again.
func (r Records) UserNames(awsAccountID string, keys []UserKey, each func(*User)) error {
	var places, others [][]any
	for _, k := range keys {
		if p := placeOf(k.UserID, 0); len(p.other) == 0 {
			places = append(places, []any{k.AccountID, awsAccountID, p.key})
		} else {
			others = append(others, []any{k.AccountID, awsAccountID, p.other})
		}
	}
	named := func(row engine.Row) error {
		var u userRow
		if err := row.Scan(&u.AccountID, &u.place.key, &u.emailKey, &u.data); err != nil {
			return err
		}
		u.place = placeAt(u.place.key)
		err := u.tell()
		each(&u.User)
		return err
	}
	if err := engine.Batch(r.tx, namesByID.byPlace, places, named); err != nil {
		return err
	}
	return engine.Batch(r.tx, namesByID.byOtherID, others, named)
}
