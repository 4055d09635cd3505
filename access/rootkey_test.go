package access_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"carillon/access"
	"carillon/api"
	"carillon/internal/storetest"
	"carillon/sigv4"
	"carillon/store"
)

// given is a root key as settings give it.
var given = access.RootKey{AccessKeyID: "AKIAGIVEN", SecretAccessKey: "a secret of 16 or more", AwsAccountID: aws}

// begin starts the keys of a server on a store; without an id in settings the
// store's root key counts.
func begin(t *testing.T, s *store.Store, settings access.RootKey) rootKeys {
	t.Helper()
	secrets, err := access.LoadSecrets(t.Context(), s, settings)
	if err != nil {
		t.Fatal(err)
	}
	k := access.NewKeys(s, secrets.Master, secrets.Root)
	return rootKeys{k, calls(s, k)}
}

// rootKeys are keys with what runs their operations.
type rootKeys struct {
	*access.Keys
	calls api.Calls
}

// accepts reports whether a root key is good, with its secret.
func accepts(t *testing.T, k rootKeys, key access.RootKey) bool {
	t.Helper()
	c, err := k.Find(t.Context(), key.AccessKeyID, "")
	return err == nil && c.Secret == key.SecretAccessKey && c.Caller.Root && c.Caller.AwsAccountID == aws
}

func rotateKey(t *testing.T, k rootKeys) access.RootKey {
	t.Helper()
	out, err := k.calls.RotateRootKey(t.Context(), &api.RotateRootKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	return access.RootKey{AccessKeyID: out.AccessKeyId.V, SecretAccessKey: out.SecretAccessKey.V}
}

// A key of the settings replaces the generated one for good.
func TestRootKey_given(t *testing.T) {
	s := openSQLite(t)
	none := access.RootKey{AwsAccountID: aws}
	generated := begin(t, s, none).RootKey()
	for i, step := range []struct {
		settings access.RootKey
		origin   access.RootOrigin
	}{
		{given, access.OriginGiven}, {none, access.OriginKept}, {none, access.OriginKept}, {given, access.OriginGiven},
	} {
		k := begin(t, s, step.settings)
		if accepts(t, k, generated) || !accepts(t, k, given) || k.RootKey().Origin != step.origin {
			t.Errorf("start %d: the generated key is good: %v, the given one: %v, %+v", i, accepts(t, k, generated), accepts(t, k, given), k.RootKey())
		}
	}
}

// A database that has never had a generated key gets none.
func TestRootKey_givenFirst(t *testing.T) {
	s := openSQLite(t)
	begin(t, s, given)
	secrets, err := access.LoadSecrets(t.Context(), s, access.RootKey{AwsAccountID: aws})
	if err != nil || secrets.Generated || secrets.Root.AccessKeyID != given.AccessKeyID {
		t.Errorf("got %+v, %v", secrets, err)
	}
}

func TestRotateRootKey(t *testing.T) {
	s := openSQLite(t)
	k := begin(t, s, access.RootKey{AwsAccountID: aws})
	var told []access.RootKey
	k.RootChanged = func(key access.RootKey) { told = append(told, key) }
	old := k.RootKey()
	for range 2 {
		fresh := rotateKey(t, k)
		if fresh.AccessKeyID != old.AccessKeyID || fresh.SecretAccessKey == old.SecretAccessKey || len(fresh.SecretAccessKey) != 40 {
			t.Errorf("rotated %+v to %+v", old, fresh)
		}
		restarted := begin(t, s, access.RootKey{AwsAccountID: aws})
		if accepts(t, k, old) || !accepts(t, k, fresh) || accepts(t, restarted, old) || !accepts(t, restarted, fresh) {
			t.Error("the old key is good, or the new one is not")
		}
		if secret, err := k.RootSecret(t.Context()); err != nil || secret != fresh.SecretAccessKey {
			t.Errorf("the secret is %q, %v", secret, err)
		}
		if told[len(told)-1] != k.RootKey() {
			t.Errorf("told of %+v", told)
		}
		old = fresh
	}
	if len(told) != 2 {
		t.Errorf("told %d times", len(told))
	}
}

func TestRotateRootKey_given(t *testing.T) {
	s := openSQLite(t)
	k := begin(t, s, given)
	if _, err := k.calls.RotateRootKey(t.Context(), &api.RotateRootKeyInput{}); !api.IsKind(err, api.BadRequest) || !accepts(t, k, given) {
		t.Errorf("a key of the settings: %v", err)
	}
	later := begin(t, s, access.RootKey{AwsAccountID: aws})
	fresh := rotateKey(t, later)
	if accepts(t, later, given) || !accepts(t, later, fresh) || later.RootKey().Origin != access.OriginGenerated {
		t.Error("the key of earlier settings is not rotated")
	}
}

// When a rotation is done, the old key has ended on all replicas, whether they
// served a moment ago or not; so has one that another replica's settings replace,
// half a second later.
func TestRootKey_replicas(t *testing.T) {
	url := storetest.PostgresURL(t)
	none := access.RootKey{AwsAccountID: aws}
	one, two, idle := begin(t, openPostgres(t, url), none), begin(t, openPostgres(t, url), none), begin(t, openPostgres(t, url), none)
	told := make(chan access.RootKey, 9)
	two.RootChanged = func(key access.RootKey) { told <- key }
	old := one.RootKey()
	for range 3 {
		if !accepts(t, two, old) {
			t.Fatal("the replica knows another key")
		}
		fresh := rotateKey(t, one)
		for name, k := range map[string]rootKeys{"the same": one, "another": two, "an idle one": idle} {
			if accepts(t, k, old) || !accepts(t, k, fresh) {
				t.Errorf("%s: the old key is good: %v, the new one: %v", name, accepts(t, k, old), accepts(t, k, fresh))
			}
		}
		if key := <-told; key != two.RootKey() || key.SecretAccessKey != fresh.SecretAccessKey {
			t.Errorf("told of %+v", key)
		}
		old = fresh
	}
	begin(t, openPostgres(t, url), given)
	time.Sleep(500 * time.Millisecond)
	if accepts(t, two, old) || !accepts(t, two, given) {
		t.Error("the replica does not know the key of the other's settings")
	}
}

// Without a server the key of a database can be rotated as well.
func TestRotateRoot(t *testing.T) {
	url := storetest.PostgresURL(t)
	k := begin(t, openPostgres(t, url), given)
	fresh, err := access.RotateRoot(t.Context(), openPostgres(t, url))
	if err != nil || accepts(t, k, given) || !accepts(t, k, fresh) {
		t.Errorf("%v; the old key is good: %v, the new one: %v", err, accepts(t, k, given), accepts(t, k, fresh))
	}
}

// The key ids that are accepted are those that can sign.
func TestRootKey_check(t *testing.T) {
	secret := strings.Repeat("é", 16)
	for c := rune(0); c < 0x80; c++ {
		key := access.RootKey{AccessKeyID: "A" + string(c) + "B", SecretAccessKey: secret}
		can := c > ' ' && c < 0x7f && signs(t, key)
		if err := key.Check(); (err == nil) != can {
			t.Errorf("%q: %v, but it can sign: %v", key.AccessKeyID, err, can)
		}
	}
	for _, test := range []struct {
		id, secret string
		good       bool
	}{
		{"", "", true},
		{"A", secret, true},
		{strings.Repeat("A", 128), "sixteen letters!", true},
		{strings.Repeat("A", 129), secret, false},
		{"", secret, false},
		{"A", "", false},
		{"A", "fifteen letters", false},
		{"A", strings.Repeat("é", 15), false},
		{"Ä", secret, false},
	} {
		key := access.RootKey{AccessKeyID: test.id, SecretAccessKey: test.secret}
		err := key.Check()
		if (err == nil) != test.good || err != nil && test.secret != "" && strings.Contains(err.Error(), test.secret) {
			t.Errorf("%q, %q: %v", test.id, test.secret, err)
		}
		if _, err := access.LoadSecrets(t.Context(), openSQLite(t), key); (err == nil) != test.good {
			t.Errorf("%q, %q: the start says %v", test.id, test.secret, err)
		}
	}
}

// signs reports whether a request that a key signed is verified.
func signs(t *testing.T, key access.RootKey) bool {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	sigv4.Sign(r, nil, sigv4.Credentials{AccessKeyID: key.AccessKeyID, SecretAccessKey: key.SecretAccessKey}, "chime", "us-east-1", time.Now())
	v := sigv4.NewVerifier(time.Now, "chime")
	auth, err := v.Parse(r)
	if err == nil {
		_, err = v.Verify(r, auth, nil, key.SecretAccessKey)
	}
	return err == nil && auth.AccessKeyID == key.AccessKeyID
}
