package userlist

import (
	"context"
	"encoding/json"
	"errors"
	"hash/maphash"
	"io"

	"carillon/store"
)

// Outcome is what became of a row.
type Outcome string

// The outcomes; those of a dry run are what would become of it.
const (
	Created   Outcome = "Created"
	Updated   Outcome = "Updated"
	Unchanged Outcome = "Unchanged"
	Rejected  Outcome = "Rejected"
)

// Result is what the server says of a row.
type Result struct {
	Outcome Outcome
	// Problem says why it was rejected; Taken that somebody else has its id or
	// address.
	Problem *Problem
	Taken   bool
}

// Options say how to import.
type Options struct {
	// AccountID is the Chime account; empty: the rows say.
	AccountID string
	// DryRun changes nothing, Update also changes users that are there.
	DryRun, Update bool
	// BatchSize is how many rows go into a request, up to [MaxBatchSize]; 0: that.
	BatchSize int
}

// MaxBatchSize is the most rows that a request takes, maxBatchBytes the most bytes.
const (
	MaxBatchSize  = 1000
	maxBatchBytes = 1<<20 - 1<<10
)

// Caller calls ImportUsers, by a client or inside of the server. It returns a result
// for each user, or a *[Refusal], or an error that ends the import.
type Caller interface {
	ImportUsers(ctx context.Context, accountID string, users []json.RawMessage, o Options) ([]Result, error)
}

// Refusal says that a request as a whole was refused: for one of its rows, if there
// are several, or since the account is not there.
type Refusal struct {
	Problem
	Account bool
}

func (r *Refusal) Error() string { return r.Problem.String() }

// Counts is what became of the rows.
type Counts struct{ Rows, Created, Updated, Unchanged, Rejected int }

// Importer imports lists.
type Importer struct {
	Caller
	Options
	// Reject is told of each row that is refused, in the order of the list.
	Reject func(*Row) error
	// Progress, if not nil, is told how far the import is.
	Progress func(Counts)
	// Before is what has become of the first rows of the list in an import that was
	// interrupted, and that this one goes on with. WasRefused reports whether one of
	// them, by its index, was refused; nil: none was.
	Before     Counts
	WasRefused func(index int) bool

	counts Counts
	seed   maphash.Seed
	// there are the addresses that rows had which were not refused: of several rows
	// with an address, the first one counts. Of a dry run, ids are the ids of such rows,
	// and owned each of them with its address.
	there, ids, owned hashSet
}

// Import imports a list. It may be repeated, after an error too: rows that are
// there are left as they are.
func (m *Importer) Import(ctx context.Context, r Reader) (Counts, error) {
	m.counts, m.seed, m.there, m.ids, m.owned = m.Before, maphash.MakeSeed(), hashSet{}, hashSet{}, hashSet{}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	batches, failed := make(chan *batch), make(chan error, 1)
	go func() {
		failed <- m.read(ctx, r, batches)
		close(batches)
	}()
	for b := range batches {
		if err := m.do(ctx, b); err != nil {
			return m.counts, err
		}
		if m.Progress != nil {
			m.Progress(m.counts)
		}
	}
	return m.counts, <-failed
}

// batch is rows of one account, the bad ones in between.
type batch struct {
	account string
	rows    []*Row
	users   []json.RawMessage // of the good ones
	size    int
}

// read makes batches of the rows while others are imported.
func (m *Importer) read(ctx context.Context, r Reader, batches chan<- *batch) error {
	b := &batch{}
	hand := func() error {
		select {
		case batches <- b:
			b = &batch{}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for index := 0; ; index++ {
		row, err := r.Next()
		if err != nil {
			if end := hand(); end != nil || errors.Is(err, io.EOF) {
				return end
			}
			return err
		}
		row.Index = index
		account, text := m.prepare(row)
		if index < m.Before.Rows {
			m.recall(account, row)
			continue
		}
		if b.full(m.batchSize(), account, len(text)) {
			if err := hand(); err != nil {
				return err
			}
		}
		b.add(row, account, text)
	}
}

// recall takes note of a row that was imported before the interruption.
func (m *Importer) recall(account string, row *Row) {
	if row.Problem != nil || m.WasRefused != nil && m.WasRefused(row.Index) {
		return
	}
	key := m.hash(account, store.EmailKey(row.Email()))
	m.there.add(key)
	if id := row.UserID(); m.DryRun && id != "" {
		m.own(m.hash(account, id), key)
	}
}

func (m *Importer) batchSize() int {
	if m.BatchSize <= 0 || m.BatchSize > MaxBatchSize {
		return MaxBatchSize
	}
	return m.BatchSize
}

// prepare returns the account of a row and the user as it is sent.
func (m *Importer) prepare(row *Row) (account string, text []byte) {
	if account = m.AccountID; account == "" {
		account = row.AccountID()
	}
	switch {
	case row.Problem != nil:
	case row.Email() == "":
		row.fail(names[primaryEmail], "be given")
	case account == "":
		row.fail(names[accountID], "be given, here or with --account-id")
	}
	if row.Problem == nil {
		text = row.AppendJSON(nil)
	}
	return account, text
}

func (b *batch) full(rows int, account string, size int) bool {
	if len(b.rows) >= 2*rows {
		return true // of bad ones
	}
	return size > 0 && len(b.users) > 0 && (len(b.users) == rows || b.size+size >= maxBatchBytes || b.account != account)
}

func (b *batch) add(row *Row, account string, text []byte) {
	b.rows = append(b.rows, row)
	if text != nil {
		b.account, b.users, b.size = account, append(b.users, text), b.size+len(text)+1
	}
}

// do imports a batch and counts what became of it.
func (m *Importer) do(ctx context.Context, b *batch) error {
	results, err := m.send(ctx, b.account, b.users)
	if err != nil {
		return err
	}
	for _, row := range b.rows {
		res := Result{Outcome: Rejected, Problem: row.Problem}
		if row.Problem == nil {
			res, results = results[0], results[1:]
			if err := m.settle(ctx, b.account, row, &res); err != nil {
				return err
			}
		}
		if err := m.count(row, res); err != nil {
			return err
		}
	}
	return nil
}

// send has users imported. If the request is refused for one of them, it finds out
// which one.
func (m *Importer) send(ctx context.Context, account string, users []json.RawMessage) ([]Result, error) {
	if len(users) == 0 {
		return nil, nil
	}
	results, err := m.ImportUsers(ctx, account, users, m.Options)
	var refusal *Refusal
	switch {
	case err == nil && len(results) != len(users):
		return nil, errors.New("unexpected answer: a result is missing")
	case !errors.As(err, &refusal), refusal.Account && m.AccountID != "":
		return results, err
	case len(users) == 1 || refusal.Account:
		for range users {
			results = append(results, Result{Outcome: Rejected, Problem: &refusal.Problem})
		}
		return results, nil
	}
	half := len(users) / 2
	first, err := m.send(ctx, account, users[:half])
	if err != nil {
		return nil, err
	}
	second, err := m.send(ctx, account, users[half:])
	return append(first, second...), err
}

// settle is for rows with an address that a row before them has, which the server
// does not know: they change that user, if anything.
func (m *Importer) settle(ctx context.Context, account string, row *Row, res *Result) error {
	key := m.hash(account, store.EmailKey(row.Email()))
	again := m.there.has(key)
	switch {
	case again && res.Taken && m.Update:
		user := row.User
		user.values[userID] = ""
		results, err := m.send(ctx, account, []json.RawMessage{user.AppendJSON(nil)})
		if err != nil {
			return err
		}
		*res = results[0]
	case again && res.Taken:
		*res = Result{Outcome: Unchanged}
	case m.DryRun:
		m.foresee(account, row, again, key, res)
	}
	if res.Outcome != Rejected {
		m.there.add(key)
	}
	return nil
}

// foresee corrects what a dry run says of a row by the rows before it.
func (m *Importer) foresee(account string, row *Row, again bool, key uint64, res *Result) {
	switch {
	case res.Outcome != Created:
		return
	case again && m.Update:
		res.Outcome = Updated
		return
	case again:
		res.Outcome = Unchanged
		return
	case row.UserID() == "":
		return
	}
	id := m.hash(account, row.UserID())
	if m.ids.has(id) && !m.owned.has(id^key) {
		*res = Result{Outcome: Rejected, Problem: &Problem{names[userID], "be one that no other row has"}}
		return
	}
	m.own(id, key)
}

// own takes note of the id of a row with an address.
func (m *Importer) own(id, key uint64) {
	m.ids.add(id)
	m.owned.add(id ^ key)
}

func (m *Importer) hash(account, value string) uint64 {
	return maphash.String(m.seed, account+"\x00"+value)
}

func (m *Importer) count(row *Row, res Result) error {
	m.counts.Rows++
	switch res.Outcome {
	case Created:
		m.counts.Created++
	case Updated:
		m.counts.Updated++
	case Unchanged:
		m.counts.Unchanged++
	default:
		m.counts.Rejected++
		row.Problem = res.Problem
		return m.Reject(row)
	}
	return nil
}
