package front

import (
	"strings"
	"testing"
)

const (
	next = "GET /next HTTP/1.1\r\nHost: h\r\n\r\n"
	host = "Host: h\r\n"
)

// disputed are requests that readers of HTTP disagree about, and the statuses of
// the answers.
var disputed = []struct {
	name, sent string
	want       []int
}{
	{"plain", next, []int{200}},
	{"two", next + next, []int{200, 200}},
	{"body", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc" + next, []int{200, 200}},
	{"body with GET", "GET /a HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc" + next, []int{200, 200}},
	{"empty body", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n" + next, []int{200, 200}},

	{"CL.TE", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG" + next, []int{200, 200}},
	{"TE.CL", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5\r\nabcde\r\n0\r\n\r\n" + next, []int{200, 200}},
	{"TE.TE", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + next, []int{501}},
	{"TE of two", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + next, []int{501}},
	{"TE unknown", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n\r\nabc" + next, []int{501}},
	{"TE, vertical tab", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", []int{400}},
	{"TE, blank before colon", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", []int{400}},
	{"TE of lower case", "POST /a HTTP/1.1\r\n" + host + "transfer-encoding: CHUNKED\r\n\r\n1\r\na\r\n0\r\n\r\n" + next, []int{200, 200}},
	{"TE, underscore", "POST /a HTTP/1.1\r\n" + host + "Transfer_Encoding: chunked\r\nContent-Length: 1\r\n\r\na" + next, []int{200, 200}},
	{"chunked, trailers", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n1\r\na\r\n0\r\nX-T: 1\r\n\r\n" + next, []int{200, 200}},
	{"trailers without chunks", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 1\r\nTrailer: X-T\r\n\r\na" + next, []int{200, 200}},
	{"forbidden trailer", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTrailer: Content-Length\r\n\r\n0\r\n\r\n", []int{400}},
	{"chunk with an extension", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1;x=y\r\na\r\n0\r\n\r\n" + next, []int{200, 200}},
	{"chunk of odd size", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n" + next, []int{200}},

	{"CL twice", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", []int{400}},
	{"CL twice, the same", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc" + next, []int{200, 200}},
	{"CL twice, in two cases", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 3\r\ncontent-length: 0\r\n\r\nabc", []int{400}},
	{"CL +5", "POST /a HTTP/1.1\r\n" + host + "Content-Length: +5\r\n\r\nabcde", []int{400}},
	{"CL -5", "POST /a HTTP/1.1\r\n" + host + "Content-Length: -5\r\n\r\nabcde", []int{400}},
	{"CL with blanks", "POST /a HTTP/1.1\r\n" + host + "Content-Length:   5  \r\n\r\nabcde" + next, []int{200, 200}},
	{"CL with a tab", "POST /a HTTP/1.1\r\n" + host + "Content-Length:\t5\r\n\r\nabcde" + next, []int{200, 200}},
	{"CL with a blank within", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 1 0\r\n\r\nabcde", []int{400}},
	{"CL 0x5", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 0x5\r\n\r\nabcde", []int{400}},
	{"CL 5,5", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 5,5\r\n\r\nabcde", []int{400}},
	{"CL 5.0", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 5.0\r\n\r\nabcde", []int{400}},
	{"CL of zeros", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 0000000005\r\n\r\nabcde" + next, []int{200, 200}},
	{"CL empty", "POST /a HTTP/1.1\r\n" + host + "Content-Length:\r\n\r\n" + next, []int{400}},
	{"CL too large", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n\r\na", []int{400}},
	{"CL of other digits", "POST /a HTTP/1.1\r\n" + host + "Content-Length: \uff15\r\n\r\nabcde", []int{400}},
	{"CL, underscore", "POST /a HTTP/1.1\r\n" + host + "Content_Length: 3\r\n\r\n" + next, []int{200, 200}},
	{"CL, NUL after it", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 3\x00\r\n\r\nabc", []int{400}},

	{"body too long", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabcX" + next, []int{200, 200}},
	{"body of a line break more", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc\r\n" + next, []int{200, 200}},
	{"many line breaks", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc\r\n\r\n\r\n" + next, []int{200, 400}},
	{"line breaks first", "\r\n" + next, []int{400}},
	{"line breaks after GET", next + "\r\n" + next, []int{200, 400}},

	{"bare LF", "GET /a HTTP/1.1\nHost: h\n\n" + next, []int{200, 200}},
	{"bare LF in one line", "GET /a HTTP/1.1\r\nHost: h\nX: y\r\n\r\n" + next, []int{200, 200}},
	{"bare LF at the end", "GET /a HTTP/1.1\r\nHost: h\r\n\n" + next, []int{200, 200}},
	{"bare CR", "GET /a HTTP/1.1\r\nHost: h\r\nX: a\rY: b\r\n\r\n", []int{400}},
	{"bare CR in the line", "GET /a\r HTTP/1.1\r\nHost: h\r\n\r\n", []int{400}},
	{"two CR", "GET /a HTTP/1.1\r\r\nHost: h\r\n\r\n", []int{400}},
	{"folded", "GET /a HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n" + next, []int{200, 200}},
	{"folded by a tab", "GET /a HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\t5\r\n\r\nabcde" + next, []int{200, 200}},
	{"folded at first", "GET /a HTTP/1.1\r\n X: a\r\nHost: h\r\n\r\n", []int{400}},
	{"no colon", "GET /a HTTP/1.1\r\nHost: h\r\nX\r\n\r\n", []int{400}},
	{"no name", "GET /a HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n", []int{400}},
	{"blank before colon", "GET /a HTTP/1.1\r\nHost: h\r\nX : a\r\n\r\n", []int{400}},
	{"NUL in a value", "GET /a HTTP/1.1\r\nHost: h\r\nX: a\x00b\r\n\r\n", []int{400}},
	{"NUL in a name", "GET /a HTTP/1.1\r\nHost: h\r\nX\x00: ab\r\n\r\n", []int{400}},
	{"NUL in the target", "GET /a\x00 HTTP/1.1\r\nHost: h\r\n\r\n", []int{400}},
	{"odd byte in a name", "GET /a HTTP/1.1\r\nHost: h\r\nX(y): a\r\n\r\n", []int{400}},
	{"UTF-8 in a name", "GET /a HTTP/1.1\r\nHost: h\r\nÄ: a\r\n\r\n", []int{400}},
	{"UTF-8 in a value", "GET /a HTTP/1.1\r\nHost: h\r\nX: \u00e4\r\n\r\n" + next, []int{200, 200}},
	{"tab in a value", "GET /a HTTP/1.1\r\nHost: h\r\nX: a\tb\t\r\n\r\n" + next, []int{200, 200}},
	{"odd names that are tokens", "GET /a HTTP/1.1\r\nHost: h\r\nx_y!#$%&'*+.^`|~: a\r\n\r\n" + next, []int{200, 200}},
	{"empty value", "GET /a HTTP/1.1\r\nHost: h\r\nX:\r\nY:  \r\n\r\n" + next, []int{200, 200}},
	{"names of all cases", "GET /a HTTP/1.1\r\nhOST: h\r\nx-amz-DATE: 1\r\nX-AMZ-Date: 2\r\n\r\n" + next, []int{200, 200}},
	{"pragma", "GET /a HTTP/1.1\r\nHost: h\r\nPragma: no-cache\r\n\r\n" + next, []int{200, 200}},

	{"absolute form", "GET http://other/a HTTP/1.1\r\nHost: h\r\n\r\n" + next, []int{200, 200}},
	{"asterisk form", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n" + next, []int{200, 200}},
	{"authority form", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", []int{200}},
	{"two slashes", "GET //other/a HTTP/1.1\r\nHost: h\r\n\r\n" + next, []int{200, 200}},
	{"dots and escapes", "GET /a/../%2e%2E/b%2fc;d?e=%zz&f#g HTTP/1.1\r\nHost: h\r\n\r\n" + next, []int{200, 200}},
	{"bad escape", "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n" + next, []int{400}},
	{"empty query", "GET /a? HTTP/1.1\r\nHost: h\r\n\r\n" + next, []int{200, 200}},
	{"UTF-8 in the target", "GET /\u00e4 HTTP/1.1\r\nHost: h\r\n\r\n" + next, []int{200, 200}},
	{"blank in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", []int{400}},
	{"two blanks", "GET  /a HTTP/1.1\r\nHost: h\r\n\r\n", []int{400}},
	{"no target", "GET HTTP/1.1\r\nHost: h\r\n\r\n", []int{400}},
	{"tab for blank", "GET\t/a\tHTTP/1.1\r\nHost: h\r\n\r\n", []int{400}},
	{"lower-case method", "get /a HTTP/1.1\r\nHost: h\r\n\r\n" + next, []int{200, 200}},
	{"unknown method", "BREW /a HTTP/1.1\r\nHost: h\r\n\r\n" + next, []int{200, 200}},
	{"longer method", "GETS /a HTTP/1.1\r\nHost: h\r\n\r\n" + next, []int{200, 200}},
	{"bad method", "G@T /a HTTP/1.1\r\nHost: h\r\n\r\n", []int{400}},

	{"HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n" + next, []int{200}},
	{"HTTP/1.0 kept", "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + next, []int{200, 200}},
	{"HTTP/1.2", "GET /a HTTP/1.2\r\nHost: h\r\n\r\n" + next, []int{200, 200}},
	{"HTTP/2.0", "GET /a HTTP/2.0\r\nHost: h\r\n\r\n", []int{505}},
	{"HTTP/0.9", "GET /a\r\n", []int{400}},
	{"http/1.1", "GET /a http/1.1\r\nHost: h\r\n\r\n", []int{400}},
	{"HTTP/1.10", "GET /a HTTP/1.10\r\nHost: h\r\n\r\n", []int{400}},
	{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []int{200}},
	{"TLS", "\x16\x03\x01\x00\xa5\x01\x00\n", []int{400}},

	{"no Host", "GET /a HTTP/1.1\r\n\r\n", []int{400}},
	{"two Hosts", "GET /a HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", []int{400}},
	{"empty Host", "GET /a HTTP/1.1\r\nHost:\r\n\r\n" + next, []int{200, 200}},
	{"odd Host", "GET /a HTTP/1.1\r\nHost: h/x@y\r\n\r\n", []int{400}},
	{"Host of IPv6", "GET /a HTTP/1.1\r\nHost: [::1]:80\r\n\r\n" + next, []int{200, 200}},

	{"close", "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + next, []int{200}},
	{"Close", "GET /a HTTP/1.1\r\nHost: h\r\nconnection: Close\r\n\r\n" + next, []int{200}},
	{"keep-alive", "GET /a HTTP/1.1\r\nHost: h\r\nConnection: Keep-Alive\r\n\r\n" + next, []int{200, 200}},
	{"close and more", "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close, X\r\n\r\n" + next, []int{200}},
	{"two Connections", "GET /a HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n" + next, []int{200}},
	{"h2c", "GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n" + next, []int{200, 200}},
	{"websocket", "GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n" + next, []int{200, 200}},
	{"a length as option of the connection", "POST /a HTTP/1.1\r\nHost: h\r\nConnection: Content-Length\r\nContent-Length: 1\r\n\r\na" + next, []int{200, 200}},
	{"100-continue", "POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc" + next, []int{100, 200, 200}},
	{"another Expect", "POST /a HTTP/1.1\r\nHost: h\r\nExpect: wonders\r\n\r\n", []int{417}},

	{"half a head", "GET /a HTTP/1.1\r\nHost: h\r\n", []int{400}},
	{"half a line", "GET /a HT", []int{400}},
	{"half the next head", next + "GET /a", []int{200, 400}},
	{"nothing", "", nil},
	{"many fields", "GET /a HTTP/1.1\r\nHost: h\r\n" + strings.Repeat("X: y\r\n", 100) + "\r\n" + next, []int{200, 200}},
	{"large field", "GET /a HTTP/1.1\r\nHost: h\r\nX: " + strings.Repeat("y", 9000) + "\r\n\r\n" + next, []int{200, 200}},
	{"large target", "GET /" + strings.Repeat("y", 6000) + " HTTP/1.1\r\nHost: h\r\n\r\n" + next, []int{200, 200}},
	{"huge head", "GET /a HTTP/1.1\r\nHost: h\r\nX: " + strings.Repeat("y", 80<<10) + "\r\n\r\n", []int{431}},
	{"large body", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("y", 100000) + next, []int{200, 200}},
	{"long pipeline", strings.Repeat(next, 200), repeated(200, 200)},
}

// What readers of HTTP disagree about is read, or refused, as net/http does: the
// same answers, and the same number of them, on a new connection and on one that
// has had a request. A request hidden in another would be one answer more.
func TestServe_disputed(t *testing.T) {
	sites := both(t, echo)
	for _, test := range disputed {
		compareSites(t, test.name, sites, test.sent, test.want...)
		compareSites(t, test.name+", second", sites, next+test.sent, append([]int{200}, test.want...)...)
	}
}

// compareSites sends the same to both.
func compareSites(t *testing.T, name string, sites map[string]*site, sent string, want ...int) {
	t.Helper()
	got := map[string][]answer{}
	for sort, v := range sites {
		got[sort] = v.exchange(t, sent)
	}
	wantSame(t, name, got, want...)
}

// A body that ends too soon is no whole body, and nothing follows it.
func TestServe_shortBody(t *testing.T) {
	for sort, v := range both(t, echo) {
		got := v.exchange(t, "POST /a HTTP/1.1\r\n"+host+"Content-Length: 100\r\n\r\n"+next)
		if len(got) != 1 || !strings.Contains(got[0].Body, `"Error":"unexpected EOF"`) {
			t.Errorf("%s: got %+v", sort, got)
		}
	}
}

func repeated(status, n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = status
	}
	return list
}
