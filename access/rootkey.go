package access

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// RootKey is the operator's own key.
type RootKey struct {
	AccessKeyID     string
	SecretAccessKey string
	AwsAccountID    string // 12 digits
	Origin          RootOrigin
}

// RootOrigin tells where a root key comes from.
type RootOrigin uint8

// The origins.
const (
	// OriginGenerated keys were made by a server or by a rotation.
	OriginGenerated RootOrigin = iota
	// OriginGiven keys are from the settings of this start. Only the settings
	// change them.
	OriginGiven
	// OriginKept keys are from the settings of an earlier start, or of another
	// replica.
	OriginKept
)

// minRootSecret is the shortest secret of a root key, in characters.
const minRootSecret = 16

// Check returns what is wrong with a key that an operator chose. The error does
// not show the secret. A key without id and secret is none, and fine.
func (k *RootKey) Check() error {
	id := k.AccessKeyID
	switch {
	case id == "" && k.SecretAccessKey == "":
		return nil
	case id == "" || !wellFormed(id) || strings.ContainsAny(id, "/,"):
		return fmt.Errorf("no request can be signed with the root access key id %q: it takes 1 to %d characters of ASCII without blanks, slashes and commas", id, maxAccessKeyID)
	case utf8.RuneCountInString(k.SecretAccessKey) < minRootSecret:
		return fmt.Errorf("the root secret access key is too short: it takes %d characters", minRootSecret)
	}
	return nil
}

// credential is what requests with the key are verified with.
func (k *RootKey) credential() Credential {
	return Credential{Secret: k.SecretAccessKey, Caller: api.Caller{
		AwsAccountID: k.AwsAccountID, ARN: "arn:aws:iam::" + k.AwsAccountID + ":root", AccessKeyID: k.AccessKeyID, Root: true,
	}}
}

// maxRootAge is how long what was read of the root key may count where other
// processes can change it. A rotation takes as long, so that the old key has
// ended everywhere when it is done.
const maxRootAge = 500 * time.Millisecond

// rootState is the root key as it was read last.
type rootState struct {
	last       atomic.Pointer[rootRead]
	refreshing sync.Mutex // held by who reads it before it is too old
	setting    sync.Mutex // guards writing last
}

// rootRead is the root key as of a moment of real time.
type rootRead struct {
	key        RootKey
	credential Credential
	at         time.Time
}

func (s *rootState) set(key RootKey, at time.Time) {
	s.last.Store(&rootRead{key: key, credential: key.credential(), at: at})
}

// rootKey returns the root key. With replicas it is read anew while requests
// come, by one of them before the others would have to wait for it.
func (k *Keys) rootKey(ctx context.Context) (*rootRead, error) {
	last := k.root.last.Load()
	if k.store.Exclusive() {
		return last, nil
	}
	switch age := time.Since(last.at); {
	case age < maxRootAge/2:
		return last, nil
	case age < maxRootAge:
		if !k.root.refreshing.TryLock() {
			return last, nil
		}
		defer k.root.refreshing.Unlock()
	}
	return k.readRootKey(ctx, last)
}

func (k *Keys) readRootKey(ctx context.Context, last *rootRead) (*rootRead, error) {
	before := time.Now() // what is read is at least as new
	var key RootKey
	err := k.store.View(ctx, func(r store.Records) (err error) {
		key, err = readRoot(r, k.sealer)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the root key: %w", err)
	}
	if key.AccessKeyID == "" { // a store whose secrets nobody has loaded
		key = last.key
	}
	k.setRootKey(key, before)
	return k.root.last.Load(), nil
}

// setRootKey remembers a root key, unless something newer is known, and tells
// if it is another one.
func (k *Keys) setRootKey(key RootKey, at time.Time) {
	k.root.setting.Lock()
	defer k.root.setting.Unlock()
	if at.Before(k.root.last.Load().at) {
		return
	}
	last := k.root.last.Load().key
	key.AwsAccountID = last.AwsAccountID
	same := key.AccessKeyID == last.AccessKeyID && key.SecretAccessKey == last.SecretAccessKey
	if same {
		key.Origin = last.Origin
	}
	k.root.set(key, at)
	if !same && k.RootChanged != nil {
		k.RootChanged(key)
	}
}

// RootKey returns the root key as this process knows it.
func (k *Keys) RootKey() RootKey { return k.root.last.Load().key }

// RootSecret returns the secret of the root key, as new as requests are judged
// by.
func (k *Keys) RootSecret(ctx context.Context) (string, error) {
	root, err := k.rootKey(ctx)
	if err != nil {
		return "", err
	}
	return root.key.SecretAccessKey, nil
}

// RotateRootKey gives the root key a new secret. The old one has ended, on all
// replicas, when the caller hears of it. A key from the settings of this start is
// refused.
func (k *Keys) RotateRootKey(w *work.Unit, _ *api.RotateRootKeyInput) (*api.RotateRootKeyOutput, error) {
	if k.RootKey().Origin == OriginGiven {
		return nil, api.BadRequest.Errorf("The root key is set by the server's settings: change it there, or start the server without them, and rotate then")
	}
	key, err := rotate(w.Records)
	if err != nil {
		return nil, err
	}
	w.After(func(err error) {
		if err == nil {
			k.setRootKey(key, time.Now())
		}
		_ = afterRootAge(context.Background(), k.store) // it is not cut off
	})
	return &api.RotateRootKeyOutput{AccessKeyId: api.Some(key.AccessKeyID), SecretAccessKey: api.Some(key.SecretAccessKey)}, nil
}

// RotateRoot gives the root key of a store a new secret, as
// [Keys.RotateRootKey] does for a server, whatever the key's origin; a later
// start with settings for it replaces it again. The AWS account is not known.
func RotateRoot(ctx context.Context, s *store.Store) (key RootKey, err error) {
	err = s.Update(ctx, func(r store.Records) (err error) {
		key, err = rotate(r)
		return err
	})
	if err != nil {
		return key, fmt.Errorf("rotating the root key: %w", err)
	}
	return key, afterRootAge(ctx, s)
}

func rotate(r store.Records) (key RootKey, err error) {
	secrets, err := loadSecrets(r, RootKey{})
	if err != nil {
		return key, err
	}
	key = RootKey{AccessKeyID: secrets.Root.AccessKeyID, SecretAccessKey: NewSecretAccessKey()}
	return key, putRoot(r, newSealer(secrets.Master), key, originGenerated)
}

// afterRootAge waits until no replica can believe what it read before. The
// rotation counts even if nobody waits for the end.
func afterRootAge(ctx context.Context, s *store.Store) error {
	if s.Exclusive() {
		return nil
	}
	select {
	case <-time.After(maxRootAge):
		return nil
	case <-ctx.Done():
		return errors.Join(errors.New("the root key has a new secret, but nobody waited until all replicas knew"), ctx.Err())
	}
}
