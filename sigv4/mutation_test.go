package sigv4

import (
	"strings"
	"testing"
)

// A mutation makes one change to a request that was signed as it was.
type mutation struct {
	name   string
	change func(t *testing.T, w wire) wire
	want   Kind
}

func inTarget(old, new string) mutation {
	return mutation{old + " to " + new, func(t *testing.T, w wire) wire { return w.retarget(t, old, new) }, InvalidSignature}
}

func inHeader(name, old, new string, want Kind) mutation {
	change := func(t *testing.T, w wire) wire { return w.replace(t, name, old, new) }
	return mutation{name + ": " + old + " to " + new, change, want}
}

// everywhere are changes that no signature of any form allows.
var everywhere = []mutation{
	{"method", func(_ *testing.T, w wire) wire { w.method = "PUT"; return w }, InvalidSignature},
	{"method case", func(_ *testing.T, w wire) wire { w.method = strings.ToLower(w.method); return w }, InvalidSignature},
	{"other body", func(_ *testing.T, w wire) wire { w.body += " "; return w.without("Content-Length") }, InvalidSignature},
	inTarget("/accounts/", "/account/"),
	inTarget("/accounts/", "/Accounts/"),
	inTarget("/accounts/", "/%61ccounts/"),
	inTarget("/accounts/", "/console/accounts/"),
	inTarget("a%2Fb", "a%2fb"),
	inTarget("a%2Fb", "a/b"),
	inTarget("a%2Fb", "a%252Fb"),
	inTarget("a%2Fb", "a%2Fb/"),
	inTarget("a%2Fb", "a%2Fc"),
	inTarget("operation=create", "operation=logout"),
	inTarget("operation=create", "operation="),
	inTarget("operation=create", "operations=create"),
	inTarget("operation=create&", ""),
	inTarget("operation=create", "operation=create&operation=create"),
	inTarget("operation=create", "operation=create&other"),
	inTarget("a%2Bb%40", "a%20b%40"),
	inTarget("a%2Bb%40", "a%2Bb%2540"),
	inTarget("user-email=a%2Bb", "user-email%3Da%2Bb"),
	inTarget("%40example.com", "%4"),
	inHeader("Host", "8018", "8019", InvalidSignature),
}

var inPost = []mutation{
	{"body bit", func(_ *testing.T, w wire) wire { w.body = "[" + w.body[1:]; return w }, InvalidSignature},
	{"no body", func(_ *testing.T, w wire) wire { w.body = ""; return w.with("Content-Length", "0") }, InvalidSignature},
	{"no content type", func(_ *testing.T, w wire) wire { return w.without("Content-Type") }, IncompleteSignature},
	{"content type twice", func(_ *testing.T, w wire) wire { return w.and("Content-Type: application/json") }, InvalidSignature},
	{"no token", func(_ *testing.T, w wire) wire { return w.without("X-Amz-Security-Token") }, IncompleteSignature},
	{"no authorization", func(_ *testing.T, w wire) wire { return w.without("Authorization") }, MissingAuthenticationToken},
	inHeader("Content-Type", "json", "xml", InvalidSignature),
	inHeader("Content-Type", "application/json", "application/ json", InvalidSignature),
	inHeader("Content-Type", "application/json", "application/json,", InvalidSignature),
	inHeader("X-Amz-Date", "203304", "203305", InvalidSignature),
	inHeader("X-Amz-Date", "20261121", "20261122", InvalidSignature),
	inHeader("X-Amz-Security-Token", "token", "t0ken", UnrecognizedClient),
	inHeader("X-Amz-Content-Sha256", hashOf(testBody), hashOf(""), InvalidSignature),
	inHeader("Authorization", "AKIDEXAMPLE", "AKIDEXAMPLF", UnrecognizedClient),
	inHeader("Authorization", "20261121", "20261122", InvalidSignature),
	inHeader("Authorization", "us-east-1", "us-east-2", InvalidSignature),
	inHeader("Authorization", "us-east-1", "", InvalidSignature),
	inHeader("Authorization", "/chime/", "/chimes/", InvalidSignature),
	inHeader("Authorization", "aws4_request", "aws4_requests", InvalidSignature),
	inHeader("Authorization", "content-length;", "", InvalidSignature),
	inHeader("Authorization", ";host;", ";", IncompleteSignature),
	inHeader("Authorization", ";x-amz-date;", ";", IncompleteSignature),
	inHeader("Authorization", ";x-amz-security-token", "", IncompleteSignature),
	inHeader("Authorization", ";x-amz-content-sha256", "", InvalidSignature),
}

var inPresigned = []mutation{
	inTarget("X-Amz-Date=20261121T203304Z", "X-Amz-Date=20261121T203305Z"),
	inTarget("X-Amz-Expires=3600", "X-Amz-Expires=3601"),
	inTarget("us-east-1", "us-east-2"),
	inTarget("%2F20261121%2F", "%2F20261122%2F"),
	inTarget("chime", "chimes"),
	inTarget("aws4_request", "aws4_requests"),
	{"key", func(t *testing.T, w wire) wire { return w.retarget(t, "AKIDEXAMPLE", "AKIDEXAMPLF") }, UnrecognizedClient},
	{"token", func(t *testing.T, w wire) wire { return w.retarget(t, "Token=token", "Token=t0ken") }, UnrecognizedClient},
	{"no token", func(t *testing.T, w wire) wire { return w.retarget(t, "X-Amz-Security-Token=", "X-Other=") }, InvalidSignature},
	{"more headers", func(t *testing.T, w wire) wire {
		return w.retarget(t, "SignedHeaders=host", "SignedHeaders=accept%3Bhost").and("Accept: a")
	}, InvalidSignature},
	{"body", func(_ *testing.T, w wire) wire { w.body = "{}"; return w }, InvalidSignature},
}

func TestMutations_refused(t *testing.T) {
	for name, base := range map[string]struct {
		w         wire
		mutations []mutation
	}{
		"post":      {signedPost(t), append(inPost, everywhere...)},
		"get":       {signedGet(t), everywhere},
		"presigned": {presignedGet(t), append(inPresigned, everywhere...)},
	} {
		for _, m := range base.mutations {
			t.Run(name+"/"+m.name, func(t *testing.T) {
				wantKind(t, base.w.judge(t), "")
				wantKind(t, m.change(t, base.w).judge(t), m.want)
			})
		}
	}
}

// Each digit of the signature counts.
func TestMutations_signature(t *testing.T) {
	post, presigned := signedPost(t), presignedGet(t)
	_, signature, _ := strings.Cut(post.get("Authorization"), "Signature=")
	_, inQuery, _ := strings.Cut(presigned.target, "X-Amz-Signature=")
	for i := range 64 {
		wantKind(t, post.replace(t, "Authorization", signature, flip(signature, i)).judge(t), InvalidSignature)
		wantKind(t, presigned.retarget(t, inQuery, flip(inQuery, i)).judge(t), InvalidSignature)
	}
}

// flip changes one hexadecimal digit of s.
func flip(s string, i int) string {
	digit := "1"
	if s[i] == '1' {
		digit = "e"
	}
	return s[:i] + digit + s[i+1:]
}

// Nothing but the secret itself will do, also once its key is cached.
func TestVerify_secret(t *testing.T) {
	v := testVerifier()
	r, body := signedPost(t).read(t)
	a, err := v.Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	good := testCredentials.SecretAccessKey
	for _, secret := range []string{"", "other", good[1:], good + "x", good, "", "other", good + "x", good} {
		want := InvalidSignature
		if secret == good {
			want = ""
		}
		_, err := v.Verify(r, a, body, secret)
		wantKind(t, err, want)
	}
}
