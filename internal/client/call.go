package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"carillon/api"
)

// Members are the input of an operation by the names that the API has for
// them, as in {"AccountId": "…", "Name": "…"}. Values become JSON as
// encoding/json has it.
type Members map[string]any

// Call sends an operation of the table and returns its answer, an object of
// the API; an answer without a body is the empty object. A refusal by the
// server is an *Error.
func (c *Client) Call(ctx context.Context, operation string, in Members) (json.RawMessage, error) {
	r, err := build(operation, in)
	if err != nil {
		return nil, err
	}
	return c.send(ctx, r)
}

// Pages calls a list operation until it has shown all, and hands each page to
// each; an error of each ends it.
func (c *Client) Pages(ctx context.Context, operation string, in Members, each func(page map[string]json.RawMessage) error) error {
	in = clone(in)
	for {
		answer, err := c.Call(ctx, operation, in)
		if err != nil {
			return err
		}
		page := map[string]json.RawMessage{}
		if err := json.Unmarshal(answer, &page); err != nil {
			return fmt.Errorf("unexpected answer: %w", err)
		}
		if err := each(page); err != nil {
			return err
		}
		var token string
		_ = json.Unmarshal(page["NextToken"], &token) // absent or null: the last page
		if token == "" {
			return nil
		}
		in["NextToken"] = token
	}
}

func clone(in Members) Members {
	c := Members{}
	for name, v := range in {
		c[name] = v
	}
	return c
}

// request is an operation with the places of its members found.
type request struct {
	method, path string
	query        url.Values
	body         []byte // nil: none
}

// build distributes members over path, query and body. The table names the
// path's; the operation's input knows the query's.
func build(operation string, in Members) (*request, error) {
	i := slices.IndexFunc(api.Ops, func(op api.Op) bool { return op.Name == operation })
	if i < 0 {
		return nil, fmt.Errorf("there is no operation %s", operation)
	}
	op := &api.Ops[i]
	r := &request{method: op.Method, query: url.Values{}}
	if op.QueryName != "" {
		r.query.Set(op.QueryName, op.QueryValue)
	}
	labels, err := r.setPath(op, in)
	if err != nil {
		return nil, err
	}
	body := Members{}
	for name, v := range in {
		switch {
		case slices.Contains(labels, name):
		case !hasMember(op, name):
			return nil, fmt.Errorf("the operation %s has no member %s", operation, name)
		case inQuery(op, name):
			r.query.Set(queryName(name), fmt.Sprint(v))
		default:
			body[name] = v
		}
	}
	return r, r.setBody(body)
}

// setPath fills the labels of the path and returns the members that they are.
func (r *request) setPath(op *api.Op, in Members) (labels []string, err error) {
	segments := strings.Split(op.Path, "/")
	for i, segment := range segments {
		label, ok := strings.CutPrefix(segment, "{")
		if !ok {
			continue
		}
		label = strings.TrimSuffix(label, "}")
		member := strings.ToUpper(label[:1]) + label[1:]
		value, _ := in[member].(string)
		if value == "" {
			return nil, fmt.Errorf("the operation %s needs a value for %s", op.Name, member)
		}
		labels, segments[i] = append(labels, member), EscapeLabel(value)
	}
	r.path = strings.Join(segments, "/")
	return labels, nil
}

func (r *request) setBody(body Members) error {
	if len(body) == 0 {
		return nil
	}
	text, err := Encode(body)
	r.body = text
	return err
}

// hasMember reports whether the input of an operation has a member: the
// generated structs name their fields as the API does.
func hasMember(op *api.Op, name string) bool {
	_, ok := reflect.TypeOf(op.New()).Elem().FieldByName(name)
	return ok
}

// inQuery reports whether a member travels in the query. The value does not
// matter; an input that refuses it knows the name.
func inQuery(op *api.Op, name string) bool {
	known, _ := op.New().SetQuery(queryName(name), "")
	return known
}

// queryName is what the API calls a member in the query: MaxResults is
// max-results there.
func queryName(member string) string {
	var b strings.Builder
	for i, r := range member {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// Encode returns the JSON form of v as requests carry it: compact, and without
// the escapes that make HTML of it safe.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// EscapeLabel escapes one path segment as AWS clients do: all but A–Z, a–z,
// 0–9 and -._~.
func EscapeLabel(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

// http makes the request for a server.
func (r *request) http(ctx context.Context, endpoint string) (*http.Request, error) {
	h, err := http.NewRequestWithContext(ctx, r.method, endpoint+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	h.URL.RawQuery = strings.ReplaceAll(r.query.Encode(), "+", "%20")
	if r.body != nil {
		h.Header.Set("Content-Type", "application/json")
	}
	return h, nil
}
