package access_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carillon/access"
	"carillon/api"
)

// A key is refused from the moment in which its change is acknowledged, also
// to those who looked it up meanwhile.
func TestFind_amidDisabling(t *testing.T) {
	k := newKeys(openSQLite(t))
	id, _ := create(t, k, api.Opt[string]{})
	var disabled atomic.Int64 // odd while the key is known to be disabled
	var done atomic.Bool
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for !done.Load() {
				before := disabled.Load()
				_, err := k.Find(t.Context(), id)
				if err == nil && before%2 == 1 && disabled.Load() == before {
					t.Error("found although disabled")
					return
				}
				if err != nil && !errors.Is(err, access.ErrUnknownKey) {
					t.Error(err)
					return
				}
			}
		})
	}
	for end := time.Now().Add(time.Second); time.Now().Before(end) && !t.Failed(); {
		setStatus(t, k, id, api.AccessKeyStatusInactive)
		disabled.Add(1)
		time.Sleep(100 * time.Microsecond)
		disabled.Add(1)
		setStatus(t, k, id, api.AccessKeyStatusActive)
	}
	done.Store(true)
	wg.Wait()
}

// What a policy allowed is not allowed any more from the moment in which the change
// is acknowledged, also to those who read it meanwhile.
func TestFind_amidPolicies(t *testing.T) {
	for name, change := range map[string]struct{ forbid, allow func(t *testing.T, k keys) }{
		"attached":   {detach, attach},
		"of her own": {func(t *testing.T, k keys) { put(t, k, denyAll) }, func(t *testing.T, k keys) { put(t, k, allowAll) }},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKeys(openSQLite(t))
			id, _ := create(t, k, api.Opt[string]{})
			var forbidden atomic.Int64 // odd while she is known to be forbidden everything
			var done atomic.Bool
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					for !done.Load() {
						before := forbidden.Load()
						if allows(t, k, id, "chime:ListUsers") && before%2 == 1 && forbidden.Load() == before {
							t.Error("allowed although it is forbidden")
							return
						}
					}
				})
			}
			for end := time.Now().Add(500 * time.Millisecond); time.Now().Before(end) && !t.Failed(); {
				change.forbid(t, k)
				forbidden.Add(1)
				time.Sleep(100 * time.Microsecond)
				forbidden.Add(1)
				change.allow(t, k)
			}
			done.Store(true)
			wg.Wait()
		})
	}
}

const allowAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
