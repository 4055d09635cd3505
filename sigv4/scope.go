package sigv4

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

// readParts fills a from what both forms of authentication have. It needs
// a.Time, which the scope has to agree with.
func (v *Verifier) readParts(a *Auth, parts authorization) error {
	if err := v.readCredential(a, parts.credential); err != nil {
		return err
	}
	if err := a.readSignature(parts.signature); err != nil {
		return err
	}
	a.SignedHeaders = parts.signedHeaders
	return nil
}

// readCredential reads AccessKeyID/date/region/service/aws4_request.
func (v *Verifier) readCredential(a *Auth, credential string) error {
	fields, ok := splitCredential(credential)
	if !ok || fields[0] == "" || !isGraphic(credential) {
		return refuse(IncompleteSignature, "The credential is not of the form AccessKeyID/YYYYMMDD/region/%s/%s.", v.Services[0], terminator)
	}
	a.AccessKeyID, a.Date, a.Region, a.Service = fields[0], fields[1], fields[2], fields[3]
	// aws-sdk-go 1.15 to 1.40 with an endpoint of one's own has "Chime".
	if !v.serves(a.Service) {
		return refuse(InvalidSignature, "The credential should be scoped to the service '%s'.", strings.Join(v.Services, "' or '"))
	}
	if fields[4] != terminator {
		return refuse(InvalidSignature, "The credential scope should end with '%s'.", terminator)
	}
	var room [len(isoDay)]byte
	if day := appendDay(room[:0], a.Time); a.Date != string(day) {
		return refuse(InvalidSignature, "The date of the credential scope should be %s, the day of the request's date.", day)
	}
	return nil
}

// splitCredential splits a text that has exactly five parts.
func splitCredential(s string) (fields [5]string, ok bool) {
	for i := range fields {
		if fields[i], s, ok = strings.Cut(s, "/"); ok != (i < len(fields)-1) {
			return fields, false
		}
	}
	return fields, true
}

func (v *Verifier) serves(service string) bool {
	return slices.ContainsFunc(v.Services, func(s string) bool { return strings.EqualFold(s, service) })
}

// isGraphic tells whether s is printable ASCII without blanks. It keeps line
// breaks, which a query can carry, out of logs and of the string to sign.
func isGraphic(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// readSignature wants lower-case digits, as every SDK writes them, so that a
// signature has one spelling only.
func (a *Auth) readSignature(s string) error {
	n, err := hex.Decode(a.signature[:], []byte(s[:min(len(s), 2*len(a.signature))]))
	if err != nil || n != len(a.signature) || len(s) != 2*n || strings.ContainsAny(s, "ABCDEF") {
		return refuse(IncompleteSignature, "The signature is not 64 lower-case hexadecimal digits.")
	}
	return nil
}

// sensitive are the headers that must not be added to a signed request
// unnoticed: they change what the signature means. The hash of the body is not
// among them: a right one changes nothing, and another one is refused.
var sensitive = []struct{ key, name string }{
	{"X-Amz-Date", "x-amz-date"},
	{"X-Amz-Security-Token", "x-amz-security-token"},
}

// checkSigned checks that the list of signed headers is well-formed, that the
// request has them all, and that those are among them that must be.
func checkSigned(a *Auth, r *http.Request) error {
	if err := checkList(a.SignedHeaders, r); err != nil {
		return err
	}
	if !a.signs("host") {
		return refuse(IncompleteSignature, "The header 'host' must be signed.")
	}
	for _, h := range sensitive {
		if len(r.Header[h.key]) > 0 && !a.signs(h.name) {
			return refuse(IncompleteSignature, "The header '%s' is sent but not signed.", h.name)
		}
	}
	if !a.Presigned && !a.signs("x-amz-date") && !a.signs("date") {
		return refuse(IncompleteSignature, "The header 'x-amz-date' or 'date' must be signed.")
	}
	return nil
}

func checkList(list string, r *http.Request) error {
	last := ""
	for name := range strings.SplitSeq(list, ";") {
		// Sorted also means: no empty name, and none twice.
		if name <= last || !isLowerToken(name) {
			return refuse(IncompleteSignature, "The signed headers are not sorted lower-case names separated by semicolons.")
		}
		var one [1]string
		if len(headerValues(r, name, one[:0])) == 0 {
			return refuse(IncompleteSignature, "The header '%.64s' is named as signed but not sent.", name)
		}
		last = name
	}
	return nil
}

// isLowerToken tells whether s is a header name (RFC 9110) in lower case.
func isLowerToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("-_!#$%&'*+.^`|~", rune(c)) {
			return false
		}
	}
	return true
}

// signs tells whether the signature covers the header name, given in lower case.
func (a *Auth) signs(name string) bool {
	for signed := range strings.SplitSeq(a.SignedHeaders, ";") {
		if signed == name {
			return true
		}
	}
	return false
}
