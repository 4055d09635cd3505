package store

import (
	"encoding/json"
	"errors"
	"fmt"

	"carillon/store/engine"
)

// rekeyRows is how many rows rekeyEmails looks at in one transaction.
const rekeyRows = 1000

// emailTable is a table with keys of addresses, unique in each account.
type emailTable struct {
	name string
	id   string // the column that tells whose address it is
	// source is the column that the key is made from: the address, or the old
	// key where the address is not kept.
	source string
	order  [2]string // the columns of the primary key
}

var emailTables = []emailTable{
	{"users", "user_id", "email", [2]string{"user_id", "account_id"}},
	{"former_users", "user_id", "email_key", [2]string{"account_id", "email_key"}},
	{"bots", "bot_id", "email", [2]string{"account_id", "bot_id"}},
}

// rekeyPosition is where rekeyEmails goes on.
type rekeyPosition struct {
	Table int
	After [2]string // in the order of the table
}

// rekeyEmails gives all addresses the key of [EmailKey]; up to version 2 it was
// that of [Fold]. Where several users of an account turn out to have the same
// address, one keeps it: the one whose key was right already, else the one with
// the smallest id. The others stay as they are but are not found by address.
func rekeyEmails(s *Store, tx engine.Tx, from string) (next string, err error) {
	var at rekeyPosition
	if err := json.Unmarshal([]byte(from), &at); err != nil {
		return "", fmt.Errorf("the position %q: %w", from, err)
	}
	for left := rekeyRows; left > 0; {
		if at.Table == len(emailTables) {
			return "", nil
		}
		table := emailTables[at.Table]
		rows, err := table.after(tx, at.After, left)
		if err != nil {
			return "", err
		}
		if err := table.rekeyAll(s, tx, rows); err != nil {
			return "", err
		}
		if len(rows) < left {
			at = rekeyPosition{Table: at.Table + 1}
		} else {
			at.After = rows[left-1].position
		}
		left -= len(rows)
	}
	text, err := json.Marshal(at)
	return string(text), err
}

// keyed is a row of an emailTable.
type keyed struct {
	account, id, source, key string
	position                 [2]string
}

func (t emailTable) query(tx engine.Tx, condition string, args ...any) (list []keyed, err error) {
	columns := fmt.Sprintf("account_id, %s, %s, email_key, %s, %s", t.id, t.source, t.order[0], t.order[1])
	err = tx.Query(`SELECT `+columns+` FROM `+t.name+` WHERE `+condition, args, func(row engine.Row) error {
		var k keyed
		err := row.Scan(&k.account, &k.id, &k.source, &k.key, &k.position[0], &k.position[1])
		list = append(list, k)
		return err
	})
	return list, err
}

func (t emailTable) after(tx engine.Tx, position [2]string, limit int) ([]keyed, error) {
	order := t.order[0] + ", " + t.order[1]
	return t.query(tx, `(`+order+`) > ($1, $2) ORDER BY `+order+` LIMIT CAST($3 AS BIGINT)`, position[0], position[1], limit)
}

func (t emailTable) rekeyAll(s *Store, tx engine.Tx, rows []keyed) error {
	for _, row := range rows {
		if key := EmailKey(row.source); key != row.key {
			if err := t.rekey(s, tx, row, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// rekey gives a row its key, unless it is the key of another row for good.
func (t emailTable) rekey(s *Store, tx engine.Tx, row keyed, key string) error {
	holder, err := t.holder(tx, row.account, key)
	switch {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return err
	case EmailKey(holder.source) == key:
		s.log().Warn("two have the same e-mail address; the second is not found by it any more",
			"table", t.name, "account_id", row.account, "first_id", holder.id, "second_id", row.id)
		key = aside(key, row.id)
	default: // it gets its own when its turn comes
		if err := t.set(tx, holder, aside(EmailKey(holder.source), holder.id)); err != nil {
			return err
		}
	}
	return t.set(tx, row, key)
}

// aside is a key that no address has, for there are no blanks in addresses.
func aside(key, id string) string { return key + " " + id }

func (t emailTable) holder(tx engine.Tx, account, key string) (keyed, error) {
	list, err := t.query(tx, `account_id = $1 AND email_key = $2`, account, key)
	switch {
	case err != nil:
		return keyed{}, err
	case len(list) == 0:
		return keyed{}, ErrNotFound
	}
	return list[0], nil
}

func (t emailTable) set(tx engine.Tx, row keyed, key string) error {
	_, err := tx.Exec(`UPDATE `+t.name+` SET email_key = $1 WHERE `+t.order[0]+` = $2 AND `+t.order[1]+` = $3`, key, row.position[0], row.position[1])
	return err
}
