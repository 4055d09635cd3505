package access

import (
	"bytes"
	"testing"
)

func TestSealer(t *testing.T) {
	s := newSealer([]byte("master"))
	for _, secret := range []string{"", "x", "wJalrXUtnFEMI/K7MDENG"} {
		sealed := s.seal("name", []byte(secret))
		if bytes.Equal(sealed, s.seal("name", []byte(secret))) {
			t.Errorf("%q sealed twice is the same", secret)
		}
		got, err := s.open("name", sealed)
		if err != nil || string(got) != secret {
			t.Errorf("%q: got %q, %v", secret, got, err)
		}
	}
}

func TestSealer_refuses(t *testing.T) {
	s := newSealer([]byte("master"))
	sealed := s.seal("name", []byte("secret"))
	for i := range sealed {
		for _, bit := range []byte{1, 0x80} {
			tampered := bytes.Clone(sealed)
			tampered[i] ^= bit
			if _, err := s.open("name", tampered); err == nil {
				t.Errorf("opens with byte %d changed", i)
			}
		}
		if _, err := s.open("name", sealed[:i]); err == nil {
			t.Errorf("opens when cut to %d bytes", i)
		}
	}
	if _, err := s.open("Name", sealed); err == nil {
		t.Error("opens for another name")
	}
	if _, err := s.open("name", append(bytes.Clone(sealed), 0)); err == nil {
		t.Error("opens with a byte more")
	}
	if _, err := newSealer([]byte("other")).open("name", sealed); err == nil {
		t.Error("opens with another master secret")
	}
}

func TestDerive(t *testing.T) {
	base := Derive([]byte("master"), "page tokens")
	if base != Derive([]byte("master"), "page tokens") {
		t.Error("not the same again: replicas would disagree")
	}
	if base == Derive([]byte("master"), "secrets at rest") || base == Derive([]byte("other"), "page tokens") || base == [32]byte{} {
		t.Error("another purpose or master secret gives the same key")
	}
}
