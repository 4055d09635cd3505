package iam_test

import (
	"errors"
	"testing"
	"time"

	"carillon/access"
	"carillon/api"
	"carillon/api/iam"
	"carillon/api/sts"
)

func TestGetCallerIdentity(t *testing.T) {
	w := newWorld(t)
	made := w.createIn(aws, "alice", "/ops/")
	for name, test := range map[string]struct {
		id, arn string
		out     func() (*sts.GetCallerIdentityOutput, error)
	}{
		"root": {aws, "arn:aws:iam::" + aws + ":root", func() (*sts.GetCallerIdentityOutput, error) {
			return w.sts.GetCallerIdentity(as(aws), &sts.GetCallerIdentityInput{})
		}},
		"a user": {made.UserId, made.Arn, func() (*sts.GetCallerIdentityOutput, error) {
			return w.sts.GetCallerIdentity(w.user("alice"), &sts.GetCallerIdentityInput{})
		}},
	} {
		out, err := test.out()
		if err != nil || out.UserId.V != test.id || out.Arn.V != test.arn || out.Account.V != aws {
			t.Errorf("%s is %+v, %v", name, out, err)
		}
	}
}

func TestGetAccessKeyInfo(t *testing.T) {
	w := newWorld(t)
	w.create("alice")
	id := w.key("alice").AccessKeyId
	info := func(account, id string) error {
		out, err := w.sts.GetAccessKeyInfo(as(account), &sts.GetAccessKeyInfoInput{AccessKeyId: some(id)})
		if err == nil && out.Account.V != account {
			t.Errorf("%s is of %s", id, out.Account.V)
		}
		return err
	}
	w.must(info(aws, id))
	w.must(info(aws, root.AccessKeyID))
	w.refused("another AWS account's", info(other, id), api.QueryCommon.Invalid, id)
	w.refused("nobody's", info(aws, "AKIAGHOSTGHOSTGHOST1"), api.QueryCommon.Invalid, "AKIAGHOST")
}

// session asks for a session and returns who uses it.
func (w *world) session(by *api.Caller, seconds api.Opt[int]) (*sts.Credentials, *access.Credential) {
	w.Helper()
	out, err := w.sts.GetSessionToken(ctxOf(by), &sts.GetSessionTokenInput{DurationSeconds: seconds})
	w.must(err)
	c, err := w.keys.Find(w.Context(), out.Credentials.AccessKeyId, out.Credentials.SessionToken)
	w.must(err)
	return out.Credentials, c
}

// ctxOf is by where that is something else.
var ctxOf = by

// Sessions last as long as asked, the root key's an hour at most; none makes another.
func TestGetSessionToken(t *testing.T) {
	w := newWorld(t)
	w.create("alice")
	alice := w.user("alice").Value(callerKey{}).(*api.Caller)
	owner, err := w.keys.Find(t.Context(), root.AccessKeyID, "")
	w.must(err)
	for name, test := range map[string]struct {
		by      *api.Caller
		seconds api.Opt[int]
		want    time.Duration
	}{
		"default": {alice, api.Opt[int]{}, 12 * time.Hour}, "least": {alice, api.Some(900), 15 * time.Minute}, "most": {alice, api.Some(129600), 36 * time.Hour},
		"root": {&owner.Caller, api.Opt[int]{}, time.Hour}, "root, short": {&owner.Caller, api.Some(900), 15 * time.Minute}, "root, long": {&owner.Caller, api.Some(7200), time.Hour},
	} {
		credentials, c := w.session(test.by, test.seconds)
		if left := time.Until(credentials.Expiration.Time()); left > test.want || left < test.want-time.Minute {
			t.Errorf("%s: it lasts %s", name, left)
		}
		if c.Secret != credentials.SecretAccessKey || c.Caller.ARN != test.by.ARN || c.Caller.ParentKeyID != test.by.AccessKeyID || c.Caller.Root != test.by.Root || c.Caller.SessionMs == 0 {
			t.Errorf("%s: found %+v", name, c)
		}
		_, err := w.sts.GetSessionToken(ctxOf(&c.Caller), &sts.GetSessionTokenInput{})
		w.refused(name+", again", err, api.QueryCommon.Denied, "Cannot call GetSessionToken with session credentials")
	}
	_, err = w.sts.GetSessionToken(ctxOf(alice), &sts.GetSessionTokenInput{SerialNumber: some("arn:aws:iam::1:mfa/x"), TokenCode: some("123456")})
	w.refused("a device", err, api.QueryCommon.Invalid, "SerialNumber")
}

// A session ends with its key, by whatever change.
func TestGetSessionToken_ends(t *testing.T) {
	w := newWorld(t)
	w.create("alice")
	alice := w.user("alice").Value(callerKey{}).(*api.Caller)
	credentials, _ := w.session(alice, api.Opt[int]{})
	found := func() error {
		_, err := w.keys.Find(t.Context(), credentials.AccessKeyId, credentials.SessionToken)
		return err
	}
	w.must(w.setStatus(as(aws), some("alice"), alice.AccessKeyID, iam.StatusTypeInactive))
	if err := found(); !errors.Is(err, access.ErrExpired) {
		t.Errorf("disabled: %v", err)
	}
	w.must(w.setStatus(as(aws), some("alice"), alice.AccessKeyID, iam.StatusTypeActive))
	w.must(found())
	w.must(w.deleteKey("alice", alice.AccessKeyID))
	if err := found(); !errors.Is(err, access.ErrExpired) {
		t.Errorf("deleted: %v", err)
	}
}
