package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carillon/access"
)

func TestOpen_rootKey(t *testing.T) {
	o := testOptions(t, new(lines))
	open := func(o Options) *Server {
		t.Helper()
		srv, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := srv.Close(); err != nil {
			t.Fatal(err)
		}
		return srv
	}
	first, second := open(o), open(o)
	if !first.RootGenerated || second.RootGenerated || first.Root != second.Root || first.Root.AwsAccountID != aws {
		t.Errorf("first %+v %v, then %+v %v", first.Root, first.RootGenerated, second.Root, second.RootGenerated)
	}
	given := o
	given.Root = access.RootKey{AccessKeyID: "AKIA", SecretAccessKey: "a secret of 16 or more", AwsAccountID: "999900001111", Origin: access.OriginGiven}
	if srv := open(given); srv.Root != given.Root || srv.RootGenerated {
		t.Errorf("given %+v, got %+v, generated %v", given.Root, srv.Root, srv.RootGenerated)
	}
	kept := given.Root
	kept.Origin, kept.AwsAccountID = access.OriginKept, aws
	if srv := open(o); srv.Root != kept || srv.RootGenerated {
		t.Errorf("given %+v, later %+v", given.Root, srv.Root)
	}
}

func TestOpen_modes(t *testing.T) {
	o := testOptions(t, new(lines))
	o.Data = filepath.Join(o.Data, "a", "b")
	srv, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	for path, want := range map[string]os.FileMode{
		filepath.Dir(o.Data): 0o700, o.Data: 0o700, filepath.Join(o.Data, "carillon.db"): 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want %v", filepath.Base(path), info.Mode(), err, want)
		}
	}
}

func TestOpen_fails(t *testing.T) {
	busy := testOptions(t, new(lines))
	srv, err := Open(t.Context(), busy)
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ data, database, part string }{
		"data directory in use": {busy.Data, "", "in use"},
		"data directory a file": {file, "", "data directory"},
		"other database":        {t.TempDir(), "mysql://u:hunter2@h/d", "postgres://"},
		"no URL":                {t.TempDir(), "hunter2", "postgres://"},
		"database not there":    {t.TempDir(), "postgres://u:hunter2@127.0.0.1:1/d?connect_timeout=1", ""},
	} {
		o := testOptions(t, new(lines))
		o.Data, o.Database = test.data, test.database
		other, err := Open(t.Context(), o)
		if err == nil {
			other.Close()
			t.Errorf("%s: opened", name)
			continue
		}
		if !strings.Contains(err.Error(), test.part) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Rules follow the clock that is given; signatures follow the real one.
func TestOpen_clock(t *testing.T) {
	past := time.Date(2019, 1, 8, 17, 59, 18, 6e6, time.UTC)
	s := newSite(t, func(o *Options) { o.Now = func() time.Time { return past } })
	var out struct {
		Account struct{ CreatedTimestamp, AwsAccountId string }
	}
	s.call("POST", "/accounts", `{"Name": "x"}`, &out)
	if out.Account.CreatedTimestamp != "2019-01-08T17:59:18.006Z" || out.Account.AwsAccountId != aws {
		t.Errorf("got %+v", out)
	}
}
