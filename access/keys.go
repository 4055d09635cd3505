// Package access knows who sends a request: access keys, the principals that
// they stand for, and their secrets at rest.
package access

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// Credential is an access key that may sign, with the principal it stands for.
type Credential struct {
	Secret string
	Caller api.Caller
}

// ErrUnknownKey says that an access key does not exist or may not sign.
var ErrUnknownKey = errors.New("access: unknown or disabled access key")

// Keys finds and manages access keys. It is safe for concurrent use.
type Keys struct {
	store  *store.Store
	sealer sealer
	root   rootState
	cache  cache

	// RootChanged, if not nil, is told of every new root key, once and in order.
	// Set it before the first request.
	RootChanged func(RootKey)
}

// NewKeys returns the keys of a server: the root key and those in the store,
// whose secrets are sealed with the master secret.
func NewKeys(s *store.Store, master []byte, root RootKey) *Keys {
	k := &Keys{store: s, sealer: newSealer(master)}
	k.root.set(root, time.Now())
	return k
}

// Find returns the credential of an access key. The error is ErrUnknownKey or
// a failure of the store.
func (k *Keys) Find(ctx context.Context, accessKeyID string) (*Credential, error) {
	if !wellFormed(accessKeyID) {
		return nil, ErrUnknownKey
	}
	root, err := k.rootKey(ctx)
	if err != nil {
		return nil, err
	}
	if accessKeyID == root.key.AccessKeyID {
		return &root.credential, nil
	}
	if c, ok := k.cache.get(accessKeyID); ok {
		return c, nil
	}
	generation := k.cache.now()
	c, err := k.read(ctx, accessKeyID)
	if err == nil && k.store.Exclusive() {
		k.cache.put(accessKeyID, c, generation)
	}
	return c, err
}

// wellFormed reports whether an id can be a key of the database; a request may
// carry bytes that are not text there.
func wellFormed(id string) bool {
	return id != "" && len(id) <= maxAccessKeyID && !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
}

// maxAccessKeyID is the longest access key id that AWS has, in characters.
const maxAccessKeyID = 128

func (k *Keys) read(ctx context.Context, accessKeyID string) (*Credential, error) {
	var key store.AccessKey
	err := k.store.View(ctx, func(r store.Records) (err error) {
		key, err = r.AccessKey(accessKeyID)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && !key.Active {
		return nil, ErrUnknownKey
	}
	if err != nil {
		return nil, fmt.Errorf("reading access key: %w", err)
	}
	secret, err := k.sealer.open(accessKeyID, key.SealedSecret)
	if err != nil {
		return nil, err
	}
	return &Credential{Secret: string(secret), Caller: caller(&key)}, nil
}

func caller(key *store.AccessKey) api.Caller {
	return api.Caller{AwsAccountID: key.AwsAccountID, ARN: userARN(key.AwsAccountID, key.UserName), AccessKeyID: key.AccessKeyID}
}

func userARN(awsAccountID, userName string) string {
	return "arn:aws:iam::" + awsAccountID + ":user/" + userName
}

// cache remembers credentials while this process is the only one that can
// change them; with replicas every request reads the store.
type cache struct {
	entries    sync.Map // access key id → *Credential
	mu         sync.Mutex
	generation int64 // counts changes of keys; mu guards it and writing entries
}

func (c *cache) get(id string) (*Credential, bool) {
	v, ok := c.entries.Load(id)
	if !ok {
		return nil, false
	}
	return v.(*Credential), true
}

// now returns the generation that a read of the store belongs to.
func (c *cache) now() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.generation
}

// put remembers what was read, unless a key changed since then.
func (c *cache) put(id string, cred *Credential, generation int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation == generation {
		c.entries.Store(id, cred)
	}
}

func (c *cache) forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	c.entries.Delete(id)
}

// CreateAccessKey makes a key for a named user; only this answer shows the secret.
func (k *Keys) CreateAccessKey(w *work.Unit, in *api.CreateAccessKeyInput) (*api.CreateAccessKeyOutput, error) {
	if len(in.PolicyNames) > 0 {
		return nil, api.Invalid("PolicyNames", "be left out: this version of Carillon has no policies yet, every key may use the whole API of its AWS account")
	}
	id, secret := NewAccessKeyID(), NewSecretAccessKey()
	key := &store.AccessKey{
		AccessKeyID: id, AwsAccountID: in.AwsAccountId.Or(k.RootKey().AwsAccountID), UserName: in.UserName.V,
		SealedSecret: k.sealer.seal(id, []byte(secret)), Active: true, CreatedMs: w.NowMs(),
	}
	return &api.CreateAccessKeyOutput{
		AccessKeyId: api.Some(id), SecretAccessKey: api.Some(secret), Arn: api.Some(userARN(key.AwsAccountID, key.UserName)),
	}, w.InsertAccessKey(key)
}

// ListAccessKeys returns the keys of named users, oldest first.
func (k *Keys) ListAccessKeys(w *work.Unit, in *api.ListAccessKeysInput) (*api.ListAccessKeysOutput, error) {
	keys, err := w.AccessKeys(in.AwsAccountId.V, in.UserName.V)
	out := &api.ListAccessKeysOutput{AccessKeys: make([]api.AccessKey, len(keys))}
	for i := range keys {
		out.AccessKeys[i] = keyShape(&keys[i])
	}
	return out, err
}

func keyShape(key *store.AccessKey) api.AccessKey {
	status := api.AccessKeyStatusInactive
	if key.Active {
		status = api.AccessKeyStatusActive
	}
	return api.AccessKey{
		AccessKeyId: api.Some(key.AccessKeyID), Arn: api.Some(userARN(key.AwsAccountID, key.UserName)),
		AwsAccountId: api.Some(key.AwsAccountID), CreatedTimestamp: api.Timestamp(key.CreatedMs),
		Status: api.Some(status), UserName: api.Some(key.UserName),
	}
}

// UpdateAccessKey enables or disables a key.
func (k *Keys) UpdateAccessKey(w *work.Unit, in *api.UpdateAccessKeyInput) (*api.UpdateAccessKeyOutput, error) {
	if err := k.changes(w, in.AccessKeyId); err != nil {
		return nil, err
	}
	if err := w.SetAccessKeyActive(in.AccessKeyId, in.Status.V == api.AccessKeyStatusActive); err != nil {
		return nil, err
	}
	key, err := w.AccessKey(in.AccessKeyId)
	shape := keyShape(&key)
	return &api.UpdateAccessKeyOutput{AccessKey: &shape}, err
}

// DeleteAccessKey deletes a key for good.
func (k *Keys) DeleteAccessKey(w *work.Unit, in *api.DeleteAccessKeyInput) error {
	if err := k.changes(w, in.AccessKeyId); err != nil {
		return err
	}
	return w.DeleteAccessKey(in.AccessKeyId)
}

// changes makes sure that what was remembered of a key is gone before anybody
// hears of its change, also when nobody knows whether that happened.
func (k *Keys) changes(w *work.Unit, accessKeyID string) error {
	if accessKeyID == k.RootKey().AccessKeyID {
		return api.BadRequest.Errorf("The root key cannot be disabled or deleted; carillon root rotate gives it a new secret")
	}
	w.After(func(error) { k.cache.forget(accessKeyID) })
	return nil
}

// NewAccessKeyID returns a random id in the form of AWS: AKIA and 16 characters.
func NewAccessKeyID() string {
	var b [10]byte
	rand.Read(b[:]) // never fails
	return "AKIA" + base32.StdEncoding.EncodeToString(b[:])
}

// NewSecretAccessKey returns a random secret of 240 bits in 40 characters.
func NewSecretAccessKey() string {
	var b [30]byte
	rand.Read(b[:]) // never fails
	return base64.StdEncoding.EncodeToString(b[:])
}
