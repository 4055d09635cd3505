package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// accepts checks that a signed request got as far as its operation.
func accepts(t *testing.T, r *http.Request) {
	t.Helper()
	got := do(t, r)
	if got.status != 200 {
		t.Errorf("got %d %s, want 200", got.status, got.body)
	}
}

func TestSignature_of_sdk(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, region := range []string{"us-east-1", "ap-southeast-2", "", "moon-1"} {
			for _, declared := range []bool{false, true} {
				r := e.request(t, "GET", "/accounts?max-results=1&name=a%2Bb%20c", "")
				if declared {
					r.Header.Set("X-Amz-Content-Sha256", hashOf(""))
				}
				succeed(t, v4.NewSigner().SignHTTP(t.Context(), e.keys, r, hashOf(""), "chime", region, time.Now()))
				accepts(t, r)
			}
		}
	})
}

func TestSignature_signed_headers(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, headers := range []string{
			"host;x-amz-date",
			"host;x-amz-content-sha256;x-amz-date",
			"host;user-agent;x-amz-date",
			"accept;amz-sdk-invocation-id;amz-sdk-request;host;x-amz-date;x-amz-user-agent",
		} {
			r := e.request(t, "GET", "/accounts", "")
			r.Header.Set("User-Agent", "aws-cli/1.0 e2e")
			for _, name := range strings.Split(headers, ";") {
				if name != "host" && name != "user-agent" && name != "x-amz-date" {
					r.Header.Set(name, "value of "+name)
				}
			}
			s := signerOf(e.caller)
			s.headers = headers
			if strings.Contains(headers, "sha256") {
				r.Header.Set("X-Amz-Content-Sha256", hashOf(""))
			}
			r.Header.Set("X-Amz-Date", s.time.Format(stampLayout))
			s.sign(r, "")
			accepts(t, r)
		}
	})
}

func TestSignature_date_header(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, layout := range []string{http.TimeFormat, stampLayout} {
			s := signerOf(e.caller)
			s.headers = "date;host"
			r := e.request(t, "GET", "/accounts", "")
			r.Header.Set("Date", s.time.Format(layout))
			s.sign(r, "")
			accepts(t, r)
		}
	})
}

func TestSignature_folded_values(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		s := signerOf(e.caller)
		s.headers = "host;x-amz-date;x-many;x-wide"
		r := e.request(t, "GET", "/accounts", "")
		r.Header.Set("X-Wide", "a b c") // what is signed
		r.Header["X-Many"] = []string{"one", "two"}
		s.sign(r, "")
		r.Header.Set("X-Wide", "a   b \t c") // what is sent
		accepts(t, r)
	})
}

// Proxies add headers; nobody has signed them.
func TestSignature_unsigned_extra_headers(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		r := e.request(t, "GET", "/accounts", "")
		signerOf(e.caller).sign(r, "")
		r.Header.Set("X-Forwarded-For", "192.0.2.1")
		r.Header.Set("Via", "1.1 proxy")
		r.Header.Add("Via", "1.1 other")
		r.Header.Set("X-Amzn-Trace-Id", "Root=1-2-3")
		accepts(t, r)
	})
}

func TestSignature_order_and_blanks_of_authorization(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, shape := range []func([]string) string{
			func(p []string) string { return strings.Join(p, ",") },
			func(p []string) string { return p[2] + ", " + p[0] + ",   " + p[1] },
		} {
			r := e.request(t, "GET", "/accounts", "")
			signerOf(e.caller).sign(r, "")
			scheme, parts, _ := strings.Cut(r.Header.Get("Authorization"), " ")
			r.Header.Set("Authorization", scheme+" "+shape(strings.Split(parts, ", ")))
			accepts(t, r)
		}
	})
}

func TestSignature_both_forms_of_path(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for target, clean := range map[string]string{
			"/accounts/x//y":       "/accounts/x/y",
			"//accounts":           "/accounts",
			"/console//console//":  "/console/console/",
			"/accounts/a%2F..%2Fb": "/accounts/a%252F..%252Fb",
		} {
			for _, path := range []string{"", clean} {
				s := signerOf(e.caller)
				s.path = path
				r := e.request(t, "GET", target, "")
				s.sign(r, "")
				if got := do(t, r); got.status != 404 { // the signature was good, the target is not
					t.Errorf("%s signed as %q got %d %s", target, path, got.status, got.body)
				}
			}
		}
	})
}

func TestSignature_clock_skew(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, skew := range []time.Duration{-14*time.Minute - 50*time.Second, -time.Minute, time.Minute, 14*time.Minute + 50*time.Second} {
			r := e.request(t, "GET", "/accounts", "")
			signerOf(e.caller).at(time.Now().Add(skew)).sign(r, "")
			accepts(t, r)
		}
	})
}

func TestSignature_presigned_by_sdk(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for _, region := range []string{"us-east-1", ""} {
			r := e.request(t, "GET", "/console/accounts/"+id+"?X-Amz-Expires=60", "")
			url, _, err := v4.NewSigner().PresignHTTP(t.Context(), e.keys, r, hashOf(""), "chime", region, time.Now())
			succeed(t, err)
			r, err = http.NewRequestWithContext(t.Context(), "GET", url, nil)
			succeed(t, err)
			accepts(t, r)
			accepts(t, r) // as often as one likes
		}
	})
}

func TestSignature_presigned_window(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, tt := range []struct {
			signed  time.Duration // from now
			expires string
			good    bool
		}{
			{0, "1", true},
			{0, "604800", true},
			{0, "604801", false},
			{0, "0", false},
			{14 * time.Minute, "1", true},
			{16 * time.Minute, "3600", false},
			{-time.Hour, "3700", true},
			{-time.Hour, "3500", false},
			{-6 * 24 * time.Hour, "604800", true},
			{-8 * 24 * time.Hour, "604800", false},
		} {
			s := signerOf(e.caller).at(time.Now().Add(tt.signed))
			s.headers = "host"
			r := e.request(t, "GET", "/accounts", "")
			s.presign(r, tt.expires)
			if tt.good {
				accepts(t, r)
				continue
			}
			do(t, r).refused(t, invalidSignature)
		}
	})
}
