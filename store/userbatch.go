package store

import (
	"math/bits"
	"strings"
	"sync"

	"carillon/store/engine"
)

// insertChunk is how many users one statement adds at most. It bounds the number
// of placeholders.
const insertChunk = 64

// InsertUsers adds users with few statements and returns the ids of those that
// were added; the others' ids or addresses were taken. ErrReferenced says that
// an account is gone.
func (r Records) InsertUsers(users []User) (map[string]bool, error) {
	added := make(map[string]bool, len(users))
	for len(users) > 0 {
		n := chunk(len(users))
		if err := r.insertUsers(users[:n], added); err != nil {
			return nil, err
		}
		users = users[n:]
	}
	return added, nil
}

// chunk returns a power of two, so that there are few different statements.
func chunk(n int) int { return min(1<<(bits.Len(uint(n))-1), insertChunk) }

func (r Records) insertUsers(users []User, added map[string]bool) error {
	args := make([]any, 0, len(users)*userValues)
	for i := range users {
		args = append(args, users[i].values()...)
	}
	ids, err := r.insertRows(len(users), args)
	for _, id := range ids {
		added[id] = true
	}
	return err
}

// insertRows adds n rows, a number that chunk returns, and returns the ids of
// those that were added.
func (r Records) insertRows(n int, args []any) (ids []string, err error) {
	err = r.tx.Query(insertTexts[bits.Len(uint(n))-1](), args, func(row engine.Row) error {
		var p place
		err := row.Scan(&p.key)
		if err == nil {
			ids = append(ids, placeAt(p.key).id())
		}
		return err
	})
	return ids, err
}

// userValues is how many values a row has.
var userValues = len((&User{}).values())

// insertTexts returns the statements for 1, 2, 4 … users.
var insertTexts = func() (texts []func() string) {
	for n := 1; n <= insertChunk; n *= 2 {
		texts = append(texts, sync.OnceValue(func() string { return insertText(n) + ` RETURNING place` }))
	}
	return texts
}()

// insertText adds a number of users, apart from those whose id or address is taken.
func insertText(users int) string {
	var q query
	q.add(`INSERT INTO user_rows (account_id, place, other_id, email_key, shared_device, data) VALUES `)
	row := `(?` + strings.Repeat(`, ?`, userValues-1) + `)`
	q.add(row+strings.Repeat(`, `+row, users-1), make([]any, users*userValues)...)
	q.add(` ON CONFLICT DO NOTHING`)
	return q.String()
}
