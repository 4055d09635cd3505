package access_test

import (
	"bytes"
	"sync"
	"testing"

	"carillon/access"
	"carillon/internal/storetest"
	"carillon/store"
)

// load calls LoadSecrets on all stores at the same time.
func load(t *testing.T, stores ...*store.Store) []*access.Secrets {
	t.Helper()
	list := make([]*access.Secrets, len(stores))
	var wg sync.WaitGroup
	for i, s := range stores {
		wg.Go(func() {
			var err error
			if list[i], err = access.LoadSecrets(t.Context(), s, access.RootKey{AwsAccountID: aws}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return list
}

// checkOne checks that all starts have the same secrets and that one made them.
func checkOne(t *testing.T, list []*access.Secrets, wantGenerated int) {
	t.Helper()
	generated := 0
	for _, s := range list {
		first := list[0]
		if !bytes.Equal(s.Master, first.Master) || s.Root != first.Root {
			t.Errorf("different secrets: %+v and %+v", first, s)
		}
		if s.Generated {
			generated++
		}
	}
	if generated != wantGenerated {
		t.Errorf("%d starts generated the root key, want %d", generated, wantGenerated)
	}
	if s := list[0]; len(s.Master) != 32 || len(s.Root.AccessKeyID) != 20 || len(s.Root.SecretAccessKey) != 40 || s.Root.AwsAccountID != aws {
		t.Errorf("odd secrets %+v", s)
	}
}

func TestLoadSecrets_atOnce(t *testing.T) {
	s := openSQLite(t)
	first := load(t, s, s, s)
	checkOne(t, first, 1)
	checkOne(t, append(load(t, s), first[0]), count(first[0].Generated))
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Two replicas that start together on one database have one root key.
func TestLoadSecrets_replicas(t *testing.T) {
	for range 3 {
		url := storetest.PostgresURL(t)
		one, two := openPostgres(t, url), openPostgres(t, url)
		checkOne(t, load(t, one, two, one, two), 1)
		checkOne(t, load(t, two, one), 0)
	}
}

func TestLoadSecrets_apart(t *testing.T) {
	one, two := load(t, openSQLite(t))[0], load(t, openSQLite(t))[0]
	if bytes.Equal(one.Master, two.Master) || one.Root.AccessKeyID == two.Root.AccessKeyID || one.Root.SecretAccessKey == two.Root.SecretAccessKey {
		t.Error("two databases have a secret in common")
	}
}
