// Package access knows who sends a request: access keys, the principals that
// they stand for with their policies, sessions, and secrets at rest.
package access

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"carillon/api"
	"carillon/policy"
	"carillon/store"
	"carillon/work"
)

// Credential is an access key that may sign, with the principal it stands for.
type Credential struct {
	Secret string
	Caller api.Caller
	// Policies say what the principal may do; they do not bind the root key.
	Policies *policy.Set
}

// Errors of [Keys.Find], possibly wrapped.
var (
	// ErrUnknownKey: the access key does not exist or may not sign.
	ErrUnknownKey = errors.New("access: unknown or disabled access key")
	// ErrForeignToken: the session token was not issued for the key.
	ErrForeignToken = errors.New("access: the session token does not belong to the access key")
	// ErrExpired: the session has ended, by its time or with what it came from.
	ErrExpired = errors.New("access: the session has ended")
)

// Keys finds credentials. It is safe for concurrent use.
type Keys struct {
	store  *store.Store
	sealer sealer
	state  state
	cache  cache
	uses   uses

	// Now is the clock that sessions end by: the real one unless it is set, before
	// the first request.
	Now func() time.Time
	// RootChanged, if not nil, is told of every new root key, once and in order.
	// Set it before the first request.
	RootChanged func(RootKey)
}

// NewKeys returns the keys of a server: the root key and those in the store,
// whose secrets are sealed with the master secret.
func NewKeys(s *store.Store, master []byte, root RootKey) *Keys {
	k := &Keys{store: s, sealer: newSealer(master), Now: time.Now}
	k.state.set(root, time.Now())
	return k
}

// Find returns the credential of an access key; token is that of its session,
// "" for none. Other errors than those above are failures of the store.
func (k *Keys) Find(ctx context.Context, accessKeyID, token string) (*Credential, error) {
	switch {
	case !wellFormed(accessKeyID):
		return nil, ErrUnknownKey
	case token != "":
		return k.findSession(ctx, accessKeyID, token)
	}
	return k.find(ctx, accessKeyID)
}

func (k *Keys) find(ctx context.Context, accessKeyID string) (*Credential, error) {
	known, err := k.current(ctx)
	if err != nil {
		return nil, err
	}
	if accessKeyID == known.key.AccessKeyID {
		return &known.credential, nil
	}
	if c, ok := k.cache.get(accessKeyID); ok {
		return c, nil
	}
	generation := k.cache.now()
	c, cost, err := k.read(ctx, accessKeyID)
	if err == nil {
		k.cache.put(strings.Clone(accessKeyID), c, cost, generation) // it shares memory with a whole request
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

// read returns the credential of a key as the store has it, and what it takes
// of the cache.
func (k *Keys) read(ctx context.Context, accessKeyID string) (c *Credential, cost int, err error) {
	var key store.AccessKey
	var grants []store.IamGrant
	err = k.store.View(ctx, func(r store.Records) (err error) {
		if key, err = r.AccessKey(accessKeyID); err != nil {
			return err
		}
		grants, err = r.IamGrants(key.UserID)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && !key.Active {
		return nil, 0, ErrUnknownKey
	}
	if err != nil {
		return nil, 0, fmt.Errorf("reading access key: %w", err)
	}
	secret, err := k.sealer.open(accessKeyID, key.SealedSecret)
	if err != nil {
		return nil, 0, err
	}
	policies, err := Compile(userOf(&key), grants)
	return &Credential{Secret: string(secret), Caller: caller(&key, string(secret)), Policies: policies}, costOf(grants, policies), err
}

// userOf returns the user of a key, as far as the key tells.
func userOf(key *store.AccessKey) *store.IamUser {
	return &store.IamUser{AwsAccountID: key.AwsAccountID, UserID: key.UserID, UserName: key.UserName, Path: key.UserPath}
}

func caller(key *store.AccessKey, secret string) api.Caller {
	return api.Caller{
		AwsAccountID: key.AwsAccountID, ARN: userOf(key).ARN(),
		UserName: key.UserName, UserID: key.UserID, AccessKeyID: key.AccessKeyID,
		Proof: proofOf(secret),
	}
}

// Seal returns the secret of a key in the form in which the store keeps it.
func (k *Keys) Seal(accessKeyID, secret string) []byte {
	return k.sealer.seal(accessKeyID, []byte(secret))
}

// Changing begins a change of users, keys or policies of an AWS account: others
// wait until it has been made, and what is remembered of them is gone before
// anybody hears of it, also when nobody knows whether that happened.
func (k *Keys) Changing(w *work.Unit, awsAccountID string) error {
	w.After(func(error) { k.cache.forget(awsAccountID) })
	return w.ChangeIam(awsAccountID)
}

// NewAccessKeyID returns a random id in the form of AWS: AKIA and 16 characters.
func NewAccessKeyID() string { return NewID("AKIA") }

// NewID returns a random id in the form of AWS: a prefix of four letters, which
// tells the kind, and 16 characters.
func NewID(prefix string) string {
	var b [10]byte
	rand.Read(b[:]) // never fails
	return prefix + base32.StdEncoding.EncodeToString(b[:])
}

// NewSecretAccessKey returns a random secret of 240 bits in 40 characters.
func NewSecretAccessKey() string {
	var b [30]byte
	rand.Read(b[:]) // never fails
	return base64.StdEncoding.EncodeToString(b[:])
}
