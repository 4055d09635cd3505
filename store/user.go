package store

import (
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

	CreatedMs    int64
	RegisteredMs int64
	InvitedMs    int64
	SignedOutMs  int64
}

const userColumns = `account_id, user_id, aws_account_id, email, display_name, license, user_type, registration,
	invitation, invite_id, email_status, personal_pin, phone_number, alexa_enabled, alexa_room_arn,
	inbound_calling, outbound_calling, sms, created_ms, registered_ms, invited_ms, signed_out_ms`

func (u *User) scan(row engine.Row) error {
	return row.Scan(&u.AccountID, &u.UserID, &u.AwsAccountID, &u.Email, &u.DisplayName, &u.License, &u.Type, &u.Registration,
		&u.Invitation, &u.InviteID, &u.EmailStatus, &u.PersonalPIN, &u.PhoneNumber, &u.AlexaEnabled, &u.AlexaRoomArn,
		&u.InboundCalling, &u.OutboundCalling, &u.SMS, &u.CreatedMs, &u.RegisteredMs, &u.InvitedMs, &u.SignedOutMs)
}

// notErased leaves out the users of an account that was deleted and is still
// being erased; queries that do not look at the account need it.
const notErased = ` AND NOT EXISTS (SELECT 1 FROM deleted_accounts d WHERE d.account_id = users.account_id)`

// User returns a user of an AWS account's Chime account, or ErrNotFound.
func (r Records) User(awsAccountID, accountID, userID string) (*User, error) {
	return get[User](r, noUser, `SELECT `+userColumns+` FROM users WHERE account_id = $1 AND user_id = $2 AND aws_account_id = $3`+notErased,
		accountID, userID, awsAccountID)
}

// LockUser is User and keeps others from changing the user until the
// transaction ends.
func (r Records) LockUser(awsAccountID, accountID, userID string) (*User, error) {
	return get[User](r, noUser, `SELECT `+userColumns+` FROM users WHERE account_id = $1 AND user_id = $2 AND aws_account_id = $3 FOR UPDATE`,
		accountID, userID, awsAccountID)
}

// LockUserByEmail is LockUser for the user with an address, compared by
// [EmailKey].
func (r Records) LockUserByEmail(accountID, email string) (*User, error) {
	return get[User](r, noUser, `SELECT `+userColumns+` FROM users WHERE account_id = $1 AND email_key = $2 FOR UPDATE`,
		accountID, EmailKey(email))
}

// UserIDByEmail returns the id of the user with an address, or ErrNotFound.
func (r Records) UserIDByEmail(accountID, email string) (id string, err error) {
	err = r.one(noUser, `SELECT user_id FROM users WHERE account_id = $1 AND email_key = $2`,
		[]any{accountID, EmailKey(email)}, func(row engine.Row) error { return row.Scan(&id) })
	return id, err
}

// InsertUser adds a user. ErrExists says that the account has the address
// already, ErrReferenced that the account is gone.
func (r Records) InsertUser(u *User) error {
	return r.insert(insertOne(), u.values()...)
}

var insertOne = sync.OnceValue(func() string { return insertText(1) })

// values returns the values of userColumns and email_key.
func (u *User) values() []any {
	return []any{
		u.AccountID, u.UserID, u.AwsAccountID, u.Email, u.DisplayName, u.License, u.Type, u.Registration,
		u.Invitation, u.InviteID, u.EmailStatus, u.PersonalPIN, u.PhoneNumber, u.AlexaEnabled, u.AlexaRoomArn,
		u.InboundCalling, u.OutboundCalling, u.SMS, u.CreatedMs, u.RegisteredMs, u.InvitedMs, u.SignedOutMs, EmailKey(u.Email),
	}
}

// UpdateUser writes what can change of a user: all but ids, address and age.
func (r Records) UpdateUser(u *User) error {
	return r.changed(noUser, `UPDATE users SET display_name = $1, license = $2, user_type = $3, registration = $4,
			invitation = $5, invite_id = $6, email_status = $7, personal_pin = $8, phone_number = $9, alexa_enabled = $10,
			alexa_room_arn = $11, inbound_calling = $12, outbound_calling = $13, sms = $14, registered_ms = $15,
			invited_ms = $16, signed_out_ms = $17
		WHERE account_id = $18 AND user_id = $19`,
		u.DisplayName, u.License, u.Type, u.Registration, u.Invitation, u.InviteID, u.EmailStatus, u.PersonalPIN,
		u.PhoneNumber, u.AlexaEnabled, u.AlexaRoomArn, u.InboundCalling, u.OutboundCalling, u.SMS, u.RegisteredMs,
		u.InvitedMs, u.SignedOutMs, u.AccountID, u.UserID)
}

// RemoveUser takes a user out of a Team account and remembers the identity for
// a later invitation.
func (r Records) RemoveUser(u *User) error {
	if err := r.changed(noUser, `DELETE FROM users WHERE account_id = $1 AND user_id = $2`, u.AccountID, u.UserID); err != nil {
		return err
	}
	_, err := r.tx.Exec(`INSERT INTO former_users (account_id, email_key, user_id) VALUES ($1, $2, $3)
		ON CONFLICT (account_id, email_key) DO UPDATE SET user_id = excluded.user_id`, u.AccountID, EmailKey(u.Email), u.UserID)
	return err
}

// FormerUserID returns the id that an address had before it left the account,
// or ErrNotFound.
func (r Records) FormerUserID(accountID, email string) (id string, err error) {
	err = r.one(noRecord, `SELECT user_id FROM former_users WHERE account_id = $1 AND email_key = $2`,
		[]any{accountID, EmailKey(email)}, func(row engine.Row) error { return row.Scan(&id) })
	return id, err
}

// HasUsers reports whether an account has any user, invited ones included.
func (r Records) HasUsers(accountID string) (found bool, err error) {
	err = r.tx.Query(`SELECT user_id FROM users WHERE account_id = $1 LIMIT 1`, []any{accountID}, func(engine.Row) error {
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

// listedColumns are what lists show of a user, apart from what the filter says.
const listedColumns = `user_id, email, display_name, license, user_type, registration, invitation, phone_number,
	alexa_enabled, alexa_room_arn, created_ms, registered_ms, invited_ms`

func (u *User) scanListed(row engine.Row) error {
	return row.Scan(&u.UserID, &u.Email, &u.DisplayName, &u.License, &u.Type, &u.Registration, &u.Invitation, &u.PhoneNumber,
		&u.AlexaEnabled, &u.AlexaRoomArn, &u.CreatedMs, &u.RegisteredMs, &u.InvitedMs)
}

var usersByAge = ascending(`created_ms`, `user_id`)

// Users calls each for every user of a page, with what lists show of it: its
// invitation's id and mail, its PIN, settings and sign-out are left empty. The
// User is used again for the next one.
func (r Records) Users(f UserFilter, each func(*User)) error {
	var q query
	q.add(`SELECT `+listedColumns+` FROM users WHERE account_id = ? AND aws_account_id = ?
		AND NOT EXISTS (SELECT 1 FROM deleted_accounts WHERE account_id = $1)`, f.AccountID, f.AwsAccountID)
	if f.Email != "" {
		q.add(` AND email_key = ?`, EmailKey(f.Email))
	}
	if f.SharedDevice != nil {
		q.add(sharedDeviceCondition(*f.SharedDevice))
	}
	q.page(usersByAge, f.After, f.Limit)
	u := User{AwsAccountID: f.AwsAccountID, AccountID: f.AccountID}
	return r.tx.Query(q.String(), q.args, func(row engine.Row) error {
		if err := u.scanListed(row); err != nil {
			return err
		}
		each(&u)
		return nil
	})
}

// sharedDeviceCondition spells the type out, so that the partial index on
// shared devices, which are few among many users, can serve.
func sharedDeviceCondition(shared bool) string {
	if shared {
		return ` AND user_type = 'SharedDevice'`
	}
	return ` AND user_type <> 'SharedDevice'`
}
