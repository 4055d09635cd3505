package store

import (
	"strings"

	"carillon/store/engine"
)

// ArchiveKind is one kind of what an AWS account has, as an archive has it: a file
// with a record a line. Whose the records are is not in them: they are whose the
// archive is.
type ArchiveKind struct {
	// Name is that of the file, without its ending.
	Name string

	table   string
	members []archiveMember
	// key is how many members, the first ones, tell the records of an AWS account
	// apart.
	key int
	// where selects what an archive has, in SQL; empty: everything.
	where string
	// owned tells that the rows name the AWS account.
	owned bool
	// filled are the columns that records do not have.
	filled []filledColumn
	// room is the member that names the room without which a record cannot be; empty:
	// there is none.
	room string
}

// form is how a value is written in a line.
type form int

const (
	formText     form = iota
	formNumber        // a number
	formMoment        // milliseconds since 1970, as a time with three decimals
	formFlag          // true
	formDocument      // JSON that is kept as it was written
)

// archiveMember is a member of a record. One that has no value, that is 0, false or
// an empty text, is left out of the line.
type archiveMember struct {
	name   string
	column string
	form   form
	// most is how many bytes a text may have; values, if there are any, are those
	// that it may have.
	most   int
	values []string
	check  func(string) error
}

// filledColumn is a column that is not in a record: what it has follows from the
// record, or is always the same.
type filledColumn struct {
	column string
	value  func(r *ArchiveRow, nowMs int64) any
}

// What texts may have, in bytes. The operations count characters, of which each has
// up to four.
const (
	idBytes       = 512
	wordBytes     = 4 << 10
	messageBytes  = 64 << 10
	documentBytes = 256 << 10
)

func id(name, column string) archiveMember {
	return archiveMember{name: name, column: column, most: idBytes}
}

func word(name, column string) archiveMember {
	return archiveMember{name: name, column: column, most: wordBytes}
}

func choice(name, column string, values ...string) archiveMember {
	return archiveMember{name: name, column: column, most: idBytes, values: values}
}

func number(name, column string) archiveMember {
	return archiveMember{name: name, column: column, form: formNumber}
}

func moment(name, column string) archiveMember {
	return archiveMember{name: name, column: column, form: formMoment}
}

func yes(name, column string) archiveMember {
	return archiveMember{name: name, column: column, form: formFlag}
}

func document(name, column string, check func(string) error) archiveMember {
	return archiveMember{name: name, column: column, form: formDocument, most: documentBytes, check: check}
}

// always fills a column with a value.
func always(column string, value any) filledColumn {
	return filledColumn{column, func(*ArchiveRow, int64) any { return value }}
}

// fresh fills a column with a number that it has never had: secrets are derived
// from it.
func fresh(column string) filledColumn {
	return filledColumn{column, func(_ *ArchiveRow, nowMs int64) any { return nowMs }}
}

// from fills a column with what follows from a text of the record.
func from(column, member string, derive func(string) string) filledColumn {
	return filledColumn{column, func(r *ArchiveRow, _ int64) any { return derive(r.Text(member)) }}
}

// ArchiveKinds returns the kinds in the order in which they can be imported: what
// others refer to comes first.
func ArchiveKinds() []*ArchiveKind { return archiveKinds }

// ArchiveKindOf returns a kind by its name; nil: there is none.
func ArchiveKindOf(name string) *ArchiveKind {
	for _, k := range archiveKinds {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// InAccounts reports whether records belong to a Chime account, which AccountId
// names.
func (k *ArchiveKind) InAccounts() bool {
	return k.table != "accounts" && k.members[0].column == accountColumn
}

const (
	accountColumn = "account_id"
	ownerColumn   = "aws_account_id"
)

// columns returns the columns of the members.
func (k *ArchiveKind) columns() []string {
	list := make([]string, len(k.members))
	for i, m := range k.members {
		list[i] = m.column
	}
	return list
}

// insertColumns returns the columns that an import writes.
func (k *ArchiveKind) insertColumns() []string {
	list := k.columns()
	if k.owned {
		list = append(list, ownerColumn)
	}
	for _, f := range k.filled {
		list = append(list, f.column)
	}
	return list
}

// isUsers: users are written by methods of their own, since they are kept in a
// compact form.
func (k *ArchiveKind) isUsers() bool { return k.table == "user_rows" }

// exportQuery reads the records of a Chime account, or else of an AWS account, in
// the order of their keys.
func (k *ArchiveKind) exportQuery() string {
	owner := ownerColumn
	if k.InAccounts() {
		owner = accountColumn
	}
	query := `SELECT ` + strings.Join(k.columns(), `, `) + ` FROM ` + k.table + ` WHERE ` + owner + ` = $1`
	if k.where != "" {
		query += ` AND ` + k.where
	}
	if k.key > 0 {
		query += ` ORDER BY ` + strings.Join(k.columns()[:k.key], `, `)
	}
	return query
}

// kindOf is the kind of the cell of a member.
func (m *archiveMember) kindOf() engine.Kind {
	switch m.form {
	case formNumber, formMoment:
		return engine.Integer
	case formFlag:
		return engine.Boolean
	}
	return engine.Text
}
