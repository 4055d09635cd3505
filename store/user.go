package store

import (
	"errors"
	"sync"

	"carillon/store/engine"
)

// User is a user of a Chime account. Times are milliseconds since 1970 UTC,
// 0 for never.
type User struct {
	AccountID    string
	UserID       string
	AwsAccountID string
	Email        string // as given; unique in the account by its EmailKey
	DisplayName  string
	License      string
	Type         string
	Registration string
	Invitation   string
	InviteID     string
	EmailStatus  string
	PersonalPIN  string
	PhoneNumber  string
	AlexaEnabled bool
	AlexaRoomArn string

	InboundCalling  bool
	OutboundCalling bool
	SMS             bool

	// CreatedMs orders lists. Of an id with a time, a UUID of version 7, it is that.
	CreatedMs    int64
	RegisteredMs int64
	InvitedMs    int64
	SignedOutMs  int64
	// ChangedMs is when the user was last written after they were added; 0: never.
	ChangedMs int64
}

// userColumns are those of user_rows that tell everything of a user but whose
// it is. The place tells other_id, which is there to be found by.
const userColumns = `place, email_key, data, changed_ms`

// userRow is a user with room for what the row has; to use it again saves that
// for the next row.
type userRow struct {
	User
	place    place
	emailKey string
	data     string
}

func (u *userRow) scan(row engine.Row) error {
	if err := u.read(row); err != nil {
		return err
	}
	return u.tell()
}

// read takes the columns as they are.
func (u *userRow) read(row engine.Row) error {
	err := row.Scan(&u.place.key, &u.emailKey, &u.data, &u.ChangedMs)
	u.place = placeAt(u.place.key)
	return err
}

// tell sets the user to what the columns say.
func (u *userRow) tell() error {
	u.UserID, u.CreatedMs = u.place.id(), u.place.createdMs()
	u.Email = keptEmail(u.emailKey, u.UserID)
	return u.readData(u.data)
}

// Rows do not say whose they are: the account does, and an account that is
// deleted and still being erased is nobody's.
const (
	ownedAccount = ` AND EXISTS (SELECT 1 FROM accounts a WHERE a.account_id = ? AND a.aws_account_id = ?)`
	forUpdate    = ` FOR UPDATE`
)

// User returns a user of an AWS account's Chime account, or ErrNotFound.
func (r Records) User(awsAccountID, accountID, userID string) (*User, error) {
	u, err := r.FindUser(awsAccountID, accountID, userID)
	return &u.User, err
}

// LockUser is User and keeps others from changing the user until the
// transaction ends.
func (r Records) LockUser(awsAccountID, accountID, userID string) (*User, error) {
	u, err := r.FindAndLockUser(awsAccountID, accountID, userID)
	return &u.User, err
}

// LockUserByEmail is LockUser for the user with an address, compared by
// [EmailKey].
func (r Records) LockUserByEmail(awsAccountID, accountID, email string) (*User, error) {
	u := &userRow{User: User{AccountID: accountID, AwsAccountID: awsAccountID}}
	return &u.User, r.one(noUser, userByEmail, []any{accountID, EmailKey(email), accountID, awsAccountID}, u.scan)
}

const userByEmail = `SELECT ` + userColumns + ` FROM user_rows WHERE account_id = $1 AND email_key = $2
	AND EXISTS (SELECT 1 FROM accounts a WHERE a.account_id = $3 AND a.aws_account_id = $4) FOR UPDATE`

// idTexts are the two statements that find a user of the account $1: by place, if the
// id tells it, else by the id.
type idTexts struct{ byPlace, byOtherID string }

// userByID leads to users of any AWS account; lockedByID locks those of the AWS
// account $2.
var (
	userByID = idTexts{
		byPlace:   `SELECT ` + userColumns + ` FROM user_rows WHERE account_id = $1 AND place = $2`,
		byOtherID: `SELECT ` + userColumns + ` FROM user_rows WHERE account_id = $1 AND other_id = $2 AND LENGTH(other_id) > 0`,
	}
	lockedByID = idTexts{
		byPlace:   `SELECT ` + userColumns + ` FROM user_rows WHERE account_id = $1` + ownedBySecond + ` AND place = $3 FOR UPDATE`,
		byOtherID: `SELECT ` + userColumns + ` FROM user_rows WHERE account_id = $1` + ownedBySecond + ` AND other_id = $3 AND LENGTH(other_id) > 0 FOR UPDATE`,
	}
)

const ownedBySecond = ` AND EXISTS (SELECT 1 FROM accounts a WHERE a.account_id = $1 AND a.aws_account_id = $2)`

// usersWithIDs calls each for those of an account's users that have one of some
// ids, in no order. The User is used again.
func (r Records) usersWithIDs(texts idTexts, args []any, ids []string, each func(*User)) error {
	var keys, others [][]byte
	for _, id := range ids {
		if p := placeOf(id, 0); len(p.other) == 0 {
			keys = append(keys, p.key)
		} else {
			others = append(others, p.other)
		}
	}
	accountID, _ := args[0].(string)
	scan := scanUsers(User{AccountID: accountID}, each)
	if err := forKeys(r, texts.byPlace, args, keys, scan); err != nil {
		return err
	}
	return forKeys(r, texts.byOtherID, args, others, scan)
}

// PresentUsers returns which of some users an account has, by their ids.
func (r Records) PresentUsers(accountID string, ids []string) (map[string]bool, error) {
	present := map[string]bool{}
	err := r.usersWithIDs(userByID, []any{accountID}, ids, func(u *User) { present[u.UserID] = true })
	return present, err
}

// eachUser calls each for every row of a query; all have in common what a user
// begins with.
func (r Records) eachUser(q *query, begin User, each func(*User)) error {
	return r.tx.Query(q.String(), q.args, scanUsers(begin, each))
}

// scanUsers returns what calls each for the user of a row. The User is used again.
func scanUsers(begin User, each func(*User)) func(engine.Row) error {
	var u userRow
	return func(row engine.Row) error {
		u.User = begin
		err := u.scan(row)
		if err == nil {
			each(&u.User)
		}
		return err
	}
}

// LockUsersByEmail is LockUserByEmail for several addresses; users are under the
// [EmailKey] of theirs, and who is not there is left out.
func (r Records) LockUsersByEmail(awsAccountID, accountID string, emails []string) (map[string]*User, error) {
	keys := make([]string, len(emails))
	for i, email := range emails {
		keys[i] = EmailKey(email)
	}
	var q query
	q.add(`SELECT `+userColumns+` FROM user_rows WHERE account_id = ?`, accountID)
	q.add(` AND email_key IN (`+anonymous(len(keys))+`)`, padded(keys)...)
	q.add(ownedAccount, accountID, awsAccountID)
	q.add(` ORDER BY place` + forUpdate)
	found := map[string]*User{}
	err := r.eachUser(&q, User{AccountID: accountID, AwsAccountID: awsAccountID}, func(u *User) {
		copied := *u
		found[EmailKey(u.Email)] = &copied
	})
	return found, err
}

// UserIDByEmail returns the id of the user with an address, or ErrNotFound.
func (r Records) UserIDByEmail(accountID, email string) (string, error) {
	u := &userRow{User: User{AccountID: accountID}}
	err := r.one(noUser, `SELECT `+userColumns+` FROM user_rows WHERE account_id = $1 AND email_key = $2`,
		[]any{accountID, EmailKey(email)}, u.scan)
	return u.UserID, err
}

// InsertUser adds a user. ErrExists says that the account has the id or the
// address already, ErrReferenced that the account is gone.
func (r Records) InsertUser(u *User) error {
	return r.insert(insertOne(), u.values()...)
}

var insertOne = sync.OnceValue(func() string { return insertText(1) })

// values returns the values of insertColumns.
func (u *User) values() []any { return u.valuesWithKey(EmailKey(u.Email)) }

func (u *User) valuesWithKey(emailKey string) []any {
	p := placeOf(u.UserID, u.CreatedMs)
	return []any{u.AccountID, p.key, p.other, emailKey, u.isSharedDevice(), u.writeData(p)}
}

func (u *User) isSharedDevice() bool { return u.Type == "SharedDevice" }

// UpdateUser writes what can change of a user: all but ids, address and age. Rules
// write by way of [carillon/work.Unit], which knows the time.
func (r Records) UpdateUser(u *User) error {
	p := placeOf(u.UserID, u.CreatedMs)
	return r.changed(noUser, `UPDATE user_rows SET shared_device = $1, data = $2, changed_ms = $3 WHERE account_id = $4 AND place = $5`,
		u.isSharedDevice(), u.writeData(p), u.ChangedMs, u.AccountID, p.key)
}

// RemoveUser takes a user out of a Team account and remembers the identity for
// a later invitation.
func (r Records) RemoveUser(u *User) error {
	p := placeOf(u.UserID, u.CreatedMs)
	if err := r.changed(noUser, `DELETE FROM user_rows WHERE account_id = $1 AND place = $2`, u.AccountID, p.key); err != nil {
		return err
	}
	return r.keepFormerUser(u.AccountID, u.Email, u.UserID)
}

// RenameFormerUser has the identity of a user who left remembered under another
// address, if it is remembered.
func (r Records) RenameFormerUser(accountID, userID, from, to string) error {
	n, err := r.tx.Exec(`DELETE FROM former_users WHERE account_id = $1 AND email_key = $2 AND user_id = $3`, accountID, EmailKey(from), userID)
	if err != nil || n == 0 {
		return err
	}
	return r.keepFormerUser(accountID, to, userID)
}

// keepFormerUser remembers an identity in the place of another one with the address,
// who cannot come back.
func (r Records) keepFormerUser(accountID, email, userID string) error {
	before, err := r.FormerUserID(accountID, email)
	if err == nil && before != userID {
		err = r.forgetActivity(accountID, before)
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	_, err = r.tx.Exec(`INSERT INTO former_users (account_id, email_key, user_id) VALUES ($1, $2, $3)
		ON CONFLICT (account_id, email_key) DO UPDATE SET user_id = excluded.user_id`, accountID, EmailKey(email), userID)
	return err
}

// FormerUserID returns the id that an address had before it left the account,
// or ErrNotFound.
func (r Records) FormerUserID(accountID, email string) (id string, err error) {
	err = r.one(noRecord, `SELECT user_id FROM former_users WHERE account_id = $1 AND email_key = $2`,
		[]any{accountID, EmailKey(email)}, func(row engine.Row) error { return row.Scan(&id) })
	return id, err
}

// FormerUsersAmong returns those of some ids that are of users who left an account and
// are remembered.
func (r Records) FormerUsersAmong(accountID string, ids []string) (former []string, err error) {
	err = forKeys(r, `SELECT user_id FROM former_users WHERE account_id = $1 AND user_id = $2`, []any{accountID}, ids, func(row engine.Row) error {
		var id string
		err := row.Scan(&id)
		former = append(former, id)
		return err
	})
	return former, err
}

// HasUsers reports whether an account has any user, invited ones included.
func (r Records) HasUsers(accountID string) (found bool, err error) {
	err = r.tx.Query(`SELECT account_id FROM user_rows WHERE account_id = $1 LIMIT 1`, []any{accountID}, func(engine.Row) error {
		found = true
		return nil
	})
	return found, err
}

// UserFilter selects users of one account, in the order of their creation.
type UserFilter struct {
	AwsAccountID, AccountID string
	// Email, if not empty, compares by [EmailKey].
	Email string
	// SharedDevice, if set, selects by user type.
	SharedDevice *bool
	After        Position
	Limit        int
}

// Users calls each for every user of a page. The User is used again for the next
// one.
func (r Records) Users(f UserFilter, each func(*User)) error {
	return r.eachUser(f.query(), User{AwsAccountID: f.AwsAccountID, AccountID: f.AccountID}, each)
}

func (f UserFilter) query() *query {
	q := new(query)
	q.add(`SELECT `+userColumns+` FROM user_rows WHERE account_id = ?`, f.AccountID)
	q.add(ownedAccount, f.AccountID, f.AwsAccountID)
	if f.Email != "" {
		q.add(` AND email_key = ?`, EmailKey(f.Email))
	}
	if f.SharedDevice != nil {
		q.add(sharedDeviceCondition(*f.SharedDevice))
	}
	if f.After.ID != "" {
		q.add(` AND place > ?`, placeOf(f.After.ID, f.After.Ms).key)
	}
	q.add(` ORDER BY place LIMIT CAST(? AS BIGINT)`, f.Limit)
	return q
}

// sharedDeviceCondition spells the type out, so that the partial index on
// shared devices, which are few among many users, can serve.
func sharedDeviceCondition(shared bool) string {
	if shared {
		return ` AND shared_device`
	}
	return ` AND NOT shared_device`
}
