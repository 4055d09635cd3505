package access

import (
	"context"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"carillon/api"
	"carillon/store"
)

const (
	// minUse is how far apart two uses of a key for the same service and region are
	// that are written down, in milliseconds.
	minUse = 60_000
	// useInterval is how long a use waits to be written.
	useInterval = 2 * time.Second
	// maxUses bounds what is remembered of uses, in keys.
	maxUses = 100_000
)

// uses collects when keys were used, for one who writes it down.
type uses struct {
	noted   sync.Map // access key id → *atomic.Pointer[store.KeyUse], the use noted last
	count   atomic.Int64
	mu      sync.Mutex
	pending map[string]store.KeyUse
}

// Used notes that a verified request of a caller came for a service. It never
// waits, and keeps nothing of the strings.
func (k *Keys) Used(c *api.Caller, service, region string, at time.Time) {
	if !c.Root {
		k.uses.note(LongTermKey(c), service, region, at.UnixMilli())
	}
}

func (u *uses) note(id, service, region string, ms int64) {
	last := u.lastOf(id)
	before := last.Load()
	if before != nil && ms-before.UsedMs < minUse && before.Service == service && before.Region == region {
		return
	}
	use := &store.KeyUse{AccessKeyID: id, UsedMs: ms, Service: strings.Clone(service), Region: strings.Clone(region)}
	if !last.CompareAndSwap(before, use) {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.pending == nil {
		u.pending = map[string]store.KeyUse{}
	}
	u.pending[id] = *use
}

// lastOf returns where the use of a key is that was noted last.
func (u *uses) lastOf(id string) *atomic.Pointer[store.KeyUse] {
	v, ok := u.noted.Load(id)
	if !ok {
		v, ok = u.noted.LoadOrStore(id, new(atomic.Pointer[store.KeyUse]))
		if !ok {
			u.count.Add(1)
		}
	}
	return v.(*atomic.Pointer[store.KeyUse])
}

// ForgetUses drops what is known of uses, for those who empty the database.
func (k *Keys) ForgetUses() {
	k.uses.mu.Lock()
	defer k.uses.mu.Unlock()
	k.uses.pending = nil
	k.uses.noted.Clear()
	k.uses.count.Store(0)
}

// take returns what is to be written.
func (u *uses) take() map[string]store.KeyUse {
	u.mu.Lock()
	defer u.mu.Unlock()
	pending := u.pending
	u.pending = nil
	if u.count.Load() > maxUses {
		u.noted.Clear()
		u.count.Store(0)
	}
	return pending
}

// back keeps what could not be written for the next time, unless something
// newer has come.
func (u *uses) back(list map[string]store.KeyUse) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(list)+len(u.pending) > maxUses {
		return
	}
	maps.Copy(list, u.pending)
	u.pending = list
}

// writeUses writes uses down until ctx ends, and then the last ones.
func (k *Keys) writeUses(ctx context.Context) {
	ticker := time.NewTicker(useInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), useInterval)
			defer cancel()
			k.flushUses(last)
			return
		case <-ticker.C:
			k.flushUses(ctx)
		}
	}
}

// usesPerUpdate bounds how long others wait for the writer.
const usesPerUpdate = 100

func (k *Keys) flushUses(ctx context.Context) {
	pending := k.uses.take()
	for len(pending) > 0 {
		part := map[string]store.KeyUse{}
		for id, use := range pending {
			if part[id] = use; len(part) == usesPerUpdate {
				break
			}
		}
		if err := k.putUses(ctx, part); err != nil {
			k.uses.back(pending)
			return
		}
		for id := range part {
			delete(pending, id)
		}
	}
}

func (k *Keys) putUses(ctx context.Context, part map[string]store.KeyUse) error {
	return k.store.Update(ctx, func(r store.Records) error {
		for _, use := range part {
			if err := r.PutKeyUse(&use); err != nil {
				return err
			}
		}
		return nil
	})
}
