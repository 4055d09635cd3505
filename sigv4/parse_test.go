package sigv4

import (
	"strings"
	"testing"
	"time"
)

func TestParse_header(t *testing.T) {
	r, _ := signedPost(t).read(t)
	a, err := testVerifier().Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	want := Auth{
		AccessKeyID: "AKIDEXAMPLE", Date: "20261121", Region: "us-east-1", Service: "chime", SessionToken: testToken, Time: testTime,
		SignedHeaders: "content-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
	}
	want.signature = a.signature
	if *a != want {
		t.Errorf("got %+v\nwant %+v", *a, want)
	}
}

func TestParse_presigned(t *testing.T) {
	r, _ := presignedGet(t).read(t)
	a, err := testVerifier().Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	want := Auth{
		AccessKeyID: "AKIDEXAMPLE", Date: "20261121", Region: "us-east-1", Service: "chime", SessionToken: testToken, Time: testTime,
		SignedHeaders: "host", Presigned: true, Expires: time.Hour,
	}
	want.signature = a.signature
	if *a != want {
		t.Errorf("got %+v\nwant %+v", *a, want)
	}
}

// Parse takes what SDKs and older clients write, however they lay it out.
func TestParse_accepts(t *testing.T) {
	get := signedGet(t)
	auth := get.get("Authorization")
	parts := strings.Split(strings.TrimPrefix(auth, Algorithm+" "), ", ")
	for name, w := range map[string]wire{
		"no blanks":          get.with("Authorization", Algorithm+" "+strings.Join(parts, ",")),
		"many blanks":        get.with("Authorization", Algorithm+"   "+strings.Join(parts, " \t, ")),
		"other order":        get.with("Authorization", Algorithm+" "+parts[2]+", "+parts[0]+", "+parts[1]),
		"folded":             get.with("Authorization", strings.ReplaceAll(auth, ", ", ",\r\n   ")),
		"lower-case headers": lowerNames(get),
	} {
		t.Run(name, func(t *testing.T) { wantKind(t, w.judge(t), "") })
	}
}

func lowerNames(w wire) wire {
	header := make([]string, len(w.header))
	for i, h := range w.header {
		name, value, _ := strings.Cut(h, ":")
		header[i] = strings.ToLower(name) + ":" + value
	}
	w.header = header
	return w
}

func TestParseAuthorization_refuses(t *testing.T) {
	sig := strings.Repeat("0a", 32)
	good := "Credential=A/B, SignedHeaders=host, Signature=" + sig
	if _, err := parseAuthorization(Algorithm + " " + good); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, value string
		want        Kind
	}{
		{"empty", "", MissingAuthenticationToken},
		{"other scheme", "Basic dXNlcjpwYXNz", MissingAuthenticationToken},
		{"bearer", "Bearer token", MissingAuthenticationToken},
		{"other hash", "AWS4-HMAC-SHA512 " + good, MissingAuthenticationToken},
		{"asymmetric", "AWS4-ECDSA-P256-SHA256 " + good, MissingAuthenticationToken},
		{"version 2", "AWS AKIDEXAMPLE:c2ln", MissingAuthenticationToken},
		{"lower-case scheme", strings.ToLower(Algorithm) + " " + good, MissingAuthenticationToken},
		{"scheme only", Algorithm, IncompleteSignature},
		{"no credential", Algorithm + " SignedHeaders=host, Signature=" + sig, IncompleteSignature},
		{"no signed headers", Algorithm + " Credential=A/B, Signature=" + sig, IncompleteSignature},
		{"no signature", Algorithm + " Credential=A/B, SignedHeaders=host", IncompleteSignature},
		{"empty part", Algorithm + " " + good + ",", IncompleteSignature},
		{"empty value", Algorithm + " " + strings.Replace(good, "host", "", 1), IncompleteSignature},
		{"unknown part", Algorithm + " " + good + ", Extra=1", IncompleteSignature},
		{"part twice", Algorithm + " " + good + ", Signature=" + sig, IncompleteSignature},
		{"lower-case part", Algorithm + " " + strings.Replace(good, "Cred", "cred", 1), IncompleteSignature},
		{"blank before equals", Algorithm + " " + strings.Replace(good, "=", " =", 1), IncompleteSignature},
		{"two in one", Algorithm + " " + good + ", " + Algorithm + " " + good, IncompleteSignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseAuthorization(tt.value)
			wantKind(t, err, tt.want)
			if err != nil && strings.Contains(err.Error(), "dXNlcjpwYXNz") {
				t.Errorf("echoes a password: %v", err)
			}
		})
	}
}

// The scope, the list of signed headers and the signature, in both forms.
func TestParse_refusesParts(t *testing.T) {
	scope := "AKIDEXAMPLE/20261121/us-east-1/chime/aws4_request"
	for _, tt := range []struct {
		name, old, new string
		want           Kind
	}{
		{"other key", "AKIDEXAMPLE", "AKIDOTHER", UnrecognizedClient},
		{"empty key", "AKIDEXAMPLE", "", IncompleteSignature},
		{"other date", "20261121/", "20261120/", InvalidSignature},
		{"date no date", "20261121/", "x/", InvalidSignature},
		{"other region", "us-east-1", "us-east-2", InvalidSignature},
		{"other service", "/chime/", "/iam/", InvalidSignature},
		{"empty service", "/chime/", "//", InvalidSignature},
		{"other terminator", "aws4_request", "aws5_request", InvalidSignature},
		{"few parts", "/aws4_request", "", IncompleteSignature},
		{"many parts", "/aws4_request", "/aws4_request/", IncompleteSignature},
		{"no parts", scope, "x", IncompleteSignature},
		{"blank in key", "AKIDEXAMPLE", "AKID EXAMPLE", IncompleteSignature},
		{"unicode in key", "AKIDEXAMPLE", "AKIDÉ", IncompleteSignature},
		{"upper-case header", ";host;", ";Host;", IncompleteSignature},
		{"unsorted headers", "content-type;host;", "host;content-type;", IncompleteSignature},
		{"header twice", ";host;", ";host;host;", IncompleteSignature},
		{"empty header", ";host;", ";;host;", IncompleteSignature},
		{"bad header name", ";host;", ";he lo;host;", IncompleteSignature},
		{"absent header", ";host;", ";host;x-absent;", IncompleteSignature},
		{"long absent header", ";host;", ";host;x-" + strings.Repeat("long-", 40) + ";", IncompleteSignature},
		{"absent trailer", ";host;", ";host;transfer-encoding;", IncompleteSignature},
		{"host not signed", ";host;", ";", IncompleteSignature},
		{"header not named", "content-type;", "", InvalidSignature},
	} {
		t.Run(tt.name+"/header", func(t *testing.T) {
			w := signedPost(t).replace(t, "Authorization", tt.old, tt.new)
			wantKind(t, w.judge(t), tt.want)
		})
		t.Run(tt.name+"/query", func(t *testing.T) {
			r := newRequest(t, "POST", testURL, testBody)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Amz-Content-Sha256", hashOf(testBody))
			w := asWire(t, presign(t, r, testBody, testCredentials, "us-east-1"), testBody)
			wantKind(t, w.retarget(t, queryEncode(tt.old), queryEncode(tt.new)).judge(t), tt.want)
		})
	}
}

func queryEncode(s string) string {
	text, err := appendComponent(nil, s, '+')
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestParse_refusesSignature(t *testing.T) {
	get := signedGet(t)
	_, good, _ := strings.Cut(get.get("Authorization"), "Signature=")
	for name, bad := range map[string]string{
		"short": good[:63], "shorter": good[:62], "long": good + "0", "longer": good + "00", "not hex": "g" + good[1:],
		"upper case": "A" + good[1:], "blank": good[:63] + " x", "unicode": "é" + good[2:],
	} {
		t.Run(name, func(t *testing.T) {
			wantKind(t, get.replace(t, "Authorization", good, bad).judge(t), IncompleteSignature)
		})
	}
}

func TestParse_dates(t *testing.T) {
	for _, tt := range []struct {
		name, header, value string
		want                Kind
	}{
		{"basic ISO", "X-Amz-Date", "20261121T203304Z", ""},
		{"fraction", "X-Amz-Date", "20261121T203304.5Z", IncompleteSignature},
		{"extended ISO", "X-Amz-Date", "2026-11-21T20:33:04Z", IncompleteSignature},
		{"RFC 1123 in X-Amz-Date", "X-Amz-Date", "Sat, 21 Nov 2026 20:33:04 GMT", IncompleteSignature},
		{"empty", "X-Amz-Date", "", IncompleteSignature},
		{"no such day", "X-Amz-Date", "20261131T203304Z", IncompleteSignature},
		{"date RFC 1123", "Date", "Sat, 21 Nov 2026 20:33:04 GMT", ""},
		{"date numeric zone", "Date", "Sat, 21 Nov 2026 20:33:04 -0000", ""},
		{"date of the next day elsewhere", "Date", "Sun, 22 Nov 2026 01:33:04 +0500", ""},
		{"date with fraction", "Date", "Sat, 21 Nov 2026 20:33:04.9 -0000", ""},
		{"date basic ISO", "Date", "20261121T203304Z", ""},
		{"date basic ISO with fraction", "Date", "20261121T203304.5Z", IncompleteSignature},
		{"date with zone name", "Date", "Sat, 21 Nov 2026 20:33:04 EST", IncompleteSignature},
		{"date garbage", "Date", "yesterday", IncompleteSignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRequest(t, "GET", testURL, "")
			r.Header.Set(tt.header, tt.value)
			w := forge(t, r, map[string]string{"Date": "date;host", "X-Amz-Date": "host;x-amz-date"}[tt.header], "20261121")
			wantKind(t, w.judge(t), tt.want)
			received, _ := w.read(t)
			if a, err := testVerifier().Parse(received); err == nil && !a.Time.Equal(testTime) {
				t.Errorf("time %v, want %v", a.Time, testTime)
			}
		})
	}
}

func TestParse_refusesPresigned(t *testing.T) {
	expires := "X-Amz-Expires=3600"
	for _, tt := range []struct {
		name, old, new string
		want           Kind
	}{
		{"other algorithm", "X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256", MissingAuthenticationToken},
		{"no algorithm", "X-Amz-Algorithm=", "X-Other=", IncompleteSignature},
		{"no credential", "X-Amz-Credential=", "X-Other=", IncompleteSignature},
		{"no date", "X-Amz-Date=", "X-Other=", IncompleteSignature},
		{"no expires", "X-Amz-Expires=", "X-Other=", InvalidSignature},
		{"no signed headers", "X-Amz-SignedHeaders=", "X-Other=", IncompleteSignature},
		{"no signature", "X-Amz-Signature=", "X-Other=", IncompleteSignature},
		{"lower-case name", "X-Amz-Signature=", "x-amz-signature=", IncompleteSignature},
		{"empty expires", expires, "X-Amz-Expires=", IncompleteSignature},
		{"negative expires", expires, "X-Amz-Expires=-1", IncompleteSignature},
		{"signed expires", expires, "X-Amz-Expires=%2B60", IncompleteSignature},
		{"huge expires", expires, "X-Amz-Expires=99999999999999999999", IncompleteSignature},
		{"fractional expires", expires, "X-Amz-Expires=1.5", IncompleteSignature},
		{"zero expires", expires, "X-Amz-Expires=0", InvalidSignature},
		{"long expires", expires, "X-Amz-Expires=604801", InvalidSignature},
		{"other expires", expires, "X-Amz-Expires=3601", InvalidSignature},
		{"bad date", "X-Amz-Date=20261121T203304Z", "X-Amz-Date=20261121", IncompleteSignature},
		{"RFC 1123 date", "X-Amz-Date=20261121T203304Z", "X-Amz-Date=Sat%2C%2021%20Nov%202026%2020%3A33%3A04%20GMT", IncompleteSignature},
		{"line break in region", "us-east-1", "us%0Aeast-1", IncompleteSignature},
		{"bad escape in name", expires, expires + "&%zz=1", InvalidSignature},
		{"bad escape in our value", expires, "X-Amz-Expires=36%0", InvalidSignature},
		{"bad escape in other value", expires, expires + "&a=%0", InvalidSignature},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantKind(t, presignedGet(t).retarget(t, tt.old, tt.new).judge(t), tt.want)
		})
	}
	for _, name := range paramNames {
		t.Run(name+" twice", func(t *testing.T) {
			w := presignedGet(t)
			w.target += "&" + name + "=a&" + strings.Replace(name, "-", "%2D", 1) + "=a"
			wantKind(t, w.judge(t), InvalidSignature)
		})
	}
}
