package store_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"carillon/store"
	"carillon/store/engine"
)

// The statements that delete a part of much find each row by its key, however
// many there are, and what is to be deleted by an index. SQLite is asked in a
// database that was never analyzed, as ours are, and in one that was.
func TestErasePlans_sqlite(t *testing.T) {
	erasePlans(t, openSQLite(t), 3000, func(d *db, name string, st statement, _ bool) {
		plan := sqlitePlanner.plan(d, st)
		target, _, _ := strings.Cut(plan, "\n")
		byKey := strings.Contains(target, "sqlite_autoindex") || strings.Contains(target, " USING PRIMARY KEY (account_id=? AND place=?)") ||
			strings.Contains(target, "room_memberships_newest (account_id=? AND room_id=?)") || // of which a room has a thousand at most
			strings.Contains(target, "_of_user (user_id=? AND account_id=?)") // of which a user has few
		if !byKey || strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
			d.Errorf("%s:\n%s\n%s", name, st.text, plan)
		}
	})
}

// scanned finds the table that a statement deletes from where PostgreSQL reads
// all of it; the part to be deleted, under a LIMIT, has another name.
var scanned = regexp.MustCompile(`Seq Scan on \w+(\n|$)`)

func TestErasePlans_postgres(t *testing.T) {
	erasePlans(t, openPostgres(t), 30_000, func(d *db, name string, st statement, analyzed bool) {
		if !analyzed || strings.Contains(st.text, "retention_settings") {
			return // of a table that it takes for small PostgreSQL had better read all
		}
		plan := postgresPlanner.plan(d, st)
		if strings.Contains(plan, "Semi Join") || scanned.MatchString(plan) {
			d.Errorf("%s:\n%s\n%s", name, st.text, plan)
		}
	})
}

func erasePlans(t *testing.T, e engine.Engine, rows int, check func(d *db, name string, st statement, analyzed bool)) {
	if testing.Short() {
		t.Skip("fills many rows")
	}
	s := &spy{Engine: e}
	d := newDB(t, s)
	d.must(d.Migrate(t.Context()))
	statements := map[string][]statement{}
	for name, fn := range erasers() {
		statements[name] = s.deletes(d, fn)
	}
	for i, prepare := range []func(){func() {}, func() { d.fillAll(rows) }, func() { d.exec("ANALYZE") }} {
		prepare()
		for name, list := range statements {
			for _, st := range list {
				check(d, name, st, i == 2)
			}
		}
	}
}

// fillAll adds rows to every table, each in a transaction of its own: on a busy
// machine all take longer than one may.
func (d *db) fillAll(rows int) {
	d.Helper()
	d.must(d.engine.Update(d.Context(), func(tx engine.Tx) error { return fill(tx, rows, 2) }))
	for _, insert := range []string{
		manyUsers, manyFormerUsers, manyRooms, manyMemberships, manyRoomTokens, manyInOneRoom, manyWebhooks, manyInvitations, manyActivities, manyBots, manyDeleted, manyJobs,
		manyUserChanges, manyUserBlocks, manyScimTokens, manyScimUsers, manyScimEmails, manyScimGroups, manyScimMembers, manyScimRequests, manyConsoleFiles,
	} {
		d.must(d.engine.Update(d.Context(), func(tx engine.Tx) error { return fillOne(tx, rows, 2, insert) }))
	}
}

func erasers() map[string]func(store.Records) error {
	return map[string]func(store.Records) error{
		"EraseAccount":         func(r store.Records) error { return second(r.EraseAccount("a1", eraseStep)) },
		"EraseRoomMessages":    func(r store.Records) error { return second(r.EraseRoomMessages("a1", "one", eraseStep)) },
		"PurgeMessages":        func(r store.Records) error { return second(r.PurgeMessages("a1", store.InRoom, 100, eraseStep)) },
		"PurgeWebhooks":        func(r store.Records) error { return second(r.PurgeWebhooks(100, eraseStep)) },
		"PurgeDeletedAccounts": func(r store.Records) error { return second(r.PurgeDeletedAccounts(100, eraseStep)) },
		"PurgeScimRequests":    func(r store.Records) error { return second(r.PurgeScimRequests(100, eraseStep)) },
		"PurgeConsoleFiles":    func(r store.Records) error { return second(r.PurgeConsoleFiles(100, eraseStep)) },
		"PurgeFailedJobs":      func(r store.Records) error { return second(r.PurgeFailedJobs(100, eraseStep)) },
	}
}

// deletes returns the statements of fn that delete a part.
func (s *spy) deletes(d *db, fn func(store.Records) error) (list []statement) {
	d.Helper()
	s.changes = nil
	d.must(d.Update(context.Background(), fn))
	for _, st := range s.changes {
		if strings.Contains(st.text, "LIMIT") {
			list = append(list, st)
		}
	}
	if len(list) == 0 {
		d.Fatal("nothing was deleted")
	}
	return list
}

func (tx spyTx) Exec(text string, args ...any) (int64, error) {
	tx.spy.changes = append(tx.spy.changes, statement{text, args})
	return tx.Tx.Exec(text, args...)
}
