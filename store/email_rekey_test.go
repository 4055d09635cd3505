package store_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"

	"carillon/store"
	"carillon/store/engine"
)

// keysOf returns the keys of a table by the ids of its users.
func (d *db) keysOf(table string) map[string]string {
	d.Helper()
	keys := map[string]string{}
	d.must(d.engine.View(d.Context(), func(tx engine.Tx) error {
		return tx.Query("SELECT user_id, email_key FROM "+table, nil, func(row engine.Row) error {
			var id, key string
			err := row.Scan(&id, &key)
			keys[id] = key
			return err
		})
	}))
	return keys
}

// addEmails adds users with addresses, which need not differ by their keys.
func (d *db) addEmails(emails map[string]string) {
	d.Helper()
	d.must(d.engine.Update(d.Context(), func(tx engine.Tx) error {
		for id, email := range emails {
			u := newUser("a", id, 1)
			u.Email = email
			if err := insertBefore8(tx, u, store.Fold(email)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// The step of version 3 gives every address its new key, in several parts, and
// sets those aside that turn out to be the same as another.
func rekeyed(d *db) {
	d.addAccount("a", 1)
	d.before8()
	emails := map[string]string{
		"p1": "e\u0301@example.com", "p2": "\u00e9@example.com", // the second has the right key already
		"q1": "u\u0308@example.com.", "q2": "\u00fc@example.com.", "q3": "\u00dc@example.com\u200b",
		// The old key of the second is the new one of the first, its new one another.
		"r1": "a@gmail.com.", "r2": "a@gma\u0131l.com",
	}
	for i := range 2100 {
		emails[fmt.Sprintf("m%04d", i)] = fmt.Sprintf("o\u0308%d@example.com", i)
	}
	d.addEmails(emails)
	d.exec("INSERT INTO former_users (account_id, email_key, user_id) VALUES ('a', $1, 'left')", "z\u0308@example.com")
	d.exec("UPDATE schema_version SET unfinished = $1 WHERE version = $2", store.StepStart, int64(3))

	var log bytes.Buffer
	d.Log = slog.New(slog.NewTextHandler(&log, nil))
	d.must(d.Migrate(d.Context()))
	want := map[string]string{
		"p1": "\u00e9@example.com p1", "p2": "\u00e9@example.com",
		"q1": "\u00fc@example.com", "q2": "\u00fc@example.com q2", "q3": "\u00fc@example.com q3",
		"r1": "a@gmail.com", "r2": "a@xn--gmal-nza.com",
	}
	for i := range 2100 {
		want[fmt.Sprintf("m%04d", i)] = fmt.Sprintf("\u00f6%d@example.com", i)
	}
	got := d.keysOf("users")
	for id, key := range want {
		if got[id] != key {
			d.Errorf("the key of %s is %+q, want %+q", id, got[id], key)
		}
	}
	d.equal("former keys", d.keysOf("former_users"), map[string]string{"left": "z\u0308@example.com"}) // there is no such letter in one piece
	d.must(d.Ready(d.Context()))
	checkRekeyLog(d, log.String())
}

// checkRekeyLog: ids tell who was set aside, and no address is in the log.
func checkRekeyLog(d *db, log string) {
	d.Helper()
	for _, part := range []string{"first_id=p2 second_id=p1", "first_id=q1 second_id=q2", "first_id=q1 second_id=q3"} {
		if strings.Count(log, part) != 1 {
			d.Errorf("the log lacks %q:\n%s", part, log)
		}
	}
	if strings.Contains(log, "@") {
		d.Errorf("the log has an address:\n%s", log)
	}
}
