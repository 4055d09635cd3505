package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"strings"
	"sync"
)

// The cache is emptied when it is full: to derive a key again costs a few
// microseconds, less than keeping track of use would in the long run.
const (
	maxKeys  = 1024
	maxKeyID = 256 // bytes; longer regions are legal but not worth the memory
)

// keyID says what a signing key is for, with the service as its client spells it.
type keyID struct{ accessKeyID, date, region, service string }

// signingKey is the key of a secret for a day, a region and a service.
type signingKey struct {
	// secret tells a key of a former secret from one of the present.
	secret []byte
	// macs are HMAC states set up with the key, which are costly to make.
	macs sync.Pool
}

func newSigningKey(secret, date, region, service string) *signingKey {
	key := []byte("AWS4" + secret)
	for _, part := range [...]string{date, region, service, terminator} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return &signingKey{
		secret: []byte(secret),
		macs:   sync.Pool{New: func() any { return hmac.New(sha256.New, key) }},
	}
}

// of tells, in constant time, whether k was derived from secret.
func (k *signingKey) of(secret string) bool {
	var room [64]byte // most secrets are shorter
	return hmac.Equal(append(room[:0], secret...), k.secret)
}

// mac returns an HMAC with the key, to be put back into k.macs.
func (k *signingKey) mac() hash.Hash { return k.macs.Get().(hash.Hash) }

// appendMAC appends the HMAC of message, which may be in the same memory.
func appendMAC(dst []byte, mac hash.Hash, message []byte) []byte {
	mac.Reset()
	mac.Write(message)
	return mac.Sum(dst)
}

// keyCache remembers signing keys. Its zero value is an empty cache.
type keyCache struct {
	mu   sync.RWMutex
	keys map[keyID]*signingKey
}

// get returns the key for id if it was derived from secret, else nil.
func (c *keyCache) get(id keyID, secret string) *signingKey {
	c.mu.RLock()
	key := c.keys[id]
	c.mu.RUnlock()
	if key == nil || !key.of(secret) {
		return nil
	}
	return key
}

func (c *keyCache) put(id keyID, key *signingKey) {
	if len(id.accessKeyID)+len(id.region) > maxKeyID {
		return
	}
	// Cloned, because the parts share memory with all headers of a request.
	id = keyID{strings.Clone(id.accessKeyID), strings.Clone(id.date), strings.Clone(id.region), strings.Clone(id.service)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keys == nil || len(c.keys) >= maxKeys {
		c.keys = make(map[keyID]*signingKey)
	}
	c.keys[id] = key
}
