package front

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// timeout is longer than anything here takes.
const timeout = time.Minute

// site is a server of one sort: the front, or net/http alone.
type site struct {
	server
	addr  string
	ended chan error
}

// restOf returns the settings that both sorts have in these tests.
func restOf(h http.HandlerFunc) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: timeout, WriteTimeout: timeout, IdleTimeout: timeout, MaxHeaderBytes: 64 << 10,
		ErrorLog: log.New(io.Discard, "", 0),
	}
}

// start serves until the test ends.
func start(t testing.TB, s server) *site {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	v := &site{server: s, addr: l.Addr().String(), ended: make(chan error, 1)}
	go func() { v.ended <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		<-v.ended
	})
	return v
}

// both starts the front and net/http with the same handler, and perhaps with other
// settings than the usual ones.
func both(t testing.TB, h http.HandlerFunc, change ...func(*http.Server)) map[string]*site {
	t.Helper()
	if !canWatch {
		t.Skip("SKIPPED: net/http serves everything on this system")
	}
	front, rest := restOf(h), restOf(h)
	for _, change := range change {
		change(front)
		change(rest)
	}
	return map[string]*site{"front": start(t, New(front)), "net/http": start(t, rest)}
}

func (v *site) dial(t testing.TB) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", v.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(timeout)); err != nil {
		t.Fatal(err)
	}
	return c.(*net.TCPConn)
}

// answer is what counts of an answer: all but the date.
type answer struct {
	Status int
	Header http.Header
	Body   string
	Coding []string
	Length int64
	Close  bool
}

// exchange sends bytes and the end, and returns all answers.
func (v *site) exchange(t testing.TB, sent string) []answer {
	t.Helper()
	c := v.dial(t)
	defer c.Close()
	go func() {
		_, _ = io.WriteString(c, sent) // the server may close first
		_ = c.CloseWrite()
	}()
	return readAnswers(t, c, methodsOf(sent))
}

// methodsOf are the methods by which answers are to be read.
func methodsOf(sent string) (list []string) {
	for part := range strings.SplitSeq(sent, "\n") {
		if method, _, ok := strings.Cut(part, " /"); ok && strings.ToUpper(method) == method {
			list = append(list, method)
		}
	}
	return list
}

func readAnswers(t testing.TB, c net.Conn, methods []string) (list []answer) {
	t.Helper()
	for in := bufio.NewReader(c); ; {
		r := &http.Request{Method: "GET"}
		if len(list) < len(methods) {
			r.Method = methods[len(list)]
		}
		res, err := http.ReadResponse(in, r)
		var network *net.OpError
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.As(err, &network) && !network.Timeout() {
			return list // a connection with more to read is reset when it is closed
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			body = append(body, " and no end"...)
		}
		if _, err := http.ParseTime(res.Header.Get("Date")); err != nil && res.StatusCode == http.StatusOK {
			t.Errorf("the date of an answer: %v", err)
		}
		res.Header.Del("Date")
		list = append(list, answer{res.StatusCode, res.Header, string(body), res.TransferEncoding, res.ContentLength, res.Close})
	}
}

// seen is what a handler was given.
type seen struct {
	Method, RequestURI, Path, RawPath, Query, Host, Proto string
	Header                                                http.Header
	Length                                                int64
	Close                                                 bool
	Body, Error                                           string
}

func look(r *http.Request) seen {
	body, err := io.ReadAll(r.Body)
	s := seen{
		r.Method, r.RequestURI, r.URL.Path, r.URL.RawPath, r.URL.RawQuery, r.Host, r.Proto,
		r.Header, r.ContentLength, r.Close, string(body), "",
	}
	if err != nil {
		s.Error = err.Error()
	}
	return s
}

// echo answers with what it was given.
func echo(w http.ResponseWriter, r *http.Request) {
	text, err := json.Marshal(look(r))
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", fmt.Sprint(len(text)))
	_, _ = w.Write(text)
}

// statuses of some answers.
func statuses(list []answer) (codes []int) {
	for _, a := range list {
		codes = append(codes, a.Status)
	}
	return codes
}

// wantSame checks that both sorts answer alike, and with some statuses.
func wantSame(t *testing.T, name string, answers map[string][]answer, want ...int) {
	t.Helper()
	if got := statuses(answers["front"]); !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", name, got, want)
	}
	front, rest := fmt.Sprintf("%+v", answers["front"]), fmt.Sprintf("%+v", answers["net/http"])
	if front != rest {
		t.Errorf("%s: the front answers\n%s\nand net/http\n%s", name, front, rest)
	}
}
