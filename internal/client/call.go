package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

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

// build distributes members over path, query and body, as the table says.
func build(operation string, in Members) (*request, error) {
	i := slices.IndexFunc(api.Ops, func(op api.Op) bool { return op.Name == operation })
	if i < 0 {
		return nil, fmt.Errorf("there is no operation %s", operation)
	}
	op := &api.Ops[i]
	r := &request{method: op.Method, path: op.Path, query: url.Values{}}
	if op.QueryName != "" {
		r.query.Set(op.QueryName, op.QueryValue)
	}
	body := Members{}
	for name, v := range in {
		p := slices.IndexFunc(op.Params, func(p api.Param) bool { return p.Name == name })
		if p < 0 {
			return nil, fmt.Errorf("the operation %s has no member %s", operation, name)
		}
		switch wireName := op.Params[p].WireName; op.Params[p].Location {
		case api.InPath:
			r.setLabel(wireName, v)
		case api.InQuery:
			r.query.Set(wireName, fmt.Sprint(v))
		default:
			body[name] = v
		}
	}
	for _, p := range op.Params {
		if p.Location == api.InPath && strings.Contains(r.path, "{"+p.WireName+"}") {
			return nil, fmt.Errorf("the operation %s needs a value for %s", op.Name, p.Name)
		}
	}
	return r, r.setBody(body)
}

// setLabel fills a label of the path, unless the value is empty.
func (r *request) setLabel(label string, v any) {
	if value, _ := v.(string); value != "" {
		r.path = strings.Replace(r.path, "{"+label+"}", EscapeLabel(value), 1)
	}
}

func (r *request) setBody(body Members) error {
	if len(body) == 0 {
		return nil
	}
	text, err := Encode(body)
	r.body = text
	return err
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
