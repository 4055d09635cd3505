package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"carillon/store"
	"carillon/store/engine"
	"carillon/store/sqlite"
)

// eraseStep is how many rows the jobs delete in one transaction; nobody should
// wait for that for more than 50 ms.
const eraseStep = 100

// purge is a step of a job: it returns how many rows it has deleted, or may have.
type purge func(store.Records) (int64, error)

// BenchmarkErase measures single steps where there are a million rows of the kind
// that they delete. There is an end to them: use -benchtime 100x.
func BenchmarkErase(b *testing.B) {
	room := 1000 // down from those that EraseAccount does not come to
	for _, kind := range []struct {
		name, insert string
		steps        map[string]purge
	}{
		{"users", manyUsers, map[string]purge{"EraseAccount": eraseOne}},
		{"messages", manyMessages, map[string]purge{
			"PurgeMessages": func(r store.Records) (int64, error) { return r.PurgeMessages("a0", store.InRoom, 1e9, eraseStep) },
			"EraseAccount":  eraseOne,
			"EraseRoomMessages": func(r store.Records) (int64, error) {
				room-- // each has a thousand
				return r.EraseRoomMessages("a0", fmt.Sprint("room ", room), eraseStep)
			},
		}},
		{"webhooks", manyWebhooks, map[string]purge{
			"PurgeWebhooks": func(r store.Records) (int64, error) { return r.PurgeWebhooks(1e9, eraseStep) },
			"none":          func(r store.Records) (int64, error) { return eraseStep, second(r.PurgeWebhooks(1, eraseStep)) },
			"EraseAccount":  eraseOne,
		}},
		{"deleted accounts", manyDeleted, map[string]purge{
			"PurgeDeletedAccounts": func(r store.Records) (int64, error) { return r.PurgeDeletedAccounts(1e9, eraseStep) },
			"none":                 func(r store.Records) (int64, error) { return eraseStep, second(r.PurgeDeletedAccounts(1, eraseStep)) },
		}},
		{"jobs", manyJobs, map[string]purge{
			"PurgeFailedJobs": func(r store.Records) (int64, error) { return r.PurgeFailedJobs(1e9, eraseStep) },
		}},
	} {
		b.Run(kind.name, func(b *testing.B) {
			s := fullOf(b, kind.insert)
			for name, step := range kind.steps {
				b.Run(name, func(b *testing.B) { measure(b, s, step) })
			}
		})
	}
}

func eraseOne(r store.Records) (int64, error) {
	return eraseStep, second(r.EraseAccount("a0", eraseStep))
}

func measure(b *testing.B, s *store.Store, step purge) {
	for b.Loop() {
		var n int64
		err := s.Update(context.Background(), func(r store.Records) (err error) {
			n, err = step(r)
			return err
		})
		if err != nil || n == 0 {
			b.Fatalf("%d rows; %v", n, err)
		}
	}
}

// fullOf returns a store in which account a0 has a million rows of a kind. They
// are in the database, not in its log.
func fullOf(b *testing.B, insert string) *store.Store {
	b.Helper()
	path := filepath.Join(b.TempDir(), "carillon.db")
	open := func() (engine.Engine, *store.Store) {
		e, err := sqlite.Open(b.Context(), path, sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		return e, store.New(e)
	}
	e, s := open()
	if err := s.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	err := e.Update(b.Context(), func(tx engine.Tx) error { return fill(tx, 1_000_000, 1, insert) })
	if err != nil || e.Close() != nil {
		b.Fatal("filling: ", err)
	}
	e, s = open()
	b.Cleanup(func() { _ = e.Close() })
	return s
}
