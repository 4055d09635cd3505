package sigv4

import (
	"strings"
	"testing"
	"time"
)

// What a signature must cover, what must not be sent twice, and what may not
// be combined: the requests here are correctly signed but for that.
func TestRules_refused(t *testing.T) {
	post, get, presigned := signedPost(t), signedGet(t), presignedGet(t)
	for _, tt := range []struct {
		name string
		w    wire
		want Kind
	}{
		{"not signed", get.without("Authorization"), MissingAuthenticationToken},
		{"empty authorization", get.with("Authorization", ""), MissingAuthenticationToken},
		{"other scheme", get.with("Authorization", "Bearer x"), MissingAuthenticationToken},
		{"authorization twice", get.and("Authorization: " + get.get("Authorization")), InvalidSignature},
		{"other scheme as well", get.and("Authorization: Bearer x"), InvalidSignature},
		{"x-amz-date twice", get.and("X-Amz-Date: " + get.get("X-Amz-Date")), InvalidSignature},
		{"date twice", get.and("Date: a").and("Date: a"), InvalidSignature},
		{"token twice", post.and("X-Amz-Security-Token: " + testToken), InvalidSignature},
		{"hash twice", post.and("X-Amz-Content-Sha256: " + hashOf(testBody)), InvalidSignature},
		{"no date at all", get.without("X-Amz-Date"), IncompleteSignature},
		{"unsigned date only", get.without("X-Amz-Date").with("Date", "20261121T203304Z").replace(t, "Authorization", "host;x-amz-date", "host"), IncompleteSignature},
		{"unsigned x-amz-date", get.replace(t, "Authorization", "host;x-amz-date", "host"), IncompleteSignature},
		{"unsigned token", get.with("X-Amz-Security-Token", testToken), IncompleteSignature},
		{"unsigned hash of another body", get.with("X-Amz-Content-Sha256", hashOf(testBody)), InvalidSignature},
		{"foreign token", post.with("X-Amz-Security-Token", "foreign"), UnrecognizedClient},
		{"header and query", presigned.with("Authorization", get.get("Authorization")).with("X-Amz-Date", get.get("X-Amz-Date")), InvalidSignature},
		{"other scheme and query", presigned.with("Authorization", "Bearer x"), InvalidSignature},
		{"query token beside header", get.retarget(t, "?", "?X-Amz-Security-Token=a&"), InvalidSignature},
		{"presigned and x-amz-date", presigned.with("X-Amz-Date", "20261121T203304Z"), InvalidSignature},
		{"presigned and date twice", presigned.and("Date: a").and("Date: a"), InvalidSignature},
		{"presigned and token", presigned.with("X-Amz-Security-Token", testToken), InvalidSignature},
		{"presigned, unsigned hash", presigned.with("X-Amz-Content-Sha256", hashOf(testBody)), InvalidSignature},
	} {
		t.Run(tt.name, func(t *testing.T) { wantKind(t, tt.w.judge(t), tt.want) })
	}
}

// Requests whose signature is right for what they claim, which is not allowed.
func TestRules_refusedThoughSigned(t *testing.T) {
	otherDay := newRequest(t, "GET", testURL, "")
	otherDay.Header.Set("X-Amz-Date", "20261121T203304Z")
	queryToken := newRequest(t, "GET", testURL+"&X-Amz-Security-Token="+testToken, "")
	sign(t, queryToken, "", testCredentials, "us-east-1")
	for _, tt := range []struct {
		name string
		w    wire
		want Kind
	}{
		{"as it should be", forgeGet(t, "X-A", "a", "host;x-a;x-amz-date"), ""},
		{"scope of another day", forge(t, otherDay, "host;x-amz-date", "20261122"), InvalidSignature},
		{"host not signed", forgeGet(t, "X-A", "a", "x-a;x-amz-date"), IncompleteSignature},
		{"no date signed", forgeGet(t, "X-A", "a", "host;x-a"), IncompleteSignature},
		{"the losing date signed", forgeGet(t, "Date", "20261121T203304Z", "date;host"), IncompleteSignature},
		{"token not signed", forgeGet(t, "X-Amz-Security-Token", testToken, "host;x-amz-date"), IncompleteSignature},
		{"hash not signed", forgeGet(t, "X-Amz-Content-Sha256", hashOf(""), "host;x-amz-date"), ""},
		{"upper-case name", forgeGet(t, "X-A", "a", "X-A;host;x-amz-date"), IncompleteSignature},
		{"not sorted", forgeGet(t, "X-A", "a", "host;x-amz-date;x-a"), IncompleteSignature},
		{"name twice", forgeGet(t, "X-A", "a", "host;x-a;x-a;x-amz-date"), IncompleteSignature},
		{"absent header", forgeGet(t, "X-A", "a", "host;x-amz-date;x-b"), IncompleteSignature},
		{"token in the query", asWire(t, queryToken, ""), InvalidSignature},
	} {
		t.Run(tt.name, func(t *testing.T) { wantKind(t, tt.w.judge(t), tt.want) })
	}
}

// The life of a presigned URL, in seconds.
func TestRules_expires(t *testing.T) {
	for expires, want := range map[string]Kind{"0": InvalidSignature, "1": "", "604800": "", "604801": InvalidSignature} {
		r := newRequest(t, "GET", testURL+"&X-Amz-Expires="+expires, "")
		t.Run(expires, func(t *testing.T) {
			wantKind(t, asWire(t, presign(t, r, "", testCredentials, ""), "").judge(t), want)
		})
	}
}

// A length of 0 may be signed and then not sent.
func TestRules_emptyLength(t *testing.T) {
	r := newRequest(t, "GET", testURL, "")
	r.Header.Set("X-Amz-Date", "20261121T203304Z")
	w := forge(t, r, "content-length;host;x-amz-date", "20261121")
	if w.get("Content-Length") != "" {
		t.Fatalf("sent: %s", w)
	}
	wantKind(t, w.judge(t), "")
	wantKind(t, w.with("Content-Length", "0").judge(t), "")
}

// A declared body hash must be that of the body even if it is signed.
func TestRules_bodyHash(t *testing.T) {
	for _, tt := range []struct {
		name, declared string
		want           Kind
	}{
		{"right", hashOf(testBody), ""},
		{"of another body", hashOf(""), InvalidSignature},
		{"unsigned", "UNSIGNED-PAYLOAD", InvalidSignature},
		{"streaming", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", InvalidSignature},
		{"streaming unsigned", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", InvalidSignature},
		{"upper case", strings.ToUpper(hashOf(testBody)), InvalidSignature},
	} {
		t.Run(tt.name+"/header", func(t *testing.T) {
			r := newRequest(t, "POST", testURL, testBody)
			r.Header.Set("X-Amz-Content-Sha256", tt.declared)
			signHash(t, r, tt.declared)
			wantKind(t, asWire(t, r, testBody).judge(t), tt.want)
		})
		t.Run(tt.name+"/query", func(t *testing.T) {
			r := newRequest(t, "POST", testURL+"&X-Amz-Content-Sha256="+tt.declared, testBody)
			signHash(t, r, tt.declared)
			wantKind(t, asWire(t, r, testBody).judge(t), tt.want)
		})
		t.Run(tt.name+"/presigned", func(t *testing.T) {
			r := newRequest(t, "POST", testURL+"&X-Amz-Content-Sha256="+tt.declared, testBody)
			w := asWire(t, presign(t, r, testBody, testCredentials, "us-east-1"), testBody)
			wantKind(t, w.judge(t), tt.want)
		})
		t.Run(tt.name+"/presigned header", func(t *testing.T) {
			r := newRequest(t, "POST", testURL, testBody)
			r.Header.Set("X-Amz-Content-Sha256", tt.declared)
			w := asWire(t, presign(t, r, testBody, testCredentials, "us-east-1"), testBody)
			wantKind(t, w.judge(t), tt.want)
		})
	}
}

// The signature may cover UNSIGNED-PAYLOAD without any header that says so.
func TestRules_unsignedPayloadUndeclared(t *testing.T) {
	r := newRequest(t, "POST", testURL, testBody)
	signHash(t, r, "UNSIGNED-PAYLOAD")
	wantKind(t, asWire(t, r, testBody).judge(t), InvalidSignature)
}

// What proxies do to a request on the way does no harm.
func TestRules_accepted(t *testing.T) {
	post, get, presigned := signedPost(t), signedGet(t), presignedGet(t)
	reversed := post
	reversed.header = nil
	for _, h := range post.header {
		reversed.header = append([]string{h}, reversed.header...)
	}
	for name, w := range map[string]wire{
		"post": post, "get": get, "presigned": presigned, "headers reversed": reversed,
		"unsigned headers":      get.with("X-Forwarded-For", "10.0.0.1").with("Via", "1.1 proxy").with("Connection", "close"),
		"unsigned Date":         get.with("Date", "Sat, 21 Nov 2015 20:33:04 GMT"),
		"blanks in a value":     post.with("Content-Type", " \t application/json \t"),
		"absolute form":         get.retarget(t, "/accounts", "http://127.0.0.1:8018/accounts"),
		"query in other order":  get.retarget(t, "operation=create&user-email=a%2Bb%40example.com", "user-email=a%2Bb%40example.com&operation=create"),
		"query other escaping":  get.retarget(t, "operation=create&user-email=a%2Bb%40example.com", "oper%61tion=create&&user-email=a+b@example.com&"),
		"query lower-case hex":  get.retarget(t, "a%2Bb%40", "a%2bb%40"),
		"explicit empty length": get.with("Content-Length", "0"),
		"presigned, a Date":     presigned.with("Date", "whenever"),
	} {
		t.Run(name, func(t *testing.T) { wantKind(t, w.judge(t), "") })
	}
}

// A session token in a signed header of a presigned request counts too.
func TestRules_presignedTokenHeader(t *testing.T) {
	for token, want := range map[string]Kind{testToken: "", "foreign": UnrecognizedClient} {
		r := newRequest(t, "GET", testURL, "")
		r.Header.Set("X-Amz-Security-Token", token)
		w := asWire(t, presign(t, r, "", testCredentials, "us-east-1"), "")
		if !strings.Contains(w.target, "x-amz-security-token") {
			t.Fatalf("the token is not signed: %s", w.target)
		}
		wantKind(t, w.judge(t), want)
	}
}

func TestRules_window(t *testing.T) {
	const early, late = "Signature not yet current: ", "Signature expired: "
	for _, tt := range []struct {
		name      string
		presigned bool
		elapsed   time.Duration
		want      string
	}{
		{"now", false, 0, ""},
		{"late", false, Skew, ""},
		{"too late", false, Skew + time.Nanosecond, late},
		{"early", false, -Skew, ""},
		{"too early", false, -Skew - time.Nanosecond, early},
		{"years late", false, 200 * 365 * 24 * time.Hour, late},
		{"presigned now", true, 0, ""},
		{"presigned early", true, -Skew, ""},
		{"presigned too early", true, -Skew - time.Nanosecond, early},
		{"presigned late", true, time.Hour, ""},
		{"presigned too late", true, time.Hour + time.Nanosecond, late},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := signedGet(t)
			if tt.presigned {
				w = presignedGet(t)
			}
			now := testTime.Add(tt.elapsed)
			r, body := w.read(t)
			checkWindow(t, judge(NewVerifier(func() time.Time { return now }, "chime"), r, body), tt.want)
		})
	}
}

func checkWindow(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" {
		wantKind(t, err, "")
		return
	}
	wantKind(t, err, InvalidSignature)
	if err != nil && !strings.HasPrefix(err.(*Error).Message, want) {
		t.Errorf("message %q does not begin with %q", err, want)
	}
}

// The message is in UTC whatever the zone of the clock.
func TestRules_windowMessage(t *testing.T) {
	r, _ := signedGet(t).read(t)
	now := testTime.Add(20 * time.Minute).In(time.FixedZone("east", 5*3600))
	v := NewVerifier(func() time.Time { return now }, "chime")
	err := judge(v, r, nil)
	want := "InvalidSignatureException: Signature expired: 20261121T203304Z is now earlier than 20261121T203804Z (20261121T205304Z - 15 min.): check the clocks of client and server"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// The zero value with a service works, with the real clock.
func TestVerifier_zero(t *testing.T) {
	r := newRequest(t, "GET", testURL, "")
	Sign(r, nil, testCredentials, "chime", "", time.Now())
	received, _ := asWire(t, r, "").read(t)
	wantKind(t, judge(&Verifier{Services: []string{"chime"}}, received, nil), "")
}
