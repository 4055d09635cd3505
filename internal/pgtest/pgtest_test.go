package pgtest_test

import (
	"context"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"carillon/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// query returns the only value of a query.
func query(t *testing.T, url, text string) (value string, err error) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		return "", err
	}
	defer conn.Close(context.Background())
	err = conn.QueryRow(t.Context(), text).Scan(&value)
	return value, err
}

func TestURL(t *testing.T) {
	const tables = "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'"
	first, second := pgtest.URL(t), pgtest.URL(t)
	if first == second {
		t.Fatal("two calls gave one database")
	}
	if _, err := query(t, first, "CREATE TABLE things (id bigint)"); err != nil && err != pgx.ErrNoRows {
		t.Fatal(err)
	}
	for url, want := range map[string]string{first: "1", second: "0"} {
		if got, err := query(t, url, tables); got != want || err != nil {
			t.Errorf("%s tables (error %v), want %s", got, err, want)
		}
	}
}

func TestURL_dropped(t *testing.T) {
	var url string
	t.Run("user", func(t *testing.T) { url = pgtest.URL(t) })
	if url == "" {
		t.SkipNow()
	}
	if _, err := query(t, url, "SELECT ''"); err == nil {
		t.Error("the database is still there")
	}
}

func TestServer(t *testing.T) {
	s := pgtest.Start(t, pgtest.Options{Settings: map[string]string{"max_connections": "7"}})
	for _, end := range []func(testing.TB){s.Stop, s.Kill} {
		if got, err := query(t, s.URL, "SHOW max_connections"); got != "7" || err != nil {
			t.Errorf("max_connections is %q (error %v), want 7", got, err)
		}
		end(t)
		if _, err := query(t, s.URL, "SELECT ''"); err == nil {
			t.Error("the server answers after its end")
		}
		s.Restart(t)
	}
}

func TestTemplate(t *testing.T) {
	filled := 0
	template := pgtest.Template{Fill: func(url string) error {
		filled++
		_, err := query(t, url, "CREATE TABLE things AS SELECT 'original' AS name")
		if err == pgx.ErrNoRows {
			return nil
		}
		return err
	}}
	first, second := template.URL(t), template.URL(t)
	if _, err := query(t, first, "UPDATE things SET name = 'copy'"); err != nil && err != pgx.ErrNoRows {
		t.Fatal(err)
	}
	for url, want := range map[string]string{first: "copy", second: "original"} {
		if got, err := query(t, url, "SELECT name FROM things"); got != want || err != nil {
			t.Errorf("%q (error %v), want %q", got, err, want)
		}
	}
	if filled != 1 {
		t.Errorf("the template was filled %d times", filled)
	}
}
