package front

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// answers are handlers by path.
var answers = map[string]http.HandlerFunc{
	"/nothing": func(http.ResponseWriter, *http.Request) {},
	"/status":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) },
	"/odd":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(599) },
	"/small":   func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>small") },
	"/pieces": func(w http.ResponseWriter, _ *http.Request) {
		for range 20 {
			fmt.Fprint(w, strings.Repeat("p", 100))
		}
	},
	"/chunked": func(w http.ResponseWriter, _ *http.Request) {
		for range 50 {
			fmt.Fprint(w, strings.Repeat("c", 1000))
		}
	},
	"/large":   func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("l", 300_000)) },
	"/length":  withLength("1000", strings.Repeat("x", 1000)),
	"/lengthy": withLength("300000", strings.Repeat("x", 300_000)),
	"/short":   withLength("1000", strings.Repeat("x", 10)),
	"/over":    withLength("10", strings.Repeat("x", 1000)),
	"/zero":    withLength("0", ""),
	"/204": func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{"application/json"}
		w.WriteHeader(http.StatusNoContent)
		_, err := io.WriteString(w, "no")
		if err != http.ErrBodyNotAllowed {
			panic(err)
		}
	},
	"/304": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Content-Length", "10")
		w.Header().Set("Etag", "x")
		w.WriteHeader(http.StatusNotModified)
	},
	"/fields": func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h["x-amzn-RequestId"], h["X-Many"], h["X-Split"] = []string{"id"}, []string{"a", "b"}, []string{"a\r\nSet-Cookie: b"}
		h["Bad Name"], h["Content-Encoding"] = []string{"x"}, []string{"gzip"}
		fmt.Fprint(w, "packed")
		h.Set("Late", "x")
	},
	"/twice": func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		w.WriteHeader(http.StatusOK)
	},
	"/close": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		fmt.Fprint(w, "bye")
	},
	"/keep": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "keep-alive")
		fmt.Fprint(w, "stay")
	},
	"/flush": func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "a")
		_ = http.NewResponseController(w).Flush()
		fmt.Fprint(w, "b")
		w.(http.Flusher).Flush()
	},
	"/flushed": func(w http.ResponseWriter, _ *http.Request) {
		_ = http.NewResponseController(w).Flush()
	},
	"/deadlines": func(w http.ResponseWriter, r *http.Request) {
		conn := http.NewResponseController(w)
		err := conn.SetReadDeadline(time.Unix(1, 0))
		_, failure := io.ReadAll(r.Body)
		err2 := conn.SetReadDeadline(time.Time{})
		rest, err3 := io.ReadAll(r.Body)
		fmt.Fprint(w, err, failure != nil, err2, len(rest), err3, conn.SetWriteDeadline(time.Now().Add(timeout)))
	},
	"/panic": func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "a")
		panic("for the test")
	},
	"/context": func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Context().Value(http.LocalAddrContextKey) != nil, r.Context().Value(http.ServerContextKey) != nil,
			r.Context().Err(), r.RemoteAddr != "", r.TLS, r.TransferEncoding)
	},
	"/closed": func(w http.ResponseWriter, r *http.Request) {
		_ = r.Body.Close()
		_, err := r.Body.Read(make([]byte, 1))
		fmt.Fprint(w, err)
	},
}

func withLength(n, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", n)
		if body != "" {
			_, _ = io.WriteString(w, body) // may be too much
		}
	}
}

func route(w http.ResponseWriter, r *http.Request) {
	if h := answers[r.URL.Path]; h != nil {
		h(w, r)
		return
	}
	echo(w, r)
}

// What handlers write comes to the client as net/http has it, by GET, by HEAD and
// with a body that nobody reads, and so does the answer to the next request.
func TestServe_answers(t *testing.T) {
	sites := both(t, route)
	statuses := map[string]int{"/status": 418, "/odd": 599, "/204": 204, "/304": 304, "/twice": 201}
	for path := range answers {
		want := []int{200, 200}
		if status := statuses[path]; status != 0 {
			want[0] = status
		}
		for name, sent := range map[string]string{
			"GET":  "GET " + path + " HTTP/1.1\r\n" + host + "\r\n",
			"HEAD": "HEAD " + path + " HTTP/1.1\r\n" + host + "\r\n",
			"POST": "POST " + path + " HTTP/1.1\r\n" + host + "Content-Length: 5000\r\n\r\n" + strings.Repeat("x", 5000),
		} {
			got := map[string][]answer{}
			for sort, v := range sites {
				got[sort] = v.exchange(t, sent+next)
			}
			want := want
			if path == "/panic" {
				want = nil
			}
			if path == "/close" || (path == "/short" || path == "/over") && name != "HEAD" {
				want = want[:1]
			}
			wantSame(t, name+" "+path, got, want...)
		}
	}
}
