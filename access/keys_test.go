package access_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"carillon/access"
	"carillon/api"
	vocabulary "carillon/api/iam"
	"carillon/dispatch"
	"carillon/iam"
	"carillon/internal/apitest"
	"carillon/internal/pgtest"
	"carillon/internal/storetest"
	"carillon/store"
	"carillon/work"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const (
	aws   = "111122223333"
	other = "999900001111"
)

var (
	now    = time.Date(2026, 11, 21, 20, 33, 4, 5e6, time.UTC)
	master = []byte("0123456789abcdef0123456789abcdef")
	root   = access.RootKey{AccessKeyID: "AKIAROOT", SecretAccessKey: "root secret", AwsAccountID: aws}
)

func openSQLite(t *testing.T) *store.Store {
	t.Helper()
	return storetest.Migrated(t, storetest.SQLite(t))
}

func openPostgres(t *testing.T, url string) *store.Store {
	t.Helper()
	return storetest.Migrated(t, storetest.PostgresAt(t, url))
}

// keys are the keys of a store with their operations.
type keys struct {
	api.Calls
	all  *access.Keys
	Find func(ctx context.Context, accessKeyID string) (*access.Credential, error)
}

func newKeys(s *store.Store) keys {
	k := access.NewKeys(s, master, root)
	return keys{calls(s, k), k, func(ctx context.Context, id string) (*access.Credential, error) { return k.Find(ctx, id, "") }}
}

// calls runs the operations of keys.
func calls(s *store.Store, k *access.Keys) api.Calls {
	rules := iam.New(iam.Config{Keys: k, Now: time.Now})
	var o apitest.Others[*work.Unit]
	bound := api.Bind[*work.Unit](o, o, o, o, o, o, o, rules.Operator(), k, o, o, o, o)
	maps.Copy(bound, vocabulary.Bind[*work.Unit](rules))
	d := dispatch.New(dispatch.Config{
		Rules: bound, Store: s,
		Now: func() time.Time { return now }, NewID: func() string { return "id" }, Wake: func() {},
	})
	return func(ctx context.Context, op *api.Op, in api.Input) (api.Output, error) {
		return d.Do(ctx, &dispatch.Call{Op: op, Caller: &api.Caller{AwsAccountID: aws, Root: true}, Request: new(work.Request), In: in})
	}
}

// create makes a key for alice.
func create(t *testing.T, k keys, account api.Opt[string]) (id, secret string) {
	t.Helper()
	out, err := k.CreateAccessKey(t.Context(), &api.CreateAccessKeyInput{UserName: api.Some("alice"), AwsAccountId: account})
	if err != nil {
		t.Fatal(err)
	}
	return out.AccessKeyId.V, out.SecretAccessKey.V
}

func setStatus(t *testing.T, k keys, id string, status api.AccessKeyStatus) {
	t.Helper()
	out, err := k.UpdateAccessKey(t.Context(), &api.UpdateAccessKeyInput{AccessKeyId: id, Status: api.Some(status)})
	if err != nil {
		t.Fatal(err)
	}
	if got := out.AccessKey.Status.V; got != status {
		t.Errorf("the answer says %s, want %s", got, status)
	}
}

func wantFound(t *testing.T, k keys, id string, want access.Credential) {
	t.Helper()
	c, err := k.Find(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	got := access.Credential{Secret: c.Secret, Caller: c.Caller}
	got.Caller.UserID, got.Caller.Proof = "", ""
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func wantUnknown(t *testing.T, k keys, id string) {
	t.Helper()
	if c, err := k.Find(t.Context(), id); !errors.Is(err, access.ErrUnknownKey) || c != nil {
		t.Errorf("got %+v, %v, want ErrUnknownKey", c, err)
	}
}

func TestFind_root(t *testing.T) {
	k := newKeys(openSQLite(t))
	wantFound(t, k, "AKIAROOT", access.Credential{Secret: "root secret", Caller: api.Caller{
		AwsAccountID: aws, ARN: "arn:aws:iam::111122223333:root", AccessKeyID: "AKIAROOT", Root: true,
	}})
	for _, id := range []string{"", "akiaroot", "AKIAROOT ", "'"} {
		wantUnknown(t, k, id)
	}
}

func TestFind_user(t *testing.T) {
	for account, given := range map[string]api.Opt[string]{aws: {}, other: api.Some(other)} {
		k := newKeys(openSQLite(t))
		id, secret := create(t, k, given)
		want := access.Credential{Secret: secret, Caller: api.Caller{
			AwsAccountID: account, ARN: "arn:aws:iam::" + account + ":user/alice", UserName: "alice", AccessKeyID: id,
		}}
		wantFound(t, k, id, want)
		wantFound(t, k, id, want) // from memory
	}
}

// The life of a key, both where keys are remembered and where they are not.
func TestKeys_life(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) *store.Store{
		"sqlite":   openSQLite,
		"postgres": func(t *testing.T) *store.Store { return openPostgres(t, storetest.PostgresURL(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			k := newKeys(open(t))
			id, _ := create(t, k, api.Opt[string]{})
			for range 2 {
				if _, err := k.Find(t.Context(), id); err != nil {
					t.Fatal(err)
				}
				setStatus(t, k, id, api.AccessKeyStatusInactive)
				wantUnknown(t, k, id)
				setStatus(t, k, id, api.AccessKeyStatusActive)
			}
			if _, err := k.Find(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			if err := k.DeleteAccessKey(t.Context(), &api.DeleteAccessKeyInput{AccessKeyId: id}); err != nil {
				t.Fatal(err)
			}
			wantUnknown(t, k, id)
		})
	}
}

// Secrets do not rest in the database as they are, and a row that is moved to
// another id does not open.
func TestKeys_sealed(t *testing.T) {
	s := openSQLite(t)
	k := newKeys(s)
	id, secret := create(t, k, api.Opt[string]{})
	err := s.Update(t.Context(), func(r store.Records) error {
		key, err := r.AccessKey(id)
		if err != nil {
			return err
		}
		if strings.Contains(string(key.SealedSecret), secret) {
			t.Error("the secret is stored as it is")
		}
		key.AccessKeyID = "AKIAMOVED"
		return r.InsertAccessKey(&key)
	})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := k.Find(t.Context(), "AKIAMOVED"); err == nil || errors.Is(err, access.ErrUnknownKey) {
		t.Errorf("a moved secret: %v, %v", c, err)
	}
	stranger := access.NewKeys(s, []byte("another master secret of the same"), root)
	if c, err := stranger.Find(t.Context(), id, ""); err == nil || errors.Is(err, access.ErrUnknownKey) {
		t.Errorf("with another master secret: %v, %v", c, err)
	}
}

func TestFind_storeDown(t *testing.T) {
	s := openSQLite(t)
	k := newKeys(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Find(context.Background(), "AKIAX"); !errors.Is(err, store.ErrUnavailable) || errors.Is(err, access.ErrUnknownKey) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
}

func TestNewKey(t *testing.T) {
	idForm, secretForm := regexp.MustCompile(`^AKIA[A-Z2-7]{16}$`), regexp.MustCompile(`^[A-Za-z0-9+/]{40}$`)
	seen := map[string]bool{}
	for range 100 {
		id, secret := access.NewAccessKeyID(), access.NewSecretAccessKey()
		if !idForm.MatchString(id) || !secretForm.MatchString(secret) {
			t.Fatalf("odd key %s %s", id, secret)
		}
		if seen[id] || seen[secret] {
			t.Fatalf("twice: %s %s", id, secret)
		}
		seen[id], seen[secret] = true, true
	}
}
