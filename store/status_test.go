package store_test

import (
	"testing"

	"carillon/store"
	"carillon/store/engine"
)

func TestStatus_sqlite(t *testing.T) { status(t, openSQLite) }

func TestStatus_postgres(t *testing.T) { status(t, openPostgres) }

func status(t *testing.T, open func(*testing.T) engine.Engine) {
	s := store.New(open(t))
	var got store.Status
	err := s.View(t.Context(), func(r store.Records) (err error) {
		got, err = s.Status(r)
		return err
	})
	if err != nil || got.Version == 0 || got.Version != got.Supported || got.Bytes < 4096 {
		t.Errorf("%+v, %v", got, err)
	}
}
