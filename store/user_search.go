package store

import (
	"cmp"
	"encoding/hex"
	"errors"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

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
// and its place, and returns how many users are found on all pages, unless the page is
// a later one. Whether the account is the caller's has to be known before.
//
// All users in the order of the list are a walk along it. Anything else that is asked
// for is in no index: all users of the account are looked at, on later pages in that
// order those that come.
func (r Records) SearchUsers(s *UserSearch, each func(*User, UserPlace)) (found int64, err error) {
	page := foundPage{search: s, text: strings.ToLower(s.Text)}
	if s.Sort == ByCreated && *s == s.unfiltered() {
		if s.After == nil {
			found, err = r.CountUsersAfter(s.AccountID, Position{})
		}
		if err == nil {
			_, err = r.search(&page, ` LIMIT CAST(? AS BIGINT)`, s.Limit)
		}
	} else {
		found, err = r.search(&page, ``)
	}
	for i := range page.users {
		each(&page.users[i].User, page.users[i].at)
	}
	return found, err
}

// unfiltered is the same search for all users.
func (s *UserSearch) unfiltered() UserSearch {
	all := *s
	all.Text, all.Registration, all.License, all.Type = "", "", "", ""
	return all
}

// errPageFull ends a search that needs no more users.
var errPageFull = errors.New("the page is full")

// search looks at users in the order of the list, and returns how many are found.
func (r Records) search(page *foundPage, end string, args ...any) (found int64, err error) {
	u := userRow{User: User{AccountID: page.search.AccountID}}
	q := page.search.query()
	q.add(end, args...)
	err = r.tx.Query(q.String(), q.args, func(row engine.Row) error {
		if err := u.read(row); err != nil || !page.mayHave(&u) {
			return err
		}
		u.User = User{AccountID: u.AccountID}
		if err := u.tell(); err != nil || !page.search.finds(&u.User, page.text) {
			return err
		}
		found++
		return page.offer(&u)
	})
	if errors.Is(err, errPageFull) {
		err = nil
	}
	return found, err
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
	text   string      // what to look for, in lower case
	users  []foundUser // in the order of the search, Limit at most
}

type foundUser struct {
	User
	at UserPlace
}

// mayHave tells, without a look into the columns, of most rows that the text is not in
// them.
func (p *foundPage) mayHave(u *userRow) bool {
	return !plainText(p.text) || len(u.place.other) > 0 || len(p.text) == uuidText ||
		strings.Contains(u.emailKey, p.text) || containsFold(u.data, p.text)
}

// offer takes a user, or leaves them out. errPageFull says that no more are needed.
func (p *foundPage) offer(u *userRow) error {
	s := p.search
	full := len(p.users) == s.Limit
	if full && s.Sort == ByCreated {
		if s.After != nil {
			return errPageFull
		}
		return nil // they come in order: this one is only counted
	}
	at := s.at(u)
	if s.After != nil && !s.before(s.After, &at) || full && !s.before(&at, &p.users[s.Limit-1].at) {
		return nil
	}
	if full {
		p.users = p.users[:s.Limit-1]
	}
	i := sort.Search(len(p.users), func(i int) bool { return s.before(&at, &p.users[i].at) })
	p.users = slices.Insert(p.users, i, foundUser{u.User, at})
	return nil
}

// uuidText is how long the text of a UUID is, which a whole user id may be.
const uuidText = 36

// plainText reports whether a text stands in JSON as it is.
func plainText(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= utf8.RuneSelf || strings.IndexByte(`"\\<>&`, c) >= 0 {
			return false
		}
	}
	return true
}

// containsFold reports whether data holds a text that is in lower case, whatever the
// letter case; with letters beyond ASCII it may.
func containsFold(data, text string) bool {
	for i := range len(data) {
		if data[i] >= utf8.RuneSelf || len(data)-i >= len(text) && hasPrefixFold(data[i:], text) {
			return true
		}
	}
	return text == ""
}

func hasPrefixFold(data, text string) bool {
	for i := range len(text) {
		c := data[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != text[i] {
			return false
		}
	}
	return true
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
