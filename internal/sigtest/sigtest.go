// Package sigtest gives tests of signatures a server over a real connection, which
// sees requests as they come and not as they were made.
package sigtest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// Client runs a server that answers 403 and the error to what judge refuses, and
// returns a client whose connections all lead there, whatever the URL. The server
// ends with the test.
func Client(t testing.TB, judge func(r *http.Request, body []byte) error) *http.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = judge(r, body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
		}
	}))
	t.Cleanup(server.Close)
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{DialContext: dial}}
}

// Send returns an error unless the server accepts r.
func Send(client *http.Client, r *http.Request) error {
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
