package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestWire_large_headers(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		conn := e.dial(t)
		go func() { // the server stops reading before the end
			fmt.Fprintf(conn, "GET /accounts HTTP/1.1\r\nHost: x\r\n")
			for i := range 300 {
				fmt.Fprintf(conn, "X-Fill-%d: %s\r\n", i, ofLength(1000, "f"))
			}
			fmt.Fprint(conn, "\r\n")
		}()
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Skipf("the connection was reset before the answer was read: %v", err)
		}
		defer res.Body.Close()
		equal(t, "status", res.StatusCode, http.StatusRequestHeaderFieldsTooLarge)
		e.works(t, true)
	})
}

func TestWire_malformed_request(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, text := range []string{
			"NONSENSE\r\n\r\n",
			"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
			"GET / HTTP/1.1\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
			"POST /accounts HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
			"POST /accounts HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
		} {
			conn := e.dial(t)
			_, err := io.WriteString(conn, text)
			succeed(t, err)
			res, err := readAnswer(conn)
			succeed(t, err)
			equal(t, "status of "+text[:10], res.StatusCode, http.StatusBadRequest)
		}
		e.works(t, true)
	})
}

// A client that never finishes its headers must not hold a connection for ever.
func TestWire_slow_headers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	forEachEngine(t, func(t *testing.T, e *env) {
		const patience = 25 * time.Second
		conn := e.dial(t)
		_, err := io.WriteString(conn, "GET /accounts HTTP/1.1\r\nHost: x\r\n")
		succeed(t, err)
		succeed(t, conn.SetReadDeadline(time.Now().Add(patience)))
		start := time.Now()
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Fatalf("after %s: %v", patience, err)
		}
		t.Logf("the connection was closed after %s", time.Since(start).Round(time.Second))
	})
}

// A body that ends early is no request, and the server lives on.
func TestWire_cut_body(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		r := c.request(t, "POST", "/accounts", `{"Name":"cut"}`)
		signerOf(c).sign(r, `{"Name":"cut"}`)
		var text strings.Builder
		succeed(t, r.Write(&text))
		conn := c.dial(t)
		_, err := io.WriteString(conn, text.String()[:text.Len()-3])
		succeed(t, err)
		succeed(t, conn.Close())
		c.works(t, true)
		equal(t, "accounts", c.send(t, "GET", "/accounts", "").body, `{"Accounts":[],"NextToken":null}`)
	})
}

func TestWire_health(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, target := range []string{"/healthz", "/readyz"} {
			for _, method := range []string{"GET", "HEAD"} {
				got := do(t, e.request(t, method, target, ""))
				equal(t, "status of "+target, got.status, 200)
				equal(t, "body of "+target, got.body, "")
				isUUID(t, "x-amzn-RequestId", got.header.Get("x-amzn-RequestId"))
				got.dated(t)
			}
			do(t, e.request(t, "POST", target, "")).refused(t, missingToken)
			e.send(t, "GET", target, "").dated(t) // a signature does no harm
			e.send(t, "GET", "/console"+target, "").refused(t, unknownPath)
		}
	})
}
