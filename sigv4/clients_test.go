package sigv4

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// recordings are requests as clients other than the SDKs of today sent them to
// a server at 127.0.0.1:8018, byte for byte, signed with the test credentials:
// Net::Amazon::Signature::V4 0.21 with HTTP::Tiny, as Perl's Paws uses them;
// async-aws/core 1.18; aws4 1.13 and aws4-axios 3.4; aws4fetch 1.0.20;
// requests-aws4auth 1.3.1; aws-requests-auth 0.4.3; aws-sdk-go 1.15.90 and 1.40.
// Those named blank have a query for the name "a b+c".
func recordings(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/clients/*.http")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	list := map[string][]byte{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list[strings.TrimSuffix(filepath.Base(file), ".http")] = text
	}
	return list
}

func readRecording(t testing.TB, text []byte) (*http.Request, []byte) {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, body
}

// at verifies r at the time at which it was signed, plus a while.
func at(t testing.TB, r *http.Request, body []byte, after time.Duration) (string, error) {
	t.Helper()
	date := r.Header.Get("X-Amz-Date") + r.URL.Query().Get("X-Amz-Date")
	signed, err := time.Parse(isoBasic, date)
	if err != nil {
		t.Fatal(err)
	}
	v := NewVerifier(func() time.Time { return signed.Add(after) }, "chime")
	a, err := v.Parse(r)
	if err != nil {
		return "", err
	}
	return v.Verify(r, a, body, testCredentials.SecretAccessKey)
}

func TestClients_recorded(t *testing.T) {
	for name, text := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			r, body := readRecording(t, text)
			query, err := at(t, r, body, 0)
			if err != nil {
				t.Fatal(err)
			}
			wantName(t, query, r.URL.Query().Get("name"))
		})
	}
}

// wantName checks the name in a query in which a plus is a plus.
func wantName(t *testing.T, query, want string) {
	t.Helper()
	parameters, err := url.ParseQuery(strings.ReplaceAll(query, "+", "%2B"))
	if got := parameters.Get("name"); err != nil || got != want {
		t.Errorf("name %q, %v, want %q", got, err, want)
	}
}

// What is recorded cannot be changed either.
func TestClients_changed(t *testing.T) {
	for name, text := range recordings(t) {
		for old, new := range map[string]string{
			" /": " /x/", "127.0.0.1": "127.0.0.2", ":8018": ":801", "name=a": "name=b", "a+b%2B": "a%2Bb%2B",
			"b%2Bc": "b+c", "us-east-1": "us-east-2", "/chime/": "/CHIME/", "/Chime/": "/chime/",
		} {
			changed := strings.Replace(string(text), old, new, 1)
			portless := strings.Contains(name, "portless") || strings.Contains(name, "paws") || strings.Contains(name, "requests-aws4auth")
			if changed == string(text) || old == ":8018" && portless || old == "b%2Bc" && !strings.Contains(string(text), "a+b") {
				continue
			}
			t.Run(name+" "+new, func(t *testing.T) {
				r, body := readRecording(t, []byte(changed))
				_, err := at(t, r, body, 0)
				wantKind(t, err, InvalidSignature)
			})
		}
	}
}

// Without X-Amz-Expires a URL is good for a quarter of an hour.
func TestClients_presignedLife(t *testing.T) {
	for _, name := range []string{"aws4-presigned", "aws4fetch-presigned"} {
		for after, want := range map[time.Duration]Kind{
			-15 * time.Minute: "", 15 * time.Minute: "",
			-15*time.Minute - time.Second: InvalidSignature, 15*time.Minute + time.Second: InvalidSignature,
		} {
			r, body := readRecording(t, recordings(t)[name])
			_, err := at(t, r, body, after)
			wantKind(t, err, want)
		}
	}
}

// form is a request as it is sent and as it is signed.
type form struct {
	service                string
	sentQuery, signedQuery string
	sentPath, signedPath   string
	host                   string // signed
	hash                   string // header, if any
	headers                string // signed
	presigned              bool   // without X-Amz-Expires
}

// wire signs the canonical form and puts the other on the wire.
func (f form) wire(t testing.TB, method, body string) wire {
	t.Helper()
	w := wire{method: method, target: f.sentPath + "?" + f.sentQuery, body: body, header: []string{"Host: chime:8018"}}
	headers := map[string]string{"host": f.host, "x-amz-date": stamp(testTime), "x-amz-content-sha256": f.hash}
	scope := signing{time: testTime, date: "20261121", region: "us-east-1", service: f.service}
	credential := testCredentials.AccessKeyID + "/" + string(scope.appendScope(nil))
	query := f.signedQuery
	if f.presigned {
		extra := "X-Amz-Algorithm=" + Algorithm + "&X-Amz-Credential=" + url.QueryEscape(credential) + "&X-Amz-Date=" + stamp(testTime) + "&X-Amz-SignedHeaders=" + url.QueryEscape(f.headers)
		w.target, query = w.target+"&"+extra, extra+"&"+query // sorted: X before n
	} else {
		w = w.and("X-Amz-Date: " + stamp(testTime))
	}
	if f.hash != "none" {
		w = w.and("X-Amz-Content-Sha256: " + f.hash)
	}
	request := method + "\n" + f.signedPath + "\n" + query + "\n"
	for name := range strings.SplitSeq(f.headers, ";") {
		request += name + ":" + headers[name] + "\n"
	}
	request += "\n" + f.headers + "\n" + hashOf(body)
	key := newSigningKey(testCredentials.SecretAccessKey, "20261121", "us-east-1", f.service)
	text := Algorithm + "\n" + stamp(testTime) + "\n" + string(scope.appendScope(nil)) + "\n" + hashOf(request)
	signature := hex.EncodeToString(appendMAC(nil, key.mac(), []byte(text)))
	if f.presigned {
		w.target += "&X-Amz-Signature=" + signature
		return w
	}
	return w.and("Authorization: " + Algorithm + " Credential=" + credential + ",SignedHeaders=" + f.headers + ",Signature=" + signature)
}

// forms calls f with every combination of what clients get wrong, and the
// right form of each.
func forms(f func(form)) {
	for _, service := range []string{"chime", "Chime", "CHIME"} {
		for _, query := range [][3]string{{"name=a%20b%2Bc", "name=a%20b%2Bc"}, {"name=a+b%2Bc", "name=a%20b%2Bc"}, {"name=a+b", "name=a%2Bb"}} {
			for _, path := range [][2]string{{"/accounts", "/accounts"}, {"//accounts", "//accounts"}, {"//accounts//x/", "/accounts/x/"}} {
				for _, host := range []string{"chime:8018", "chime"} {
					for _, hash := range []string{"none", "", hashOf(testBody)} {
						for _, headers := range []string{"host;x-amz-date", "host;x-amz-content-sha256;x-amz-date"} {
							if hash == "none" && headers != "host;x-amz-date" {
								continue
							}
							base := form{service: service, sentQuery: query[0], signedQuery: query[1], sentPath: path[0], signedPath: path[1], host: host, hash: hash, headers: headers}
							f(base)
							base.presigned, base.headers = true, strings.TrimSuffix(headers, ";x-amz-date")
							f(base)
						}
					}
				}
			}
		}
	}
}

// Every combination of forms is accepted; a signed %2B is a plus and a signed
// %20 a blank.
func TestForms_combined(t *testing.T) {
	n := 0
	forms(func(f form) {
		n++
		r, body := f.wire(t, "POST", testBody).read(t)
		v := testVerifier()
		a, err := v.Parse(r)
		if err != nil {
			t.Errorf("%+v: %v", f, err)
			return
		}
		query, err := v.Verify(r, a, body, testCredentials.SecretAccessKey)
		if err != nil {
			t.Errorf("%+v: %v", f, err)
			return
		}
		wantName(t, query, map[string]string{"name=a%20b%2Bc": "a b+c", "name=a%2Bb": "a+b"}[f.signedQuery])
	})
	if n < 500 {
		t.Errorf("only %d combinations", n)
	}
}

func TestForms_refused(t *testing.T) {
	good := form{service: "chime", sentQuery: "name=a+b", signedQuery: "name=a%20b", sentPath: "/accounts", signedPath: "/accounts", host: "chime", hash: "", headers: "host;x-amz-date"}
	for name, tt := range map[string]struct {
		change func(*form)
		want   Kind
	}{
		"as it is":               {func(*form) {}, ""},
		"service of another":     {func(f *form) { f.service = "chimes" }, InvalidSignature},
		"service in other signs": {func(f *form) { f.service = "ch\u0131me" }, IncompleteSignature},
		"plus left in the query": {func(f *form) { f.signedQuery = "name=a+b" }, InvalidSignature},
		"blank sent as signed":   {func(f *form) { f.sentQuery, f.signedQuery = "name=a%20b", "name=a%2Bb" }, InvalidSignature},
		"plus sent as blank":     {func(f *form) { f.sentQuery, f.signedQuery = "name=a%2Bb", "name=a%20b" }, InvalidSignature},
		"one of each":            {func(f *form) { f.sentQuery, f.signedQuery = "name=a+b+c", "name=a%20b%2Bc" }, InvalidSignature},
		"another host":           {func(f *form) { f.host = "chim" }, InvalidSignature},
		"another port":           {func(f *form) { f.host = "chime:80" }, InvalidSignature},
		"host with a colon":      {func(f *form) { f.host = "chime:" }, InvalidSignature},
		"another hash":           {func(f *form) { f.hash = hashOf("") }, InvalidSignature},
		"hash in upper case":     {func(f *form) { f.hash = strings.ToUpper(hashOf(testBody)) }, InvalidSignature},
		"unsigned payload":       {func(f *form) { f.hash = "UNSIGNED-PAYLOAD" }, InvalidSignature},
		"empty segments added":   {func(f *form) { f.signedPath = "//accounts" }, InvalidSignature},
		"a plus in our values":   {func(f *form) { f.sentQuery, f.signedQuery = "X-Amz-Content-Sha256=+", "X-Amz-Content-Sha256=%20" }, InvalidSignature},
	} {
		t.Run(name, func(t *testing.T) {
			f := good
			tt.change(&f)
			wantKind(t, f.wire(t, "POST", testBody).judge(t), tt.want)
		})
	}
}

// ExAws.Operation.JSON: an empty hash of the body, signed, and blanks as plus
// signs in the query.
func TestClients_exAws(t *testing.T) {
	f := form{service: "chime", sentQuery: "name=a+b", signedQuery: "name=a%20b", sentPath: "/accounts/aaaa/users", signedPath: "/accounts/aaaa/users", host: "chime:8018", hash: "", headers: "host;x-amz-content-sha256;x-amz-date"}
	wantKind(t, f.wire(t, "POST", testBody).judge(t), "")
	f.hash = hashOf("")
	wantKind(t, f.wire(t, "POST", testBody).judge(t), InvalidSignature)
}

func TestIsDots(t *testing.T) {
	for segment, want := range map[string]bool{
		".": true, "..": true, "%2e": true, "%2E%2e": true, ".%2E": true, "%2e.": true,
		"": false, "...": false, "%2e%2e%2e": false, ".a": false, "a..": false, "%252e": false, "..%2F": false, "%2": false, "%": false, "%2f": false, ".%": false,
	} {
		if got := isDots(segment); got != want {
			t.Errorf("%q: got %v", segment, got)
		}
	}
}
