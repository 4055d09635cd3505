package store

import (
	"strings"

	"carillon/store/engine"
)

// UserSort is what found users are sorted by.
type UserSort uint8

// What users can be sorted by. Users who are the same in it come in the order of
// their ids.
const (
	ByCreated UserSort = iota
	ByEmail
	ByName
	ByStatus
	ByLicense
	ByType
	ByInvited
	ByRegistered
)

// sortKeys are the columns of a UserSort; those that are times are listed in
// sortTimes.
var (
	sortKeys = [...]string{
		ByCreated: "created_ms", ByEmail: "email_key", ByName: "LOWER(display_name)", ByStatus: "registration", ByLicense: "license",
		ByType: "user_type", ByInvited: "invited_ms", ByRegistered: "registered_ms",
	}
	sortTimes = [...]bool{ByCreated: true, ByInvited: true, ByRegistered: true}
)

// UserSearch selects users of one account.
type UserSearch struct {
	AccountID string
	// Text is part of an address or a name, whatever its letter case, or a whole
	// user id; empty: all users.
	Text string
	// Registration, License and Type, if not empty, are what they have to be.
	Registration, License, Type string
	Sort                        UserSort
	Descending                  bool
	// After is the last user of the page before; nil: it is the first one.
	After *UserPlace
	// Limit is how many users a page has at most.
	Limit int
}

// UserPlace is where a user is in the order of a search: Key or Ms is what it
// sorts by.
type UserPlace struct {
	Key string
	Ms  int64
	ID  string
}

// SearchUsers calls each for every user of a page, with what lists show of it,
// and its place. The User is used again for the next one. Whether the account is
// the caller's has to be known before.
func (r Records) SearchUsers(s *UserSearch, each func(*User, UserPlace)) error {
	var q query
	q.add(`SELECT ` + listedColumns + `, ` + sortKeys[s.Sort] + ` FROM users`)
	s.conditions(&q)
	s.page(&q)
	u := User{AccountID: s.AccountID}
	return r.tx.Query(q.String(), q.args, func(row engine.Row) error {
		at, err := s.scan(row, &u)
		if err == nil {
			each(&u, at)
		}
		return err
	})
}

// CountFoundUsers returns how many users a search finds on all pages.
func (r Records) CountFoundUsers(s *UserSearch) (n int64, err error) {
	var q query
	q.add(`SELECT COUNT(*) FROM users`)
	s.conditions(&q)
	err = r.one(noRecord, q.String(), q.args, func(row engine.Row) error { return row.Scan(&n) })
	return n, err
}

func (s *UserSearch) conditions(q *query) {
	q.add(` WHERE account_id = ?`, s.AccountID)
	for _, c := range []struct{ part, value string }{
		{` AND registration = ?`, s.Registration}, {` AND license = ?`, s.License}, {` AND user_type = ?`, s.Type},
	} {
		if c.value != "" {
			q.add(c.part, c.value)
		}
	}
	if s.Text != "" {
		s.match(q)
	}
}

// match adds the condition on texts. SQLite knows the letter case of ASCII only:
// names are also compared as they were asked for and in capitals.
func (s *UserSearch) match(q *query) {
	lower := containing(strings.ToLower(s.Text))
	q.add(` AND (user_id = ? OR email_key LIKE ? ESCAPE '!' OR LOWER(email) LIKE ? ESCAPE '!' OR LOWER(display_name) LIKE ? ESCAPE '!'`,
		s.Text, lower, lower, lower)
	q.add(` OR display_name LIKE ? ESCAPE '!' OR display_name LIKE ? ESCAPE '!')`, containing(s.Text), containing(strings.ToUpper(s.Text)))
}

// containing returns the pattern of texts that have a part.
func containing(part string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(part) + "%"
}

// page adds where the page begins, and the order.
func (s *UserSearch) page(q *query) {
	key, after, direction := sortKeys[s.Sort], ">", ""
	if s.Descending {
		after, direction = "<", " DESC"
	}
	if p := s.After; p != nil {
		var value any = p.Key
		if s.byTime() {
			value = p.Ms
		}
		q.add(` AND (`+key+`, user_id) `+after+` (?, ?)`, value, p.ID)
	}
	q.add(` ORDER BY `+key+direction+`, user_id`+direction+` LIMIT ?`, s.Limit)
}

func (s *UserSearch) byTime() bool { return int(s.Sort) < len(sortTimes) && sortTimes[s.Sort] }

func (s *UserSearch) scan(row engine.Row, u *User) (at UserPlace, err error) {
	var key any = &at.Key
	if s.byTime() {
		key = &at.Ms
	}
	err = row.Scan(&u.UserID, &u.Email, &u.DisplayName, &u.License, &u.Type, &u.Registration, &u.Invitation, &u.PhoneNumber,
		&u.AlexaEnabled, &u.AlexaRoomArn, &u.CreatedMs, &u.RegisteredMs, &u.InvitedMs, key)
	at.ID = u.UserID
	return at, err
}

// UserCount is how many users of an account are alike.
type UserCount struct {
	AccountID, Name       string // of the account
	Registration, License string // empty: the account has no users
	Users                 int64
}

func (c *UserCount) scan(row engine.Row) error {
	return row.Scan(&c.AccountID, &c.Name, &c.Registration, &c.License, &c.Users)
}

// UserCounts calls each for the users of each account of an AWS account who are
// alike in registration and licence. It looks at all of them.
func (r Records) UserCounts(awsAccountID string, each func(*UserCount)) error {
	return r.tx.Query(`SELECT a.account_id, a.name, COALESCE(u.registration, ''), COALESCE(u.license, ''), COUNT(u.user_id)
		FROM accounts a LEFT JOIN users u ON u.account_id = a.account_id
		WHERE a.aws_account_id = $1 GROUP BY a.account_id, a.name, u.registration, u.license`,
		[]any{awsAccountID}, func(row engine.Row) error {
			var c UserCount
			err := c.scan(row)
			if err == nil {
				each(&c)
			}
			return err
		})
}
