package store

import (
	"cmp"
	"encoding/hex"
	"slices"
	"sort"
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
// sorts by, ID the order among those who are the same in it.
type UserPlace struct {
	Key string
	Ms  int64
	ID  string
}

func (p *UserPlace) compare(other *UserPlace) int {
	return cmp.Or(cmp.Compare(p.Key, other.Key), cmp.Compare(p.Ms, other.Ms), cmp.Compare(p.ID, other.ID))
}

// SearchUsers calls each for every user of a page, with what lists show of it
// and its place, and returns how many users are found on all pages. It looks at all
// users of the account, since what is asked for is in no index. Whether the account
// is the caller's has to be known before.
func (r Records) SearchUsers(s *UserSearch, each func(*User, UserPlace)) (found int64, err error) {
	page, text := foundPage{search: s}, strings.ToLower(s.Text)
	var q query
	q.add(`SELECT `+userColumns+` FROM user_rows WHERE account_id = ?`, s.AccountID)
	var u userRow
	err = r.tx.Query(q.String(), q.args, func(row engine.Row) error {
		u.User = User{AccountID: s.AccountID}
		if err := u.scan(row); err != nil || !s.finds(&u.User, text) {
			return err
		}
		found++
		page.offer(&u)
		return nil
	})
	for i := range page.users {
		each(&page.users[i].User, page.users[i].at)
	}
	return found, err
}

func (s *UserSearch) finds(u *User, text string) bool {
	for _, c := range [...]struct{ want, have string }{{s.Registration, u.Registration}, {s.License, u.License}, {s.Type, u.Type}} {
		if c.want != "" && c.want != c.have {
			return false
		}
	}
	return text == "" || s.Text == u.UserID ||
		strings.Contains(strings.ToLower(u.Email), text) || strings.Contains(strings.ToLower(u.DisplayName), text)
}

// at returns the place of a user.
func (s *UserSearch) at(u *userRow) UserPlace {
	at := UserPlace{ID: hex.EncodeToString(u.place.key)}
	switch s.Sort {
	case ByEmail:
		at.Key = u.emailKey
	case ByName:
		at.Key = strings.ToLower(u.DisplayName)
	case ByStatus:
		at.Key = u.Registration
	case ByLicense:
		at.Key = u.License
	case ByType:
		at.Key = u.Type
	case ByInvited:
		at.Ms = u.InvitedMs
	case ByRegistered:
		at.Ms = u.RegisteredMs
	}
	return at
}

// before reports whether one place comes before another one.
func (s *UserSearch) before(a, b *UserPlace) bool {
	order := a.compare(b)
	return order < 0 && !s.Descending || order > 0 && s.Descending
}

// foundPage keeps those of the users that are offered that belong on the page.
type foundPage struct {
	search *UserSearch
	users  []foundUser // in the order of the search, Limit at most
}

type foundUser struct {
	User
	at UserPlace
}

func (p *foundPage) offer(u *userRow) {
	s, at := p.search, p.search.at(u)
	full := len(p.users) == s.Limit
	if s.After != nil && !s.before(s.After, &at) || full && !s.before(&at, &p.users[s.Limit-1].at) {
		return
	}
	if full {
		p.users = p.users[:s.Limit-1]
	}
	i := sort.Search(len(p.users), func(i int) bool { return s.before(&at, &p.users[i].at) })
	p.users = slices.Insert(p.users, i, foundUser{u.User, at})
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
