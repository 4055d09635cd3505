package iam_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"carillon/access"
	"carillon/api"
	"carillon/api/iam"
	"carillon/store"
)

// finds reports whether a key may sign.
func (w *world) finds(id string) bool {
	w.Helper()
	_, err := w.keys.Find(w.Context(), id, "")
	if err != nil && !errors.Is(err, access.ErrUnknownKey) {
		w.Error(err)
	}
	return err == nil
}

func (w *world) setStatus(ctx context.Context, user api.Opt[string], id string, status iam.StatusType) error {
	return w.iam.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{UserName: user, AccessKeyId: some(id), Status: api.Some(status)})
}

// listKeys returns the keys of a user as "id status".
func (w *world) listKeys(ctx context.Context, user api.Opt[string]) (list []string) {
	w.Helper()
	out, err := w.iam.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: user})
	w.must(err)
	for _, k := range out.AccessKeyMetadata {
		list = append(list, k.AccessKeyId.V+" "+string(k.Status.V))
	}
	return list
}

// The life of keys: two at most, each change counts at once.
func TestAccessKey_life(t *testing.T) {
	w := newWorld(t)
	w.create("alice")
	first := w.key("alice")
	w.advance(time.Millisecond)
	second := w.key("Alice")
	c, err := w.keys.Find(t.Context(), first.AccessKeyId, "")
	if err != nil || c.Secret != first.SecretAccessKey || c.Caller.UserName != "alice" || first.Status != iam.StatusTypeActive {
		t.Errorf("found %+v, %v", c, err)
	}
	_, err = w.iam.CreateAccessKey(as(aws), &iam.CreateAccessKeyInput{UserName: some("alice")})
	w.refused("a third", err, iam.LimitExceeded, "Cannot exceed quota for AccessKeysPerUser: 2")
	w.must(w.setStatus(as(aws), some("alice"), first.AccessKeyId, iam.StatusTypeInactive))
	want := fmt.Sprint([]string{first.AccessKeyId + " Inactive", second.AccessKeyId + " Active"})
	if got := fmt.Sprint(w.listKeys(as(aws), some("alice"))); got != want || w.finds(first.AccessKeyId) || !w.finds(second.AccessKeyId) {
		t.Errorf("listed %s, want %s", got, want)
	}
	w.must(w.setStatus(as(aws), some("alice"), first.AccessKeyId, iam.StatusTypeActive))
	if !w.finds(first.AccessKeyId) {
		t.Error("it is active again and not found")
	}
	w.must(w.deleteKey("alice", first.AccessKeyId))
	if w.finds(first.AccessKeyId) {
		t.Error("it is deleted and found")
	}
	w.refused("again", w.deleteKey("alice", first.AccessKeyId), iam.NoSuchEntity, "The Access Key with id "+first.AccessKeyId+" cannot be found.")
}

// Without a name, keys are the caller's own; deleting the one that signs works, and
// so does deleting oneself.
func TestAccessKey_own(t *testing.T) {
	w := newWorld(t)
	w.create("alice")
	alice := w.user("alice")
	signer := alice.Value(callerKey{}).(*api.Caller).AccessKeyID
	out, err := w.iam.CreateAccessKey(alice, &iam.CreateAccessKeyInput{})
	w.must(err)
	if got := w.listKeys(alice, api.Opt[string]{}); len(got) != 2 || out.AccessKey.UserName != "alice" {
		t.Errorf("listed %v, made %+v", got, out.AccessKey)
	}
	w.must(w.setStatus(alice, api.Opt[string]{}, out.AccessKey.AccessKeyId, iam.StatusTypeInactive))
	for _, id := range []string{out.AccessKey.AccessKeyId, signer} {
		w.must(w.iam.DeleteAccessKey(alice, &iam.DeleteAccessKeyInput{AccessKeyId: some(id)}))
	}
	w.must(w.iam.DeleteUser(alice, &iam.DeleteUserInput{UserName: some("alice")}))
}

// The root key is shown to its owner and changed by nobody.
func TestAccessKey_root(t *testing.T) {
	w := newWorld(t)
	if got := w.listKeys(as(aws), api.Opt[string]{}); fmt.Sprint(got) != "["+root.AccessKeyID+" Active]" {
		t.Errorf("listed %v", got)
	}
	_, create := w.iam.CreateAccessKey(as(aws), &iam.CreateAccessKeyInput{})
	for name, err := range map[string]error{
		"create": create,
		"update": w.setStatus(as(aws), api.Opt[string]{}, root.AccessKeyID, iam.StatusTypeInactive),
		"delete": w.iam.DeleteAccessKey(as(aws), &iam.DeleteAccessKeyInput{AccessKeyId: some(root.AccessKeyID)}),
	} {
		w.refused(name, err, api.QueryCommon.Invalid, "UserName", "root")
	}
}

// Keys of others are as if they were not there: of another user, of another AWS
// account.
func TestAccessKey_foreign(t *testing.T) {
	w := newWorld(t)
	w.create("alice")
	w.create("bob")
	w.createIn(other, "alice", "/")
	id := w.key("alice").AccessKeyId
	lastUsed := func(ctx context.Context, id string) error {
		_, err := w.iam.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: some(id)})
		return err
	}
	for name, err := range map[string]error{
		"another user":        w.setStatus(as(aws), some("bob"), id, iam.StatusTypeInactive),
		"another AWS account": w.setStatus(as(other), some("alice"), id, iam.StatusTypeInactive),
		"its use":             lastUsed(as(other), id),
		"the use of no key":   lastUsed(as(aws), "AKIAGHOSTGHOSTGHOST1"),
	} {
		w.refused(name, err, iam.NoSuchEntity, "The Access Key with id AKIA")
	}
	if got := w.listKeys(as(other), some("alice")); len(got) != 0 || !w.finds(id) {
		t.Errorf("another AWS account lists %v", got)
	}
}

func TestGetAccessKeyLastUsed(t *testing.T) {
	w := newWorld(t)
	w.create("alice")
	id := w.key("alice").AccessKeyId
	check := func(want iam.AccessKeyLastUsed) {
		t.Helper()
		out, err := w.iam.GetAccessKeyLastUsed(as(aws), &iam.GetAccessKeyLastUsedInput{AccessKeyId: some(id)})
		if err != nil || *out.AccessKeyLastUsed != want || out.UserName.V != "alice" {
			t.Errorf("got %+v of %s, %v, want %+v", out.AccessKeyLastUsed, out.UserName.V, err, want)
		}
	}
	check(iam.AccessKeyLastUsed{Region: "N/A", ServiceName: "N/A"})
	w.fill(1, func(r store.Records, _ int) error {
		return r.PutKeyUse(&store.KeyUse{AccessKeyID: id, UsedMs: 5, Service: "chime", Region: "us-east-1"})
	})
	check(iam.AccessKeyLastUsed{LastUsedDate: 5, Region: "us-east-1", ServiceName: "chime"})
}

// Nobody gets a third key by asking at once.
func TestCreateAccessKey_atOnce(t *testing.T) {
	w := newWorld(t)
	w.create("alice")
	var made atomic.Int64
	together(8, func(int) {
		_, err := w.iam.CreateAccessKey(as(aws), &iam.CreateAccessKeyInput{UserName: some("alice")})
		if err == nil {
			made.Add(1)
		} else if !api.IsKind(err, iam.LimitExceeded) {
			t.Error(err)
		}
	})
	if n := len(w.listKeys(as(aws), some("alice"))); n != 2 || made.Load() != 2 {
		t.Errorf("%d keys, %d made", n, made.Load())
	}
}
