package api_test

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"carillon/api"
)

func TestOps_count(t *testing.T) {
	public := 0
	for i := range api.Ops {
		if api.Ops[i].Audience == api.Public {
			public++
		}
	}
	if public != 62 || len(api.RemovedOps) != 129 {
		t.Errorf("%d public and %d removed operations, want 62 and 129", public, len(api.RemovedOps))
	}
}

var label = regexp.MustCompile(`\{[^}]*\}`)

// An operation that shared its route with another would never be called.
func TestOps_unique(t *testing.T) {
	names, routes := map[string]bool{}, map[string]string{}
	for _, op := range slices.Concat(api.Ops, api.RemovedOps) {
		if names[op.Name] {
			t.Errorf("two operations %s", op.Name)
		}
		names[op.Name] = true
		route := strings.Join([]string{op.Method, label.ReplaceAllString(op.Path, "{}"), op.QueryName, op.QueryValue}, " ")
		if other := routes[route]; other != "" {
			t.Errorf("%s and %s share %s", other, op.Name, route)
		}
		routes[route] = op.Name
	}
	if !slices.IsSortedFunc(api.Ops, func(a, b api.Op) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("not sorted by name")
	}
}

func TestOps_wellFormed(t *testing.T) {
	methods := []string{"GET", "POST", "PUT", "DELETE"}
	for i := range api.Ops {
		op := &api.Ops[i]
		if !slices.Contains(methods, op.Method) || !strings.HasPrefix(op.Path, "/") || strings.Contains(op.Path, "?") {
			t.Errorf("%s: odd route %s %s", op.Name, op.Method, op.Path)
		}
		if !slices.Contains([]int{200, 201, 204}, op.Status) {
			t.Errorf("%s: odd status %d", op.Name, op.Status)
		}
		if !slices.Contains(op.Errors, api.BadRequest) {
			t.Errorf("%s: its input is validated, but it has no BadRequest", op.Name)
		}
		if op.Removed() || op.Call == nil {
			t.Errorf("%s: cannot be called", op.Name)
		}
		if own := strings.HasPrefix(op.Path, "/carillon/v1/"); own != (op.Audience != api.Public) {
			t.Errorf("%s: audience %d with path %s", op.Name, op.Audience, op.Path)
		}
	}
	for i := range api.RemovedOps {
		if op := &api.RemovedOps[i]; !op.Removed() || op.Call != nil || op.Params != nil {
			t.Errorf("%s: removed, but can be called", op.Name)
		}
	}
}

// Each label of a path is a parameter in the path and the other way round, in
// the same order.
func TestOps_labels(t *testing.T) {
	for i := range api.Ops {
		op := &api.Ops[i]
		var params []string
		for _, p := range op.Params {
			if p.Location == api.InPath {
				params = append(params, "{"+p.WireName+"}")
			}
		}
		if labels := label.FindAllString(op.Path, -1); !slices.Equal(labels, params) {
			t.Errorf("%s: labels %v, parameters %v", op.Name, labels, params)
		}
	}
}

func TestOps_callReachesItsMethod(t *testing.T) {
	for i := range api.Ops {
		op := &api.Ops[i]
		out, err := op.Call(context.Background(), api.Unimplemented{}, op.New())
		if out != nil || !api.IsKind(err, api.NotImplemented) || !strings.Contains(err.Error(), op.Name+" ") {
			t.Errorf("%s: got %v, %v", op.Name, out, err)
		}
	}
}

// stub answers two operations; all others refuse.
type stub struct {
	api.Unimplemented
	account *api.GetAccountOutput
	err     error
}

func (s stub) GetAccount(context.Context, *api.GetAccountInput) (*api.GetAccountOutput, error) {
	return s.account, s.err
}

func (s stub) DeleteAccount(context.Context, *api.DeleteAccountInput) error { return s.err }

func TestOps_callResult(t *testing.T) {
	answer, failure := &api.GetAccountOutput{}, errors.New("no")
	for _, test := range []struct {
		name    string
		service stub
		want    api.Output
	}{
		{"GetAccount", stub{account: answer}, answer},
		{"GetAccount", stub{}, nil}, // not an Output that holds a nil pointer
		{"GetAccount", stub{account: answer, err: failure}, nil},
		{"DeleteAccount", stub{}, nil},
		{"DeleteAccount", stub{err: failure}, nil},
	} {
		op := operation(t, test.name)
		out, err := op.Call(context.Background(), test.service, op.New())
		if out != test.want || !errors.Is(err, test.service.err) {
			t.Errorf("%s of %+v: got %v, %v", test.name, test.service, out, err)
		}
	}
}

func operation(t *testing.T, name string) *api.Op {
	t.Helper()
	i := slices.IndexFunc(api.Ops, func(op api.Op) bool { return op.Name == name })
	if i < 0 {
		t.Fatalf("no operation %s", name)
	}
	return &api.Ops[i]
}

func TestCaller(t *testing.T) {
	alice := &api.Caller{AwsAccountID: "111122223333", ARN: "arn:aws:iam::111122223333:user/alice"}
	if got := api.CallerFrom(api.WithCaller(context.Background(), alice)); got != alice {
		t.Errorf("got %+v", got)
	}
	if got := api.CallerFrom(context.Background()); *got != (api.Caller{}) {
		t.Errorf("a context without caller gives %+v", got)
	}
}
