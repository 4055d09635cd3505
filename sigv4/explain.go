package sigv4

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// What an explanation shows of a request, in bytes.
const (
	maxShownRequest = 4096
	maxShownString  = 512
	maxShownValue   = 128
)

// explain returns the refusal of a wrong signature. It shows how the server
// reads the request, for its sender to compare, and nothing that depends on the
// secret.
func (w *workspace) explain(r *http.Request, now time.Time) error {
	d := w.asSent(r)
	w.buf = append(d.appendHead(w.buf[:0]), w.headers...)
	w.hash.Reset()
	w.hash.Write(w.buf)

	w.text = w.appendCauses(w.text[:0], r, d.path, now)
	w.text = append(w.text, "\nThe canonical request that this server expected:\n"...)
	w.text = appendCut(w.text, w.buf, maxShownRequest)
	w.text = append(w.text, "\n\nThe string to sign that it expected:\n"...)
	w.buf = w.appendStringToSign(w.buf[:0])
	w.text = appendCut(w.text, w.buf, maxShownString)
	return &Error{
		Kind:    InvalidSignature,
		Message: "The signature does not match: check the secret access key and how the request is signed.",
		Detail:  validText(w.text),
	}
}

// validText is text in UTF-8: a request may hold any bytes, and a cut may go
// through a character.
func validText(text []byte) string {
	if utf8.Valid(text) { // much faster than to make sure
		return string(text)
	}
	return strings.ToValidUTF8(string(text), "\uFFFD")
}

// appendCauses lists what often goes wrong, with what can be seen of it.
func (w *workspace) appendCauses(dst []byte, r *http.Request, path string, now time.Time) []byte {
	dst = append(dst, "What it often comes from:\n- the secret is not that of this access key\n- a proxy changes the Host header, which arrived as "...)
	dst = appendQuoted(dst, hostOf(r))
	dst = appendSaid(dst, r, "X-Forwarded-Host")
	dst = append(dst, "\n- a proxy, or the endpoint's URL, adds or removes a path prefix; the path arrived as "...)
	dst = appendQuoted(dst, path)
	dst = appendSaid(dst, r, "X-Forwarded-Prefix")
	dst = append(dst, "\n- the client's clock: the request is dated "...)
	dst = append(dst, w.scope[len(Algorithm)+1:][:len(isoBasic)]...)
	dst = append(dst, ", and here it is "...)
	return append(now.AppendFormat(dst, isoBasic), '\n')
}

// appendSaid appends what a proxy says in a header, if anything.
func appendSaid(dst []byte, r *http.Request, header string) []byte {
	v := r.Header[header]
	if len(v) == 0 {
		return dst
	}
	dst = append(append(append(dst, " ("...), header...), " is "...)
	return append(appendQuoted(dst, v[0]), ')')
}

func appendQuoted(dst []byte, s string) []byte {
	return append(appendCut(append(dst, '\''), s, maxShownValue), '\'')
}

// appendCut appends at most limit bytes of s and says how many are left out.
func appendCut[T string | []byte](dst []byte, s T, limit int) []byte {
	if len(s) <= limit {
		return append(dst, s...)
	}
	dst = append(append(dst, s[:limit]...), "… ("...)
	return append(strconv.AppendInt(dst, int64(len(s)-limit), 10), " bytes more)"...)
}
