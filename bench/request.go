package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"carillon/sigv4"
)

// rootKey is the operator's key of the servers under test.
var rootKey = sigv4.Credentials{AccessKeyID: "AKIABENCHBENCHBENCH2", SecretAccessKey: "bench/bench/bench/bench/bench/bench/benc"}

const (
	// signedHost is what requests are signed for, wherever they are sent.
	signedHost = "chime.example:8018"
	userAgent  = "carillon-bench/1"
	formType   = "application/x-www-form-urlencoded"
	jsonType   = "application/json"
)

// signer makes signed requests.
type signer struct {
	service string
	key     sigv4.Credentials
	at      time.Time
}

// request returns a request with its signature, ready to send.
func (s *signer) request(method, target, contentType, body string, want int) request {
	u, err := url.ParseRequestURI(target)
	if err != nil { // the targets are our own
		panic(err)
	}
	r := &http.Request{Method: method, URL: u, Host: signedHost, Header: http.Header{}, ContentLength: int64(len(body))}
	if body != "" {
		r.Header.Set("Content-Type", contentType)
	}
	sigv4.Sign(r, []byte(body), s.key, s.service, "us-east-1", s.at)
	raw := fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\n", method, target, r.Host, userAgent)
	for name, values := range r.Header {
		raw = fmt.Appendf(raw, "%s: %s\r\n", name, values[0])
	}
	if body != "" {
		raw = fmt.Appendf(raw, "Content-Length: %d\r\n", len(body))
	}
	return request{append(append(raw, "\r\n"...), body...), want}
}

// maker makes one random request.
type maker func(*signer) request

// userPath is where a random user of the dataset is found.
func (d dataset) userPath() string {
	i := rand.IntN(d.users)
	return "/accounts/" + d.accountOf(i) + "/users/" + userID(i)
}

func (d dataset) get(s *signer) request { return s.request("GET", d.userPath(), "", "", 200) }

func (d dataset) byEmail(s *signer) request {
	i := rand.IntN(d.users)
	return s.request("GET", "/accounts/"+d.accountOf(i)+"/users?user-email="+url.QueryEscape(email(i)), "", "", 200)
}

func (d dataset) page(s *signer) request {
	return s.request("GET", "/accounts/"+d.account(rand.IntN(d.accounts))+"/users", "", "", 200)
}

func (d dataset) create(s *signer) request {
	body := fmt.Sprintf(`{"Email":%q,"Username":"New User"}`, newEmail())
	return s.request("POST", "/accounts/"+d.account(rand.IntN(d.accounts))+"/users?operation=create", jsonType, body, 201)
}

func (d dataset) update(s *signer) request {
	license := [...]string{"Basic", "Pro"}[rand.IntN(2)]
	return s.request("POST", d.userPath(), jsonType, fmt.Sprintf(`{"LicenseType":%q}`, license), 200)
}

// mixed is mostly reading, as directories are used.
func (d dataset) mixed(s *signer) request {
	switch n := rand.IntN(10); {
	case n < 6:
		return d.get(s)
	case n < 7:
		return d.byEmail(s)
	case n < 8:
		return d.page(s)
	case n < 9:
		return d.create(s)
	default:
		return d.update(s)
	}
}

const (
	// repeated is how many requests are made for a slice that may repeat them.
	repeated = 8192
	// fastest is more requests than any server here answers in a second.
	fastest = 30_000
)

// reading returns a supply of requests that may be sent again and again.
func reading(m maker) func(time.Duration) *batch {
	return func(time.Duration) *batch { return &batch{list: made(m, repeated), cycle: true} }
}

// writing returns a supply of requests that are sent once.
func writing(m maker) func(time.Duration) *batch {
	return func(d time.Duration) *batch { return &batch{list: made(m, int(fastest*d.Seconds()))} }
}

// made signs n requests beforehand: in the slice the generator should leave the
// processor to the server.
func made(m maker, n int) []request {
	s := &signer{service: "chime", key: rootKey, at: time.Now()}
	list := make([]request, n)
	for i := range list {
		list[i] = m(s)
	}
	return list
}
