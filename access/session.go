package access

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"carillon/api"
)

// sessionPrefix begins the access key ids of sessions.
const sessionPrefix = "ASIA"

// Session is a set of credentials that ends by itself.
type Session struct {
	AccessKeyID     string
	SecretAccessKey string
	Token           string
	Expires         time.Time
}

// session is what a token holds, sealed for the session's own key id. Nothing
// of it is in the store.
type session struct {
	Secret    string `json:"s"`
	Parent    string `json:"p"` // the key that asked
	Proof     string `json:"f"` // of the parent's secret: a rotation ends the session
	IssuedMs  int64  `json:"i"`
	ExpiresMs int64  `json:"e"`
}

// tokenEncoding is that of tokens: one that nobody escapes.
var tokenEncoding = base64.RawURLEncoding

// maxToken is the longest token that is looked at, in characters; ours have
// about 350.
const maxToken = 1024

// NewSession returns a session of a caller who has proved to have a long-term
// key, good for some time from now on by the clock of the keys. It looks nothing
// up, so that a transaction may call it: what has become of the key meanwhile,
// whoever uses the session will find out.
func (k *Keys) NewSession(c *api.Caller, now time.Time, lasting time.Duration) (*Session, error) {
	s := &Session{AccessKeyID: NewID(sessionPrefix), SecretAccessKey: NewSecretAccessKey(), Expires: now.Add(lasting).Truncate(time.Second)}
	text, err := json.Marshal(session{
		Secret: s.SecretAccessKey, Parent: LongTermKey(c), Proof: c.Proof, IssuedMs: now.UnixMilli(), ExpiresMs: s.Expires.UnixMilli(),
	})
	if err != nil {
		return nil, err
	}
	s.Token = tokenEncoding.EncodeToString(k.sealer.seal(s.AccessKeyID, text))
	return s, nil
}

// proofOf tells secrets apart without holding them.
func proofOf(secret string) string {
	sum := sha256.Sum256([]byte("session of " + secret))
	return tokenEncoding.EncodeToString(sum[:8])
}

// findSession returns the credential of a session: its own secret, and who its
// parent is now.
func (k *Keys) findSession(ctx context.Context, accessKeyID, token string) (*Credential, error) {
	s, err := k.openToken(accessKeyID, token)
	if err != nil {
		return nil, err
	}
	if k.Now().UnixMilli() >= s.ExpiresMs {
		return nil, ErrExpired
	}
	parent, err := k.find(ctx, s.Parent)
	if errors.Is(err, ErrUnknownKey) || err == nil && parent.Caller.Proof != s.Proof {
		return nil, ErrExpired
	}
	if err != nil {
		return nil, err
	}
	c := *parent
	c.Secret, c.Caller.AccessKeyID, c.Caller.SessionMs, c.Caller.ParentKeyID = s.Secret, accessKeyID, s.IssuedMs, s.Parent
	return &c, nil
}

func (k *Keys) openToken(accessKeyID, token string) (s session, err error) {
	if !strings.HasPrefix(accessKeyID, sessionPrefix) || len(token) > maxToken {
		return s, ErrForeignToken
	}
	sealed, err := tokenEncoding.DecodeString(token)
	if err != nil {
		return s, ErrForeignToken
	}
	text, err := k.sealer.open(accessKeyID, sealed)
	if err != nil || json.Unmarshal(text, &s) != nil {
		return s, ErrForeignToken
	}
	return s, nil
}

// LongTermKey returns the id of the key that a caller's credentials come from.
func LongTermKey(c *api.Caller) string {
	if c.ParentKeyID != "" {
		return c.ParentKeyID
	}
	return c.AccessKeyID
}
