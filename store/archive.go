package store

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"

	"carillon/store/engine"
)

// ErrNoSnapshot says that the engine cannot show one moment of everything.
var ErrNoSnapshot = errors.New("store: the engine has no snapshots")

// Snapshot runs fn for reading, as [Store.View] does, but all of it sees the state of
// one moment. It has no limit of time but ctx.
func (s *Store) Snapshot(ctx context.Context, fn func(Records) error) error {
	e, ok := s.engine.(engine.Snapshotter)
	if !ok {
		return ErrNoSnapshot
	}
	return e.Snapshot(ctx, func(tx engine.Tx) error { return fn(Records{tx}) })
}

// AccountIDs returns the ids of the Chime accounts of an AWS account, in order. They
// are as many as the quota allows.
func (r Records) AccountIDs(awsAccountID string) (ids []string, err error) {
	err = r.tx.Query(`SELECT account_id FROM accounts WHERE aws_account_id = $1 ORDER BY account_id`, []any{awsAccountID}, func(row engine.Row) error {
		var id string
		err := row.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// ExportArchive calls each for every record of a kind that an AWS account has, with
// its line, which is used again. accountIDs are its Chime accounts; the order is
// theirs, then that of the keys.
func (r Records) ExportArchive(k *ArchiveKind, awsAccountID string, accountIDs []string, each func(line []byte) error) error {
	if !k.InAccounts() {
		return r.exportRows(k, awsAccountID, each)
	}
	for _, id := range accountIDs {
		export := r.exportRows
		if k.isUsers() {
			export = r.exportUsers
		}
		if err := export(k, id, each); err != nil {
			return err
		}
	}
	return nil
}

// exportRows exports what an AWS account, or a Chime account, has.
func (r Records) exportRows(k *ArchiveKind, owner string, each func(line []byte) error) error {
	record := k.newRow()
	var line []byte
	return r.tx.Query(k.exportQuery(), []any{owner}, func(row engine.Row) error {
		if err := row.Scan(record.cells...); err != nil {
			return err
		}
		line = append(record.appendTo(line[:0]), '\n')
		return each(line)
	})
}

func (r Records) exportUsers(k *ArchiveKind, accountID string, each func(line []byte) error) (failed error) {
	record := k.newRow()
	var q query
	q.add(`SELECT `+userColumns+` FROM user_rows WHERE account_id = ? ORDER BY place LIMIT CAST(? AS BIGINT)`, accountID, int64(math.MaxInt64))
	var line []byte
	err := r.eachUser(&q, User{AccountID: accountID}, func(u *User) {
		*record.user = *u
		line = append(record.appendTo(line[:0]), '\n')
		if failed == nil {
			failed = each(line)
		}
	})
	return errors.Join(failed, err)
}

// ImportArchive adds records that belong to an AWS account, with few statements, and
// reports for each whether it was added; of the others the key, or another value
// that only one may have, was taken. Their accounts must be there and be kept.
func (r Records) ImportArchive(k *ArchiveKind, awsAccountID string, rows []*ArchiveRow, nowMs int64) (added []bool, err error) {
	var present map[string]bool
	if k.isUsers() {
		present, err = r.importUsers(awsAccountID, rows)
	} else {
		present, err = r.importRows(k, awsAccountID, rows, nowMs)
	}
	if err != nil {
		return nil, err
	}
	added = make([]bool, len(rows))
	for i, row := range rows {
		if key := row.keyText(); present[key] {
			added[i], present[key] = true, false // of several with a key the first one was added
		}
	}
	return added, nil
}

// keyText tells records of a kind apart.
func (r *ArchiveRow) keyText() string { return joinKey(r.cells[:r.kind.key]) }

func joinKey(cells []any) string {
	var b strings.Builder
	for _, cell := range cells {
		switch v := cell.(type) {
		case *string:
			b.WriteString(*v)
		case *int64:
			b.WriteString(strconv.FormatInt(*v, 10))
		}
		b.WriteByte(0) // no text has one
	}
	return b.String()
}

// importUsers adds users, those of an account together: only there ids tell them apart.
func (r Records) importUsers(awsAccountID string, rows []*ArchiveRow) (map[string]bool, error) {
	present := map[string]bool{}
	for len(rows) > 0 {
		account, n := rows[0].user.AccountID, 0
		var users []User
		for n < len(rows) && rows[n].user.AccountID == account {
			users = append(users, *rows[n].user)
			users[n].AwsAccountID = awsAccountID
			n++
		}
		added, err := r.InsertUsers(users)
		if err == nil {
			err = r.setChanged(users, added)
		}
		if err != nil {
			return nil, err
		}
		for _, row := range rows[:n] {
			if added[row.user.UserID] {
				present[row.keyText()] = true
			}
		}
		rows = rows[n:]
	}
	return present, nil
}

// setChanged writes when some users of an account were changed, of those that are in a
// set of ids.
func (r Records) setChanged(users []User, in map[string]bool) error {
	var lists [][]any
	for i := range users {
		if u := &users[i]; u.ChangedMs != 0 && in[u.UserID] {
			lists = append(lists, []any{u.ChangedMs, u.AccountID, placeOf(u.UserID, u.CreatedMs).key})
		}
	}
	return engine.Batch(r.tx, `UPDATE user_rows SET changed_ms = $1 WHERE account_id = $2 AND place = $3`, lists, nil)
}

func (r Records) importRows(k *ArchiveKind, awsAccountID string, rows []*ArchiveRow, nowMs int64) (map[string]bool, error) {
	present := map[string]bool{}
	key := k.newRow().cells[:k.key]
	for len(rows) > 0 {
		n := chunk(len(rows))
		var args []any
		for _, row := range rows[:n] {
			args = append(args, row.values(awsAccountID, nowMs)...)
		}
		err := r.tx.Query(k.insertText(n), args, func(row engine.Row) error {
			if k.key == 0 { // the AWS account has one such record
				present[""] = true
				return nil
			}
			err := row.Scan(key...)
			present[joinKey(key)] = true
			return err
		})
		if err != nil {
			return nil, err
		}
		rows = rows[n:]
	}
	return present, nil
}

// insertText adds a number of records, apart from those whose key, or another unique
// value, is taken.
func (k *ArchiveKind) insertText(records int) string {
	columns := k.insertColumns()
	returning := `1`
	if k.key > 0 {
		returning = strings.Join(k.columns()[:k.key], `, `)
	}
	row := `(` + strings.Repeat(`?, `, len(columns)-1) + `?)`
	return numbered(`INSERT INTO `+k.table+` (`+strings.Join(columns, `, `)+`) VALUES `+row+strings.Repeat(`, `+row, records-1)+
		` ON CONFLICT DO NOTHING RETURNING `+returning, 0)
}

// values returns the values of insertColumns.
func (r *ArchiveRow) values(awsAccountID string, nowMs int64) []any {
	list := make([]any, 0, len(r.cells)+2)
	for _, cell := range r.cells {
		list = append(list, valueOf(cell))
	}
	if r.kind.owned {
		list = append(list, awsAccountID)
	}
	for _, f := range r.kind.filled {
		list = append(list, f.value(r, nowMs))
	}
	return list
}

func valueOf(cell any) any {
	switch v := cell.(type) {
	case *string:
		return *v
	case *int64:
		return *v
	case *bool:
		return *v
	}
	return nil
}

// keyCondition selects the record that an AWS account has in the place of another one.
func (r *ArchiveRow) keyCondition(awsAccountID string) (text string, args []any) {
	columns := r.kind.columns()[:r.kind.key]
	for _, cell := range r.cells[:r.kind.key] {
		args = append(args, valueOf(cell))
	}
	if r.kind.owned {
		columns, args = append(columns, ownerColumn), append(args, awsAccountID)
	}
	return numbered(` WHERE `+strings.Join(columns, ` = ? AND `)+` = ?`, 0), args
}

// ArchivedRow returns the record that an AWS account has with the key of another one,
// or ErrNotFound. The Chime account that it names must be the AWS account's.
func (r Records) ArchivedRow(like *ArchiveRow, awsAccountID string) (*ArchiveRow, error) {
	record := like.kind.newRow()
	if record.user != nil {
		u, err := r.User(awsAccountID, like.user.AccountID, like.user.UserID)
		*record.user = *u
		return record, err
	}
	condition, args := like.keyCondition(awsAccountID)
	err := r.one(noRecord, `SELECT `+strings.Join(like.kind.columns(), `, `)+` FROM `+like.kind.table+condition, args, func(row engine.Row) error {
		return row.Scan(record.cells...)
	})
	return record, err
}

// TakeBackArchived removes a record that was added in the same transaction.
func (r Records) TakeBackArchived(row *ArchiveRow, awsAccountID string) error {
	condition, args := row.keyCondition(awsAccountID)
	return r.changed(noRecord, `DELETE FROM `+row.kind.table+condition, args...)
}

// ForgetBlankSettings removes the settings of an AWS account if they say nothing: the
// row may be there as a lock alone.
func (r Records) ForgetBlankSettings(awsAccountID string) error {
	_, err := r.tx.Exec(`DELETE FROM aws_account_settings WHERE aws_account_id = $1
		AND calling_name = $2 AND calling_name_ms = $3 AND business_calling_bucket = $2 AND voice_connector_bucket = $2`, awsAccountID, "", 0)
	return err
}

// AdoptAccounts counts accounts that were added, and forgets that there were such
// accounts before.
func (r Records) AdoptAccounts(awsAccountID string, accountIDs []string) error {
	if len(accountIDs) == 0 {
		return nil
	}
	if _, err := r.tx.Exec(`DELETE FROM deleted_accounts WHERE account_id IN (`+placeholders(len(accountIDs))+`)`, padded(accountIDs)...); err != nil {
		return err
	}
	return r.addToAccountCount(awsAccountID, len(accountIDs))
}
