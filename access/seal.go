package access

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
)

// Derive returns the key for one purpose out of the server's master secret.
func Derive(master []byte, purpose string) [32]byte {
	var key [32]byte
	derived, err := hkdf.Key(sha256.New, master, nil, "carillon "+purpose, len(key))
	if err != nil { // only lengths that SHA-256 cannot give fail
		panic(err)
	}
	copy(key[:], derived)
	return key
}

// sealer encrypts secrets for the store, each bound to the name it belongs to.
type sealer struct {
	aead cipher.AEAD
}

func newSealer(master []byte) sealer {
	key := Derive(master, "secrets at rest")
	block, _ := aes.NewCipher(key[:]) // 32 bytes are a valid key
	aead, _ := cipher.NewGCM(block)   // AES has the block size that GCM needs
	return sealer{aead}
}

func (s sealer) seal(name string, secret []byte) []byte {
	nonce := make([]byte, s.aead.NonceSize())
	rand.Read(nonce) // never fails
	return s.aead.Seal(nonce, nonce, secret, []byte(name))
}

var errSealed = errors.New("access: a sealed secret does not open; it was made by another server or for another name")

func (s sealer) open(name string, sealed []byte) ([]byte, error) {
	n := s.aead.NonceSize()
	if len(sealed) < n {
		return nil, errSealed
	}
	secret, err := s.aead.Open(nil, sealed[:n], sealed[n:], []byte(name))
	if err != nil {
		return nil, errSealed
	}
	return secret, nil
}
