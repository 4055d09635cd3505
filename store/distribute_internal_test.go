package store

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"carillon/store/engine"
)

// migrationText returns all migrations, in order.
func migrationText() string {
	var all strings.Builder
	for _, m := range migrations() {
		all.WriteString(m.script)
	}
	return all.String()
}

// tableDefinition matches the definition of a table, and what is in it.
var tableDefinition = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\)(?: WITHOUT ROWID)?;`)

func TestLayout_complete(t *testing.T) {
	placed := map[string]bool{}
	for _, table := range everyTable() {
		if placed[table.Name] {
			t.Errorf("%s has two places", table.Name)
		}
		placed[table.Name] = true
	}
	made := map[string]bool{"schema_version": true, "users_before": true} // renamed, and gone with the step of version 8
	for _, m := range tableDefinition.FindAllStringSubmatch(migrationText(), -1) {
		made[m[1]] = true
		if !placed[m[1]] {
			t.Errorf("%s has no place", m[1])
		}
	}
	for name := range placed {
		if !made[name] {
			t.Errorf("%s has a place, but no migration makes it", name)
		}
	}
}

var (
	uniqueKey = regexp.MustCompile(`(\w+) KEYTEXT NOT NULL PRIMARY KEY|(?:PRIMARY KEY|UNIQUE) \(([\w, ]+)\)`)
	reference = regexp.MustCompile(`REFERENCES (\w+) \((\w+)`)
)

// Keys must let a database tell by the account where a row is, or would be.
func TestLayout_keys(t *testing.T) {
	for name, definition := range definitions(t) {
		keys := uniqueKey.FindAllStringSubmatch(definition, -1)
		if len(keys) == 0 {
			t.Errorf("%s has no key", name)
		}
		for _, m := range keys {
			if !slices.Contains(strings.Split(m[1]+m[2], ", "), "account_id") {
				t.Errorf("a key of %s does not hold the account: %s", name, m[0])
			}
		}
	}
}

// definitions returns the definitions of the tables by account.
func definitions(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, m := range tableDefinition.FindAllStringSubmatch(migrationText(), -1) {
		all[m[1]] = m[2]
	}
	for _, table := range everyTable() {
		if table.Placement != engine.Distributed {
			delete(all, table.Name)
		}
	}
	return all
}

// Foreign keys are possible between tables by account, by the account, and to
// tables that come earlier.
func TestLayout_references(t *testing.T) {
	place := map[string]int{}
	for i, table := range everyTable() {
		place[table.Name] = i
	}
	byAccount := definitions(t)
	for _, m := range tableDefinition.FindAllStringSubmatch(migrationText(), -1) {
		for _, to := range reference.FindAllStringSubmatch(m[2], -1) {
			if byAccount[m[1]] == "" || byAccount[to[1]] == "" || to[2] != "account_id" || place[to[1]] >= place[m[1]] {
				t.Errorf("%s cannot refer to %s by %s", m[1], to[1], to[2])
			}
		}
	}
}
