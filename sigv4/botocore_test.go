package sigv4

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"carillon/internal/sigtest"
)

// Requests that botocore signed (see testdata/gen.py): unlike the Go SDK it normalises the path,
// turns tabs into spaces and can use the Date header. Those with dot segments
// are refused, in whichever form they are signed.
func TestBotocore_accepted(t *testing.T) {
	text, err := os.ReadFile("testdata/botocore.json")
	if err != nil {
		t.Fatal(err)
	}
	var requests []struct {
		Method, URL, Body string
		Header            map[string]string
	}
	if err := json.Unmarshal(text, &requests); err != nil {
		t.Fatal(err)
	}
	v := testVerifier()
	client := sigtest.Client(t, func(r *http.Request, body []byte) error { return judge(v, r, body) })
	for _, request := range requests {
		// The scheme is not signed; the server knows http only.
		r := newRequest(t, request.Method, strings.Replace(request.URL, "https:", "http:", 1), request.Body)
		for name, value := range request.Header {
			r.Header.Set(name, value)
		}
		if err := sigtest.Send(client, r); (err != nil) != dots.MatchString(r.URL.RequestURI()) {
			t.Errorf("%s: %v", request.URL, err)
		}
	}
}

var dots = regexp.MustCompile(`^[^?]*/(\.|%2E){1,2}($|[/?])`)
