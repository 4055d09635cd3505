package sqlite_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"carillon/store/engine"
)

// single reads a text by way of [engine.Single].
func single(tx engine.Tx, query string, args ...any) (text string, err error) {
	err = tx.(engine.Single).Single(query, args, func(r engine.Row) error { return r.Scan(&text) })
	return text, err
}

// A statement for one row is like others: it may find nothing, what its caller makes
// of a row comes back as it is, and there is none inside it.
func TestSingle(t *testing.T) {
	e := open(t, filepath.Join(t.TempDir(), "carillon.db"))
	mine := errors.New("mine")
	look := func(tx engine.Tx) error {
		if text, err := single(tx, "SELECT 'a' WHERE FALSE"); text != "" || err != nil {
			t.Errorf("nothing gave %q, %v", text, err)
		}
		if text, err := single(tx, "SELECT $1", "b"); text != "b" || err != nil {
			t.Errorf("a row gave %q, %v", text, err)
		}
		err := tx.(engine.Single).Single("SELECT 1 UNION ALL SELECT 2", nil, func(engine.Row) error {
			if _, nested := tx.Exec("SELECT 1"); nested == nil {
				t.Error("a statement inside a statement was taken")
			}
			return mine
		})
		return err
	}
	if err := e.View(t.Context(), look); !errors.Is(err, mine) {
		t.Errorf("view: %v", err)
	}
	err := e.Update(t.Context(), func(tx engine.Tx) error {
		_ = look(tx) // what failed in it ends the update nevertheless
		return nil
	})
	if err == nil {
		t.Error("an update went on after a statement had failed")
	}
}

// Statements are known by their text, wherever that is.
func TestStatements_byText(t *testing.T) {
	e := open(t, filepath.Join(t.TempDir(), "carillon.db"))
	text := "SELECT 'one' || 'more'"
	err := e.View(t.Context(), func(tx engine.Tx) error {
		for range 2 {
			for query, want := range map[string]string{text[:len("SELECT 'one'")]: "one", text: "onemore", strings.Clone(text): "onemore"} {
				if got, err := single(tx, query); got != want || err != nil {
					t.Errorf("%s: %q, %v", query, got, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
