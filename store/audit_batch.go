package store

import (
	"errors"
	"math/bits"
	"strings"

	"carillon/store/engine"
)

// AuditBatch are sealed records.
type AuditBatch struct {
	Batch           int64
	FirstMs, LastMs int64 // the times of its records
	Records         int64
	Content         []byte
	Hash, Seal      []byte
}

const batchColumns = `batch, first_ms, last_ms, records, content, hash, seal`

func (b *AuditBatch) scan(row engine.Row) error {
	return row.Scan(&b.Batch, &b.FirstMs, &b.LastMs, &b.Records, &b.Content, &b.Hash, &b.Seal)
}

var batchTexts = manyRows(`INSERT INTO audit_batches (`+batchColumns+`) VALUES `, 7, ``)

// InsertAuditBatches adds batches.
func (r Records) InsertAuditBatches(list []AuditBatch) error {
	for len(list) > 0 {
		n := chunk(len(list))
		args := make([]any, 0, 7*n)
		for i := range list[:n] {
			b := &list[i]
			args = append(args, b.Batch, b.FirstMs, b.LastMs, b.Records, b.Content, b.Hash, b.Seal)
		}
		if _, err := r.tx.Exec(batchTexts[bits.Len(uint(n))-1](), args...); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// AuditBatches returns the batches after one, by number.
func (r Records) AuditBatches(after int64, limit int) ([]AuditBatch, error) {
	return collect[AuditBatch](r, `SELECT `+batchColumns+` FROM audit_batches WHERE batch > $1 ORDER BY batch LIMIT CAST($2 AS BIGINT)`, []any{after, limit})
}

// AuditBatchesOf returns the batches of some numbers that are there, in any order.
func (r Records) AuditBatchesOf(numbers []int64) ([]AuditBatch, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	args := make([]any, roundUp(len(numbers)))
	for i := range args {
		args[i] = numbers[min(i, len(numbers)-1)]
	}
	return collect[AuditBatch](r, `SELECT `+batchColumns+` FROM audit_batches WHERE batch IN (`+placeholders(len(numbers))+`)`, args)
}

// DeleteAuditBatch removes a batch.
func (r Records) DeleteAuditBatch(batch int64) error {
	return r.changed(noRecord, `DELETE FROM audit_batches WHERE batch = $1`, batch)
}

// AuditKey is one line of the index: a batch has records of an AWS account with
// a value of an attribute.
type AuditKey struct {
	AwsAccountID    string
	Attribute       int64
	Value           string
	FirstMs, LastMs int64 // of the batch
	Batch           int64
}

var auditKeyTexts = manyRows(`INSERT INTO audit_index (aws_account_id, attribute, value, last_ms, batch, first_ms) VALUES `, 6, ` ON CONFLICT DO NOTHING`)

// InsertAuditKeys adds lines to the index.
func (r Records) InsertAuditKeys(keys []AuditKey) error {
	for len(keys) > 0 {
		n := min(len(keys), insertChunk)
		args := make([]any, 0, 6*roundUp(n))
		for i := range roundUp(n) { // the last one may come again
			k := &keys[min(i, n-1)]
			args = append(args, k.AwsAccountID, k.Attribute, k.Value, k.LastMs, k.Batch, k.FirstMs)
		}
		if _, err := r.tx.Exec(auditKeyTexts[bits.Len(uint(len(args)/6))-1](), args...); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// key returns the values of the primary key.
func (k *AuditKey) key() []any { return []any{k.AwsAccountID, k.Attribute, k.Value, k.LastMs, k.Batch} }

// CountAuditKeys returns how many lines the index has that are like k with one of
// some values, each of which must be given once.
func (r Records) CountAuditKeys(k *AuditKey, values []string) (count int64, err error) {
	for len(values) > 0 {
		n := min(len(values), insertChunk)
		var q query
		q.add(`SELECT COUNT(*) FROM audit_index WHERE aws_account_id = ? AND attribute = ? AND last_ms = ? AND batch = ? AND first_ms = ?`,
			k.AwsAccountID, k.Attribute, k.LastMs, k.Batch, k.FirstMs)
		q.add(` AND value IN (?`+strings.Repeat(`, ?`, roundUp(n)-1)+`)`, padded(values[:n])...)
		err := r.tx.Query(q.String(), q.args, func(row engine.Row) error {
			var found int64
			err := row.Scan(&found)
			count += found
			return err
		})
		if err != nil {
			return 0, err
		}
		values = values[n:]
	}
	return count, nil
}

// DeleteAuditKey removes a line of the index, if it is there.
func (r Records) DeleteAuditKey(k *AuditKey) error {
	_, err := r.tx.Exec(`DELETE FROM audit_index
		WHERE aws_account_id = $1 AND attribute = $2 AND value = $3 AND last_ms = $4 AND batch = $5`, k.key()...)
	return err
}

// AuditPlace is where a batch is in time.
type AuditPlace struct{ Batch, FirstMs, LastMs int64 }

func (p *AuditPlace) scan(row engine.Row) error { return row.Scan(&p.Batch, &p.FirstMs, &p.LastMs) }

// AuditSearch selects batches.
type AuditSearch struct {
	// AwsAccountID, Attribute and Value are a line of the index; without an AWS
	// account all batches are searched.
	AwsAccountID string
	Attribute    int64
	Value        string
	// FromMs and UntilMs bound the last time of the batches; 0: they do not.
	FromMs, UntilMs int64
	OldestFirst     bool
	After           AuditPlace // the last of the page before, if its Batch is not 0
	Limit           int
}

// AuditPlaces returns batches by their last time.
func (r Records) AuditPlaces(f AuditSearch) ([]AuditPlace, error) {
	var q query
	if f.AwsAccountID == "" {
		q.add(`SELECT batch, first_ms, last_ms FROM audit_batches WHERE 1 = 1`)
	} else {
		q.add(`SELECT batch, first_ms, last_ms FROM audit_index WHERE aws_account_id = ? AND attribute = ? AND value = ?`, f.AwsAccountID, f.Attribute, f.Value)
	}
	if f.FromMs != 0 {
		q.add(` AND last_ms >= ?`, f.FromMs)
	}
	if f.UntilMs != 0 {
		q.add(` AND last_ms <= ?`, f.UntilMs)
	}
	sign, order := `<`, ` DESC`
	if f.OldestFirst {
		sign, order = `>`, ``
	}
	if f.After.Batch != 0 {
		q.add(` AND (last_ms, batch) `+sign+` (?, ?)`, f.After.LastMs, f.After.Batch)
	}
	q.add(` ORDER BY last_ms`+order+`, batch`+order+` LIMIT CAST(? AS BIGINT)`, f.Limit)
	return collect[AuditPlace](r, q.String(), q.args)
}

// AuditEnd is an end of the chain of batches.
type AuditEnd struct {
	Batch      int64
	Hash, Seal []byte
}

// The ends of the chain.
const (
	AuditHead   = "head"   // the last batch
	AuditAnchor = "anchor" // the last batch that was removed
)

func (e *AuditEnd) scan(row engine.Row) error { return row.Scan(&e.Batch, &e.Hash, &e.Seal) }

// AuditEnd returns an end of the chain, or ErrNotFound if there is none yet.
func (r Records) AuditEnd(name string) (e AuditEnd, err error) {
	err = r.one(noRecord, `SELECT batch, hash, seal FROM audit_chain WHERE name = $1`, []any{name}, e.scan)
	return e, err
}

// LockAuditHead returns the head and keeps others from moving it until the
// transaction ends. A new chain begins with the one that it is given.
func (r Records) LockAuditHead(begin *AuditEnd) (e AuditEnd, err error) {
	_, err = r.tx.Exec(`INSERT INTO audit_chain (name, batch, hash, seal, owner, leased_ms) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		AuditHead, begin.Batch, begin.Hash, begin.Seal, "", 0)
	if err != nil {
		return e, err
	}
	err = r.one(noRecord, `SELECT batch, hash, seal FROM audit_chain WHERE name = $1 FOR UPDATE`, []any{AuditHead}, e.scan)
	return e, err
}

// PutAuditEnd moves an end of the chain.
func (r Records) PutAuditEnd(name string, e *AuditEnd) error {
	_, err := r.tx.Exec(`INSERT INTO audit_chain (name, batch, hash, seal, owner, leased_ms) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (name) DO UPDATE SET batch = excluded.batch, hash = excluded.hash, seal = excluded.seal`,
		name, e.Batch, e.Hash, e.Seal, "", 0)
	return err
}

// LeaseAudit lets owner seal until a moment, unless another one may. The lease
// follows the real time.
func (r Records) LeaseAudit(owner string, nowMs, untilMs int64) (leased bool, err error) {
	_, err = r.tx.Exec(`INSERT INTO audit_chain (name, batch, hash, seal, owner, leased_ms) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		auditLease, 0, []byte{}, []byte{}, "", 0)
	if err != nil {
		return false, err
	}
	err = r.changed(noRecord, `UPDATE audit_chain SET owner = $1, leased_ms = $2 WHERE name = $3 AND (owner = $1 OR leased_ms <= $4)`,
		owner, untilMs, auditLease, nowMs)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// auditLease is the row of who seals.
const auditLease = "sealer"
