package chime

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// maxScimTokens is how many tokens an account may have.
const maxScimTokens = 20

// CreateScimToken makes a token. Only its hash is kept.
func (s *Service) CreateScimToken(w *work.Unit, in *api.CreateScimTokenInput) (*api.CreateScimTokenOutput, error) {
	a, err := lockAccount(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	have, err := w.ScimTokens(a.AccountID)
	if err != nil {
		return nil, err
	}
	if len(have) >= maxScimTokens {
		return nil, api.BadRequest.Errorf("The account may have %d tokens; delete one", maxScimTokens)
	}
	t := store.ScimToken{TokenID: w.NewID(), AwsAccountID: a.AwsAccountID, AccountID: a.AccountID, Name: in.Name.V, CreatedMs: w.NowMs()}
	if in.ExpiresInSeconds.Set {
		t.ExpiresMs = t.CreatedMs + int64(in.ExpiresInSeconds.V)*1000
	}
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails
	token := "scim-" + strings.ReplaceAll(t.TokenID, "-", "") + "-" + base64.RawURLEncoding.EncodeToString(secret[:])
	sum := sha256.Sum256([]byte(token))
	t.Hash = sum[:]
	shape := s.scimTokenShape(&t)
	shape.Token = api.Some(token)
	return &api.CreateScimTokenOutput{ScimToken: shape}, w.InsertScimToken(&t)
}

func (s *Service) scimTokenShape(t *store.ScimToken) *api.ScimToken {
	return &api.ScimToken{
		AccountId: api.Some(t.AccountID), BaseUrl: api.Some(s.config.PublicURL + "/scim/v2"), CreatedTimestamp: api.Timestamp(t.CreatedMs),
		ExpiresOn: api.Timestamp(t.ExpiresMs), LastUsedOn: api.Timestamp(t.UsedMs), Name: api.Some(t.Name), TokenId: api.Some(t.TokenID),
	}
}

// ListScimTokens returns the tokens of an account, oldest first, without their secrets.
func (s *Service) ListScimTokens(w *work.Unit, in *api.ListScimTokensInput) (*api.ListScimTokensOutput, error) {
	a, err := account(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	list, err := w.ScimTokens(a.AccountID)
	out := &api.ListScimTokensOutput{ScimTokens: []api.ScimToken{}}
	for i := range list {
		out.ScimTokens = append(out.ScimTokens, *s.scimTokenShape(&list[i]))
	}
	return out, err
}

// DeleteScimToken ends a token at once.
func (s *Service) DeleteScimToken(w *work.Unit, in *api.DeleteScimTokenInput) error {
	a, err := lockAccount(w, in.AccountId)
	if err != nil {
		return err
	}
	return w.DeleteScimToken(a.AccountID, in.TokenId)
}
