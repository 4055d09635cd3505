package access

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"carillon/store"
)

// maxAge is how long what was read of the store may count where other processes
// can change it: the root key, and that nothing has changed of what the cache
// remembers. A rotation takes as long, so that the old key has ended everywhere
// when it is done.
const maxAge = 500 * time.Millisecond

// state is what was read last.
type state struct {
	last       atomic.Pointer[known]
	refreshing sync.Mutex // held by who reads it before it is too old
	setting    sync.Mutex // guards writing last, and changes
	changes    map[string]int64
}

// known is the root key as of a moment of real time.
type known struct {
	key        RootKey
	credential Credential
	at         time.Time
	total      int64 // of all changes of users, keys and policies
}

func (s *state) set(key RootKey, at time.Time) {
	s.last.Store(&known{key: key, credential: key.credential(), at: at})
}

// current returns what is known, as new as requests are judged by. With replicas
// it is read anew by [Keys.Follow], or else by a request before the others would
// have to wait for it.
func (k *Keys) current(ctx context.Context) (*known, error) {
	last := k.state.last.Load()
	if k.store.Exclusive() {
		return last, nil
	}
	switch age := time.Since(last.at); {
	case age < maxAge/2:
		return last, nil
	case age < maxAge:
		if !k.state.refreshing.TryLock() {
			return last, nil
		}
		defer k.state.refreshing.Unlock()
	}
	return k.refresh(ctx, last)
}

// refresh reads what other processes may have changed.
func (k *Keys) refresh(ctx context.Context, last *known) (*known, error) {
	before := time.Now() // what is read is at least as new
	var key RootKey
	var total int64
	var changes map[string]int64
	err := k.store.View(ctx, func(r store.Records) (err error) {
		if key, err = readRoot(r, k.sealer); err != nil {
			return err
		}
		if total, err = r.CountIamChanges(); err == nil && total != last.total {
			changes, err = r.IamChanges()
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what other servers may have changed: %w", err)
	}
	if key.AccessKeyID == "" { // a store whose secrets nobody has loaded
		key = last.key
	}
	k.setKnown(key, total, changes, before)
	return k.state.last.Load(), nil
}

// setKnown remembers what was read, unless something newer is known, and tells
// if the root key is another one.
func (k *Keys) setKnown(key RootKey, total int64, changes map[string]int64, at time.Time) {
	k.state.setting.Lock()
	defer k.state.setting.Unlock()
	last := k.state.last.Load()
	if at.Before(last.at) {
		return
	}
	key.AwsAccountID = last.key.AwsAccountID
	same := key.AccessKeyID == last.key.AccessKeyID && key.SecretAccessKey == last.key.SecretAccessKey
	if same {
		key.Origin = last.key.Origin
	}
	k.forgetChanged(changes)
	k.state.last.Store(&known{key: key, credential: key.credential(), at: at, total: total})
	if !same && k.RootChanged != nil {
		k.RootChanged(key)
	}
}

// forgetChanged drops what others have changed; nil: nothing. It comes before
// anybody may believe that what is remembered is as new as the changes.
func (k *Keys) forgetChanged(changes map[string]int64) {
	if changes == nil {
		return
	}
	for account, n := range changes {
		if k.state.changes[account] != n {
			k.cache.forget(account)
		}
	}
	k.state.changes = changes
}

// Follow keeps up with the changes that other processes make, so that requests
// need not, and writes down when keys were used, until ctx ends.
func (k *Keys) Follow(ctx context.Context) {
	var tasks sync.WaitGroup
	defer tasks.Wait()
	tasks.Go(func() { k.store.ListenIam(ctx, k.cache.clear, k.cache.forget) })
	tasks.Go(func() { k.writeUses(ctx) })
	if k.store.Exclusive() {
		return
	}
	ticker := time.NewTicker(maxAge * 2 / 5)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			_, _ = k.refresh(ctx, k.state.last.Load()) // requests find out by themselves
		}
	}
}
