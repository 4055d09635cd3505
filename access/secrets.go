package access

import (
	"context"
	"crypto/rand"
	"fmt"

	"carillon/store"
)

// Secrets are what all replicas of a server share.
type Secrets struct {
	// Master is what all other keys are derived from; 32 bytes.
	Master []byte
	// Root is the operator's key that counts for all of them.
	Root RootKey
	// Generated tells the start that made the root key from those after it.
	Generated bool
}

// The names under which the store keeps the secrets.
const (
	masterSecret = "master"
	rootKeyID    = "root access key id"
	rootSecret   = "root secret access key"
	rootOrigin   = "root key origin" // one of the two below; absent: generated
)

// The values of rootOrigin.
const (
	originGenerated = "generated"
	originGiven     = "given"
)

// LoadSecrets returns the shared secrets and makes those that are missing. The
// first of several replicas to start wins, but a root key that the settings
// give, one with an id, replaces the one that was there for good.
func LoadSecrets(ctx context.Context, s *store.Store, given RootKey) (*Secrets, error) {
	if err := given.Check(); err != nil {
		return nil, err
	}
	var secrets Secrets
	err := s.Update(ctx, func(r store.Records) (err error) {
		secrets, err = loadSecrets(r, given)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("loading the server's secrets: %w", err)
	}
	return &secrets, nil
}

// ReadMaster returns the master secret of a store that is only read; nil: it has
// none yet.
func ReadMaster(r store.Records) ([]byte, error) {
	secrets, err := r.ServerSecrets()
	return secrets[masterSecret], err
}

func loadSecrets(r store.Records, given RootKey) (s Secrets, err error) {
	fresh := make([]byte, 32)
	rand.Read(fresh) // never fails
	if s.Master, err = r.ServerSecret(masterSecret, fresh); err != nil {
		return s, err
	}
	seal := newSealer(s.Master)
	if given.AccessKeyID != "" {
		s.Root, s.Root.Origin = given, OriginGiven
		return s, putRoot(r, seal, given, originGiven)
	}
	made := RootKey{AccessKeyID: NewAccessKeyID(), SecretAccessKey: NewSecretAccessKey()}
	id, err := r.ServerSecret(rootKeyID, []byte(made.AccessKeyID))
	if err != nil {
		return s, err
	}
	if s.Generated = string(id) == made.AccessKeyID; s.Generated {
		if err := putRoot(r, seal, made, originGenerated); err != nil {
			return s, err
		}
	}
	s.Root, err = readRoot(r, seal)
	s.Root.AwsAccountID = given.AwsAccountID
	return s, err
}

// putRoot makes a key the root key. Who writes the id holds the rest as well.
func putRoot(r store.Records, seal sealer, key RootKey, origin string) error {
	for _, v := range []struct {
		name  string
		value []byte
	}{
		{rootKeyID, []byte(key.AccessKeyID)},
		{rootSecret, seal.seal(key.AccessKeyID, []byte(key.SecretAccessKey))},
		{rootOrigin, []byte(origin)},
	} {
		if err := r.PutServerSecret(v.name, v.value); err != nil {
			return err
		}
	}
	return nil
}

// readRoot returns the root key of the store without its AWS account, which is
// a setting; there may be none.
func readRoot(r store.Records, seal sealer) (key RootKey, err error) {
	secrets, err := r.ServerSecrets()
	if err != nil || secrets[rootKeyID] == nil {
		return key, err
	}
	key.AccessKeyID = string(secrets[rootKeyID])
	secret, err := seal.open(key.AccessKeyID, secrets[rootSecret])
	key.SecretAccessKey = string(secret)
	if string(secrets[rootOrigin]) == originGiven {
		key.Origin = OriginKept
	}
	return key, err
}
