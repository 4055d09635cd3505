package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// tampered is a request that is spoilt before or after it is signed.
type tampered struct {
	what   string
	want   refusal
	words  []string
	before func(*signer, *http.Request)
	after  func(*http.Request)
}

// test sends the spoilt request, which would create an account.
func (tt tampered) test(t *testing.T, c *caller) {
	const body = `{"Name":"tampered"}`
	s := signerOf(c)
	r := c.request(t, "POST", "/accounts", body)
	if tt.before != nil {
		tt.before(&s, r)
	}
	s.sign(r, body)
	if tt.after != nil {
		tt.after(r)
	}
	do(t, r).refused(t, tt.want, tt.words...)
}

// allRefused sends spoilt requests and checks that none had an effect.
func allRefused(t *testing.T, list []tampered) {
	t.Helper()
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		for _, tt := range list {
			t.Run(tt.what, func(t *testing.T) { tt.test(t, c) })
		}
		equal(t, "accounts", c.allAccounts(t, chime.ListAccountsInput{}), nil)
	})
}

// header sets a header after signing.
func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// authorization changes the Authorization header after signing.
func authorization(old, replacement string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, replacement, 1))
	}
}

// signing changes the list of signed headers before signing.
func signing(headers string) func(*signer, *http.Request) {
	return func(s *signer, _ *http.Request) { s.headers = headers }
}

func TestSignature_missing(t *testing.T) {
	allRefused(t, []tampered{
		{what: "no authorization", want: missingToken, after: func(r *http.Request) { r.Header.Del("Authorization") }},
		{what: "Basic", want: missingToken, after: header("Authorization", "Basic dTpw")},
		{what: "Bearer", want: missingToken, after: header("Authorization", "Bearer abc")},
		{what: "another algorithm", want: missingToken, after: authorization("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")},
		{what: "signature version 2", want: missingToken, after: header("Authorization", "AWS AKIA:c2ln")},
	})
}

func TestSignature_incomplete(t *testing.T) {
	allRefused(t, []tampered{
		{what: "no parts", want: incomplete, after: header("Authorization", "AWS4-HMAC-SHA256 nothing")},
		{what: "no credential", want: incomplete, after: authorization("Credential=", "X=")},
		{what: "no signed headers", want: incomplete, after: authorization("SignedHeaders=", "X=")},
		{what: "no signature", want: incomplete, after: authorization("Signature=", "X=")},
		{what: "empty signed headers", want: incomplete, after: authorization("SignedHeaders=host;x-amz-date", "SignedHeaders=")},
		{what: "short credential", want: incomplete, after: authorization("/chime/aws4_request", "/aws4_request")},
		{what: "signature of another length", want: incomplete, after: authorization("Signature=", "Signature=ab")},
		{what: "signature in other digits", want: incomplete, after: authorization("Signature=", "Signature=zz")},
		{what: "host not signed", want: incomplete, words: []string{"host"}, before: signing("x-amz-date")},
		{what: "date not signed", want: incomplete, words: []string{"date"}, before: signing("host")},
		{what: "x-amz-date not signed beside date", want: incomplete, words: []string{"x-amz-date"}, before: func(s *signer, r *http.Request) {
			s.headers = "date;host"
			r.Header.Set("Date", s.time.Format(http.TimeFormat))
			r.Header.Set("X-Amz-Date", s.time.Format(stampLayout))
		}},
		{what: "no date", want: incomplete, after: func(r *http.Request) { r.Header.Del("X-Amz-Date") }},
		{what: "malformed date", want: incomplete, after: header("X-Amz-Date", "yesterday")},
		{what: "security token not signed", want: incomplete, words: []string{"x-amz-security-token"}, after: header("X-Amz-Security-Token", "token")},
		{what: "signed header absent", want: incomplete, words: []string{"x-absent"}, before: signing("host;x-absent;x-amz-date")},
	})
}

func TestSignature_invalid(t *testing.T) {
	allRefused(t, []tampered{
		{what: "scope of another day", want: invalidSignature, before: func(s *signer, _ *http.Request) {
			s.date = s.time.AddDate(0, 0, -1).Format("20060102")
		}},
		{what: "scope of another service", want: invalidSignature, words: []string{"chime"}, before: func(s *signer, _ *http.Request) { s.service = "s3" }},
		{what: "scope with another end", want: invalidSignature, after: authorization("aws4_request", "aws5_request")},
		{what: "too old", want: invalidSignature, words: []string{"expired"}, before: func(s *signer, _ *http.Request) {
			*s = s.at(time.Now().Add(-15*time.Minute - 10*time.Second))
		}},
		{what: "too new", want: invalidSignature, words: []string{"not yet current"}, before: func(s *signer, _ *http.Request) {
			*s = s.at(time.Now().Add(15*time.Minute + 10*time.Second))
		}},
		{what: "wrong secret", want: invalidSignature, before: func(s *signer, _ *http.Request) { s.keys.SecretAccessKey += "x" }},
		{what: "another region in the scope", want: invalidSignature, after: authorization("/us-east-1/", "/eu-west-1/")},
		{what: "another signature", want: invalidSignature, after: func(r *http.Request) {
			h := r.Header.Get("Authorization")
			r.Header.Set("Authorization", h[:len(h)-64]+hashOf("other"))
		}},
		{what: "changed method", want: invalidSignature, after: func(r *http.Request) { r.Method = "GET" }},
		{what: "changed path", want: invalidSignature, after: func(r *http.Request) { r.URL.Path = "/console/accounts" }},
		{what: "added query", want: invalidSignature, after: func(r *http.Request) { r.URL.RawQuery = "x=1" }},
		{what: "changed host", want: invalidSignature, after: func(r *http.Request) { r.Host = "other.example.com" }},
		{what: "changed signed header", want: invalidSignature, before: signing("content-type;host;x-amz-date"), after: header("Content-Type", "text/plain")},
		{what: "authorization twice", want: invalidSignature, after: func(r *http.Request) {
			r.Header.Add("Authorization", r.Header.Get("Authorization"))
		}},
		{what: "date twice", want: invalidSignature, after: func(r *http.Request) { r.Header.Add("X-Amz-Date", r.Header.Get("X-Amz-Date")) }},
		{what: "date in two headers", want: invalidSignature, before: func(s *signer, r *http.Request) {
			s.headers = "date;host"
			r.Header.Set("Date", s.time.Format(http.TimeFormat))
		}, after: func(r *http.Request) { r.Header.Add("Date", r.Header.Get("Date")) }},
		{what: "header and query", want: invalidSignature, after: func(r *http.Request) {
			r.URL.RawQuery = "X-Amz-Signature=" + hashOf("")
		}},
		{what: "header and algorithm in the query", want: invalidSignature, after: func(r *http.Request) {
			r.URL.RawQuery = "X-Amz-Algorithm=AWS4-HMAC-SHA256"
		}},
	})
}

func TestSignature_of_another_body(t *testing.T) {
	declare := func(hash string) func(*signer, *http.Request) {
		return func(s *signer, r *http.Request) {
			s.headers, s.hash = "host;x-amz-content-sha256;x-amz-date", hash
			r.Header.Set("X-Amz-Content-Sha256", hash)
		}
	}
	allRefused(t, []tampered{
		{what: "another hash signed", want: invalidSignature, before: func(s *signer, _ *http.Request) { s.hash = hashOf("{}") }},
		{what: "another hash declared", want: invalidSignature, before: declare(hashOf("{}"))},
		{what: "unsigned payload", want: invalidSignature, before: declare("UNSIGNED-PAYLOAD")},
		{what: "streaming payload", want: invalidSignature, before: declare("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")},
		{what: "empty hash signed", want: invalidSignature, before: func(s *signer, _ *http.Request) { s.hash = hashOf("") }},
		{what: "another hash, not signed", want: invalidSignature, after: header("X-Amz-Content-Sha256", hashOf("{}"))},
		{what: "unsigned payload without saying so", want: invalidSignature, before: func(s *signer, _ *http.Request) { s.hash = "UNSIGNED-PAYLOAD" }},
	})
}

func TestSignature_unknown_client(t *testing.T) {
	allRefused(t, []tampered{
		{what: "unknown key", want: unrecognizedClient, before: func(s *signer, _ *http.Request) { s.keys.AccessKeyID = "AKIAUNKNOWN" }},
		{what: "foreign session token", want: unrecognizedClient, before: func(s *signer, r *http.Request) {
			s.headers = "host;x-amz-date;x-amz-security-token"
			r.Header.Set("X-Amz-Security-Token", "FwoGZXIvYXdzEJr")
		}},
	})
}

func TestSignature_host_twice(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		conn := e.dial(t)
		r := e.request(t, "GET", "/accounts", "")
		signerOf(e.caller).sign(r, "")
		fmt.Fprintf(conn, "GET /accounts HTTP/1.1\r\nHost: %s\r\nHost: %s\r\n", r.URL.Host, r.URL.Host)
		succeed(t, r.Header.Write(conn))
		fmt.Fprint(conn, "\r\n")
		res, err := readAnswer(conn)
		succeed(t, err)
		equal(t, "status", res.StatusCode, http.StatusBadRequest)
	})
}

func TestSignature_session_token_of_sdk(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		keys := e.keys
		keys.SessionToken = "FwoGZXIvYXdzEJr"
		_, err := newChime(e.endpoint, keys).ListAccounts(t.Context(), &chime.ListAccountsInput{})
		refused(t, err, unrecognizedClient)
	})
}

func TestSignature_presigned_refused(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for what, tt := range map[string]struct {
			want refusal
			edit func(url.Values)
		}{
			"no signature":          {incomplete, func(v url.Values) { v.Del("X-Amz-Signature") }},
			"no expires":            {invalidSignature, func(v url.Values) { v.Del("X-Amz-Expires") }}, // it is signed
			"empty expires":         {incomplete, func(v url.Values) { v.Set("X-Amz-Expires", "") }},
			"no date":               {incomplete, func(v url.Values) { v.Del("X-Amz-Date") }},
			"no algorithm":          {incomplete, func(v url.Values) { v.Del("X-Amz-Algorithm") }},
			"another algorithm":     {missingToken, func(v url.Values) { v.Set("X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256") }},
			"expires is no number":  {incomplete, func(v url.Values) { v.Set("X-Amz-Expires", "soon") }},
			"longer expiry":         {invalidSignature, func(v url.Values) { v.Set("X-Amz-Expires", "601") }},
			"added parameter":       {invalidSignature, func(v url.Values) { v.Set("max-results", "1") }},
			"parameter twice":       {invalidSignature, func(v url.Values) { v.Add("X-Amz-Date", v.Get("X-Amz-Date")) }},
			"foreign session token": {unrecognizedClient, func(v url.Values) { v.Set("X-Amz-Security-Token", "x") }},
			"unknown key":           {unrecognizedClient, func(v url.Values) { v.Set("X-Amz-Credential", "X"+v.Get("X-Amz-Credential")) }},
			"scope of other service": {invalidSignature, func(v url.Values) {
				v.Set("X-Amz-Credential", strings.Replace(v.Get("X-Amz-Credential"), "chime", "s3", 1))
			}},
		} {
			t.Run(what, func(t *testing.T) {
				s := signerOf(e.caller)
				s.headers = "host"
				r := e.request(t, "GET", "/accounts", "")
				s.presign(r, "600")
				query := r.URL.Query()
				tt.edit(query)
				r.URL.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
				do(t, r).refused(t, tt.want)
			})
		}
	})
}

func TestSignature_judged_before_the_rest(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, target := range []string{"/", "/nothing", "/accounts", "/meetings", "/accounts/x/users?operation=dance", "/carillon/v1/access-keys"} {
			do(t, e.request(t, "PATCH", target, "{broken")).refused(t, missingToken)
		}
		large := `{"Name":"` + ofLength(2<<20, "x") + `"}`
		do(t, e.request(t, "POST", "/accounts", large)).refused(t, missingToken)
	})
}

// Then comes the operation, the permission, the shape and what is in the store.
func TestSignature_order_of_judgement(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.stranger(t)
		c.send(t, "POST", "/carillon/v1/access-keys/x/y", "{broken").refused(t, unknownPath)
		c.send(t, "POST", "/carillon/v1/access-keys", "{broken").refused(t, forbidden, "arn:aws:iam::"+otherAwsAccount+":user/tester")
		c.send(t, "POST", "/meetings", "{broken").refused(t, forbidden, "CreateMeeting")
		c.send(t, "POST", "/accounts/"+unknownID+"/users?operation=create", "{broken").refused(t, badRequest)
		c.send(t, "POST", "/accounts/"+unknownID+"/users?operation=create", `{"Email":"nonsense"}`).refused(t, badRequest)
		team := c.team(t)
		_, err := c.InviteUsers(t.Context(), &chime.InviteUsersInput{AccountId: aws.String(unknownID), UserEmailList: emails(1)})
		refused(t, err, notFound)
		_, err = c.BatchUnsuspendUser(t.Context(), &chime.BatchUnsuspendUserInput{AccountId: &team, UserIdList: []string{unknownID}})
		refused(t, err, badRequest) // the type of the account before the user
	})
}
