package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"carillon/internal/pgtest"
	"carillon/store/engine"
	"carillon/store/postgres"
)

// number reads a number by way of [engine.Single].
func number(tx engine.Tx, query string, args ...any) (n int64, err error) {
	err = tx.(engine.Single).Single(query, args, func(r engine.Row) error { return r.Scan(&n) })
	return n, err
}

// Statements for one row that wait at the same time go together; each has its own
// answer, and what fails fails alone.
func TestSingle(t *testing.T) {
	e := open(t, pgtest.URL(t), postgres.Options{MaxConns: 4})
	ctx := engine.WithTenant(context.Background(), "a tenant")
	var group sync.WaitGroup
	for i := range int64(300) {
		group.Go(func() {
			err := e.View(ctx, func(tx engine.Tx) error {
				query := "SELECT CAST($1 AS BIGINT)"
				if i%10 == 0 {
					query = "SELECT 1 / (CAST($1 AS BIGINT) - CAST($1 AS BIGINT))"
				}
				n, err := number(tx, query, i)
				if err == nil && n != i {
					err = fmt.Errorf("got %d", n)
				}
				return err
			})
			if failed := err != nil; failed != (i%10 == 0) || failed && !strings.Contains(err.Error(), "division by zero") {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	group.Wait()
}

// It is a statement like others: it may find nothing, what its caller makes of a row
// comes back as it is, it does not write, and the view may go on behind it.
func TestSingle_asOthers(t *testing.T) {
	e := open(t, pgtest.URL(t), postgres.Options{})
	mine := errors.New("mine")
	err := e.View(t.Context(), func(tx engine.Tx) error {
		if n, err := number(tx, "SELECT CAST(7 AS BIGINT) WHERE FALSE"); n != 0 || err != nil {
			t.Errorf("nothing gave %d, %v", n, err)
		}
		nested := errors.New("not nested")
		err := tx.(engine.Single).Single("SELECT 1", nil, func(engine.Row) error {
			_, nested = tx.Exec("SELECT 1")
			return mine
		})
		if !errors.Is(err, mine) || nested == nil {
			t.Errorf("got %v, a statement inside %v", err, nested)
		}
		if _, err := number(tx, "CREATE TABLE t (n BIGINT)"); err == nil {
			t.Error("a view has written")
		}
		_, err = tx.Exec("SELECT 1")
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if err := e.View(t.Context(), func(tx engine.Tx) error { _, err := number(tx, "SELECT 1"); return err }); !errors.Is(err, engine.ErrUnavailable) {
		t.Errorf("after the end: %v", err)
	}
}
