package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// otherClients sign as clients do that are not SDKs of today. Recordings of them
// are in sigv4/testdata.
var otherClients = map[string]func(*signer, *http.Request){
	"Paws": func(s *signer, r *http.Request) {
		s.headers, s.blanks, s.host = "host;x-amz-content-sha256;x-amz-date", true, r.URL.Hostname()
	},
	"async-aws": func(s *signer, _ *http.Request) { s.blanks = true },
	"aws4fetch": func(s *signer, _ *http.Request) { s.blanks = true },
	"aws4-axios": func(s *signer, r *http.Request) {
		r.Header.Set("Accept", "application/json, text/plain, */*")
		s.headers, s.blanks = "accept;host;x-amz-date", true
	},
	"requests-aws4auth": func(s *signer, r *http.Request) {
		s.headers, s.blanks, s.host = "host;x-amz-content-sha256;x-amz-date", true, r.URL.Hostname()
	},
	"aws-sdk-go 1.15": func(s *signer, _ *http.Request) { s.service = "Chime" },
	"ExAws": func(s *signer, r *http.Request) {
		r.Header.Set("X-Amz-Content-Sha256", "")
		s.headers, s.blanks = "host;x-amz-content-sha256;x-amz-date", true
	},
	"aws_requests_auth": func(*signer, *http.Request) {}, // the hash is there, but not signed
	"all of it": func(s *signer, r *http.Request) {
		s.service, s.blanks, s.host = "CHIME", true, r.URL.Hostname()
		s.path = strings.ReplaceAll(canonicalPath(r.URL.EscapedPath()), "//", "/")
	},
}

// sendAs sends a request in the way of another client.
func (c *caller) sendAs(t *testing.T, client, method, target, body string) answer {
	t.Helper()
	r := c.request(t, method, target, body)
	s := signerOf(c)
	r.Header.Set("X-Amz-Content-Sha256", hashOf(body))
	otherClients[client](&s, r)
	s.sign(r, body)
	return do(t, r)
}

// Every client creates an account with its name as a blank and finds it by a
// name with a plus for the blank, which is how it sends it.
func TestSignature_of_other_clients(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for client := range otherClients {
			t.Run(client, func(t *testing.T) {
				c := e.tenant(t)
				for _, name := range []string{"a b", "a+b"} {
					c.sendAs(t, client, "POST", "/console/accounts", `{"Name":"`+name+`"}`).ok(t, 201)
				}
				probe := signer{}
				otherClients[client](&probe, c.request(t, "GET", "/accounts", ""))
				names := map[string]string{"name=a%20b": "a b", "name=a%2Bb": "a+b", "name=a+b": "a+b"}
				if probe.blanks {
					names["name=a+b"] = "a b"
					delete(names, "name=a%2Bb")
				}
				for query, want := range names {
					got := c.sendAs(t, client, "GET", "/accounts?"+query, "")
					got.ok(t, 200)
					equal(t, "accounts by "+query, namesIn(t, got), []string{want})
				}
			})
		}
	})
}

func namesIn(t *testing.T, a answer) (names []string) {
	t.Helper()
	for _, account := range parseJSON[struct{ Accounts []struct{ Name string } }](t, a.body).Accounts {
		names = append(names, account.Name)
	}
	return names
}

// A path that a client normalises differs by empty segments only.
func TestSignature_of_other_clients_combined(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.sendAs(t, "all of it", "GET", "//accounts//x?name=a+b", "").refused(t, unknownPath)
		e.sendAs(t, "all of it", "GET", "/accounts//users", "").refused(t, badRequest)
	})
}

// Without X-Amz-Expires, as aws4 and aws4fetch leave it, a URL is good for 15
// minutes.
func TestSignature_presigned_without_expires(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for signed, good := range map[time.Duration]bool{0: true, -14 * time.Minute: true, -16 * time.Minute: false, 14 * time.Minute: true, 16 * time.Minute: false} {
			s := signerOf(e.caller).at(time.Now().Add(signed))
			s.headers, s.blanks = "host", true
			r := e.request(t, "GET", "/accounts?name=a+b", "")
			s.presign(r, "")
			if good {
				accepts(t, r)
				continue
			}
			do(t, r).refused(t, invalidSignature, "clock")
		}
	})
}

// A wrong signature is told what the server expected, its sender's own query
// and all, and neither the key nor the right signature.
func TestSignature_explained(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		s := signerOf(e.caller)
		s.hash = hashOf("")
		r := e.request(t, "GET", "/accounts?user-email=zq%2Bmark%40example.com", "")
		s.sign(r, "")
		right := s.signature(r)
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), right, hashOf("wrong"), 1))
		r.Header.Set("X-Forwarded-Host", "chime.example.com")
		got := do(t, r)
		got.refused(t, invalidSignature,
			"GET\n/accounts\nuser-email=zq%2Bmark%40example.com\nhost:"+r.URL.Host+"\n",
			"AWS4-HMAC-SHA256\n"+r.Header.Get("X-Amz-Date")+"\n"+s.scope()+"\n",
			"proxy", "X-Forwarded-Host is 'chime.example.com'", "path prefix", "clock", "secret")
		if strings.Contains(got.body, right) || strings.Contains(got.body, e.keys.SecretAccessKey) {
			t.Errorf("the answer tells too much: %s", got.body)
		}
		succeed(t, e.server.stop())
		if log := readFile(e.server.log()); strings.Contains(log, "zq") || !strings.Contains(log, "InvalidSignatureException") {
			t.Errorf("the log says too much, or nothing: %s", log)
		}
	}, "--log-level", "debug")
}

// The SDK shows the explanation to its user.
func TestSignature_explained_by_sdk(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		keys := e.keys
		keys.SecretAccessKey += "x"
		_, err := newChime(e.endpoint, keys).ListAccounts(t.Context(), &chime.ListAccountsInput{Name: aws.String("a b")})
		refused(t, err, invalidSignature, "\n/accounts\nname=a%20b\n")
	})
}

func TestSignature_dot_segments(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, target := range []string{"/accounts/..", "/accounts/.", "/accounts/%2e%2E/users", "/accounts/x/../y", "/console/.%2e/accounts", "/./accounts"} {
			e.send(t, "GET", target, "").refused(t, invalidSignature)
			unknown := newCaller(e.endpoint, aws.Credentials{AccessKeyID: "AKIAUNKNOWN", SecretAccessKey: "x"})
			unknown.send(t, "GET", target, "").refused(t, invalidSignature) // before the key is looked up
		}
	})
}

func TestSignature_options_of_the_server(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		u, err := url.Parse(e.endpoint)
		succeed(t, err)
		r := &http.Request{Method: "OPTIONS", URL: &url.URL{Scheme: "http", Host: u.Host, Opaque: "*"}}
		got := do(t, r.WithContext(t.Context()))
		equal(t, "status", got.status, http.StatusOK)
		isUUID(t, "x-amzn-RequestId", got.header.Get("x-amzn-RequestId"))
		got.dated(t)
	})
}
