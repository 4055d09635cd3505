package store

import (
	"cmp"
	"encoding/hex"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"carillon/store/engine"
)

// spot is where a user is in the order of a search: key or ms is what it sorts by,
// place the order among those who are the same in it.
type spot struct {
	key   string
	ms    int64
	place string
}

func (a *spot) compare(b *spot) int {
	if order := strings.Compare(a.key, b.key); order != 0 {
		return order
	}
	return cmp.Or(cmp.Compare(a.ms, b.ms), strings.Compare(a.place, b.place))
}

func (a *spot) userPlace() UserPlace {
	return UserPlace{Key: a.key, Ms: a.ms, ID: hex.EncodeToString([]byte(a.place))}
}

// spot returns where a user is.
func (p *foundPage) spot(u *userRow) spot {
	at := spot{place: string(u.place.key)}
	switch p.search.Sort {
	case ByEmail:
		at.key = u.emailKey
	case ByName:
		at.key = strings.ToLower(u.DisplayName)
	case ByStatus:
		at.key = u.Registration
	case ByLicense:
		at.key = u.License
	case ByType:
		at.key = u.Type
	case ByInvited:
		at.ms = u.InvitedMs
	case ByRegistered:
		at.ms = u.RegisteredMs
	case ByActive:
		at.ms = p.active[idAt(at.place)]
	}
	return at
}

// foundPage keeps those of the users that are offered that belong on the page.
type foundPage struct {
	search *UserSearch
	text   string // what to look for, in lower case
	after  *spot  // nil: it is the first page
	// active is when users acted last, by what idAt returns; nil: nobody asks for it.
	active map[string]int64
	users  []foundUser // in the order of the search, Limit at most
}

type foundUser struct {
	*User // nil: to be read yet
	spot
}

func (r Records) newFoundPage(s *UserSearch) (*foundPage, error) {
	p := &foundPage{search: s, text: strings.ToLower(s.Text)}
	if s.After != nil {
		place, _ := hex.DecodeString(s.After.ID) // tokens are sealed: it is one of ours
		p.after = &spot{s.After.Key, s.After.Ms, string(place)}
	}
	if s.Sort != ByActive && s.ActiveFromMs == 0 && s.ActiveBeforeMs == 0 {
		return p, nil
	}
	p.active = map[string]int64{}
	return p, r.tx.Query(`SELECT user_id, MAX(active_ms) FROM user_activity WHERE account_id = $1 GROUP BY user_id`,
		[]any{s.AccountID}, func(row engine.Row) error {
			var id string
			var ms int64
			err := row.Scan(&id, &ms)
			at := placeOf(id, 0)
			p.active[idAt(string(at.key))] = ms
			return err
		})
}

// idAt returns the part of a place that only this user has: all of it or, if the id
// does not tell the time, what follows the time.
func idAt(place string) string {
	if len(place) > timeBytes && place[timeBytes] <= otherText {
		return place[timeBytes:]
	}
	return place
}

// activeThen reports whether a user acted last when the search says.
func (p *foundPage) activeThen(place string) bool {
	from, before := p.search.ActiveFromMs, p.search.ActiveBeforeMs
	if from == 0 && before == 0 {
		return true
	}
	last := p.active[idAt(place)]
	return last >= from && (before == 0 || last < before)
}

// before reports whether one place comes before another one.
func (p *foundPage) before(a, b *spot) bool {
	order := a.compare(b)
	return order < 0 && !p.search.Descending || order > 0 && p.search.Descending
}

func (p *foundPage) full() bool { return len(p.users) == p.search.Limit }

// done reports whether nobody else needs to be looked at who comes in the order of the
// list, not even to be counted.
func (p *foundPage) done() bool { return p.full() && p.search.Sort == ByCreated && p.after != nil }

// offer returns room for a user who belongs on the page, else nil.
func (p *foundPage) offer(at spot) (room *foundUser) {
	last := len(p.users) - 1
	if p.after != nil && !p.before(p.after, &at) || p.full() && !p.before(&at, &p.users[last].spot) {
		return nil
	}
	if p.full() {
		p.users = p.users[:last]
	}
	i := sort.Search(len(p.users), func(i int) bool { return p.before(&at, &p.users[i].spot) })
	p.users = slices.Insert(p.users, i, foundUser{spot: at})
	return &p.users[i]
}

// mayHave tells, without a look into the columns, of most rows that the text is not in
// them.
func (p *foundPage) mayHave(u *userRow) bool {
	return !plainText(p.text) || len(u.place.other) > 0 || len(p.text) == uuidText ||
		strings.Contains(u.emailKey, p.text) || containsFold(u.data, p.text)
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
	if text == "" {
		return true
	}
	first, capital := text[0], text[0]
	if 'a' <= first && first <= 'z' {
		capital -= 'a' - 'A'
	}
	for i := range len(data) {
		c := data[i]
		if c >= utf8.RuneSelf || (c == first || c == capital) && len(data)-i >= len(text) && hasPrefixFold(data[i:], text) {
			return true
		}
	}
	return false
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
