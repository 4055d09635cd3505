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
	// RootAccessKeyID and RootSecretAccessKey are the generated root key; it
	// counts where the operator sets none.
	RootAccessKeyID, RootSecretAccessKey string
	// Generated tells the start that made the root key from those after it.
	Generated bool
}

// The names under which the store keeps the secrets.
const (
	masterSecret = "master"
	rootKeyID    = "root access key id"
	rootSecret   = "root secret access key"
)

// LoadSecrets returns the shared secrets and makes those that are missing. The
// first of several replicas to start wins.
func LoadSecrets(ctx context.Context, s *store.Store) (*Secrets, error) {
	var secrets Secrets
	err := s.Update(ctx, func(r store.Records) (err error) {
		secrets, err = loadSecrets(r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("loading the server's secrets: %w", err)
	}
	return &secrets, nil
}

func loadSecrets(r store.Records) (s Secrets, err error) {
	fresh := make([]byte, 32)
	rand.Read(fresh) // never fails
	if s.Master, err = r.ServerSecret(masterSecret, fresh); err != nil {
		return s, err
	}
	newID := NewAccessKeyID()
	id, err := r.ServerSecret(rootKeyID, []byte(newID))
	if err != nil {
		return s, err
	}
	seal := newSealer(s.Master)
	sealed, err := r.ServerSecret(rootSecret, seal.seal(string(id), []byte(NewSecretAccessKey())))
	if err != nil {
		return s, err
	}
	secret, err := seal.open(string(id), sealed)
	s.RootAccessKeyID, s.RootSecretAccessKey, s.Generated = string(id), string(secret), string(id) == newID
	return s, err
}
