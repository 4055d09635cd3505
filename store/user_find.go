package store

import "carillon/store/engine"

// FoundUser is a user with what else is asked about the one of a request: to ask
// for all of it at once is most of what a look-up by id costs less.
type FoundUser struct {
	userRow
	// AccountStatus is that of the account.
	AccountStatus string
	// LastActiveMs is when the user acted last; 0: never.
	LastActiveMs int64
}

// FindUser returns a user of an AWS account's Chime account, or ErrNotFound.
func (r Records) FindUser(awsAccountID, accountID, userID string) (*FoundUser, error) {
	return r.findUser(foundByPlace, foundByOtherID, awsAccountID, accountID, userID)
}

// FindAndLockUser is FindUser and keeps others from changing the user until the
// transaction ends.
func (r Records) FindAndLockUser(awsAccountID, accountID, userID string) (*FoundUser, error) {
	return r.findUser(foundByPlace+forUpdateOfUser, foundByOtherID+forUpdateOfUser, awsAccountID, accountID, userID)
}

const (
	found = `SELECT u.place, u.email_key, u.data, a.account_status,
		COALESCE((SELECT MAX(v.active_ms) FROM user_activity v WHERE v.account_id = $1 AND v.user_id = $2), 0)
		FROM user_rows u, accounts a WHERE u.account_id = $1 AND a.account_id = $1 AND a.aws_account_id = $3`
	// The place is known, if the id tells it; else the index has to be as it is here.
	foundByPlace    = found + ` AND u.place = $4`
	foundByOtherID  = found + ` AND u.other_id = $4 AND LENGTH(u.other_id) > 0`
	forUpdateOfUser = ` FOR UPDATE OF u`
)

func (r Records) findUser(byPlace, byOtherID, awsAccountID, accountID, userID string) (*FoundUser, error) {
	u := &FoundUser{userRow: userRow{User: User{AccountID: accountID, AwsAccountID: awsAccountID, UserID: userID}}}
	text, p := byPlace, placeOf(userID, 0)
	key := p.key
	if len(p.other) > 0 {
		text, key = byOtherID, p.other
	}
	return u, r.byKey(noUser, text, []any{accountID, userID, awsAccountID, key}, u.scan)
}

func (u *FoundUser) scan(row engine.Row) error {
	if err := row.Scan(&u.place.key, &u.emailKey, &u.data, &u.AccountStatus, &u.LastActiveMs); err != nil {
		return err
	}
	u.CreatedMs, u.Email = u.place.createdMs(), keptEmail(u.emailKey, u.UserID)
	return u.readData(u.data)
}
