package iam_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"carillon/api"
	"carillon/api/iam"
	"carillon/jobs"
	"carillon/policy"
	"carillon/store"
	"carillon/work"
)

func (w *world) opCreate(in api.CreateAccessKeyInput) (*api.CreateAccessKeyOutput, error) {
	return w.ops.CreateAccessKey(as(aws), &in)
}

// policiesOf returns what the operator's list shows of a user's keys.
func (w *world) opList(account, user string) []api.AccessKey {
	w.Helper()
	out, err := w.ops.ListAccessKeys(as(aws), &api.ListAccessKeysInput{AwsAccountId: api.NonZero(account), UserName: api.NonZero(user)})
	w.must(err)
	return out.AccessKeys
}

// Users and policies come with the key, in any AWS account.
func TestOperator_create(t *testing.T) {
	w := newWorld(t)
	reads := w.policy("Reads", allowReads)
	w.create("eve")
	for _, test := range []struct {
		account, user string
		policies      []string
		want          string
	}{
		{"", "alice", nil, "[AmazonChimeFullAccess]"},
		{other, "alice", []string{"AdministratorAccess"}, "[AdministratorAccess]"},
		{"", "bob", []string{"AmazonChimeReadOnly", builtIn("IAMReadOnlyAccess"), "reads"}, "[Reads AmazonChimeReadOnly IAMReadOnlyAccess]"},
		{"", "carol", []string{reads}, "[Reads]"},
		{"", "eve", nil, "[]"},                           // she was there
		{"", "Carol", []string{reads, reads}, "[Reads]"}, // and so was she
	} {
		out, err := w.opCreate(api.CreateAccessKeyInput{UserName: some(test.user), AwsAccountId: api.NonZero(test.account), PolicyNames: test.policies})
		w.must(err)
		account := test.account
		if account == "" {
			account = aws
		}
		c, err := w.keys.Find(t.Context(), out.AccessKeyId.V, "")
		if err != nil || c.Secret != out.SecretAccessKey.V || c.Caller.ARN != out.Arn.V || c.Caller.AwsAccountID != account {
			t.Errorf("%+v: made %+v, found %+v, %v", test, out, c, err)
		}
		list := w.opList(account, test.user)
		if got := fmt.Sprint(list[0].PolicyNames); got != test.want {
			t.Errorf("%+v: policies %s", test, got)
		}
	}
	allowed := func(user string, action string) bool {
		c, err := w.keys.Find(t.Context(), w.opList("", user)[0].AccessKeyId.V, "")
		w.must(err)
		return c.Policies.Decide(&policy.Request{Action: action, Resource: "*"}) == policy.Allowed
	}
	if !allowed("bob", "chime:ListUsers") || allowed("bob", "chime:DeleteUser") || !allowed("alice", "carillon:ListDomains") || allowed("eve", "chime:ListUsers") {
		t.Error("the policies do not count")
	}
}

func TestOperator_refused(t *testing.T) {
	w := newWorld(t)
	w.policy("Mine", allowReads)
	w.create("full")
	for i := range 10 {
		w.must(w.attach("full", w.policy(fmt.Sprint("p", i), allowReads)))
	}
	for name, test := range map[string]struct {
		in   api.CreateAccessKeyInput
		kind api.Kind
		part string
	}{
		"no such policy":        {api.CreateAccessKeyInput{UserName: some("a"), PolicyNames: []string{"Ghost"}}, api.BadRequest, "Ghost"},
		"no such ARN":           {api.CreateAccessKeyInput{UserName: some("a"), PolicyNames: []string{"arn:aws:iam::" + other + ":policy/Mine"}}, api.BadRequest, "PolicyNames"},
		"another AWS account's": {api.CreateAccessKeyInput{UserName: some("a"), AwsAccountId: some(other), PolicyNames: []string{"Mine"}}, api.BadRequest, "Mine"},
		"eleven policies":       {api.CreateAccessKeyInput{UserName: some("full"), PolicyNames: []string{"Mine"}}, api.ResourceLimitExceeded, "PoliciesPerUser"},
	} {
		_, err := w.opCreate(test.in)
		w.refused(name, err, test.kind, test.part)
	}
	_, err := w.getUser("a")
	w.refused("nobody was made", err, iam.NoSuchEntity)
	update := func(id string) error {
		_, err := w.ops.UpdateAccessKey(as(aws), &api.UpdateAccessKeyInput{AccessKeyId: id, Status: api.Some(api.AccessKeyStatusInactive)})
		return err
	}
	remove := func(id string) error {
		return w.ops.DeleteAccessKey(as(aws), &api.DeleteAccessKeyInput{AccessKeyId: id})
	}
	w.refused("disabling the root key", update(root.AccessKeyID), api.BadRequest, "root key")
	w.refused("deleting the root key", remove(root.AccessKeyID), api.BadRequest, "root key")
	w.refused("disabling no key", update("AKIAGHOST"), api.NotFound)
	w.refused("deleting no key", remove("AKIAGHOST"), api.NotFound)
}

// A third key is refused, with the one that had better go.
func TestOperator_thirdKey(t *testing.T) {
	w := newWorld(t)
	make := func() (string, error) {
		w.advance(time.Second)
		out, err := w.opCreate(api.CreateAccessKeyInput{UserName: some("alice")})
		return out.AccessKeyId.V, err
	}
	first, err := make()
	w.must(err)
	second, err := make()
	w.must(err)
	_, err = make()
	w.refused("unused both", err, api.ResourceLimitExceeded, first, "never been used")
	w.fill(1, func(r store.Records, _ int) error {
		return r.PutKeyUse(&store.KeyUse{AccessKeyID: first, UsedMs: epoch.UnixMilli(), Service: "chime", Region: "eu-west-1"})
	})
	_, err = make()
	w.refused("unused", err, api.ResourceLimitExceeded, second, "never been used")
	w.must(w.setStatus(as(aws), some("alice"), first, iam.StatusTypeInactive))
	_, err = make()
	w.refused("disabled", err, api.ResourceLimitExceeded, first, "is disabled")
	shown := w.opList("", "alice")[0]
	if shown.LastUsedTimestamp.Time() != epoch || shown.LastUsedService.V != "chime" || shown.LastUsedRegion.V != "eu-west-1" || shown.Status.V != api.AccessKeyStatusInactive {
		t.Errorf("listed %+v", shown)
	}
}

// Keys of all AWS accounts can be changed by their id.
func TestOperator_life(t *testing.T) {
	w := newWorld(t)
	out, err := w.opCreate(api.CreateAccessKeyInput{UserName: some("alice"), AwsAccountId: some(other)})
	w.must(err)
	id := out.AccessKeyId.V
	for _, status := range []api.AccessKeyStatus{api.AccessKeyStatusInactive, api.AccessKeyStatusActive} {
		out, err := w.ops.UpdateAccessKey(as(aws), &api.UpdateAccessKeyInput{AccessKeyId: id, Status: api.Some(status)})
		if err != nil || out.AccessKey.Status.V != status || fmt.Sprint(out.AccessKey.PolicyNames) != "[AmazonChimeFullAccess]" || w.finds(id) != (status == "Active") {
			t.Errorf("%s: %+v, %v", status, out.AccessKey, err)
		}
	}
	w.must(w.ops.DeleteAccessKey(as(aws), &api.DeleteAccessKeyInput{AccessKeyId: id}))
	if w.finds(id) || len(w.opList("", "")) != 0 {
		t.Error("it is still there")
	}
}

func (w *world) rotate(user string, after api.Opt[string]) (string, error) {
	out, err := w.ops.RotateAccessKey(as(aws), &api.RotateAccessKeyInput{UserName: some(user), AwsAccountId: some(other), After: after})
	return out.AccessKeyId.V, err
}

// runJobs runs the jobs that are due, as a server does.
func (w *world) runJobs(want int) (steps []string) {
	w.Helper()
	var done atomic.Int64
	audit := func(u *work.Unit) error {
		for _, s := range u.Steps() {
			steps = append(steps, fmt.Sprint(u.Caller.AwsAccountID, " ", s.Name, " ", s.Touched))
		}
		return nil
	}
	r := jobs.Start(jobs.Config{
		Store: w.store, Handlers: w.svc.JobHandlers(), Now: func() time.Time { return time.UnixMilli(w.now.Load()) }, NewID: w.newID, Owner: "test", Log: discard, Audit: audit,
		Observe: func(kind, outcome string, _ time.Duration) {
			if done.Add(1); outcome != jobs.Done {
				w.Errorf("%s: %s", kind, outcome)
			}
		},
	})
	for end := time.Now().Add(5 * time.Second); int(done.Load()) < want && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	r.Stop()
	if n := int(done.Load()); n != want {
		w.Errorf("%d jobs ran, want %d", n, want)
	}
	return steps
}

// The first of two keys is good until its time, and is not found any more at once
// when the job has run.
func TestRotateAccessKey(t *testing.T) {
	w := newWorld(t)
	out, err := w.opCreate(api.CreateAccessKeyInput{UserName: some("alice"), AwsAccountId: some(other)})
	w.must(err)
	first := out.AccessKeyId.V
	for _, step := range []struct {
		after api.Opt[string]
		time  time.Duration
	}{{api.Opt[string]{}, 24 * time.Hour}, {some("90m"), 90 * time.Minute}, {some("0s"), 0}} {
		w.advance(time.Millisecond) // the older one is the first
		second, err := w.rotate("alice", step.after)
		w.must(err)
		if !w.finds(first) || !w.finds(second) {
			t.Error("one of the two is not good")
		}
		_, err = w.rotate("alice", step.after)
		w.refused("while there are two", err, api.ResourceLimitExceeded, "delete "+first)
		if step.time > 0 {
			w.advance(step.time - time.Millisecond)
			w.runJobs(0)
		}
		if !w.finds(first) {
			t.Errorf("it ended before %s", step.time)
		}
		w.advance(time.Millisecond)
		steps, want := w.runJobs(1), fmt.Sprintf("[%s DisableAccessKey [{AWS::IAM::AccessKey %s} {AWS::IAM::User arn:aws:iam::%s:user/alice}]]", other, first, other)
		if fmt.Sprint(steps) != want {
			t.Errorf("the records are %s, want %s", steps, want)
		}
		if w.finds(first) || !w.finds(second) {
			t.Errorf("after %s the first is good: %v, the second: %v", step.time, w.finds(first), w.finds(second))
		}
		w.must(w.ops.DeleteAccessKey(as(aws), &api.DeleteAccessKeyInput{AccessKeyId: first}))
		first = second
	}
}

// A rotation that was taken back does not disable the only key.
func TestRotateAccessKey_takenBack(t *testing.T) {
	w := newWorld(t)
	out, err := w.opCreate(api.CreateAccessKeyInput{UserName: some("alice"), AwsAccountId: some(other)})
	w.must(err)
	second, err := w.rotate("alice", some("1h"))
	w.must(err)
	w.must(w.ops.DeleteAccessKey(as(aws), &api.DeleteAccessKeyInput{AccessKeyId: second}))
	second, err = w.rotate("alice", some("1h"))
	w.must(err)
	_, err = w.ops.UpdateAccessKey(as(aws), &api.UpdateAccessKeyInput{AccessKeyId: second, Status: api.Some(api.AccessKeyStatusInactive)})
	w.must(err)
	w.advance(time.Hour)
	if steps := w.runJobs(2); len(steps) > 0 {
		t.Errorf("records of what was not done: %s", steps)
	}
	if !w.finds(out.AccessKeyId.V) {
		t.Error("her only key is disabled")
	}
}

func TestRotateAccessKey_refused(t *testing.T) {
	w := newWorld(t)
	_, err := w.rotate("alice", api.Opt[string]{})
	w.refused("nobody", err, api.NotFound)
	out, err := w.opCreate(api.CreateAccessKeyInput{UserName: some("alice"), AwsAccountId: some(other)})
	w.must(err)
	for _, odd := range []string{"soon", "-1h", "100000h"} {
		_, err := w.rotate("alice", some(odd))
		w.refused(odd, err, api.BadRequest, "After")
	}
	_, err = w.ops.UpdateAccessKey(as(aws), &api.UpdateAccessKeyInput{AccessKeyId: out.AccessKeyId.V, Status: api.Some(api.AccessKeyStatusInactive)})
	w.must(err)
	_, err = w.rotate("alice", api.Opt[string]{})
	w.refused("disabled", err, api.BadRequest, out.AccessKeyId.V, "is disabled")
	w.must(w.ops.DeleteAccessKey(as(aws), &api.DeleteAccessKeyInput{AccessKeyId: out.AccessKeyId.V}))
	_, err = w.rotate("alice", api.Opt[string]{})
	w.refused("no key", err, api.BadRequest, "no access key")
	if _, err := w.svc.JobHandlers()["disable-key"](context.Background(), &jobs.Task{Text: "{"}); err == nil || !strings.Contains(err.Error(), "payload") {
		t.Errorf("an odd payload: %v", err)
	}
}
