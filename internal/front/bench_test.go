package front

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// What HTTP costs around a handler that does nothing, by both servers. Both ends
// of the connection are in the figures.
func BenchmarkServe(b *testing.B) {
	answer := strings.Repeat("a", 600)
	rest := func() *http.Server {
		return &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			h := w.Header()
			h["x-amzn-RequestId"], h["Content-Type"] = []string{"a3f5c1de"}, []string{"application/json"}
			h["Connection"], h["Content-Length"] = []string{"keep-alive"}, []string{"600"}
			_, _ = io.WriteString(w, answer)
		}), ReadHeaderTimeout: timeout, IdleTimeout: timeout, WriteTimeout: timeout}
	}
	b.Run("net/http", func(b *testing.B) { benchmark(b, rest()) })
	b.Run("front", func(b *testing.B) { benchmark(b, New(rest())) })
}

type server interface {
	Serve(net.Listener) error
	Close() error
}

func benchmark(b *testing.B, s server) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	defer func() { s.Close(); <-ended }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	request := []byte("GET /accounts/9ca5b3bd/users/1f2e HTTP/1.1\r\nHost: chime.example:8018\r\nUser-Agent: bench/1\r\nX-Amz-Date: 20261127T000000Z\r\n" +
		"Accept-Encoding: identity\r\nAuthorization: " + strings.Repeat("x", 250) + "\r\n\r\n")
	in := make([]byte, 4<<10)
	length := 0 // of an answer, which is always the same
	b.ReportAllocs()
	for b.Loop() {
		_, err := c.Write(request)
		for n := 0; err == nil && (n < length || n == 0); {
			var more int
			more, err = c.Read(in[n:])
			n += more
			length = max(length, n)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
