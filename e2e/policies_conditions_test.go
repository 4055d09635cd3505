package e2e

import (
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"
)

// visit is a request of a user: what it looks like, and what comes of it.
type visit struct {
	what    string
	header  http.Header
	from    *http.Client // nil: a peer that is a trusted proxy
	region  string
	allowed bool
}

// conditional is a user whose only policy has one statement with a condition.
type conditional struct {
	admin *principal
	user  *caller
	arn   string
}

func (e *env) conditional(t *testing.T) *conditional {
	t.Helper()
	admin, account := e.admin(t)
	p := newPrincipal(t, admin.byName(), "visitor", "")
	return &conditional{admin.byName(), newCaller(e.endpoint, p.keys), "arn:aws:iam::" + account + ":user/visitor"}
}

// bind makes a condition that of the only statement.
func (c *conditional) bind(t *testing.T, condition string) {
	t.Helper()
	c.admin.do(t, "iam", "PutUserPolicy", members{
		"UserName": "visitor", "PolicyName": "only",
		"PolicyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"chime:ListAccounts","Resource":"*","Condition":` + condition + `}]}`,
	})
}

// test binds the user by a condition and sends the visits.
func (c *conditional) test(t *testing.T, condition string, visits ...visit) {
	t.Helper()
	c.bind(t, condition)
	for _, v := range visits {
		t.Run(v.what, func(t *testing.T) { c.send(t, v) })
	}
}

func (c *conditional) send(t *testing.T, v visit) {
	t.Helper()
	r := c.user.request(t, "GET", "/accounts", "")
	for name, values := range v.header {
		r.Header[name] = values
	}
	s := signerOf(c.user)
	if v.region != "" {
		s.region = v.region
	}
	s.sign(r, "")
	client := rawHTTP
	if v.from != nil {
		client = v.from
	}
	got := doBy(t, client, r)
	if v.allowed {
		got.ok(t, 200)
		return
	}
	got.refused(t, forbidden, denialText(c.arn, "chime:ListAccounts", "*", implicitDeny))
}

func heads(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

// elsewhere is a client with another address than the proxies on this machine.
func elsewhere(t *testing.T) *http.Client {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	probe, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)})
	if err != nil {
		t.Skipf("SKIPPED: this machine has one loopback address: %v", err)
	}
	probe.Close()
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true}}
}

// forEachBehindProxies runs a test on every engine with a shared server that
// trusts this machine's address and a network, and whose clock tests move.
func forEachBehindProxies(t *testing.T, test func(*testing.T, *env)) {
	t.Helper()
	forEach(t, func(t *testing.T, e *engine) {
		test(t, e.shareAs(t, "behind-proxies", "--test-clock", "--trusted-proxies", "127.0.0.1/32,10.0.0.0/8"))
	})
}

func TestPolicies_conditions_on_the_sender(t *testing.T) {
	stranger := elsewhere(t)
	forEachBehindProxies(t, func(t *testing.T, e *env) {
		c := e.conditional(t)
		c.test(
			t, `{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","2001:db8::/32"]}}`,
			visit{what: "the proxy itself"},
			visit{what: "a client", header: heads("X-Forwarded-For", "203.0.113.9"), allowed: true},
			visit{what: "a client of IPv6", header: heads("X-Forwarded-For", "2001:db8::7"), allowed: true},
			visit{what: "a client with a port", header: heads("X-Forwarded-For", "203.0.113.9:4711"), allowed: true},
			visit{what: "what another client says", header: heads("X-Forwarded-For", "203.0.113.9, 198.51.100.1")},
			visit{what: "what another client says before", header: heads("X-Forwarded-For", "203.0.113.9", "X-Forwarded-For", "198.51.100.1")},
			visit{what: "a client through two proxies", header: heads("X-Forwarded-For", "198.51.100.1, 203.0.113.9, 10.1.2.3"), allowed: true},
			visit{what: "an address that is none", header: heads("X-Forwarded-For", "203.0.113.9, unknown")},
			visit{what: "no proxy", header: heads("X-Forwarded-For", "203.0.113.9"), from: stranger},
		)
		c.test(
			t, `{"IpAddress":{"aws:SourceIp":"127.0.0.2"}}`,
			visit{what: "its own address", from: stranger, allowed: true},
			visit{what: "its own address forwarded", from: stranger, header: heads("X-Forwarded-For", "10.0.0.1"), allowed: true},
			visit{what: "another"},
		)
		c.test(
			t, `{"StringLike":{"aws:UserAgent":"Terraform/1.?*"}}`,
			visit{what: "its agent", header: heads("User-Agent", "Terraform/1.9 (+https://example.com)"), allowed: true},
			visit{what: "another agent", header: heads("User-Agent", "terraform/1.9")},
			visit{what: "no agent", header: heads("User-Agent", "")},
		)
		c.test(
			t, `{"StringEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}`,
			visit{what: "its region", region: "eu-central-1", allowed: true},
			visit{what: "another region", region: "us-east-1"},
		)
	})
}

func TestPolicies_conditions_on_transport(t *testing.T) {
	stranger := elsewhere(t)
	forEachBehindProxies(t, func(t *testing.T, e *env) {
		e.conditional(t).test(
			t, `{"Bool":{"aws:SecureTransport":"true"}}`,
			visit{what: "plain"},
			visit{what: "TLS before the proxy", header: heads("X-Forwarded-Proto", "https"), allowed: true},
			visit{what: "plain before the proxy", header: heads("X-Forwarded-Proto", "http")},
			visit{what: "TLS before another proxy", header: heads("X-Forwarded-Proto", "https, http")},
			visit{what: "no proxy", header: heads("X-Forwarded-Proto", "https"), from: stranger},
		)
	})
}

// Without a word on proxies nobody is one.
func TestPolicies_conditions_without_proxies(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.conditional(t)
		c.test(t, `{"Bool":{"aws:SecureTransport":"true"}}`, visit{what: "transport", header: heads("X-Forwarded-Proto", "https")})
		c.test(t, `{"NotIpAddress":{"aws:SourceIp":"127.0.0.1"}}`, visit{what: "address", header: heads("X-Forwarded-For", "203.0.113.9")})
	})
}

// A server with TLS sees that the transport is secure.
func TestPolicies_conditions_on_tls(t *testing.T) {
	t.Parallel()
	startsServers(t)
	cert, key, client := certificateFiles(t)
	client.Timeout = time.Minute
	database := postgres.newDatabase(t)
	plain := postgres.startOn(t, database)
	c := plain.conditional(t)
	address := freeAddress(t)
	s := &server{dir: t.TempDir(), flags: append(database, "--listen", address, "--tls-cert", cert, "--tls-key", key)}
	succeed(t, s.spawn())
	s.cleanup(t)
	secure := &conditional{c.admin, newCaller("https://"+address, c.user.keys), c.arn}
	eventually(t, "server with TLS", func() bool {
		res, err := client.Get("https://" + address + "/readyz")
		if err == nil {
			res.Body.Close()
		}
		return err == nil && res.StatusCode == http.StatusOK
	})
	secure.test(t, `{"Bool":{"aws:SecureTransport":"true"}}`, visit{what: "TLS", from: client, allowed: true})
	c.send(t, visit{})
	time.Sleep(time.Second) // until the other server knows
	c.bind(t, `{"Bool":{"aws:SecureTransport":"false"}}`)
	c.send(t, visit{allowed: true})
}

func TestPolicies_conditions_on_time(t *testing.T) {
	forEachBehindProxies(t, func(t *testing.T, e *env) {
		c := e.conditional(t)
		for _, condition := range []string{
			`{"DateLessThan":{"aws:CurrentTime":"%s"}}`, `{"DateLessThan":{"aws:EpochTime":"%s"}}`,
		} {
			c.bind(t, fmt.Sprintf(condition, e.now(t).Add(time.Hour).UTC().Format(time.RFC3339)))
			c.send(t, visit{allowed: true})
			e.advance(t, "2h")
			c.send(t, visit{})
		}
		c.bind(t, fmt.Sprintf(`{"DateGreaterThanEquals":{"aws:CurrentTime":"%s"}}`, e.now(t).Add(time.Hour).UTC().Format(time.RFC3339)))
		c.send(t, visit{})
		e.advance(t, "2h")
		c.send(t, visit{allowed: true})
	})
}

// What is said of sessions is not true of keys, and the other way round.
func TestPolicies_conditions_on_sessions(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.conditional(t)
		user := c.user.byName()
		session := user.as(credentialsIn(user.do(t, "sts", "GetSessionToken", nil), "Credentials"))
		call := probe{"chime", "ListAccounts", nil, "*"}
		for condition, want := range map[string][2]string{ // of the key, of the session
			`{"DateGreaterThan":{"aws:TokenIssueTime":"2020-01-01T00:00:00Z"}}`:         {implicitDeny, allowed},
			`{"DateLessThan":{"aws:TokenIssueTime":"2020-01-01T00:00:00Z"}}`:            {implicitDeny, implicitDeny},
			`{"DateGreaterThanIfExists":{"aws:TokenIssueTime":"2020-01-01T00:00:00Z"}}`: {allowed, allowed},
			`{"Null":{"aws:TokenIssueTime":"true"}}`:                                    {allowed, implicitDeny},
			`{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}`:                    {allowed, allowed},
			`{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`:                           {implicitDeny, implicitDeny},
			`{"StringEquals":{"aws:username":"visitor","aws:PrincipalType":"User"}}`:    {allowed, allowed},
			`{"ArnEquals":{"aws:PrincipalArn":"` + c.arn + `"}}`:                        {allowed, allowed},
		} {
			c.bind(t, condition)
			user.decided(t, c.arn, call, want[0])
			session.decided(t, c.arn, call, want[1])
		}
	})
}

// A user may change keys of its own, by a policy that names nobody.
func TestPolicies_own_keys_only(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		admin, account := e.admin(t)
		root := admin.byName()
		made := root.do(t, "iam", "CreatePolicy", members{
			"PolicyName":     "OwnKeys",
			"PolicyDocument": `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*AccessKey*","Resource":"arn:aws:iam::*:user/${aws:username}"}}`,
		})
		users := map[string]*principal{}
		for _, name := range []string{"ann", "ben"} {
			users[name] = newPrincipal(t, root, name, "")
			root.do(t, "iam", "AttachUserPolicy", members{"UserName": name, "PolicyArn": text(made, "Policy", "Arn")})
		}
		ann, arn := users["ann"], "arn:aws:iam::"+account+":user/"
		second := credentialsIn(ann.do(t, "iam", "CreateAccessKey", nil), "AccessKey").AccessKeyID
		ann.do(t, "iam", "ListAccessKeys", members{"UserName": "ann"})
		ann.do(t, "iam", "GetAccessKeyLastUsed", members{"AccessKeyId": second})
		ann.do(t, "iam", "UpdateAccessKey", members{"AccessKeyId": second, "Status": "Inactive"})
		ann.do(t, "iam", "DeleteAccessKey", members{"UserName": "ANN", "AccessKeyId": second})
		for _, call := range []probe{
			{"iam", "CreateAccessKey", members{"UserName": "ben"}, arn + "ben"},
			{"iam", "ListAccessKeys", members{"UserName": "Ben"}, arn + "ben"},
			{"iam", "ListAccessKeys", members{"UserName": "nobody"}, arn + "nobody"},
			{"iam", "DeleteAccessKey", members{"UserName": "ben", "AccessKeyId": users["ben"].keys.AccessKeyID}, arn + "ben"},
			{"iam", "GetAccessKeyLastUsed", members{"AccessKeyId": users["ben"].keys.AccessKeyID}, arn + "ben"},
			{"iam", "GetUser", nil, arn + "ann"},
			{"iam", "ListUsers", nil, "*"},
		} {
			ann.decided(t, arn+"ann", call, implicitDeny)
		}
	})
}
