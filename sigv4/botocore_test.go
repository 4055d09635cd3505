package sigv4

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

// newServer runs a server that answers 403 and the error to what it refuses,
// and a client whose connections all lead there, whatever the URL.
func newServer(t *testing.T) *http.Client {
	t.Helper()
	v := testVerifier()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = judge(v, r, body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
		}
	}))
	t.Cleanup(server.Close)
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial}}
}

// send returns an error unless the server accepts r.
func send(client *http.Client, r *http.Request) error {
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s %s", r.Method, r.URL, response.Status, text)
	}
	return err
}

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
	client := newServer(t)
	for _, request := range requests {
		// The scheme is not signed; the server knows http only.
		r := newRequest(t, request.Method, strings.Replace(request.URL, "https:", "http:", 1), request.Body)
		for name, value := range request.Header {
			r.Header.Set(name, value)
		}
		if err := send(client, r); (err != nil) != dots.MatchString(r.URL.RequestURI()) {
			t.Errorf("%s: %v", request.URL, err)
		}
	}
}

var dots = regexp.MustCompile(`^[^?]*/(\.|%2E){1,2}($|[/?])`)
