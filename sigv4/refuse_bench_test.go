package sigv4

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// refusedRequests are requests whose signatures are wrong, by how many further
// readings they have.
func refusedRequests() map[string]*http.Request {
	list := map[string]*http.Request{}
	for name, url := range map[string]string{
		"plain":       "http://chime/accounts/aaaa/users?max-results=5&user-email=a%2Bb%40example.com",
		"port":        "http://chime:8018/accounts/aaaa/users?max-results=5&user-email=a%2Bb%40example.com",
		"plus":        "http://chime/accounts/aaaa/users?max-results=5&user-email=a+b%40example.com",
		"slashes":     "http://chime//accounts//aaaa/users?max-results=5&user-email=a%2Bb%40example.com",
		"all":         "http://chime:8018//accounts//aaaa/users?max-results=5&user-email=a+b%40example.com",
		"large plain": "http://chime/accounts/aaaa/users?user-email=" + strings.Repeat("a%2Bb", 6<<10),
		"large all":   "http://chime:8018//accounts//aaaa/users?user-email=" + strings.Repeat("a+bcd", 6<<10),
	} {
		r := httptest.NewRequest("GET", url, nil)
		Sign(r, nil, Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wrong"}, "chime", "us-east-1", testTime)
		list[name] = r
	}
	return list
}

// BenchmarkRefuse refuses wrong signatures, with the key in the cache and
// without.
func BenchmarkRefuse(b *testing.B) {
	for name, r := range refusedRequests() {
		for _, cached := range []string{"cached", "uncached"} {
			b.Run(name+"/"+cached, func(b *testing.B) {
				v := NewVerifier(testClock, "chime")
				if cached == "cached" {
					good := benchRequest("GET", "")
					if err := judge(v, good, nil); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportAllocs()
				for b.Loop() {
					if judge(v, r, nil) == nil {
						b.Fatal("accepted")
					}
				}
			})
		}
	}
}
