package store

import (
	"encoding/hex"
	"errors"
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
	ByActive
)

// UserSearch selects users of one account.
type UserSearch struct {
	AccountID string
	// Text is part of an address or a name, whatever its letter case, or a whole
	// user id; empty: all users.
	Text string
	// Registration, License and Type, if not empty, are what they have to be.
	Registration, License, Type string
	// ActiveFromMs and ActiveBeforeMs, if not 0, are between when the user has to
	// have acted last; who never did counts as before all times.
	ActiveFromMs, ActiveBeforeMs int64
	Sort                         UserSort
	Descending                   bool
	// After is the last user of the page before; nil: it is the first one.
	After *UserPlace
	// Limit is how many users a page has at most.
	Limit int
	// CountLimit is how many users are counted who need not be looked at, which are
	// all in the order of the list; 0: all of them.
	CountLimit int64
}

// UserPlace is where a user is in the order of a search: Key or Ms is what it
// sorts by, ID the order among those who are the same in it.
type UserPlace struct {
	Key string
	Ms  int64
	ID  string
}

// SearchUsers calls each for every user of a page, with what lists show of it
// and its place, and returns how many users are found on all pages, and whether there
// are more than that, unless the page is a later one. Whether the account is the
// caller's has to be known before.
//
// All users in the order of the list are a walk along it. For anything else all users
// of the account are looked at, or of a later page in that order those that come:
// as they are packed, if they are, else row by row.
func (r Records) SearchUsers(s *UserSearch, each func(*User, UserPlace)) (found int64, more bool, err error) {
	page, err := r.newFoundPage(s)
	if err != nil {
		return 0, false, err
	}
	if s.Sort == ByCreated && *s == s.unfiltered() {
		if s.After == nil {
			found, more, err = r.countUsers(s.AccountID, s.CountLimit)
		}
		if err == nil {
			_, err = r.search(page, ` LIMIT CAST(? AS BIGINT)`, s.Limit)
		}
	} else {
		var done bool
		if found, done, err = r.searchPacked(page); err == nil && !done {
			page.users = nil
			found, err = r.search(page, ``)
		}
	}
	for i := range page.users {
		each(page.users[i].User, page.users[i].userPlace())
	}
	return found, more, err
}

// unfiltered is the same search for all users.
func (s *UserSearch) unfiltered() UserSearch {
	all := *s
	all.Text, all.Registration, all.License, all.Type = "", "", "", ""
	all.ActiveFromMs, all.ActiveBeforeMs = 0, 0
	return all
}

// errPageFull ends a search that needs no more users.
var errPageFull = errors.New("the page is full")

// search looks at users row by row, and returns how many are found.
func (r Records) search(page *foundPage, end string, args ...any) (found int64, err error) {
	u := userRow{User: User{AccountID: page.search.AccountID}}
	q := page.search.query()
	q.add(end, args...)
	err = r.tx.Query(q.String(), q.args, func(row engine.Row) error {
		if err := u.read(row); err != nil || !page.mayHave(&u) {
			return err
		}
		if err := u.tellFor(page); err != nil || !page.finds(&u) {
			return err
		}
		if page.done() {
			return errPageFull
		}
		found++
		room := page.offer(page.spot(&u))
		if room == nil {
			return nil
		}
		u.User = User{AccountID: u.AccountID}
		err := u.tell()
		copied := u.User
		room.User = &copied
		return err
	})
	if errors.Is(err, errPageFull) {
		err = nil
	}
	return found, err
}

// tellFor is tell for what a search looks at, which is nothing of most users who are
// only to be sorted by their address.
func (u *userRow) tellFor(p *foundPage) error {
	u.User = User{AccountID: u.AccountID}
	s := p.search
	switch {
	case p.text != "":
		return u.tell()
	case s.Registration+s.License+s.Type == "" && (s.Sort == ByCreated || s.Sort == ByEmail || s.Sort == ByActive):
		return nil
	}
	u.CreatedMs = u.place.createdMs()
	return u.readData(u.data)
}

func (s *UserSearch) query() *query {
	q := new(query)
	q.add(`SELECT `+userColumns+` FROM user_rows WHERE account_id = ?`, s.AccountID)
	after, order := ` AND place > ?`, ` ORDER BY place`
	if s.Descending {
		after, order = ` AND place < ?`, ` ORDER BY place DESC`
	}
	if s.Sort == ByCreated && s.After != nil {
		place, _ := hex.DecodeString(s.After.ID) // tokens are sealed: it is one of ours
		q.add(after, place)
	}
	q.add(order)
	return q
}

func (p *foundPage) finds(u *userRow) bool {
	s := p.search
	for _, c := range [...]struct{ want, have string }{{s.Registration, u.Registration}, {s.License, u.License}, {s.Type, u.Type}} {
		if c.want != "" && c.want != c.have {
			return false
		}
	}
	return p.activeThen(string(u.place.key)) && (p.text == "" || s.Text == u.UserID ||
		strings.Contains(strings.ToLower(u.Email), p.text) || strings.Contains(strings.ToLower(u.DisplayName), p.text))
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
	return r.tx.Query(`SELECT a.account_id, a.name,
			CASE WHEN u.account_id IS NULL THEN '' ELSE COALESCE(u.data ->> 'g', 'Registered') END,
			CASE WHEN u.account_id IS NULL THEN '' ELSE COALESCE(u.data ->> 'l', 'Pro') END, COUNT(u.account_id)
		FROM accounts a LEFT JOIN user_rows u ON u.account_id = a.account_id
		WHERE a.aws_account_id = $1 GROUP BY 1, 2, 3, 4`,
		[]any{awsAccountID}, func(row engine.Row) error {
			var c UserCount
			err := c.scan(row)
			if err == nil {
				each(&c)
			}
			return err
		})
}
