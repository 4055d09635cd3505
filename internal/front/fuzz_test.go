package front

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// FuzzHead checks that what the front takes for plain net/http reads in the same
// way: the request, and where the next one begins; and that it makes no
// difference in which pieces a head comes.
func FuzzHead(f *testing.F) {
	for _, seed := range []string{
		next, "POST /a?b=c HTTP/1.1\r\nHost: h:80\r\nContent-Length: 3\r\nX-Y: a, b \r\nx-y:\r\n\r\nabcGET",
		"GET //x/%2f;?#z HTTP/1.1\r\nhost: [::1]\r\nConnection: close\r\nAuthorization: AWS4-HMAC-SHA256 Credential=a/b\r\n\r\n",
		"POST /a HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\nContent-Length: 4\r\nPragma: x\r\nTrailer: y\r\nExpect: 100-continue\r\n\r\nabcd" + next,
		"PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 007\r\nTransfer_Encoding: chunked\r\n\r\n1234567",
	} {
		f.Add(seed, 7)
	}
	f.Fuzz(func(t *testing.T, text string, piece int) {
		in := []byte(text)
		h := &head{}
		v := h.read(in[:min(len(in), maxHead)])
		checkPieces(t, in[:min(len(in), maxHead)], piece, v)
		if v != plain {
			return
		}
		got := h.request(in)
		rest := bufio.NewReader(strings.NewReader(text))
		want, err := http.ReadRequest(rest)
		if err != nil {
			t.Fatalf("net/http refuses it: %v", err)
		}
		delete(want.Header, "Host")
		compare(t, &got, want)
		_, _ = io.Copy(io.Discard, want.Body) // it may be short
		left, err := io.ReadAll(rest)
		if end := min(h.end+int(h.length), len(in)); err != nil || string(left) != text[end:] {
			t.Errorf("%q follows, and by net/http %q (%v)", text[end:], left, err)
		}
	})
}

func compare(t *testing.T, got, want *http.Request) {
	t.Helper()
	show := func(r *http.Request) string {
		return fmt.Sprintf("%s %q %q %s %d %v %v %+v %q %v", r.Method, r.RequestURI, r.Host, r.Proto, r.ContentLength, r.TransferEncoding, r.Close, *r.URL, r.Header, r.Trailer)
	}
	if g, w := show(got), show(want); g != w {
		t.Errorf("got\n%s, and by net/http\n%s", g, w)
	}
}

// checkPieces reads a head piece by piece.
func checkPieces(t *testing.T, in []byte, piece int, want verdict) {
	t.Helper()
	h := &head{}
	v := unfinished
	for n := 0; n < len(in) && v == unfinished; {
		n = min(n+1+(piece&0x3f), len(in))
		v = h.read(in[:n])
	}
	if v != want {
		t.Errorf("in pieces it is %d, else %d", v, want)
	}
}
