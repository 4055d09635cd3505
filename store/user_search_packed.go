package store

import (
	"bytes"
	"errors"
	"strings"

	"carillon/store/engine"
)

// maxNoted is how many users a search reads whom the blocks do not tell the truth of;
// if there are more, it looks at rows.
const maxNoted = 1 << 16

var errTooMany = errors.New("too many users have changed since they were packed")

// searchPacked looks at the blocks of an account and at the rows of those who have
// changed since, and returns how many are found. If it is not done, there are no
// blocks, or the page is in no state to be shown.
func (r Records) searchPacked(page *foundPage) (found int64, done bool, err error) {
	if done, err = r.usersPacked(); err != nil || !done {
		return 0, false, err
	}
	p := packedSearch{foundPage: page, noted: map[string]bool{}}
	for _, look := range []func(*packedSearch) error{r.findWhole, r.searchNoted, r.searchBlocks} {
		if err := look(&p); err != nil {
			if errors.Is(err, errTooMany) {
				err = nil
			}
			return 0, false, err
		}
	}
	done, err = r.readPage(page)
	return p.found, done, err
}

// packedSearch is a search that looks at blocks.
type packedSearch struct {
	*foundPage
	whole string          // the place of the user whose id is the text
	noted map[string]bool // places of those that blocks do not tell the truth of
	found int64
	bound []byte // the place of the block before
}

// findWhole looks for the user whose whole id is the text.
func (r Records) findWhole(p *packedSearch) error {
	if p.text == "" {
		return nil
	}
	text, at := `SELECT place FROM user_rows WHERE account_id = $1 AND place = $2`, placeOf(p.search.Text, 0)
	key := at.key
	if len(at.other) > 0 {
		text, key = `SELECT place FROM user_rows WHERE account_id = $1 AND other_id = $2 AND LENGTH(other_id) > 0`, at.other
	}
	return r.tx.Query(text, []any{p.search.AccountID, key}, func(row engine.Row) error {
		var place []byte
		err := row.Scan(&place)
		p.whole = string(place)
		return err
	})
}

// searchNoted looks at those who have changed. They come first: who is packed
// meanwhile is then in a block that is read later, and not counted twice.
func (r Records) searchNoted(p *packedSearch) error {
	u := userRow{User: User{AccountID: p.search.AccountID}}
	return r.tx.Query(`SELECT c.place, COALESCE(u.email_key, ''), COALESCE(CAST(u.data AS TEXT), ''), COALESCE(u.changed_ms, 0)
		FROM user_changes c LEFT JOIN user_rows u ON u.account_id = c.account_id AND u.place = c.place
		WHERE c.account_id = $1 LIMIT CAST($2 AS BIGINT)`, []any{p.search.AccountID, maxNoted + 1}, func(row engine.Row) error {
		if len(p.noted) == maxNoted {
			return errTooMany
		}
		if err := u.read(row); err != nil {
			return err
		}
		if p.noted[string(u.place.key)] = true; u.data == "" { // is no more
			return nil
		}
		u.User = User{AccountID: u.AccountID}
		if err := u.tell(); err != nil || !p.finds(&u) {
			return err
		}
		p.found++
		p.offer(p.spot(&u))
		return nil
	})
}

func (r Records) searchBlocks(p *packedSearch) error {
	q := p.blocksQuery()
	var b block
	err := r.tx.Query(q.String(), q.args, func(row engine.Row) error {
		if err := b.scan(row); err != nil {
			return err
		}
		if p.passed(b.place) {
			return errPageFull
		}
		p.bound = append(p.bound[:0], b.place...)
		if !p.mayHaveIt(&b) {
			return nil
		}
		return b.each(p.search.Sort == ByInvited || p.search.Sort == ByRegistered, func(u *packedUser) error {
			if !p.noted[u.place] && p.findsPacked(u) {
				p.found++
				p.offer(p.packedSpot(u))
			}
			return nil
		})
	})
	if errors.Is(err, errPageFull) {
		err = nil
	}
	return err
}

// blocksQuery reads blocks in the order of the list, on later pages from the one on
// that has the user before.
func (p *packedSearch) blocksQuery() *query {
	q := new(query)
	q.add(`SELECT `+blockColumns+` FROM user_blocks WHERE account_id = ?`, p.search.AccountID)
	from := p.search.Sort == ByCreated && p.after != nil
	switch {
	case from && p.search.Descending:
		q.add(` AND place <= ?`, []byte(p.after.place))
	case from:
		q.add(` AND place >= COALESCE((SELECT b.place FROM user_blocks b WHERE b.account_id = ? AND b.place <= ? ORDER BY b.place DESC LIMIT 1), ?)`,
			p.search.AccountID, []byte(p.after.place), []byte(p.after.place))
	}
	if p.search.Descending {
		q.add(` ORDER BY place DESC`)
	} else {
		q.add(` ORDER BY place`)
	}
	return q
}

// passed reports whether all of a block, and what follows, comes behind the page.
func (p *packedSearch) passed(place []byte) bool {
	if !p.done() || p.bound == nil {
		return false
	}
	last := p.users[len(p.users)-1].place
	if p.search.Descending {
		return string(p.bound) <= last
	}
	return string(place) > last
}

// mayHaveIt tells of most blocks that the text is not in them.
func (p *packedSearch) mayHaveIt(b *block) bool {
	return p.text == "" || p.whole != "" && p.whole >= string(b.place) || bytes.Contains(b.texts, []byte(p.text))
}

func (p *packedSearch) findsPacked(u *packedUser) bool {
	s := p.search
	return (s.Registration == "" || s.Registration == u.registration) && (s.License == "" || s.License == u.license) &&
		(s.Type == "" || s.Type == u.kind) && p.activeThen(u.place) &&
		(p.text == "" || strings.Contains(u.email, p.text) || strings.Contains(u.name, p.text) || p.whole != "" && p.whole == u.place)
}

// packedSpot is spot for a user as a block tells of them.
func (p *foundPage) packedSpot(u *packedUser) spot {
	at := spot{place: u.place}
	switch p.search.Sort {
	case ByEmail:
		at.key = u.key
	case ByName:
		at.key = u.name
	case ByStatus:
		at.key = u.registration
	case ByLicense:
		at.key = u.license
	case ByType:
		at.key = u.kind
	case ByInvited:
		at.ms = u.invitedMs
	case ByRegistered:
		at.ms = u.registeredMs
	case ByActive:
		at.ms = p.active[idAt(u.place)]
	}
	return at
}

// readPage reads the users of a page of whom only the place is known. It is not
// complete if one of them was removed meanwhile.
func (r Records) readPage(page *foundPage) (complete bool, err error) {
	places := make([][]byte, len(page.users))
	at := make(map[string]*foundUser, len(page.users))
	for i := range page.users {
		u := &page.users[i]
		places[i], at[u.place] = []byte(u.place), u
	}
	err = forKeys(r, userByID.byPlace, []any{page.search.AccountID}, places, scanUsers(User{AccountID: page.search.AccountID}, func(u *User) {
		copied := *u
		p := placeOf(u.UserID, u.CreatedMs)
		at[string(p.key)].User = &copied
		delete(at, string(p.key))
	}))
	return len(at) == 0, err
}

// countUsers returns how many users an account has, and whether they are more than
// that, since nobody has packed them and they were counted up to a limit; 0: none.
func (r Records) countUsers(accountID string, limit int64) (n int64, more bool, err error) {
	packed, err := r.usersPacked()
	switch {
	case err != nil:
		return 0, false, err
	case packed:
		n, err = r.count(`SELECT COALESCE((SELECT CAST(SUM(users) AS BIGINT) FROM user_blocks WHERE account_id = $1), 0)
			+ COALESCE((SELECT CAST(SUM(added) AS BIGINT) FROM user_changes WHERE account_id = $1), 0)`, accountID)
		return n, false, err
	case limit == 0:
		n, err = r.CountUsersAfter(accountID, Position{})
		return n, false, err
	}
	n, err = r.count(`SELECT COUNT(*) FROM (SELECT 1 FROM user_rows WHERE account_id = $1 LIMIT CAST($2 AS BIGINT)) AS counted`, accountID, limit+1)
	return min(n, limit), n > limit, err
}
