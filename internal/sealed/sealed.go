// Package sealed hides texts that only the server is to read again, such as page
// tokens. A sealed text is stateless, opaque, and good only in the scope that it
// was made for, on every replica and after a restart.
package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
)

// Box seals and opens. It is safe for concurrent use.
type Box struct {
	aead cipher.AEAD
}

// version begins every sealed text, so that the format can change.
const version = 1

// New returns the box of a key, which replicas share.
func New(key [32]byte) *Box {
	block, _ := aes.NewCipher(key[:]) // 32 bytes are a valid key
	aead, _ := cipher.NewGCM(block)   // AES has the block size that GCM needs
	return &Box{aead}
}

// Seal hides a text, each time in another form. The form needs no escapes in URLs
// and forms, and has 39 characters and four for each three bytes of the text.
func (b *Box) Seal(scope, plain []byte) string {
	nonce := make([]byte, b.aead.NonceSize(), 1+b.aead.NonceSize()+len(plain)+b.aead.Overhead())
	rand.Read(nonce) // never fails
	sealed := b.aead.Seal(append([]byte{version}, nonce...), nonce, plain, scope)
	return base64.RawURLEncoding.EncodeToString(sealed)
}

// Open returns what Seal was given for the same scope.
func (b *Box) Open(scope []byte, text string) (plain []byte, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	n := 1 + b.aead.NonceSize()
	if err != nil || len(raw) < n || raw[0] != version {
		return nil, false
	}
	plain, err = b.aead.Open(nil, raw[1:n], raw[n:], scope)
	return plain, err == nil
}
