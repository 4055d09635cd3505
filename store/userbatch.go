package store

import "strings"

// insertChunk is how many users one statement adds. It bounds the number of
// statements that engines prepare, and of placeholders in each.
const insertChunk = 64

// InsertUsers adds users of one account with few statements and returns the ids
// of those that were added; the others' ids or addresses were taken.
func (r Records) InsertUsers(users []User) (map[string]bool, error) {
	added := make(map[string]bool, len(users))
	for len(users) > 0 {
		n := min(len(users), insertChunk)
		if err := r.insertUsers(users[:n], added); err != nil {
			return nil, err
		}
		users = users[n:]
	}
	return added, nil
}

func (r Records) insertUsers(users []User, added map[string]bool) error {
	var q query
	q.add(`INSERT INTO users (` + userColumns + `, email_key) VALUES `)
	for i := range users {
		if i > 0 {
			q.add(`, `)
		}
		values := users[i].values()
		q.add(`(?`+strings.Repeat(`, ?`, len(values)-1)+`)`, values...)
	}
	q.add(` ON CONFLICT DO NOTHING RETURNING user_id`)
	return r.tx.Query(q.String(), q.args, func(row Row) error {
		var id string
		err := row.Scan(&id)
		added[id] = true
		return err
	})
}
