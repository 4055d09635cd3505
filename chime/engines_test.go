package chime_test

import (
	"os"
	"testing"

	"carillon/internal/pgtest"
	"carillon/internal/storetest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// All tests that live in a world run a second time, on PostgreSQL; those of what
// only a file shows are called …_sqlite.
func TestOnPostgres(t *testing.T) {
	run := "."
	if testing.Short() { // that is, with the race detector: those of callers at once
		run = "_(amid|atOnce|together)"
	}
	storetest.AgainOnPostgres(t, run, "_sqlite$|^TestBotEvent_retries$")
}
