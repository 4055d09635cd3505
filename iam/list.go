package iam

import (
	"slices"
	"strings"

	"carillon/api"
	"carillon/internal/sealed"
	"carillon/work"
)

// pageSize is that of lists without MaxItems.
const pageSize = 100

// list is what a caller asks of a list, whose items have keys that grow.
type list struct {
	box   *sealed.Box
	scope []byte
	after string // the key of the last item that the caller has; empty: none
	limit int
}

// list reads a marker, which holds a key and is good for the operation, the AWS
// account and the parameters with which it was returned.
func (s *Service) list(w *work.Unit, marker api.Opt[string], maxItems api.Opt[int], parameters ...string) (*list, error) {
	scope := strings.Join(append([]string{"marker", w.Op.Action, w.Caller.AwsAccountID}, parameters...), "\x00")
	l := &list{box: s.markers, scope: []byte(scope), limit: maxItems.Or(pageSize)}
	if !marker.Set {
		return l, nil
	}
	after, ok := s.markers.Open(l.scope, marker.V)
	if !ok {
		return nil, invalid.Errorf("Invalid Marker: it must be one that this list returned, with the same parameters")
	}
	l.after = string(after)
	return l, nil
}

// end says whether there is more of a list, and where.
type end struct {
	truncated api.Opt[bool]
	marker    api.Opt[string]
}

// whole is the end of a list that has no more.
var whole = end{truncated: api.Some(false)}

// more is the end of a page whose last item has a key.
func (l *list) more(last string) end {
	return end{truncated: api.Some(true), marker: api.Some(l.box.Seal(l.scope, []byte(last)))}
}

// page returns the items behind the marker, as many as were asked for. rows are in
// the order of their keys; there may be more of them.
func page[T any](l *list, rows []T, key func(*T) string) ([]T, end) {
	first := slices.IndexFunc(rows, func(row T) bool { return key(&row) > l.after })
	if first < 0 {
		return nil, whole
	}
	rows = rows[first:]
	if len(rows) <= l.limit {
		return rows, whole
	}
	rows = rows[:l.limit]
	return rows, l.more(key(&rows[l.limit-1]))
}

// shapes turns rows into what an answer shows; never nil.
func shapes[T, V any](rows []T, shape func(*T) V) []V {
	list := make([]V, len(rows))
	for i := range rows {
		list[i] = shape(&rows[i])
	}
	return list
}
