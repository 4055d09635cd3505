package store

import (
	"math/bits"
	"strings"
	"sync"

	"carillon/store/engine"
)

// AuditRecord is one record of the audit that is in no batch yet.
type AuditRecord struct {
	// AccountID is the Chime account that the record is beside, or the AWS account.
	AccountID    string
	EventID      string // a UUID that begins with the time of the event
	AwsAccountID string
	Record       []byte
}

const auditColumns = `account_id, event_id, aws_account_id, record`

func (a *AuditRecord) scan(row engine.Row) error {
	return row.Scan(&a.AccountID, &a.EventID, &a.AwsAccountID, &a.Record)
}

// InsertAuditRecords adds records, as many as share a transaction with one
// statement; those that are there already stay as they are. So the last one may be
// given again, without its content, to have few different statements.
func (r Records) InsertAuditRecords(list []AuditRecord) error {
	for len(list) > 0 {
		n := min(len(list), insertChunk)
		args := make([]any, 0, 4*roundUp(n))
		for i := range list[:n] {
			a := &list[i]
			args = append(args, a.AccountID, a.EventID, a.AwsAccountID, a.Record)
		}
		for last := &list[n-1]; len(args) < cap(args); {
			args = append(args, last.AccountID, last.EventID, last.AwsAccountID, []byte{})
		}
		if _, err := r.tx.Exec(auditTexts[bits.Len(uint(len(args)/4))-1](), args...); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// auditTexts returns the statements for 1, 2, 4 … records.
var auditTexts = manyRows(`INSERT INTO audit_pending (`+auditColumns+`) VALUES `, 4, ` ON CONFLICT DO NOTHING`)

// manyRows returns the statements that insert 1, 2, 4 … rows of some columns, up
// to insertChunk.
func manyRows(insert string, columns int, end string) (texts []func() string) {
	row := `(?` + strings.Repeat(`, ?`, columns-1) + `)`
	for n := 1; n <= insertChunk; n *= 2 {
		texts = append(texts, sync.OnceValue(func() string {
			var q query
			q.add(insert+row+strings.Repeat(`, `+row, n-1), make([]any, columns*n)...)
			q.add(end)
			return q.String()
		}))
	}
	return texts
}

// AuditFilter selects records that are in no batch yet.
type AuditFilter struct {
	AwsAccountID string // empty: all
	// From and Until are event ids, with those at the ends left out; empty: no end.
	From, Until string
	OldestFirst bool
	Limit       int
}

// PendingAudit returns records that are in no batch yet, by event id.
func (r Records) PendingAudit(f AuditFilter) ([]AuditRecord, error) {
	var q query
	q.add(`SELECT ` + auditColumns + ` FROM audit_pending WHERE 1 = 1`)
	if f.AwsAccountID != "" {
		q.add(` AND aws_account_id = ?`, f.AwsAccountID)
	}
	if f.From != "" {
		q.add(` AND event_id > ?`, f.From)
	}
	if f.Until != "" {
		q.add(` AND event_id < ?`, f.Until)
	}
	order := ` ORDER BY event_id DESC`
	if f.OldestFirst {
		order = ` ORDER BY event_id`
	}
	q.add(order+` LIMIT CAST(? AS BIGINT)`, f.Limit)
	return collect[AuditRecord](r, q.String(), q.args)
}

// CountPendingAudit counts the records that are in no batch yet, up to a limit.
func (r Records) CountPendingAudit(limit int) (count int64, err error) {
	err = r.tx.Query(`SELECT COUNT(*) FROM (SELECT 1 FROM audit_pending LIMIT CAST($1 AS BIGINT)) pending`, []any{limit}, func(row engine.Row) error {
		return row.Scan(&count)
	})
	return count, err
}

// DeletePendingAudit removes records that a batch has now, and returns how many.
func (r Records) DeletePendingAudit(eventIDs []string) (deleted int64, err error) {
	for len(eventIDs) > 0 {
		n := min(len(eventIDs), 4*insertChunk)
		deletedNow, err := r.tx.Exec(`DELETE FROM audit_pending WHERE event_id IN (`+placeholders(n)+`)`, padded(eventIDs[:n])...)
		if err != nil {
			return 0, err
		}
		deleted, eventIDs = deleted+deletedNow, eventIDs[n:]
	}
	return deleted, nil
}
