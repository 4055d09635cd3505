package wire

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"carillon/api"
)

// Router is the Door of REST-JSON. It finds operations by method, escaped path
// and the query parameter that belongs to an operation's identity. It never cleans
// or redirects a path: that would break signatures and ids with slashes.
type Router struct {
	root node
}

// node is one path segment. Operations of one path share a node.
type node struct {
	static map[string]*node
	label  *node
	ops    []*api.Op
}

// NewRouter returns a router for the operations of some tables that the filter
// takes.
func NewRouter(filter func(*api.Op) bool, tables ...[]api.Op) *Router {
	rt := &Router{}
	for _, table := range tables {
		for i := range table {
			if filter(&table[i]) {
				rt.add(&table[i])
			}
		}
	}
	return rt
}

func (rt *Router) add(op *api.Op) {
	n := &rt.root
	for _, segment := range strings.Split(op.Path[1:], "/") {
		n = n.child(segment)
	}
	n.ops = append(n.ops, op)
}

func (n *node) child(segment string) *node {
	if strings.HasPrefix(segment, "{") {
		if n.label == nil {
			n.label = &node{}
		}
		return n.label
	}
	if n.static[segment] == nil {
		if n.static == nil {
			n.static = map[string]*node{}
		}
		n.static[segment] = &node{}
	}
	return n.static[segment]
}

// find walks down rest, the escaped path without its first slash, and appends
// the segments that are labels.
func (n *node) find(rest string, labels []string) (*node, []string) {
	segment, rest, more := strings.Cut(rest, "/")
	if next := n.static[literal(segment)]; next != nil {
		if found, l := next.descend(rest, more, labels); found != nil {
			return found, l
		}
	}
	if n.label == nil {
		return nil, nil
	}
	return n.label.descend(rest, more, append(labels, segment))
}

// literal is the text of a segment; escaping letters does not change a path.
func literal(segment string) string {
	if strings.IndexByte(segment, '%') < 0 {
		return segment
	}
	text, err := url.PathUnescape(segment)
	if err != nil {
		return segment
	}
	return text
}

func (n *node) descend(rest string, more bool, labels []string) (*node, []string) {
	switch {
	case more:
		return n.find(rest, labels)
	case n.ops == nil:
		return nil, nil
	}
	return n, labels
}

// usualLabels is how many labels paths have at most, as a rule.
const usualLabels = 3

// Match implements [Door]; the body does not matter. An error is a refusal: 404
// for an unknown path, 405 for a wrong method, 400 for an unknown operation value.
func (rt *Router) Match(r *http.Request, rawQuery string, _ []byte) (m Match, err error) {
	path := r.URL.EscapedPath()
	if rest, ok := strings.CutPrefix(path, "/console/"); ok {
		path = "/" + rest
	}
	if m.query, err = parseQuery(rawQuery); err != nil {
		return m, err
	}
	n, labels := rt.root.find(strings.TrimPrefix(path, "/"), make([]string, 0, usualLabels))
	if n == nil {
		return m, api.UnknownPath.Errorf("No operation has this path")
	}
	if m.Op, err = n.choose(r.Method, m.query); err != nil || m.Op.Removed() {
		return m, err
	}
	in := m.Op.New().(api.RESTInput)
	m.In, m.refusal = in, setLabels(in, m.Op, labels)
	return m, nil
}

// WriteOutput implements [Door].
func (*Router) WriteOutput(w http.ResponseWriter, op *api.Op, out api.Output) error {
	return WriteOutput(w, op, out)
}

// WriteError implements [Door].
func (*Router) WriteError(w http.ResponseWriter, err error) *api.Error { return WriteError(w, err) }

// Told implements [Door].
func (*Router) Told(err error) *api.Error { return told(err) }

// choose picks the operation of a path by method and query.
func (n *node) choose(method string, query Query) (*api.Op, error) {
	var plain *api.Op
	known := false
	for _, op := range n.ops {
		switch {
		case op.Method != method:
			continue
		case op.QueryName == "":
			plain = op
		case query.has(op.QueryName, op.QueryValue):
			return op, nil
		}
		known = true
	}
	value, given := query.get("operation")
	switch {
	case !known:
		return nil, &methodError{n.allow(), api.MethodNotAllowed.Errorf("This path does not take the method; it takes %s", n.allow())}
	case given:
		return nil, api.UnknownOperation.Errorf("This path and method have no operation of that name (a string of length %d)", utf8.RuneCountInString(value))
	case plain == nil:
		return nil, api.UnknownOperation.Errorf("This path and method need the query parameter %s", n.parameter(method))
	}
	return plain, nil
}

func (n *node) parameter(method string) string {
	i := slices.IndexFunc(n.ops, func(op *api.Op) bool { return op.Method == method })
	return n.ops[i].QueryName
}

// allow lists the methods of a path.
func (n *node) allow() string {
	var methods []string
	for _, op := range n.ops {
		if !slices.Contains(methods, op.Method) {
			methods = append(methods, op.Method)
		}
	}
	slices.Sort(methods)
	return strings.Join(methods, ", ")
}

// Query holds the decoded parameters of a request in their order.
type Query []parameter

type parameter struct{ name, value string }

// parseQuery reads a query strictly: names are not repeated, a plus is a plus.
func parseQuery(raw string) (Query, error) {
	if raw == "" {
		return nil, nil
	}
	var q Query
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, err := unescape("query", name)
		if err != nil {
			return nil, err
		}
		if value, err = unescape("query", value); err != nil {
			return nil, err
		}
		if _, repeated := q.get(name); repeated {
			return nil, api.BadRequest.Errorf("The query parameter %q is given twice", name)
		}
		q = append(q, parameter{name, value})
	}
	return q, nil
}

func (q Query) get(name string) (string, bool) {
	for _, p := range q {
		if p.name == name {
			return p.value, true
		}
	}
	return "", false
}

func (q Query) has(name, value string) bool {
	v, ok := q.get(name)
	return ok && v == value
}

// unescape decodes percent-encoding and refuses what is not UTF-8.
func unescape(part, s string) (string, error) {
	v, err := url.PathUnescape(s)
	switch {
	case err != nil:
		return "", api.BadRequest.Errorf("The %s has an invalid percent-encoding", part)
	case !utf8.ValidString(v):
		return "", api.BadRequest.Errorf("The %s is not valid UTF-8", part)
	}
	return v, nil
}
