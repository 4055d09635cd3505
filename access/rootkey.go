package access

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
		Proof: proofOf(k.SecretAccessKey),
	}}
}

// RootKey returns the root key as this process knows it.
func (k *Keys) RootKey() RootKey { return k.state.last.Load().key }

// RootSecret returns the secret of the root key, as new as requests are judged
// by.
func (k *Keys) RootSecret(ctx context.Context) (string, error) {
	root, err := k.current(ctx)
	if err != nil {
		return "", err
	}
	return root.key.SecretAccessKey, nil
}

var _ api.RootKeyRootOnly[*work.Unit] = (*Keys)(nil)

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
			last := k.state.last.Load()
			k.setKnown(key, last.total, nil, last.at)
		}
		_ = afterMaxAge(context.Background(), k.store) // it is not cut off
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
	return key, afterMaxAge(ctx, s)
}

func rotate(r store.Records) (key RootKey, err error) {
	secrets, err := loadSecrets(r, RootKey{})
	if err != nil {
		return key, err
	}
	key = RootKey{AccessKeyID: secrets.Root.AccessKeyID, SecretAccessKey: NewSecretAccessKey()}
	return key, putRoot(r, newSealer(secrets.Master), key, originGenerated)
}

// afterMaxAge waits until no replica can believe what it read before. The
// rotation counts even if nobody waits for the end.
func afterMaxAge(ctx context.Context, s *store.Store) error {
	if s.Exclusive() {
		return nil
	}
	select {
	case <-time.After(maxAge):
		return nil
	case <-ctx.Done():
		return errors.Join(errors.New("the root key has a new secret, but nobody waited until all replicas knew"), ctx.Err())
	}
}
