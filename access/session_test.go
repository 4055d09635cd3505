package access_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"carillon/access"
	"carillon/api"
)

// session makes a session of whoever has a key, which began some time ago and lasts
// an hour.
func session(t *testing.T, k *access.Keys, id string, ago time.Duration) *access.Session {
	t.Helper()
	c, err := k.Find(t.Context(), id, "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := k.NewSession(&c.Caller, time.Now().Add(-ago), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wantError(t *testing.T, k *access.Keys, what, id, token string, want error) {
	t.Helper()
	if c, err := k.Find(t.Context(), id, token); !errors.Is(err, want) {
		t.Errorf("%s: found %+v, %v, want %v", what, c, err, want)
	}
}

// A session is its user, with a secret of its own, until its time has come.
func TestSession(t *testing.T) {
	k := newKeys(openSQLite(t))
	id, secret := create(t, k, api.Opt[string]{})
	s := session(t, k.all, id, 0)
	c, err := k.all.Find(t.Context(), s.AccessKeyID, s.Token)
	if err != nil {
		t.Fatal(err)
	}
	if c.Secret != s.SecretAccessKey || c.Secret == secret || c.Caller.UserName != "alice" || c.Caller.AccessKeyID != s.AccessKeyID || access.LongTermKey(&c.Caller) != id || c.Policies == nil {
		t.Errorf("found %+v", c)
	}
	if !strings.HasPrefix(s.AccessKeyID, "ASIA") || len(s.AccessKeyID) != 20 || len(s.Token) > 1024 {
		t.Errorf("made %+v", s)
	}
	old := session(t, k.all, id, time.Hour+time.Second)
	wantError(t, k.all, "after its time", old.AccessKeyID, old.Token, access.ErrExpired)
	k.all.Now = func() time.Time { return time.Now().Add(-time.Minute) }
	if _, err := k.all.Find(t.Context(), old.AccessKeyID, old.Token); err != nil {
		t.Errorf("by a clock that is behind: %v", err)
	}
}

// A token is good with its own key, unchanged, on servers with the same secret.
func TestSession_foreign(t *testing.T) {
	store := openSQLite(t)
	k := newKeys(store)
	id, _ := create(t, k, api.Opt[string]{})
	one, two := session(t, k.all, id, 0), session(t, k.all, id, 0)
	stranger := access.NewKeys(store, []byte("another master secret of the same"), root)
	for what, test := range map[string]struct {
		keys      *access.Keys
		id, token string
	}{
		"another's token":     {k.all, one.AccessKeyID, two.Token},
		"with a long-term id": {k.all, id, one.Token},
		"with the root's":     {k.all, root.AccessKeyID, one.Token},
		"cut":                 {k.all, one.AccessKeyID, one.Token[:len(one.Token)-2]},
		"odd":                 {k.all, one.AccessKeyID, "é"},
		"long":                {k.all, one.AccessKeyID, strings.Repeat("A", 5000)},
		"another server":      {stranger, one.AccessKeyID, one.Token},
	} {
		wantError(t, test.keys, what, test.id, test.token, access.ErrForeignToken)
	}
	wantError(t, k.all, "no token", one.AccessKeyID, "", access.ErrUnknownKey)
	again := access.NewKeys(store, master, root)
	if _, err := again.Find(t.Context(), one.AccessKeyID, one.Token); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

// A session ends with its key, also if that has another secret by now.
func TestSession_ends(t *testing.T) {
	k := newKeys(openSQLite(t))
	id, _ := create(t, k, api.Opt[string]{})
	s := session(t, k.all, id, 0)
	setStatus(t, k, id, api.AccessKeyStatusInactive)
	wantError(t, k.all, "of a disabled key", s.AccessKeyID, s.Token, access.ErrExpired)
	setStatus(t, k, id, api.AccessKeyStatusActive)
	if _, err := k.all.Find(t.Context(), s.AccessKeyID, s.Token); err != nil {
		t.Errorf("of a key that is enabled again: %v", err)
	}
	if err := k.DeleteAccessKey(t.Context(), &api.DeleteAccessKeyInput{AccessKeyId: id}); err != nil {
		t.Fatal(err)
	}
	wantError(t, k.all, "of a deleted key", s.AccessKeyID, s.Token, access.ErrExpired)
}

func TestSession_root(t *testing.T) {
	k := begin(t, openSQLite(t), access.RootKey{AwsAccountID: aws})
	s := session(t, k.Keys, k.RootKey().AccessKeyID, 0)
	c, err := k.Find(t.Context(), s.AccessKeyID, s.Token)
	if err != nil || !c.Caller.Root || c.Caller.ParentKeyID != k.RootKey().AccessKeyID {
		t.Errorf("found %+v, %v", c, err)
	}
	rotateKey(t, k)
	wantError(t, k.Keys, "of a rotated key", s.AccessKeyID, s.Token, access.ErrExpired)
}
