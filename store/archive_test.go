package store_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"carillon/store"
	"carillon/store/engine"
)

// exported returns the lines of all kinds that an AWS account has, by their names.
func (d *db) exported(awsAccountID string) map[string][]string {
	d.Helper()
	all := map[string][]string{}
	d.must(d.Snapshot(d.Context(), func(r store.Records) error {
		accounts, err := r.AccountIDs(awsAccountID)
		if err != nil {
			return err
		}
		for _, k := range store.ArchiveKinds() {
			err := r.ExportArchive(k, awsAccountID, accounts, func(line []byte) error {
				all[k.Name] = append(all[k.Name], strings.TrimSuffix(string(line), "\n"))
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return all
}

// imported imports lines, and returns how many were added.
func (d *db) imported(awsAccountID string, all map[string][]string) (n int) {
	d.Helper()
	for _, k := range store.ArchiveKinds() {
		var rows []*store.ArchiveRow
		for _, line := range all[k.Name] {
			row, err := k.Parse(line)
			if err != nil {
				d.Fatalf("%s: %v: %s", k.Name, err, line)
			}
			rows = append(rows, row)
		}
		d.write(func(r store.Records) error {
			added, err := r.ImportArchive(k, awsAccountID, rows, 1000)
			for _, yes := range added {
				if yes {
					n++
				}
			}
			return err
		})
	}
	return n
}

// sound makes of what the fixtures have something that a server could have.
func (d *db) sound() {
	d.Helper()
	d.exec(`DELETE FROM user_activity`)
	d.write(func(r store.Records) error {
		if err := r.AddActivity(&store.Activity{AccountID: "enterprise", UserID: "full", ActiveMs: 1_700_000_000_000, Messages: 3}); err != nil {
			return err
		}
		var users []store.User
		err := r.Users(store.UserFilter{AwsAccountID: aws, AccountID: "team", Limit: 99}, func(u *store.User) { users = append(users, *u) })
		for i := range users {
			users[i].Registration = "Registered"
			err = errors.Join(err, r.UpdateUser(&users[i]))
		}
		return err
	})
}

// Every kind of record goes from one engine to the other and back, into another AWS
// account, and is the same line everywhere. What is there is not added again.
func TestArchive_there_and_back(t *testing.T) {
	first := withFixture(t, none["sqlite"](t))
	first.sound()
	lines := first.exported(aws)
	for _, k := range store.ArchiveKinds() {
		if len(lines[k.Name]) == 0 {
			t.Errorf("the fixture has no %s", k.Name)
		}
	}
	total := 0
	for _, list := range lines {
		total += len(list)
	}
	const other = "222222222222"
	for _, by := range []string{"postgres", "sqlite"} {
		d := newDB(t, none[by](t))
		d.must(d.Migrate(t.Context()))
		d.equal(by+": added", d.imported(other, lines), total)
		d.equal(by+": exported", d.exported(other), lines)
		d.equal(by+": added again", d.imported(other, lines), 0)
		d.equal(by+": of somebody else", d.exported(aws), map[string][]string{})
	}
}

// What a record does not have is what nobody can want from it, or follows from it.
func TestArchive_every_column(t *testing.T) {
	e := none["sqlite"](t)
	d := withFixture(t, e)
	var shapes map[string]engine.Shape
	d.must(e.View(t.Context(), func(tx engine.Tx) (err error) {
		shapes, err = e.(engine.Cataloger).Catalog(tx)
		return err
	}))
	archived := map[string]bool{}
	for _, k := range store.ArchiveKinds() {
		table, columns := store.ArchiveColumns(k)
		archived[table] = true
		var want []string
		for _, c := range shapes[table].Columns {
			want = append(want, c.Name)
		}
		slices.Sort(columns)
		slices.Sort(want)
		if table != "user_rows" { // which has a form of its own; see the round trip
			d.equal("columns of "+table, columns, want)
		}
	}
	for _, table := range []string{
		"deleted_accounts", "access_keys", "server_secrets", "iam_users", "iam_user_policies", "iam_policies", "iam_policy_versions", "iam_attachments",
		"iam_changes", "access_key_uses", "jobs", "offered_numbers", "account_counts", "test_clock", "console_notes", "console_files", "scim_tokens",
		"scim_requests", "user_blocks", "user_changes", "user_packing", "schema_version",
		"audit_pending", "audit_batches", "audit_index", "audit_chain",
	} {
		archived[table] = true // as docs/import-export.md says
	}
	there := d.tables()
	slices.Sort(there)
	d.equal("tables that are exported or need not be", slices.Sorted(maps.Keys(archived)), there)
}

// A snapshot shows one moment, whatever others do meanwhile.
func TestSnapshot(t *testing.T) {
	for _, by := range []string{"sqlite", "postgres"} {
		d := newDB(t, none[by](t))
		d.must(d.Migrate(t.Context()))
		add := func(id string) {
			d.write(func(r store.Records) error {
				return r.InsertAccount(&store.Account{AccountID: id, AwsAccountID: aws, Type: "Team", Status: "Active"})
			})
		}
		add("a")
		d.must(d.Snapshot(t.Context(), func(r store.Records) error {
			for i := range 2 {
				ids, err := r.AccountIDs(aws)
				d.equal(by+": in the snapshot", ids, []string{"a"})
				if err != nil {
					return err
				}
				add(fmt.Sprint("b", i))
			}
			return nil
		}))
		d.read(func(r store.Records) error {
			ids, err := r.AccountIDs(aws)
			d.equal(by+": afterwards", len(ids), 3)
			return err
		})
	}
}

func TestArchiveParse_refused(t *testing.T) {
	for name, test := range map[string]struct{ kind, line, want string }{
		"no JSON":             {"rooms", `AccountId`, "one JSON object"},
		"a list":              {"rooms", `[]`, "one JSON object"},
		"two objects":         {"rooms", `{"AccountId":"a","RoomId":"r"} {}`, "one JSON object"},
		"cut":                 {"rooms", `{"AccountId":"a","RoomId":"r"`, "one JSON object"},
		"cut in a value":      {"rooms", `{"AccountId":"a","RoomId":"r`, "one JSON object"},
		"nothing":             {"rooms", ``, "one JSON object"},
		"unknown member":      {"rooms", `{"AccountId":"a","RoomId":"r","Owner":"x"}`, "no members but"},
		"owner":               {"rooms", `{"AccountId":"a","RoomId":"r","AwsAccountId":"x"}`, "no members but"},
		"other capitals":      {"rooms", `{"accountid":"a","RoomId":"r"}`, "no members but"},
		"twice":               {"rooms", `{"AccountId":"a","RoomId":"r","RoomId":"s"}`, "RoomId must be there once"},
		"no key":              {"rooms", `{"AccountId":"a"}`, "RoomId must be there"},
		"empty key":           {"rooms", `{"AccountId":"","RoomId":"r"}`, "AccountId must be there"},
		"null":                {"rooms", `{"AccountId":"a","RoomId":null}`, "RoomId must be a text"},
		"number":              {"rooms", `{"AccountId":"a","RoomId":7}`, "RoomId must be a text"},
		"nested":              {"rooms", `{"AccountId":"a","RoomId":{"a":[1]}}`, "RoomId must be a text"},
		"NUL":                 {"rooms", `{"AccountId":"a","RoomId":"r\u0000"}`, "RoomId must have no NUL"},
		"no UTF-8":            {"rooms", "{\"AccountId\":\"a\",\"RoomId\":\"\xff\"}", "UTF-8"},
		"too long":            {"rooms", `{"AccountId":"a","RoomId":"` + strings.Repeat("r", 513) + `"}`, "RoomId must have at most 512 bytes"},
		"no time":             {"rooms", `{"AccountId":"a","RoomId":"r","CreatedTimestamp":"today"}`, "CreatedTimestamp must be a time"},
		"time as a number":    {"rooms", `{"AccountId":"a","RoomId":"r","CreatedTimestamp":5}`, "CreatedTimestamp must be a time"},
		"time before 1970":    {"rooms", `{"AccountId":"a","RoomId":"r","CreatedTimestamp":"1969-01-01T00:00:00.000Z"}`, "after 1970"},
		"no such value":       {"accounts", `{"AccountId":"a","AccountType":"Free","AccountStatus":"Active","DefaultLicense":"Pro"}`, "AccountType must be one of"},
		"value left out":      {"accounts", `{"AccountId":"a"}`, "AccountType must be one of"},
		"no list of groups":   {"accounts", `{"AccountId":"a","AccountType":"Team","AccountStatus":"Active","DefaultLicense":"Pro","SigninDelegateGroups":{}}`, "SigninDelegateGroups must be a list"},
		"no list of numbers":  {"orders", `{"PhoneNumberOrderId":"o","Status":"Failed","OrderedPhoneNumbers":"x"}`, "OrderedPhoneNumbers must be a list"},
		"negative":            {"retention", `{"AccountId":"a","RoomRetentionDays":-1}`, "RoomRetentionDays must not be negative"},
		"fraction":            {"retention", `{"AccountId":"a","RoomRetentionDays":1.5}`, "RoomRetentionDays must be a whole number"},
		"capitals in a key":   {"domains", `{"DomainName":"Example.com"}`, "DomainName must be in the form"},
		"time of another id":  {"users", `{"AccountId":"a","UserId":"01a21c71-fe52-784e-9226-edd4db007976","LicenseType":"Pro","UserType":"PrivateUser","UserRegistrationStatus":"Registered","CreatedTimestamp":"2020-01-01T00:00:00.000Z"}`, "the time that UserId tells"},
		"truth value as text": {"bots", `{"AccountId":"a","BotId":"b","Disabled":"true"}`, "Disabled must be true or false"},
	} {
		_, err := store.ArchiveKindOf(test.kind).Parse(test.line)
		var rule *store.ArchiveError
		if !errors.As(err, &rule) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
