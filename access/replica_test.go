package access_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"carillon/access"
	"carillon/api"
	"carillon/api/iam"
	"carillon/internal/pgtest"
	"carillon/policy"
)

// follow runs what keeps keys up to date, until the test ends.
func follow(t *testing.T, k *access.Keys) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); k.Follow(ctx) }()
	t.Cleanup(func() { stop(); <-done })
}

// within waits for something to become true, ten seconds at most.
func within(t *testing.T, what string, holds func() bool) {
	t.Helper()
	began := time.Now()
	for !holds() {
		if time.Since(began) > 10*time.Second {
			t.Errorf("%s: it does not hold after ten seconds", what)
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// allows reports whether a key may do something; false also: it is unknown.
func allows(t *testing.T, k keys, id, action string) bool {
	t.Helper()
	c, err := k.Find(t.Context(), id)
	return err == nil && c.Policies.Decide(&policy.Request{Action: action, Resource: "*"}) == policy.Allowed
}

const denyAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`

// policies changes those of alice.
func policies(k keys) iam.Calls { return iam.Calls(k.Calls) }

func put(t *testing.T, k keys, document string) {
	t.Helper()
	if err := policies(k).PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: api.Some("alice"), PolicyName: api.Some("p"), PolicyDocument: api.Some(document)}); err != nil {
		t.Fatal(err)
	}
}

func attach(t *testing.T, k keys) {
	t.Helper()
	if err := policies(k).AttachUserPolicy(t.Context(), &iam.AttachUserPolicyInput{UserName: api.Some("alice"), PolicyArn: api.Some(access.FullAccess)}); err != nil {
		t.Fatal(err)
	}
}

func detach(t *testing.T, k keys) {
	t.Helper()
	if err := policies(k).DetachUserPolicy(t.Context(), &iam.DetachUserPolicyInput{UserName: api.Some("alice"), PolicyArn: api.Some(access.FullAccess)}); err != nil {
		t.Fatal(err)
	}
}

// What one replica changes holds there at once, and at the others within a second.
func TestKeys_replicas(t *testing.T) {
	url := pgtest.URL(t)
	one, two := newKeys(openPostgres(t, url)), newKeys(openPostgres(t, url))
	follow(t, one.all)
	follow(t, two.all)
	id, _ := create(t, one, api.Opt[string]{})
	const action = "chime:ListUsers"
	for i, step := range []struct {
		changer keys
		change  func(t *testing.T, k keys)
		want    bool
	}{
		{one, func(t *testing.T, k keys) { setStatus(t, k, id, api.AccessKeyStatusInactive) }, false},
		{two, func(t *testing.T, k keys) { setStatus(t, k, id, api.AccessKeyStatusActive) }, true},
		{one, detach, false},
		{two, attach, true},
		{one, func(t *testing.T, k keys) { put(t, k, denyAll) }, false},
	} {
		for _, k := range []keys{one, two} { // what they remember now is old after the change
			within(t, fmt.Sprint("before step ", i), func() bool { return allows(t, k, id, action) != step.want })
		}
		step.change(t, step.changer)
		if allows(t, step.changer, id, action) != step.want {
			t.Errorf("step %d does not hold where it was made", i)
		}
		for _, k := range []keys{one, two} {
			within(t, fmt.Sprint("step ", i), func() bool { return allows(t, k, id, action) == step.want })
		}
	}
}

// A key that is remembered needs no look at the database, with its policies.
func TestFind_remembered(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, k := range map[string]keys{"sqlite": newKeys(openSQLite(t)), "postgres": newKeys(openPostgres(t, pgtest.URL(t)))} {
		follow(t, k.all)
		id, _ := create(t, k, api.Opt[string]{})
		if _, err := k.Find(gone, id); err == nil {
			t.Errorf("%s: it was never read, and found", name)
		}
		looks, read := 0, 0
		for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if !allows(t, k, id, "chime:ListUsers") {
				t.Fatalf("%s: not found", name)
			}
			looks++
			if _, err := k.Find(gone, id); err != nil {
				read++ // a busy machine follows too late; then requests have to look
			}
		}
		if read > looks/4 {
			t.Errorf("%s: %d of %d needed the database", name, read, looks)
		}
	}
}
