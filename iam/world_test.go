package iam_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"carillon/access"
	"carillon/api"
	vocabulary "carillon/api/iam"
	"carillon/api/sts"
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
	epoch  = time.Date(2026, 11, 21, 20, 33, 4, 0, time.UTC)
	master = []byte("0123456789abcdef0123456789abcdef")
	root   = access.RootKey{AccessKeyID: "AKIAROOTROOTROOTROOT", SecretAccessKey: "root secret", AwsAccountID: aws}
)

// Documents of tests.
const (
	allowAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	denyAll  = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`
)

// world is the rules over an empty database, with a clock that stands still until
// it is moved. The operations of each vocabulary are run as the root key of an AWS
// account, unless the context has another caller.
type world struct {
	*testing.T
	iam  vocabulary.Calls
	sts  sts.Calls
	ops  api.Calls
	keys *access.Keys
	svc  *iam.Service

	store *store.Store
	rules map[*api.Op]api.Rule[*work.Unit]
	now   atomic.Int64
	ids   atomic.Int64
}

// All tests run a second time, on PostgreSQL.
func TestOnPostgres(t *testing.T) {
	run := "."
	if testing.Short() { // that is, with the race detector: those of callers at once
		run = "_(amid|atOnce|together)"
	}
	storetest.AgainOnPostgres(t, run, "_sqlite$")
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s := store.New(storetest.World(t))
	w := &world{T: t, store: s, keys: access.NewKeys(s, master, root)}
	w.now.Store(epoch.UnixMilli())
	w.svc = iam.New(iam.Config{Keys: w.keys, MarkerKey: [32]byte{1}, Now: time.Now})
	var o apitest.Others[*work.Unit]
	w.rules = api.Bind[*work.Unit](o, o, o, o, o, o, o, w.svc.Operator(), w.keys, o, o, o, o)
	maps.Copy(w.rules, vocabulary.Bind[*work.Unit](w.svc))
	maps.Copy(w.rules, sts.Bind[*work.Unit](w.svc))
	w.iam, w.sts, w.ops = w.do, w.do, w.do
	return w
}

type callerKey struct{}

// by returns a context of a caller.
func by(c *api.Caller) context.Context {
	return context.WithValue(context.Background(), callerKey{}, c)
}

// as returns a context of the root key of an AWS account.
func as(account string) context.Context {
	return by(&api.Caller{AwsAccountID: account, ARN: "arn:aws:iam::" + account + ":root", AccessKeyID: root.AccessKeyID, Root: true, Proof: "p"})
}

// user returns a context of a user, with a key of hers.
func (w *world) user(name string) context.Context {
	w.Helper()
	k := w.key(name)
	c, err := w.keys.Find(w.Context(), k.AccessKeyId, "")
	w.must(err)
	return by(&c.Caller)
}

// do is what a door to the rules does, without asking policies.
func (w *world) do(ctx context.Context, op *api.Op, in api.Input) (out api.Output, err error) {
	if err := in.Validate(); err != nil {
		return nil, err
	}
	caller, ok := ctx.Value(callerKey{}).(*api.Caller)
	if !ok {
		caller = as(aws).Value(callerKey{}).(*api.Caller)
	}
	run := w.store.View
	if op.Writes {
		run = w.store.Update
	}
	var u *work.Unit
	err = run(ctx, func(r store.Records) (err error) {
		u = w.unit(r, caller)
		u.Op = op
		out, err = w.rules[op].Call(u, in)
		return err
	})
	if u != nil {
		u.End(err)
	}
	if refusal := work.Refusal(err); refusal != nil {
		err = op.Listed(refusal)
	}
	return out, err
}

func (w *world) unit(r store.Records, caller *api.Caller) *work.Unit {
	return &work.Unit{Records: r, Caller: caller, Now: time.UnixMilli(w.now.Load()).UTC(), NewID: w.newID}
}

func (w *world) newID() string { return fmt.Sprintf("00000000-0000-7000-8000-%012d", w.ids.Add(1)) }

func (w *world) advance(d time.Duration) { w.now.Add(d.Milliseconds()) }

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// refused checks that err is a refusal of a kind and that its message has all parts.
func (w *world) refused(what string, err error, kind api.Kind, parts ...string) {
	w.Helper()
	var refusal *api.Error
	if !errors.As(err, &refusal) || refusal.Kind != kind {
		w.Errorf("%s: got %v, want %s", what, err, kind.Name)
		return
	}
	for _, part := range parts {
		if !strings.Contains(refusal.Message, part) {
			w.Errorf("%s: the message %q lacks %q", what, refusal.Message, part)
		}
	}
}

func some(text string) api.Opt[string] { return api.Some(text) }

// create makes a user.
func (w *world) create(name string) *vocabulary.User {
	w.Helper()
	return w.createIn(aws, name, "/")
}

func (w *world) createIn(account, name, path string) *vocabulary.User {
	w.Helper()
	out, err := w.iam.CreateUser(as(account), &vocabulary.CreateUserInput{UserName: some(name), Path: some(path)})
	w.must(err)
	return out.User
}

// key makes a key of a user.
func (w *world) key(name string) *vocabulary.AccessKey {
	w.Helper()
	out, err := w.iam.CreateAccessKey(as(aws), &vocabulary.CreateAccessKeyInput{UserName: some(name)})
	w.must(err)
	return out.AccessKey
}

// policy makes a managed policy and returns its ARN.
func (w *world) policy(name, document string) string {
	w.Helper()
	out, err := w.iam.CreatePolicy(as(aws), &vocabulary.CreatePolicyInput{PolicyName: some(name), PolicyDocument: some(document)})
	w.must(err)
	return out.Policy.Arn.V
}

func (w *world) put(user, name, document string) error {
	return w.iam.PutUserPolicy(as(aws), &vocabulary.PutUserPolicyInput{UserName: some(user), PolicyName: some(name), PolicyDocument: some(document)})
}

func (w *world) attach(user, arn string) error {
	return w.iam.AttachUserPolicy(as(aws), &vocabulary.AttachUserPolicyInput{UserName: some(user), PolicyArn: some(arn)})
}

func (w *world) detach(user, arn string) error {
	return w.iam.DetachUserPolicy(as(aws), &vocabulary.DetachUserPolicyInput{UserName: some(user), PolicyArn: some(arn)})
}

func (w *world) deleteUser(name string) error {
	return w.iam.DeleteUser(as(aws), &vocabulary.DeleteUserInput{UserName: some(name)})
}

func (w *world) deleteKey(user, id string) error {
	return w.iam.DeleteAccessKey(as(aws), &vocabulary.DeleteAccessKeyInput{UserName: some(user), AccessKeyId: some(id)})
}

func (w *world) getUser(name string) (*vocabulary.User, error) {
	out, err := w.iam.GetUser(as(aws), &vocabulary.GetUserInput{UserName: some(name)})
	return out.User, err
}

// builtIn is the ARN of a policy that is there in every AWS account.
func builtIn(name string) string { return "arn:aws:iam::aws:policy/" + name }

// fill adds rows behind the rules' back.
func (w *world) fill(n int, insert func(r store.Records, i int) error) {
	w.Helper()
	w.must(w.store.Update(w.Context(), func(r store.Records) error {
		for i := range n {
			if err := insert(r, i); err != nil {
				return err
			}
		}
		return nil
	}))
}

// discard is a log that nobody reads.
var discard = slog.New(slog.DiscardHandler)
