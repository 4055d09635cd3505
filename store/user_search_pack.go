package store

import (
	"context"
	"errors"
	"slices"
	"strings"

	"carillon/store/engine"
)

// followUsers has the database note who has changed.
var followUsers = engine.Following{
	Table: "user_rows", Notes: "user_changes", Key: []string{"account_id", "place"}, Count: "added", Columns: []string{"email_key", "data"},
}

// The phases of the first packing: all users are noted, then all who are noted are
// packed. After that, so are those of whom many have changed.
const (
	phaseNoting int64 = iota + 1
	phasePacking
	phasePacked
)

// packing is the row of user_packing.
type packing struct {
	phase     int64
	accountID string
	place     []byte
}

func (p *packing) scan(row engine.Row) error { return row.Scan(&p.phase, &p.accountID, &p.place) }

// ErrNoSearchIndex says that this kind of database keeps no users packed.
var ErrNoSearchIndex = errors.New("this database keeps no index for searches of users: it is spread over several machines")

// SetSearchIndex has users packed for searches from now on, or not any more. What is
// there already is packed by [Packer]; until all is, searches look at rows. Call it
// after Migrate.
func (s *Store) SetSearchIndex(ctx context.Context, on bool) error {
	f, ok := s.engine.(engine.Follower)
	if on && (!ok || s.distributed) {
		return ErrNoSearchIndex
	}
	if !ok {
		return nil
	}
	same := false
	err := s.engine.View(ctx, func(tx engine.Tx) (err error) {
		same, err = searchIndexIs(tx, f, on)
		return err
	})
	if err != nil || same {
		return err
	}
	return s.engine.Migrate(ctx, func(tx engine.Tx) error { return setSearchIndex(tx, f, on) })
}

// searchIndexIs reports whether nothing has to be done.
func searchIndexIs(tx engine.Tx, f engine.Follower, on bool) (bool, error) {
	var all, known int64
	err := tx.Query(`SELECT format FROM user_packing`, nil, func(row engine.Row) error {
		var format int64
		err := row.Scan(&format)
		if all++; format == packedFormat {
			known++
		}
		return err
	})
	if err != nil {
		return false, err
	}
	follows, err := f.Follows(tx, followUsers)
	return follows == on && all == known && (all > 0) == on, err
}

// setSearchIndex begins anew, or ends.
func setSearchIndex(tx engine.Tx, f engine.Follower, on bool) error {
	if err := f.Unfollow(tx, followUsers); err != nil {
		return err
	}
	for _, table := range []string{"user_packing", "user_blocks", "user_changes"} {
		if _, err := tx.Exec(`DELETE FROM ` + table); err != nil {
			return err
		}
	}
	if !on {
		return nil
	}
	if err := f.Follow(tx, followUsers); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO user_packing (format, phase, account_id, place) VALUES ($1, $2, '', $3)`, packedFormat, phaseNoting, []byte{})
	return err
}

// usersPacked reports whether searches can look at blocks.
func (r Records) usersPacked() (bool, error) {
	n, err := r.count(`SELECT COUNT(*) FROM user_packing WHERE format = $1 AND phase = $2`, packedFormat, phasePacked)
	return n > 0, err
}

const (
	// packStep is how many users one transaction notes or packs at most.
	packStep = 1024
	// blockUsers is how many users a block has at most, splitUsers how many the
	// parts have at most that a larger one is split into.
	blockUsers = 2048
	splitUsers = 1536
)

// lockPacking returns how far the packing has come, and keeps others from packing
// until the transaction ends.
func (r Records) lockPacking() (*packing, error) {
	return get[packing](r, noRecord, `SELECT phase, account_id, place FROM user_packing WHERE format = $1 FOR UPDATE`, packedFormat)
}

func (r Records) savePacking(p *packing) error {
	return r.changed(noRecord, `UPDATE user_packing SET phase = $1, account_id = $2, place = $3 WHERE format = $4`,
		p.phase, p.accountID, p.place, packedFormat)
}

// advancePacking does a step of the first packing, which is not done yet.
func (r Records) advancePacking(p *packing) error {
	next, err := *p, error(nil)
	if p.phase == phaseNoting {
		err = r.noteNext(&next)
	} else {
		err = r.packNext(&next)
	}
	if err != nil {
		return err
	}
	if next.accountID == p.accountID && slices.Equal(next.place, p.place) { // there are no more
		next = packing{phase: p.phase + 1, place: []byte{}}
	}
	return r.savePacking(&next)
}

// noteNext notes the users who follow.
func (r Records) noteNext(p *packing) error {
	last := packing{phase: p.phase, accountID: p.accountID, place: slices.Clone(p.place)}
	err := r.tx.Query(`SELECT account_id, place FROM user_rows WHERE (account_id, place) > ($1, $2)
		ORDER BY account_id, place LIMIT CAST($3 AS BIGINT)`, []any{p.accountID, p.place, packStep}, func(row engine.Row) error {
		return row.Scan(&last.accountID, &last.place)
	})
	if err != nil {
		return err
	}
	_, err = r.tx.Exec(`INSERT INTO user_changes (account_id, place, added) SELECT account_id, place, 1 FROM user_rows
		WHERE (account_id, place) > ($1, $2) AND (account_id, place) <= ($3, $4)
		ON CONFLICT (account_id, place) DO UPDATE SET added = 1`, p.accountID, p.place, last.accountID, last.place)
	*p = last
	return err
}

// packNext packs those of the next block who are noted.
func (r Records) packNext(p *packing) error {
	var first packing
	err := r.tx.Query(`SELECT account_id, place FROM user_changes WHERE (account_id, place) > ($1, $2)
		ORDER BY account_id, place LIMIT 1`, []any{p.accountID, p.place}, func(row engine.Row) error {
		return row.Scan(&first.accountID, &first.place)
	})
	if err != nil || first.accountID == "" {
		return err
	}
	p.accountID = first.accountID
	p.place, err = r.pack(first.accountID, first.place)
	return err
}

// pack packs users of an account who are noted, from a place on: packStep at most,
// and of one block. It returns the place of the last one.
func (r Records) pack(accountID string, from []byte) (last []byte, err error) {
	old, next, err := r.blockAt(accountID, from)
	if err != nil {
		return nil, err
	}
	noted, err := r.takeNotes(accountID, from, next)
	if err != nil || len(noted) == 0 {
		return from, err
	}
	users, err := r.packedUsers(accountID, noted)
	if err != nil {
		return nil, err
	}
	if old != nil {
		if _, err := r.tx.Exec(`DELETE FROM user_blocks WHERE account_id = $1 AND place = $2`, accountID, old.place); err != nil {
			return nil, err
		}
		if users, err = old.merged(noted, users); err != nil {
			return nil, err
		}
	}
	return []byte(noted[len(noted)-1]), r.insertBlocks(accountID, users)
}

const blockColumns = `place, users, meta, texts`

func (b *block) scan(row engine.Row) error { return row.Scan(&b.place, &b.users, &b.meta, &b.texts) }

// blockAt returns the block that a user at a place is in, or would be, and the place
// where the next one begins; nil: there is none.
func (r Records) blockAt(accountID string, place []byte) (b *block, next []byte, err error) {
	err = r.tx.Query(`SELECT `+blockColumns+` FROM user_blocks WHERE account_id = $1 AND place <= $2 ORDER BY place DESC LIMIT 1`,
		[]any{accountID, place}, func(row engine.Row) error {
			b = new(block)
			return b.scan(row)
		})
	if err != nil {
		return nil, nil, err
	}
	err = r.tx.Query(`SELECT place FROM user_blocks WHERE account_id = $1 AND place > $2 ORDER BY place LIMIT 1`,
		[]any{accountID, place}, func(row engine.Row) error { return row.Scan(&next) })
	return b, next, err
}

// takeNotes deletes notes from a place on, up to another one, if there is one, and
// returns the places in order. Who changes one of these users now waits until they
// are packed.
func (r Records) takeNotes(accountID string, from, to []byte) (places []string, err error) {
	var q query
	q.add(`DELETE FROM user_changes WHERE account_id = ? AND place IN (SELECT place FROM user_changes WHERE account_id = ? AND place >= ?`,
		accountID, accountID, from)
	if to != nil {
		q.add(` AND place < ?`, to)
	}
	q.add(` ORDER BY place LIMIT CAST(? AS BIGINT)) RETURNING place`, packStep)
	err = r.tx.Query(q.String(), q.args, func(row engine.Row) error {
		var place []byte
		err := row.Scan(&place)
		places = append(places, string(place))
		return err
	})
	slices.Sort(places)
	return places, err
}

// packedUsers reads those of some users who are there, in order.
func (r Records) packedUsers(accountID string, places []string) (users []packedUser, err error) {
	keys := make([][]byte, len(places))
	for i := range places {
		keys[i] = []byte(places[i])
	}
	var u userRow
	err = forKeys(r, userByID.byPlace, []any{accountID}, keys, func(row engine.Row) error {
		u.User = User{AccountID: accountID}
		err := u.scan(row)
		users = append(users, packed(&u))
		return err
	})
	return users, err
}

// merged returns the users of the block without those who are noted, with others, all
// in order.
func (b *block) merged(noted []string, others []packedUser) ([]packedUser, error) {
	err := b.each(true, func(u *packedUser) error {
		if _, ok := slices.BinarySearch(noted, u.place); !ok {
			others = append(others, *u)
		}
		return nil
	})
	slices.SortFunc(others, func(a, b packedUser) int { return strings.Compare(a.place, b.place) })
	return others, err
}

// insertBlocks packs users into one block, or into several of about the same size.
func (r Records) insertBlocks(accountID string, users []packedUser) error {
	if len(users) == 0 {
		return nil
	}
	parts := 1
	if len(users) > blockUsers {
		parts = (len(users) + splitUsers - 1) / splitUsers
	}
	for part := range slices.Chunk(users, (len(users)+parts-1)/parts) {
		b := newBlock(part)
		if err := r.insert(`INSERT INTO user_blocks (account_id, `+blockColumns+`) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			accountID, b.place, b.users, b.meta, b.texts); err != nil {
			return err
		}
	}
	return nil
}
