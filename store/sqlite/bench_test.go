package sqlite_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"carillon/store/engine"
	"carillon/store/sqlite"
)

// benchRows is how many rows the table of a benchmark begins with.
const benchRows = 100_000

func benchEngine(b *testing.B) *sqlite.Engine {
	b.Helper()
	e := open(b, b.TempDir()+"/bench.db")
	mustExec(b, e, `CREATE TABLE users (id KEYTEXT NOT NULL PRIMARY KEY, email KEYTEXT NOT NULL UNIQUE,
		name TEXT NOT NULL, kind BIGINT NOT NULL, active BOOLEAN NOT NULL)`)
	for first := 0; first < benchRows; first += 1000 {
		err := e.Update(context.Background(), func(tx engine.Tx) error {
			for i := range 1000 {
				if err := insertUser(tx, int64(first+i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return e
}

func insertUser(tx engine.Tx, n int64) error {
	_, err := tx.Exec("INSERT INTO users (id, email, name, kind, active) VALUES ($1, $2, $3, $4, $5)",
		benchID(n), fmt.Sprintf("user%d@example.com", n*7919%1_000_003), "Jane Example", n%4, true)
	return err
}

func benchID(n int64) string { return fmt.Sprintf("account-0000-%012d", n) }

func BenchmarkPointRead(b *testing.B) {
	e := benchEngine(b)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var seed atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for n := seed.Add(31337); pb.Next(); n += 7919 {
			if err := pointRead(ctx, e, benchID(n%benchRows)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func pointRead(ctx context.Context, e engine.Engine, id string) error {
	var email, name string
	var kind int64
	var active bool
	return e.View(ctx, func(tx engine.Tx) error {
		return tx.Query("SELECT email, name, kind, active FROM users WHERE id = $1", []any{id},
			func(r engine.Row) error { return r.Scan(&email, &name, &kind, &active) })
	})
}

func BenchmarkPage100(b *testing.B) {
	e := benchEngine(b)
	b.ReportAllocs()
	for n := int64(0); b.Loop(); n += 7919 {
		rows := 0
		err := e.View(context.Background(), func(tx engine.Tx) error {
			return tx.Query("SELECT id, email, name, kind, active FROM users WHERE id > $1 ORDER BY id LIMIT $2",
				[]any{benchID(n % (benchRows - 200)), 100}, func(r engine.Row) error {
					var id, email, name string
					var kind int64
					var active bool
					rows++
					return r.Scan(&id, &email, &name, &kind, &active)
				})
		})
		if err != nil || rows != 100 {
			b.Fatal(rows, err)
		}
	}
}

// BenchmarkInsert64 has 64 callers insert one row each time, durably.
func BenchmarkInsert64(b *testing.B) { benchInsert(b, 64) }

// BenchmarkInsert1 has a single caller do so: a commit and an fsync each.
func BenchmarkInsert1(b *testing.B) { benchInsert(b, 1) }

func benchInsert(b *testing.B, callers int) {
	e := benchEngine(b)
	var next atomic.Int64
	next.Store(benchRows)
	insert := func() error {
		n := next.Add(1)
		return e.Update(context.Background(), func(tx engine.Tx) error { return insertUser(tx, n) })
	}
	b.ReportAllocs()
	b.ResetTimer()
	left := int64(b.N)
	run(callers, func() {
		for atomic.AddInt64(&left, -1) >= 0 {
			if err := insert(); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "inserts/s")
}
