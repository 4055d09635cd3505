package iam

import (
	"strconv"
	"strings"

	"carillon/access"
	"carillon/api/iam"
	"carillon/store"
	"carillon/work"
)

// The keys of managed policies in lists begin with one of these: those that are
// built in come first.
const (
	builtInKey = "1 "
	ownKey     = "2 "
)

// policyQuery says which managed policies are asked for.
type policyQuery struct {
	scope        iam.PolicyScopeType
	prefix       string // of the path
	onlyAttached bool
}

// policyItem is a managed policy of a list.
type policyItem struct {
	key   string
	shape iam.Policy
}

func (i *policyItem) at() string { return i.key }

// ListPolicies returns managed policies: those that are built in, then the AWS
// account's own by name.
func (s *Service) ListPolicies(w *work.Unit, in *iam.ListPoliciesInput) (*iam.ListPoliciesOutput, error) {
	q := policyQuery{in.Scope.Or(iam.PolicyScopeTypeAll), in.PathPrefix.Or("/"), in.OnlyAttached.V}
	l, err := s.list(w, in.Marker, in.MaxItems, string(q.scope), q.prefix, strconv.FormatBool(q.onlyAttached), string(in.PolicyUsageFilter.V))
	if err != nil {
		return nil, err
	}
	var rows []policyItem
	if in.PolicyUsageFilter.V != iam.PolicyUsageTypePermissionsBoundary { // no policy here is used as one
		rows, err = q.items(w, l)
	}
	items, end := page(l, rows, (*policyItem).at)
	return &iam.ListPoliciesOutput{
		Policies: shapes(items, func(i *policyItem) iam.Policy { return i.shape }), IsTruncated: end.truncated, Marker: end.marker,
	}, err
}

// items returns more than enough policies for a page.
func (q *policyQuery) items(w *work.Unit, l *list) (items []policyItem, err error) {
	if q.scope != iam.PolicyScopeTypeLocal {
		items, err = q.builtIn(w, l.after)
	}
	if err != nil || q.scope == iam.PolicyScopeTypeAWS || len(items) > l.limit {
		return items, err
	}
	own, err := q.own(w, l)
	return append(items, own...), err
}

func (q *policyQuery) builtIn(w *work.Unit, after string) (items []policyItem, err error) {
	all := access.Managed()
	for i := range all {
		key := builtInKey + all[i].Name
		if key <= after || !strings.HasPrefix("/", q.prefix) {
			continue
		}
		shape, err := builtInShape(w, &all[i])
		if err != nil {
			return nil, err
		}
		items = q.add(items, key, shape)
	}
	return items, nil
}

// own returns policies of the AWS account. When only those that somebody has are
// asked for, all have to be looked at; the quota bounds that.
func (q *policyQuery) own(w *work.Unit, l *list) (items []policyItem, err error) {
	limit := l.limit + 1
	if q.onlyAttached {
		limit = maxPolicies
	}
	rows, err := w.IamPolicies(w.Caller.AwsAccountID, q.prefix, ownName(l.after), limit)
	for i := range rows {
		items = q.add(items, ownKey+store.Fold(rows[i].PolicyName), policyShape(&rows[i]))
	}
	return items, err
}

// ownName is the name in the key of an own policy; empty: the key is before those.
func ownName(key string) string {
	name, ok := strings.CutPrefix(key, ownKey)
	if !ok {
		return ""
	}
	return name
}

// add appends a policy, unless nobody has it and that is not asked for.
func (q *policyQuery) add(items []policyItem, key string, shape iam.Policy) []policyItem {
	if q.onlyAttached && shape.AttachmentCount.V == 0 {
		return items
	}
	return append(items, policyItem{key, shape})
}
