package sigv4

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// later verifies w by a clock that has gone on.
func later(t testing.TB, w wire, by time.Duration) error {
	t.Helper()
	r, body := w.read(t)
	return judge(NewVerifier(func() time.Time { return testTime.Add(by) }, "chime"), r, body)
}

// plainForm is a request in which nothing is unusual.
var plainForm = form{service: "chime", sentQuery: "name=a", signedQuery: "name=a", sentPath: "/accounts", signedPath: "/accounts", host: "chime:8018", hash: "none", headers: "host;x-amz-date"}

// changed signs and sends the plain request with a change.
func changed(t testing.TB, change func(*form)) wire {
	t.Helper()
	f := plainForm
	change(&f)
	return f.wire(t, "POST", testBody)
}

// What the contract lists as let in.
func TestContract_in(t *testing.T) {
	get, presigned := signedGet(t), presignedGet(t)
	backwards := get
	backwards.header = slices.Clone(get.header)
	slices.Reverse(backwards.header)
	hash := hashOf(testBody)
	for name, w := range map[string]wire{
		"raw path":               changed(t, func(f *form) { f.sentPath, f.signedPath = "/a%2Fb//c", "/a%252Fb//c" }),
		"normalised path":        changed(t, func(f *form) { f.sentPath, f.signedPath = "/a%2Fb//c", "/a%252Fb/c" }),
		"prefix /console":        changed(t, func(f *form) { f.sentPath, f.signedPath = "/console/accounts", "/console/accounts" }),
		"any header order":       backwards,
		"folded value":           forgeGet(t, "X-A", "one two", "host;x-a;x-amz-date").without("X-A").and("X-A: one\r\n \t two"),
		"value in several lines": forgeGet(t, "X-A", "one,two", "host;x-a;x-amz-date").without("X-A").and("X-A: one").and("X-A: two"),
		"service Chime":          changed(t, func(f *form) { f.service = "Chime" }),
		"service cHIME":          changed(t, func(f *form) { f.service = "cHIME" }),
		"plus signed as %20":     changed(t, func(f *form) { f.sentQuery, f.signedQuery = "name=a+b", "name=a%20b" }),
		"plus signed as %2B":     changed(t, func(f *form) { f.sentQuery, f.signedQuery = "name=a+b", "name=a%2Bb" }),
		"empty hash, signed":     changed(t, func(f *form) { f.hash, f.headers = "", "host;x-amz-content-sha256;x-amz-date" }),
		"empty hash, not signed": changed(t, func(f *form) { f.hash = "" }),
		"empty hash in the query": changed(t, func(f *form) {
			f.sentQuery, f.signedQuery = "X-Amz-Content-Sha256=&name=a", "X-Amz-Content-Sha256=&name=a"
		}),
		"right hash, not signed": changed(t, func(f *form) { f.hash = hash }),
		"host without its port":  changed(t, func(f *form) { f.host = "chime" }),
		"all of it at once": changed(t, func(f *form) {
			*f = form{"Chime", "name=a+b", "name=a%20b", "//a//b", "/a/b", "chime", hash, f.headers, false}
		}),
		"all of it, presigned": changed(t, func(f *form) {
			*f = form{"Chime", "name=a+b", "name=a%20b", "//a//b", "/a/b", "chime", "", "host", true}
		}),
		"headers that proxies add": get.and("X-Forwarded-For: 1").and("Via: 1.1 a").and("Via: 1.1 b").and("Date: never"),
		"presigned, its query":     presigned,
	} {
		t.Run(name, func(t *testing.T) { wantKind(t, w.judge(t), "") })
	}
}

// An IPv6 address has colons that begin no port.
func TestContract_inIPv6(t *testing.T) {
	ipv6 := newRequest(t, "GET", "http://[::1]:8018/", "")
	Sign(ipv6, nil, testCredentials, "chime", "", testTime)
	wantKind(t, asWire(t, ipv6, "").judge(t), "")
	portless := newRequest(t, "GET", "http://[::1]/", "")
	Sign(portless, nil, testCredentials, "chime", "", testTime)
	wantKind(t, asWire(t, portless, "").with("Host", "[::1]:8018").judge(t), "")
}

func TestContract_window(t *testing.T) {
	unsaid := changed(t, func(f *form) { f.presigned, f.headers = true, "host" })
	for name, tt := range map[string]struct {
		w          wire
		from, till time.Duration
	}{
		"header":                    {signedGet(t), -15 * time.Minute, 15 * time.Minute},
		"presigned for an hour":     {presignedGet(t), -15 * time.Minute, time.Hour},
		"presigned without Expires": {unsaid, -15 * time.Minute, 15 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			wantKind(t, later(t, tt.w, tt.from), "")
			wantKind(t, later(t, tt.w, tt.till), "")
			wantKind(t, later(t, tt.w, tt.from-time.Second), InvalidSignature)
			wantKind(t, later(t, tt.w, tt.till+time.Second), InvalidSignature)
		})
	}
}

// What the contract lists as kept out: all of it is signed well, but for what
// its name says.
func TestContract_out(t *testing.T) {
	get, post, presigned := signedGet(t), signedPost(t), presignedGet(t)
	hash := func(h string) wire { return changed(t, func(f *form) { f.hash = h }) }
	signedHash := func(h string) wire {
		return changed(t, func(f *form) { f.hash, f.headers = h, "host;x-amz-content-sha256;x-amz-date" })
	}
	otherDay := newRequest(t, "GET", testURL, "")
	otherDay.Header.Set("X-Amz-Date", stamp(testTime))
	for _, tt := range []struct {
		name string
		w    wire
		want Kind
	}{
		{"host not signed", forgeGet(t, "X-A", "a", "x-a;x-amz-date"), IncompleteSignature},
		{"date not signed", forgeGet(t, "X-A", "a", "host;x-a"), IncompleteSignature},
		{"scope of another day", forge(t, otherDay, "host;x-amz-date", "20261122"), InvalidSignature},
		{"scope of another service", changed(t, func(f *form) { f.service = "s3" }), InvalidSignature},
		{"x-amz-date beside a signed Date", forgeGet(t, "Date", stamp(testTime), "date;host"), IncompleteSignature},
		{"token not signed", get.and("X-Amz-Security-Token: " + testToken), IncompleteSignature},
		{"hash of another body, signed", signedHash(hashOf("")), InvalidSignature},
		{"hash of another body, not signed", hash(hashOf("")), InvalidSignature},
		{"another body", changed(t, func(*form) {}).but(func(w *wire) { w.body = "{}" }), InvalidSignature},
		{"UNSIGNED-PAYLOAD, signed", signedHash("UNSIGNED-PAYLOAD"), InvalidSignature},
		{"UNSIGNED-PAYLOAD, not signed", hash("UNSIGNED-PAYLOAD"), InvalidSignature},
		{"Authorization twice", get.and("Authorization: " + get.get("Authorization")), InvalidSignature},
		{"X-Amz-Date twice", get.and("X-Amz-Date: " + stamp(testTime)), InvalidSignature},
		{"date in header and query", presigned.and("X-Amz-Date: " + stamp(testTime)), InvalidSignature},
		{"header date, another in the query", get.retarget(t, "?", "?X-Amz-Date="+stamp(testTime)+"&"), InvalidSignature},
		{"signature in header and query", get.retarget(t, "?", "?X-Amz-Signature="+hashOf("")+"&"), InvalidSignature},
		{"header and presigned", presigned.and("Authorization: " + get.get("Authorization")), InvalidSignature},
		{"foreign token", post.with("X-Amz-Security-Token", "foreign"), UnrecognizedClient},
		{"not signed at all", get.without("Authorization"), MissingAuthenticationToken},
		{"another scheme", get.with("Authorization", "Bearer x"), MissingAuthenticationToken},
		{"malformed", get.with("Authorization", Algorithm+" x"), IncompleteSignature},
	} {
		t.Run(tt.name, func(t *testing.T) { wantKind(t, tt.w.judge(t), tt.want) })
	}
}

// but returns w with a change.
func (w wire) but(change func(*wire)) wire {
	w = w.without("Content-Length")
	change(&w)
	return w
}

// A path with dot segments is refused before a key is looked up, however it was
// signed.
func TestContract_dots(t *testing.T) {
	for path, want := range map[string]Kind{
		"/accounts/./x": InvalidSignature, "/accounts/x/../y": InvalidSignature, "/accounts/..": InvalidSignature, "/..": InvalidSignature,
		"/accounts/%2e/x": InvalidSignature, "/accounts/%2E%2e": InvalidSignature, "/.%2e/accounts": InvalidSignature,
		"/accounts/...": "", "/accounts/..%2Fx": "", "/accounts/.x": "", "/accounts/%252e%252e": "", "/accounts/x?a=/../": "",
	} {
		for _, before := range []string{"", "http://chime:8018"} {
			w := changed(t, func(*form) {})
			w.target = before + path
			r, _ := w.read(t)
			_, err := testVerifier().Parse(r)
			wantKind(t, err, want)
		}
	}
}

// Over HTTP/2 a Host header may come beside :authority, which is r.Host.
func TestContract_hostTwice(t *testing.T) {
	for want, values := range map[Kind][]string{"": {"127.0.0.1:8018"}, InvalidSignature: {"127.0.0.1:8018", "other"}} {
		r, body := signedGet(t).read(t)
		r.Header[http.CanonicalHeaderKey("host")] = values
		wantKind(t, judge(testVerifier(), r, body), want)
	}
	if _, err := http.ReadRequest(reader(signedGet(t).and("Host: other"))); err == nil || !strings.Contains(err.Error(), "Host") {
		t.Errorf("two Host headers: %v", err)
	}
}
