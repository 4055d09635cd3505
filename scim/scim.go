// Package scim is the door of identity providers: SCIM 2.0 (RFC 7643 and 7644). It
// turns requests into operations and answers back into resources, and knows no rule.
// It takes what Okta, Entra ID and others really send, and answers strictly.
package scim

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"carillon/api"
	"carillon/scim/schema"
)

// Path begins the addresses of this door.
const Path = "/scim/v2"

// byteOrderMark is what some clients put before UTF-8.
const byteOrderMark = "\ufeff"

// maxID bounds the ids of a path, in bytes.
const maxID = 1024

const contentType = "application/scim+json"

// Run runs an operation for whoever asks.
type Run func(op *api.Op, in api.Input) (api.Output, error)

// Request is a request of one whose token is good.
type Request struct {
	*http.Request
	// Base is the URL under which the client sees this door, without a slash at its end.
	Base string
	// AccountID is the Chime account that the token is good for.
	AccountID string
	Body      []byte
	Run       Run
}

// call is one request, which Bulk may hold many of.
type call struct {
	*Request
	method, ifMatch string
	path            []string // behind the base, decoded
	query           url.Values
	body            string
	minimal         bool // the client wants no body
}

// Answer is what a call is answered with.
type Answer struct {
	Status int
	Header map[string]string
	Body   []byte // JSON; nil: none
	id     string // of the resource
}

// Serve answers a request. An error is a refusal, or a failure, for [WriteError].
func Serve(w http.ResponseWriter, q *Request) (status int, err error) {
	c := &call{
		Request: q, method: q.Method, body: strings.TrimPrefix(string(q.Body), byteOrderMark), ifMatch: q.Header.Get("If-Match"),
		minimal: strings.Contains(strings.ToLower(q.Header.Get("Prefer")), "return=minimal"),
	}
	if c.method == http.MethodHead {
		c.method = http.MethodGet
	}
	if c.query, err = parameters(q.URL.RawQuery); err != nil {
		return 0, err
	}
	if c.path, err = split(q.URL.EscapedPath()); err != nil {
		return 0, err
	}
	a, err := c.answer()
	if err != nil {
		return 0, err
	}
	if q.Method == http.MethodHead {
		a.Body = nil
	}
	a.write(w)
	return a.Status, nil
}

// parameters reads a query, with names in any case. A semicolon stands for itself. What
// cannot be read is refused: without its filter a list would be that of everybody.
func parameters(query string) (url.Values, error) {
	sent, err := url.ParseQuery(strings.ReplaceAll(query, ";", "%3B"))
	if err != nil {
		return nil, api.ScimKind("invalidValue").Errorf("The query has an escape that means nothing")
	}
	values := url.Values{}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		values[canonical(name)] = append(values[canonical(name)], sent[name]...)
	}
	return values, nil
}

// split returns the segments of a path behind that of the door. A slash at the end
// counts for nothing.
func split(escaped string) ([]string, error) {
	segments := strings.Split(strings.Trim(strings.TrimPrefix(escaped, Path), "/"), "/")
	for i, s := range segments {
		text, err := url.PathUnescape(s)
		if err != nil {
			return nil, unknown()
		}
		segments[i] = text
	}
	return segments, nil
}

func unknown() error { return api.NotFound.Errorf("There is no such resource") }

func (a *Answer) write(w http.ResponseWriter) {
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Type", contentType)
	if a.Body == nil {
		w.WriteHeader(a.Status)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // the client may be gone
}

// written is an object of the door itself in JSON.
func written(object map[string]any) []byte {
	text, _ := json.Marshal(object) // of maps, texts, numbers and booleans
	return text
}

// answer finds out what is asked for.
func (c *call) answer() (*Answer, error) {
	switch strings.ToLower(c.path[0]) {
	case "users":
		return c.resources(users)
	case "groups":
		return c.resources(groups)
	case "bulk":
		return c.bulk()
	case "serviceproviderconfig", "serviceconfiguration", "resourcetypes", "schemas":
		return c.discover()
	case "me", ".search":
		return nil, notImplemented
	}
	return nil, unknown()
}

var notImplemented = &api.Error{Kind: api.Kind{Name: "notImplemented", Status: http.StatusNotImplemented}, Message: "The server does not offer this"}

// kind is a type of resources with its operations.
type kind struct {
	*schema.Type
	list    func(*call) (*api.Op, api.Input)
	get     func(c *call, id string) (*api.Op, api.Input)
	create  func(*call) (*api.Op, api.Input)
	replace func(c *call, id string) (*api.Op, api.Input)
	patch   func(c *call, id string) (*api.Op, api.Input)
	remove  func(c *call, id string) (*api.Op, api.Input)
}

// resources serves the resources of a kind.
func (c *call) resources(k *kind) (*Answer, error) {
	switch {
	case len(c.path) > 2:
		return nil, unknown()
	case len(c.path) == 2 && c.path[1] == ".search":
		return c.search(k)
	case len(c.path) == 2 && !isID(c.path[1]):
		return nil, unknown()
	case len(c.path) == 2:
		return c.one(k, c.path[1])
	}
	switch c.method {
	case http.MethodGet:
		return c.list(k)
	case http.MethodPost:
		return c.create(k)
	}
	return nil, &methodError{"GET, POST"}
}

// isID reports whether a text can be the id of anything.
func isID(text string) bool {
	return text != "" && len(text) <= maxID && utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}

func (c *call) one(k *kind, id string) (*Answer, error) {
	change := map[string]func(*call, string) (*api.Op, api.Input){
		http.MethodGet: k.get, http.MethodPut: k.replace, http.MethodPatch: k.patch, http.MethodDelete: k.remove,
	}[c.method]
	if change == nil {
		return nil, &methodError{"GET, PUT, PATCH, DELETE"}
	}
	if err := c.needsBody(); err != nil {
		return nil, err
	}
	out, err := c.Run(change(c, id))
	if err != nil {
		return nil, err
	}
	if c.method == http.MethodDelete || c.method == http.MethodPatch && (k == groups || c.minimal) {
		return &Answer{Status: http.StatusNoContent}, nil
	}
	return c.shown(k, http.StatusOK, resourceOf(out))
}

func (c *call) needsBody() error {
	if c.body == "" && c.method != http.MethodGet && c.method != http.MethodDelete {
		return api.ScimKind("invalidSyntax").Errorf("The request has no body")
	}
	if !utf8.ValidString(c.body) || strings.ContainsRune(c.body, 0) {
		return api.ScimKind("invalidSyntax").Errorf("The body has to be JSON in UTF-8")
	}
	return nil
}

func (c *call) create(k *kind) (*Answer, error) {
	if err := c.needsBody(); err != nil {
		return nil, err
	}
	out, err := c.Run(k.create(c))
	if err != nil {
		return nil, err
	}
	status := http.StatusCreated
	if made, ok := out.(*api.CreateScimUserOutput); ok && made.Existed.V {
		status = http.StatusOK
	}
	return c.shown(k, status, resourceOf(out))
}

// shown answers with a resource.
func (c *call) shown(k *kind, status int, text string) (*Answer, error) {
	r := c.located(k, text)
	a := &Answer{Status: status, Header: map[string]string{"Location": r.location, "ETag": r.version}, id: r.id}
	if c.method == http.MethodGet && lists(c.Header.Get("If-None-Match"), r.version) {
		a.Status = http.StatusNotModified
		return a, nil
	}
	a.Body = c.show(k, r.members)
	return a, nil
}

// lists reports whether a list of versions has one, or all.
func lists(tags, version string) bool {
	for tag := range strings.SplitSeq(tags, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(version, "W/") {
			return true
		}
	}
	return false
}
