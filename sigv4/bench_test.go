package sigv4

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// benchRequest is a request as the Go SDK sends it.
func benchRequest(method, body string) *http.Request {
	r := httptest.NewRequest(method, "http://127.0.0.1:8018/accounts/aaaaaaaa-1111-2222-3333-bbbbbbbbbbbb/users?max-results=5&user-email=a%2Bb%40example.com", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Amz-Sdk-Invocation-Id", "a9d3fc53-acf3-437a-8c43-23416c54835d")
	r.Header.Set("Amz-Sdk-Request", "attempt=1; max=3")
	Sign(r, []byte(body), testCredentials, "chime", "us-east-1", testTime)
	return r
}

func BenchmarkVerify(b *testing.B) {
	body := `{"Email":"a+b@example.com","UserType":"PrivateUser"}`
	for _, bm := range []struct{ name, method, body string }{
		{"GET", "GET", ""}, {"POST", "POST", body}, {"POST64K", "POST", strings.Repeat("x", 64<<10)},
	} {
		b.Run(bm.name, func(b *testing.B) {
			v := NewVerifier(testClock, "chime")
			r := benchRequest(bm.method, bm.body)
			payload := []byte(bm.body)
			b.ReportAllocs()
			for b.Loop() {
				a, err := v.Parse(r)
				if err == nil {
					_, err = v.Verify(r, a, payload, testCredentials.SecretAccessKey)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	v := NewVerifier(testClock, "chime")
	r := benchRequest("GET", "")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Parse(r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyParallel(b *testing.B) {
	v := NewVerifier(testClock, "chime")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		r := benchRequest("GET", "")
		for pb.Next() {
			a, err := v.Parse(r)
			if err == nil {
				_, err = v.Verify(r, a, nil, testCredentials.SecretAccessKey)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkVerifyUncached derives the key each time, as for a key's first
// request of a day.
func BenchmarkVerifyUncached(b *testing.B) {
	r := benchRequest("GET", "")
	b.ReportAllocs()
	for b.Loop() {
		v := NewVerifier(testClock, "chime")
		a, err := v.Parse(r)
		if err == nil {
			_, err = v.Verify(r, a, nil, testCredentials.SecretAccessKey)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	r := benchRequest("GET", "")
	b.ReportAllocs()
	for b.Loop() {
		Sign(r, nil, testCredentials, "chime", "us-east-1", testTime)
	}
}
