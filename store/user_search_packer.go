package store

import (
	"context"
	"errors"

	"carillon/store/engine"
)

// An account is packed again when more of its users have changed than a share of them,
// but not for few and not only for very many: a search reads the rows of those.
const (
	dueShare  = 64
	dueAtFew  = 1024
	dueAtMany = 1 << 14
	// dueLook is how many accounts are looked at for that at once.
	dueLook = 64
)

// Packer packs users for searches if [Store.SetSearchIndex] asks for that. There may
// be several; they take turns.
type Packer struct {
	store *Store
	after string  // the account that was looked at last
	at    packing // where the packing of an account goes on that is due; no account: none is
}

// NewPacker returns a Packer.
func (s *Store) NewPacker() *Packer { return &Packer{store: s} }

// Step packs some users, in a transaction of its own, and reports whether there are
// more of them to pack at once.
func (p *Packer) Step(ctx context.Context) (more bool, err error) {
	if p.at.accountID == "" {
		due, first, err := p.look(ctx)
		if err != nil || !due && !first {
			return false, err
		}
	}
	err = p.store.Update(ctx, func(r Records) error {
		more, err = p.step(r)
		return err
	})
	return more, err
}

// look looks for an account that is due. first: the first packing is not done.
func (p *Packer) look(ctx context.Context) (due, first bool, err error) {
	err = p.store.View(ctx, func(r Records) error {
		on, err := r.count(`SELECT COUNT(*) FROM user_packing WHERE format = $1`, packedFormat)
		if err != nil || on == 0 {
			return err
		}
		packed, err := r.usersPacked()
		if first = !packed; err != nil || first {
			return err
		}
		due, err = p.lookAt(r)
		return err
	})
	return due, first, err
}

// lookAt looks at the next accounts.
func (p *Packer) lookAt(r Records) (due bool, err error) {
	for range dueLook {
		next := ""
		if err := r.tx.Query(`SELECT account_id FROM user_changes WHERE account_id > $1 ORDER BY account_id LIMIT 1`,
			[]any{p.after}, func(row engine.Row) error { return row.Scan(&next) }); err != nil {
			return false, err
		}
		if p.after = next; next == "" {
			return false, nil
		}
		if due, err = r.duePacking(next); err != nil || due {
			p.at = packing{accountID: next, place: []byte{}}
			return due, err
		}
	}
	return false, nil
}

// duePacking reports whether so many users of an account are noted that they had
// better be packed.
func (r Records) duePacking(accountID string) (bool, error) {
	noted := func(limit int64) (int64, error) {
		return r.count(`SELECT COUNT(*) FROM (SELECT place FROM user_changes WHERE account_id = $1 LIMIT CAST($2 AS BIGINT)) noted`, accountID, limit)
	}
	n, err := noted(dueAtFew)
	if err != nil || n < dueAtFew {
		return false, err
	}
	users, err := r.count(`SELECT COALESCE(CAST(SUM(users) AS BIGINT), 0) FROM user_blocks WHERE account_id = $1`, accountID)
	if err != nil {
		return false, err
	}
	many := min(max(users/dueShare, dueAtFew), dueAtMany)
	n, err = noted(many)
	return n >= many, err
}

// step does the next part of the first packing, or of that of an account that is due.
func (p *Packer) step(r Records) (more bool, err error) {
	have, err := r.lockPacking()
	if errors.Is(err, ErrNotFound) { // not any more
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if have.phase != phasePacked {
		return true, r.advancePacking(have)
	}
	at := p.at
	if at.accountID == "" {
		return true, nil // somebody else has done the rest
	}
	last, more, err := r.packOf(at.accountID, at.place)
	if err != nil {
		return false, err
	}
	if p.at.place = last; !more {
		p.at = packing{}
	}
	return true, nil
}

// packOf packs users of an account who are noted behind a place.
func (r Records) packOf(accountID string, after []byte) (last []byte, more bool, err error) {
	var first []byte
	err = r.tx.Query(`SELECT place FROM user_changes WHERE account_id = $1 AND place > $2 ORDER BY place LIMIT 1`,
		[]any{accountID, after}, func(row engine.Row) error { return row.Scan(&first) })
	if err != nil || first == nil {
		return nil, false, err
	}
	last, err = r.pack(accountID, first)
	return last, true, err
}
