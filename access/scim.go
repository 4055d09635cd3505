package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"carillon/api"
	"carillon/store"
	"carillon/store/engine"
)

// scimPrefix begins tokens of SCIM, so that those who find one know what it is.
const scimPrefix = "scim-"

// FindScim returns the caller whose token of SCIM this is, and the Chime account that
// it is good for. ErrUnknownKey stands for all tokens that are not good. The time is
// that of the rules. Uses are noted once a minute.
func (k *Keys) FindScim(ctx context.Context, token string, now time.Time) (*api.Caller, string, error) {
	id, ok := scimTokenID(token)
	if !ok {
		return nil, "", ErrUnknownKey
	}
	var t *store.ScimToken
	err := k.store.View(ctx, func(r store.Records) (err error) {
		t, err = r.ScimToken(id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, "", ErrUnknownKey
	}
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256([]byte(token))
	if subtle.ConstantTimeCompare(sum[:], t.Hash) != 1 || t.ExpiresMs != 0 && t.ExpiresMs <= now.UnixMilli() {
		return nil, "", ErrUnknownKey
	}
	_ = k.touchScim(ctx, t, now.UnixMilli()) // no reason to refuse what may be a read; the next use tries again
	arn := "arn:aws:chime::" + t.AwsAccountID + ":scim-token/" + t.TokenID
	return &api.Caller{AwsAccountID: t.AwsAccountID, ARN: arn, ScimTokenID: t.TokenID}, t.AccountID, nil
}

func (k *Keys) touchScim(ctx context.Context, t *store.ScimToken, nowMs int64) error {
	if nowMs-t.UsedMs < minUse {
		return nil
	}
	return k.store.Update(engine.WithTenant(ctx, t.AwsAccountID), func(r store.Records) error {
		return r.TouchScimToken(t.TokenID, nowMs, nowMs-minUse+1)
	})
}

// scimTokenID returns the id that a token holds: 32 digits, as a UUID without dashes.
func scimTokenID(token string) (string, bool) {
	rest, ok := strings.CutPrefix(token, scimPrefix)
	digits, secret, found := strings.Cut(rest, "-")
	if !ok || !found || len(digits) != 32 || len(secret) != 43 || strings.Trim(digits, "0123456789abcdef") != "" {
		return "", false
	}
	return digits[:8] + "-" + digits[8:12] + "-" + digits[12:16] + "-" + digits[16:20] + "-" + digits[20:], true
}

// ScimProof returns what stands for a token where its use is remembered: its id, and
// no secret; empty: it can be no token.
func ScimProof(token string) string {
	id, ok := scimTokenID(token)
	if !ok {
		return ""
	}
	return scimPrefix + id
}
