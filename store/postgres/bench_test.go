package postgres_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"carillon/internal/pgtest"
	"carillon/store/engine"
	"carillon/store/postgres"
)

func benchEngine(b *testing.B) *postgres.Engine {
	b.Helper()
	e := open(b, pgtest.URL(b), postgres.Options{})
	err := e.Migrate(b.Context(), func(tx engine.Tx) error {
		if _, err := tx.Exec("CREATE TABLE users (id KEYTEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, kind BIGINT NOT NULL)"); err != nil {
			return err
		}
		for i := range 1000 {
			if err := insertUser(tx, int64(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return e
}

func insertUser(tx engine.Tx, n int64) error {
	_, err := tx.Exec("INSERT INTO users (id, name, kind) VALUES ($1, $2, $3)", fmt.Sprintf("%012d", n), "Jane Example", n)
	return err
}

func BenchmarkPointRead(b *testing.B) {
	e := benchEngine(b)
	var name string
	var kind int64
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		err := e.View(b.Context(), func(tx engine.Tx) error {
			return tx.Query("SELECT name, kind FROM users WHERE id = $1", []any{fmt.Sprintf("%012d", n%1000)},
				func(r engine.Row) error { return r.Scan(&name, &kind) })
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInsert(b *testing.B) {
	e := benchEngine(b)
	var next atomic.Int64
	next.Store(1000)
	b.ReportAllocs()
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n := next.Add(1)
			err := e.Update(context.Background(), func(tx engine.Tx) error { return insertUser(tx, n) })
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
