package sigv4

import (
	"net/http"
	"strings"
	"time"
)

// authorization holds the three parts of an Authorization header.
type authorization struct {
	credential, signedHeaders, signature string
}

// parseAuthorization splits the value of an Authorization header. The parts
// may come in any order, with blanks around the commas; each exactly once.
func parseAuthorization(value string) (authorization, error) {
	var parts authorization
	scheme, rest, _ := strings.Cut(value, " ")
	if scheme != Algorithm {
		// The value is not echoed: another scheme may carry a password.
		return parts, refuse(MissingAuthenticationToken, "The scheme of the Authorization header is not %s.", Algorithm)
	}
	for part := range strings.SplitSeq(rest, ",") {
		if err := parts.set(strings.Trim(part, " \t")); err != nil {
			return parts, err
		}
	}
	return parts, parts.complete()
}

func (p *authorization) set(part string) error {
	name, value, _ := strings.Cut(part, "=")
	var field *string
	switch name {
	case "Credential":
		field = &p.credential
	case "SignedHeaders":
		field = &p.signedHeaders
	case "Signature":
		field = &p.signature
	default:
		return refuse(IncompleteSignature, "The Authorization header has a part other than Credential, SignedHeaders and Signature.")
	}
	switch {
	case *field != "":
		return refuse(IncompleteSignature, "The Authorization header has two parts %s.", name)
	case value == "":
		return refuse(IncompleteSignature, "The part %s of the Authorization header is empty.", name)
	}
	*field = value
	return nil
}

func (p *authorization) complete() error {
	missing := ""
	switch {
	case p.credential == "":
		missing = "Credential"
	case p.signedHeaders == "":
		missing = "SignedHeaders"
	case p.signature == "":
		missing = "Signature"
	default:
		return nil
	}
	return refuse(IncompleteSignature, "The Authorization header lacks the part %s.", missing)
}

// readHeader fills a from the Authorization header and the date header of r.
func (v *Verifier) readHeader(a *Auth, r *http.Request, value string) error {
	parts, err := parseAuthorization(value)
	if err != nil {
		return err
	}
	if err := a.readDateHeader(r); err != nil {
		return err
	}
	a.SessionToken = r.Header.Get("X-Amz-Security-Token")
	return v.readParts(a, parts)
}

// readDateHeader sets a.Time. X-Amz-Date wins over Date: some HTTP clients
// cannot set Date, and some proxies rewrite it.
func (a *Auth) readDateHeader(r *http.Request) error {
	if date := r.Header["X-Amz-Date"]; len(date) > 0 {
		return a.setTime("X-Amz-Date", date[0], isoBasic)
	}
	if date := r.Header["Date"]; len(date) > 0 {
		return a.setTime("Date", date[0], isoBasic, http.TimeFormat, time.RFC1123Z)
	}
	return refuse(IncompleteSignature, "The request has neither an X-Amz-Date nor a Date header.")
}

func (a *Auth) setTime(name, value string, layouts ...string) error {
	for _, layout := range layouts {
		if t, ok := parseTime(layout, value); ok {
			a.Time = t.UTC().Truncate(time.Second)
			return nil
		}
	}
	return refuse(IncompleteSignature, "%s is not a date such as 20180701T123456Z.", name)
}

func parseTime(layout, value string) (time.Time, bool) {
	if layout == isoBasic {
		return parseStamp(value)
	}
	t, err := time.Parse(layout, value)
	return t, err == nil
}
