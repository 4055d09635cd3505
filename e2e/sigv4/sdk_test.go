// Package sigv4 holds the signatures of Carillon against the signer of the AWS
// SDK: this module has the SDK, the server has not.
package sigv4

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"carillon/internal/sigtest"
	"carillon/sigv4"
)

var (
	testTime        = time.Date(2026, 11, 21, 20, 33, 4, 0, time.UTC)
	testCredentials = sigv4.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
)

const testToken = "token/+="

func hashOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

// judge does what a server does that knows one key and one session token.
func judge(v *sigv4.Verifier, r *http.Request, body []byte) error {
	a, err := v.Parse(r)
	if err != nil {
		return err
	}
	if a.AccessKeyID != testCredentials.AccessKeyID || a.SessionToken != "" && a.SessionToken != testToken {
		return errors.New("unknown")
	}
	_, err = v.Verify(r, a, body, testCredentials.SecretAccessKey)
	return err
}

// newServer runs a server that knows one key, and returns a client whose connections
// all lead there.
func newServer(t *testing.T) *http.Client {
	t.Helper()
	v := sigv4.NewVerifier(func() time.Time { return testTime }, "chime")
	return sigtest.Client(t, func(r *http.Request, body []byte) error { return judge(v, r, body) })
}

func newRequest(t testing.TB, method, url, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sdkCredentials(c sigv4.Credentials) aws.Credentials {
	return aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.SessionToken}
}

// sdkSign signs r with the SDK's signer.
func sdkSign(t testing.TB, r *http.Request, body string, c sigv4.Credentials, region string) {
	t.Helper()
	err := v4.NewSigner().SignHTTP(context.Background(), sdkCredentials(c), r, hashOf(body), "chime", region, testTime)
	if err != nil {
		t.Fatal(err)
	}
}

// sdkPresign returns what the SDK makes of r as presigned URL.
func sdkPresign(t testing.TB, r *http.Request, body string, c sigv4.Credentials, region string) *http.Request {
	t.Helper()
	q := r.URL.Query()
	if !q.Has("X-Amz-Expires") {
		q.Set("X-Amz-Expires", "3600")
	}
	r.URL.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
	url, header, err := v4.NewSigner().PresignHTTP(context.Background(), sdkCredentials(c), r, hashOf(body), "chime", region, testTime)
	if err != nil {
		t.Fatal(err)
	}
	presigned := newRequest(t, r.Method, url, body)
	presigned.Host = header.Get("Host") // without a default port
	presigned.Header = header
	return presigned
}

// Whatever the SDK signs, a server over a real connection accepts.
func TestSDK_headerAccepted(t *testing.T) {
	client, g := newServer(t), generator{rand.New(rand.NewSource(1))}
	for range 400 {
		r, body := g.request(t)
		sdkSign(t, r, body, g.credentials(), strings.ReplaceAll(g.region(), " ", "-"))
		if err := sigtest.Send(client, r); err != nil {
			t.Errorf("%v\n%v", err, r.Header)
		}
	}
}

func TestSDK_presignedAccepted(t *testing.T) {
	client, g := newServer(t), generator{rand.New(rand.NewSource(2))}
	for range 400 {
		r, body := g.request(t)
		presigned := sdkPresign(t, r, body, g.credentials(), strings.ReplaceAll(g.region(), " ", "-"))
		if err := sigtest.Send(client, presigned); err != nil {
			t.Errorf("%v\n%v", err, presigned.Header)
		}
	}
}

// Sign does to a request what the SDK does, byte for byte.
func TestSign_sameAsSDK(t *testing.T) {
	client, g := newServer(t), generator{rand.New(rand.NewSource(3))}
	for range 400 {
		r, body := g.request(t)
		c, region := g.credentials(), strings.ReplaceAll(g.region(), " ", "-")
		want := r.Clone(context.Background())
		sdkSign(t, want, body, c, region)
		sigv4.Sign(r, []byte(body), c, "chime", region, testTime)
		if got, want := r.Header.Get("Authorization"), want.Header.Get("Authorization"); got != want {
			t.Errorf("%s %s\n got %s\nwant %s", r.Method, r.URL, got, want)
		}
		if err := sigtest.Send(client, r); err != nil {
			t.Error(err)
		}
	}
}
