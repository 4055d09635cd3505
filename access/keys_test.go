package access_test

import (
	"context"
	"errors"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"carillon/access"
	"carillon/api"
	"carillon/dispatch"
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
	Find func(ctx context.Context, accessKeyID string) (*access.Credential, error)
}

func newKeys(s *store.Store) keys {
	k := access.NewKeys(s, master, root)
	return keys{calls(s, k), k.Find}
}

// calls runs the operations of keys.
func calls(s *store.Store, k *access.Keys) api.Calls {
	d := dispatch.New(dispatch.Config{
		Rules: api.Bind[*work.Unit](others{}, others{}, others{}, others{}, others{}, k, others{}, others{}), Store: s,
		Now: func() time.Time { return now }, NewID: func() string { return "id" }, Wake: func() {},
	})
	return func(ctx context.Context, op *api.Op, in api.Input) (api.Output, error) {
		return d.Do(ctx, &dispatch.Call{Op: op, Caller: &api.Caller{AwsAccountID: aws, Root: true}, Request: new(work.Request), In: in})
	}
}

// others are rules that no test here calls.
type others struct {
	api.ChimeBearer[*work.Unit]
	api.ChimePublic[*work.Unit]
	api.ChimeRootOnly[*work.Unit]
	api.ChimeTenant[*work.Unit]
	api.ClockRootOnly[*work.Unit]
	api.TrailRootOnly[*work.Unit]
	api.TrailTenant[*work.Unit]
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
	if *c != want {
		t.Errorf("got %+v, want %+v", *c, want)
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
			AwsAccountID: account, ARN: "arn:aws:iam::" + account + ":user/alice", AccessKeyID: id,
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

// A key that one replica disables is refused by the others at once.
func TestKeys_replicas(t *testing.T) {
	url := storetest.PostgresURL(t)
	one, two := newKeys(openPostgres(t, url)), newKeys(openPostgres(t, url))
	id, _ := create(t, one, api.Opt[string]{})
	for range 2 {
		if _, err := two.Find(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	setStatus(t, one, id, api.AccessKeyStatusInactive)
	wantUnknown(t, two, id)
}

func TestKeys_refusals(t *testing.T) {
	k := newKeys(openSQLite(t))
	ctx := t.Context()
	update := func(id string) error {
		_, err := k.UpdateAccessKey(ctx, &api.UpdateAccessKeyInput{AccessKeyId: id, Status: api.Some(api.AccessKeyStatusInactive)})
		return err
	}
	remove := func(id string) error { return k.DeleteAccessKey(ctx, &api.DeleteAccessKeyInput{AccessKeyId: id}) }
	_, policies := k.CreateAccessKey(ctx, &api.CreateAccessKeyInput{UserName: api.Some("a"), PolicyNames: []string{"p"}})
	for _, test := range []struct {
		name string
		err  error
		want api.Kind
	}{
		{"disabling an unknown key", update("AKIAGHOST"), api.NotFound},
		{"deleting an unknown key", remove("AKIAGHOST"), api.NotFound},
		{"disabling the root key", update("AKIAROOT"), api.BadRequest},
		{"deleting the root key", remove("AKIAROOT"), api.BadRequest},
		{"policies", policies, api.BadRequest},
	} {
		if !api.IsKind(test.err, test.want) {
			t.Errorf("%s: got %v, want %s", test.name, test.err, test.want.Name)
		}
	}
	if policies != nil && !strings.Contains(policies.Error(), "PolicyNames") {
		t.Errorf("policies: %v names no member", policies)
	}
	wantFound(t, k, "AKIAROOT", access.Credential{Secret: "root secret", Caller: api.Caller{
		AwsAccountID: aws, ARN: "arn:aws:iam::111122223333:root", AccessKeyID: "AKIAROOT", Root: true,
	}})
}

func TestListAccessKeys(t *testing.T) {
	k := newKeys(openSQLite(t))
	id, _ := create(t, k, api.Opt[string]{})
	elsewhere, _ := create(t, k, api.Some(other))
	setStatus(t, k, elsewhere, api.AccessKeyStatusInactive)
	shape := func(id, account string, status api.AccessKeyStatus) api.AccessKey {
		return api.AccessKey{
			AccessKeyId: api.Some(id), Arn: api.Some("arn:aws:iam::" + account + ":user/alice"), AwsAccountId: api.Some(account),
			CreatedTimestamp: api.TimestampOf(now), Status: api.Some(status), UserName: api.Some("alice"),
		}
	}
	for _, test := range []struct {
		in   api.ListAccessKeysInput
		want []api.AccessKey
	}{
		{api.ListAccessKeysInput{AwsAccountId: api.Some(aws)}, []api.AccessKey{shape(id, aws, "Active")}},
		{api.ListAccessKeysInput{AwsAccountId: api.Some(other), UserName: api.Some("alice")}, []api.AccessKey{shape(elsewhere, other, "Inactive")}},
		{api.ListAccessKeysInput{UserName: api.Some("bob")}, []api.AccessKey{}},
	} {
		out, err := k.ListAccessKeys(t.Context(), &test.in)
		if err != nil || !reflect.DeepEqual(out.AccessKeys, test.want) {
			t.Errorf("%+v: got %+v, %v, want %+v", test.in, out, err, test.want)
		}
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
	if c, err := stranger.Find(t.Context(), id); err == nil || errors.Is(err, access.ErrUnknownKey) {
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
