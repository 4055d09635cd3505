// Package wire speaks the protocols of AWS: REST-JSON, Query and JSON 1.1. Each
// is a [Door] that turns bytes into an operation with its input, and answers back
// into bytes, and knows no rule.
package wire

import (
	"errors"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"carillon/api"
)

// Door is a protocol: it finds the operation of a request, reads its input, and
// writes answers and errors. It is safe for concurrent use.
type Door interface {
	// Match finds the operation of a verified request and reads of its input what
	// is needed to know what it is about; [Match.Read] reads the rest once the call
	// is permitted. rawQuery is the query as it was signed: a plus in it is a plus.
	Match(r *http.Request, rawQuery string, body []byte) (Match, error)
	// WriteOutput answers with the result of an operation; nil is an empty one.
	WriteOutput(w http.ResponseWriter, op *api.Op, out api.Output) error
	// WriteError renders a refusal as it is and anything else as the service's
	// failure; it returns what was told.
	WriteError(w http.ResponseWriter, err error) *api.Error
	// Told returns what callers are told of an error, as WriteError does.
	Told(err error) *api.Error
}

// Match is an operation and what is known of its input.
type Match struct {
	Op *api.Op
	// In has the members that were read so far; nil for operations that were
	// removed from the API. What is wrong with a request only Read tells.
	In      api.Input
	query   Query
	refusal error
}

// Read reads the rest of the input of a matched request: in REST-JSON what query
// and body carry. An error is a refusal that names the member.
func (m *Match) Read(body []byte) error {
	if m.refusal != nil {
		return m.refusal
	}
	in, ok := m.In.(api.RESTInput)
	if !ok {
		return nil // Match has read it
	}
	for _, p := range m.query {
		if _, err := in.SetQuery(p.name, p.value); err != nil {
			return err
		}
	}
	return in.DecodeBody(body)
}

// Guess returns the protocol that a request seems to speak whose signature does
// not say which service it is for.
func Guess(r *http.Request) api.Protocol {
	switch {
	case r.URL.Path != "/" || r.URL.EscapedPath() != "/":
		return api.RESTJSON
	case len(r.Header[headerTarget]) > 0:
		return api.JSON
	case r.Method == http.MethodPost && isForm(r):
		return api.Query
	}
	return api.RESTJSON
}

func isForm(r *http.Request) bool {
	contentType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return contentType == formType
}

// service is what the doors of services have in common whose requests all go to
// the path / and name their operation elsewhere.
type service struct {
	*api.Service
	ops map[string]*api.Op
	translation
}

func newService(s *api.Service, ops []api.Op) service {
	byName := make(map[string]*api.Op, len(ops))
	for i := range ops {
		byName[ops[i].Name] = &ops[i]
	}
	return service{s, byName, newTranslation(s)}
}

// checkLine returns the refusal of another path than / and of other methods.
func (s *service) checkLine(r *http.Request, methods ...string) error {
	if path := r.URL.EscapedPath(); path != "/" {
		return s.unknown(http.StatusNotFound, "No operation has this path; "+s.Name+" is at /")
	}
	if slices.Contains(methods, r.Method) {
		return nil
	}
	allow := strings.Join(methods, ", ")
	return &methodError{allow, s.unknown(http.StatusMethodNotAllowed, "This service does not take the method; it takes "+allow)}
}

func (s *service) unknown(status int, message string) *api.Error {
	kind := s.Unknown
	kind.Status = status
	return &api.Error{Kind: kind, Message: message}
}

// find returns the operation of a name.
func (s *service) find(name string) (*api.Op, error) {
	if op := s.ops[name]; op != nil {
		return op, nil
	}
	return nil, s.unknown(s.Unknown.Status, "Could not find operation "+shown(name)+" for version "+s.Version+" of "+s.Name+" on this server")
}

// maxShown is the longest name that refusals repeat.
const maxShown = 128

// shown returns a name as refusals show it: itself, if it looks like one.
func shown(name string) string {
	strange := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && !strings.ContainsRune("-._", r)
	}
	if name == "" || len(name) > maxShown || strings.ContainsFunc(name, strange) {
		return "(a name of " + strconv.Itoa(len(name)) + " bytes)"
	}
	return name
}

// methodError is a refusal whose answer says which methods are allowed.
type methodError struct {
	allow   string
	refusal *api.Error
}

func (e *methodError) Error() string { return e.refusal.Error() }
func (e *methodError) Unwrap() error { return e.refusal }

// refusalOf returns the refusal that an error is, or else a failure that tells
// the caller nothing of the cause.
func refusalOf(err error, failure api.Kind) *api.Error {
	var e *api.Error
	if !errors.As(err, &e) {
		e = failure.Wrap(err, "The server failed to answer; see its log for this request id")
	}
	return e
}

// setErrorHeaders sets the headers that a refusal has in every protocol.
func setErrorHeaders(h http.Header, err error, e *api.Error) {
	var m *methodError
	if errors.As(err, &m) {
		h["Allow"] = []string{m.allow}
	}
	if e.RetryAfter > 0 {
		setRetryAfter(h, e.RetryAfter)
	}
}

// setRetryAfter says when to try again, in the two forms that SDKs read.
func setRetryAfter(h http.Header, d time.Duration) {
	seconds := int64((d + time.Second - 1) / time.Second)
	h["Retry-After"] = []string{strconv.FormatInt(seconds, 10)}
	h["x-amz-retry-after"] = []string{strconv.FormatInt(d.Milliseconds(), 10)}
}
