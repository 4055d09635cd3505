package sigv4

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// signedBy returns a good request of another key.
func signedBy(t *testing.T, accessKeyID, secret, region string) wire {
	t.Helper()
	r := newRequest(t, "GET", testURL, "")
	Sign(r, nil, Credentials{AccessKeyID: accessKeyID, SecretAccessKey: secret}, "chime", region, testTime)
	return asWire(t, r, "")
}

func verify(t *testing.T, v *Verifier, w wire, secret string) error {
	t.Helper()
	r, body := w.read(t)
	a, err := v.Parse(r)
	if err != nil {
		t.Error(err)
		return err
	}
	_, err = v.Verify(r, a, body, secret)
	return err
}

// When a key gets a new secret, the cached one is of no more use.
func TestKeyCache_changedSecret(t *testing.T) {
	v := testVerifier()
	before, after := signedBy(t, "AKID", "before", "r"), signedBy(t, "AKID", "after", "r")
	for range 2 {
		wantKind(t, verify(t, v, before, "before"), "")
		wantKind(t, verify(t, v, before, "after"), InvalidSignature)
		wantKind(t, verify(t, v, after, "before"), InvalidSignature)
		wantKind(t, verify(t, v, after, "after"), "")
		wantKind(t, verify(t, v, before, "after"), InvalidSignature)
	}
	if n := len(v.keys.keys); n != 1 {
		t.Errorf("%d keys in the cache", n)
	}
}

func TestKeyCache_bounded(t *testing.T) {
	v := testVerifier()
	for i := range maxKeys + 10 {
		wantKind(t, verify(t, v, signedBy(t, fmt.Sprint("AKID", i), "s", "r"), "s"), "")
	}
	if n := len(v.keys.keys); n != 10 {
		t.Errorf("%d keys in the cache, want the last 10", n)
	}
	wantKind(t, verify(t, v, signedBy(t, "AKID", "s", strings.Repeat("r", maxKeyID)), "s"), "")
	if n := len(v.keys.keys); n != 10 {
		t.Error("a key with a long region is cached")
	}
}

// Who cannot sign cannot fill the cache.
func TestKeyCache_onlyVerified(t *testing.T) {
	v := testVerifier()
	wantKind(t, verify(t, v, signedBy(t, "AKID", "wrong", "r"), "right"), InvalidSignature)
	if n := len(v.keys.keys); n != 0 {
		t.Errorf("%d keys in the cache", n)
	}
}

func TestVerifier_concurrent(t *testing.T) {
	v := testVerifier()
	requests := make([]wire, 8)
	for i := range requests {
		requests[i] = signedBy(t, fmt.Sprint("AKID", i%4), fmt.Sprint("secret", i%4), "r")
	}
	var group sync.WaitGroup
	for i, w := range requests {
		group.Go(func() {
			for range 50 {
				wantKind(t, verify(t, v, w, fmt.Sprint("secret", i%4)), "")
				wantKind(t, verify(t, v, w, "other"), InvalidSignature)
			}
		})
	}
	group.Wait()
}

// A huge request, whose memory is not pooled, is verified like any other.
func TestVerify_hugeRequest(t *testing.T) {
	r := newRequest(t, "GET", "http://host/"+strings.Repeat("é", 50_000)+"?q="+strings.Repeat("%20", 50_000), "")
	Sign(r, nil, testCredentials, "chime", "us-east-1", testTime)
	wantKind(t, asWire(t, r, "").judge(t), "")
}
