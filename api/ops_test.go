package api_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"carillon/api"
	"carillon/internal/apitest"
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
	methods := []string{"GET", "POST", "PUT", "PATCH", "DELETE"}
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
		if op.Removed() {
			t.Errorf("%s: cannot be called", op.Name)
		}
		own := strings.HasPrefix(op.Path, "/carillon/v1/") || op.Audience == api.Bearer && bearerPath(op.Path)
		if own != (op.Audience != api.Public) {
			t.Errorf("%s: audience %d with path %s", op.Name, op.Audience, op.Path)
		}
	}
	for i := range api.RemovedOps {
		if op := &api.RemovedOps[i]; !op.Removed() || op.Params != nil {
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

// noted is a unit of work for tests.
type noted struct{ name string }

// keys are rules that answer in several ways.
type keys struct{ err error }

func (k keys) CreateAccessKey(w *noted, in *api.CreateAccessKeyInput) (*api.CreateAccessKeyOutput, error) {
	w.name = "CreateAccessKey of " + in.UserName.V
	return &api.CreateAccessKeyOutput{}, k.err
}

func (k keys) DeleteAccessKey(w *noted, in *api.DeleteAccessKeyInput) error {
	w.name = "DeleteAccessKey " + in.AccessKeyId
	return k.err
}

func (k keys) ListAccessKeys(*noted, *api.ListAccessKeysInput) (*api.ListAccessKeysOutput, error) {
	return nil, k.err
}

func (k keys) RotateAccessKey(*noted, *api.RotateAccessKeyInput) (*api.RotateAccessKeyOutput, error) {
	return nil, k.err
}

func (k keys) RotateRootKey(*noted, *api.RotateRootKeyInput) (*api.RotateRootKeyOutput, error) {
	return nil, k.err
}

func (k keys) UpdateAccessKey(*noted, *api.UpdateAccessKeyInput) (*api.UpdateAccessKeyOutput, error) {
	return nil, k.err
}

// users are rules of an operation that is shared and one that is prepared.
type users struct {
	api.ChimePublic[*noted]
	err error
}

func (u users) CreateUser(items []*api.Item[*noted, *api.CreateUserInput, *api.CreateUserOutput]) error {
	for i, it := range items {
		it.Work.name = "CreateUser " + it.In.Email.V
		if i%2 == 0 {
			it.Out = &api.CreateUserOutput{}
		} else {
			it.Err = u.err
		}
	}
	return nil
}

func (u users) PreparePutEventsConfiguration(w *noted, in *api.PutEventsConfigurationInput) (api.Errand, error) {
	w.name = "Prepare " + in.BotId
	return nil, u.err
}

// imports are the rules of an operation that is divided.
type imports struct {
	api.ChimeTenant[*noted]
}

func (imports) DivideImportUsers(in *api.ImportUsersInput) (parts api.Parts[*api.ImportUsersInput, *api.ImportUsersOutput]) {
	for range in.Users {
		parts.Inputs = append(parts.Inputs, &api.ImportUsersInput{Users: in.Users[:1]})
	}
	parts.Join = func(outs []*api.ImportUsersOutput) *api.ImportUsersOutput {
		sum := 0
		for _, out := range outs {
			sum += out.Imported.V
		}
		return &api.ImportUsersOutput{Imported: api.Some(sum)}
	}
	return parts
}

func bound(err error) map[*api.Op]api.Rule[*noted] {
	var o apitest.Others[*noted]
	return api.Bind[*noted](o, o, users{err: err}, o, imports{}, o, o, keys{err}, keys{err}, o, o, o, o)
}

func TestBind_complete(t *testing.T) {
	rules := bound(nil)
	if len(rules) != len(api.Ops) {
		t.Errorf("%d rules for %d operations", len(rules), len(api.Ops))
	}
	for i := range api.Ops {
		op := &api.Ops[i]
		if r := rules[op]; (r.Call == nil) == (r.Share == nil) || (r.Share != nil) != op.Shared {
			t.Errorf("%s: it has neither, both or the wrong one of Call and Share", op.Name)
		}
	}
}

func TestBind_call(t *testing.T) {
	failure := errors.New("no")
	for _, test := range []struct {
		in     api.Input
		err    error
		want   string // of the unit of work
		answer bool
	}{
		{&api.CreateAccessKeyInput{UserName: api.Some("alice")}, nil, "CreateAccessKey of alice", true},
		{&api.CreateAccessKeyInput{UserName: api.Some("alice")}, failure, "CreateAccessKey of alice", false},
		{&api.DeleteAccessKeyInput{AccessKeyId: "AKIA"}, nil, "DeleteAccessKey AKIA", false},
		{&api.DeleteAccessKeyInput{AccessKeyId: "AKIA"}, failure, "DeleteAccessKey AKIA", false},
		{&api.ListAccessKeysInput{}, nil, "", false}, // not an Output that holds a nil pointer
	} {
		name := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%T", test.in), "*api."), "Input")
		var w noted
		out, err := bound(test.err)[api.Operation(name)].Call(&w, test.in)
		if !errors.Is(err, test.err) || (out != nil) != test.answer || w.name != test.want {
			t.Errorf("%s: got %v, %v, %q", name, out, err, w.name)
		}
	}
}

func TestBind_shareAndPrepare(t *testing.T) {
	failure := errors.New("no")
	rules := bound(failure)
	var items []*api.Item[*noted, api.Input, api.Output]
	for _, email := range []string{"a", "b", "c"} {
		items = append(items, &api.Item[*noted, api.Input, api.Output]{Work: new(noted), In: &api.CreateUserInput{Email: api.Some(email)}})
	}
	if err := rules[api.Operation("CreateUser")].Share(items); err != nil {
		t.Fatal(err)
	}
	for i, it := range items {
		if want := "CreateUser " + string(rune('a'+i)); it.Work.name != want || (it.Out != nil) != (i%2 == 0) || (it.Err != nil) != (i%2 == 1) {
			t.Errorf("item %d: %q, %v, %v", i, it.Work.name, it.Out, it.Err)
		}
	}
	var w noted
	if _, err := rules[api.Operation("PutEventsConfiguration")].Prepare(&w, &api.PutEventsConfigurationInput{BotId: "b"}); !errors.Is(err, failure) || w.name != "Prepare b" {
		t.Errorf("prepared %q, %v", w.name, err)
	}
}

func TestBind_divide(t *testing.T) {
	parts := bound(nil)[api.Operation("ImportUsers")].Divide(&api.ImportUsersInput{Users: make([]api.ImportedUser, 3)})
	if len(parts.Inputs) != 3 {
		t.Fatalf("%d parts", len(parts.Inputs))
	}
	outs := make([]api.Output, 3)
	for i, in := range parts.Inputs {
		outs[i] = &api.ImportUsersOutput{Imported: api.Some(len(in.(*api.ImportUsersInput).Users))}
	}
	if out := parts.Join(outs).(*api.ImportUsersOutput); out.Imported.V != 3 {
		t.Errorf("joined %+v", out)
	}
}

// Calls give answers their types back, an empty one in place of none.
func TestCalls(t *testing.T) {
	answer, failure := &api.GetAccountOutput{Account: &api.Account{Name: "x"}}, errors.New("no")
	for _, test := range []struct {
		out  api.Output
		err  error
		want string
	}{{answer, nil, "x"}, {nil, failure, ""}, {nil, nil, ""}, {&api.GetUserOutput{}, nil, ""}} {
		calls := api.Calls(func(_ context.Context, op *api.Op, _ api.Input) (api.Output, error) {
			if op.Name != "GetAccount" {
				t.Errorf("called %s", op.Name)
			}
			return test.out, test.err
		})
		got, err := calls.GetAccount(t.Context(), &api.GetAccountInput{})
		if name(got.Account) != test.want || test.err != nil && !errors.Is(err, test.err) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
}

func name(a *api.Account) string {
	if a == nil {
		return ""
	}
	return a.Name
}

func TestOperation(t *testing.T) {
	for i := range api.Ops {
		if got := api.Operation(api.Ops[i].Name); got != &api.Ops[i] {
			t.Errorf("%s: got %s", api.Ops[i].Name, got.Name)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an operation that does not exist")
		}
	}()
	api.Operation("Fly")
}

func TestResourceOf(t *testing.T) {
	if got := api.Operation("GetUser").ResourceOf("111122223333", &api.GetUserInput{}, ""); got != "*" {
		t.Errorf("GetUser: %s", got)
	}
	got := api.Operation("CreateMeetingDialOut").ResourceOf("111122223333", &api.CreateMeetingDialOutInput{MeetingId: "m-1"}, "")
	if got != "arn:aws:chime::111122223333:meeting/m-1" {
		t.Errorf("CreateMeetingDialOut: %s", got)
	}
}

// Old Chime had permissions for what its console did.
func TestOps_actions(t *testing.T) {
	for name, want := range map[string]string{
		"CreateUser": "chime:CreateUser", "AddDomain": "chime:AddDomain", "ProvisionAccount": "carillon:ProvisionAccount",
	} {
		if got := api.Operation(name).Action; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Whoever sets a label finds it there again.
func TestInput_labels(t *testing.T) {
	for i := range api.Ops {
		op := &api.Ops[i]
		in := input(op)
		n := len(label.FindAllString(op.Path, -1))
		for i := range n {
			in.SetLabel(i, fmt.Sprint("label ", i))
		}
		for i := range n {
			if got := in.Label(i); got != fmt.Sprint("label ", i) {
				t.Errorf("%s: label %d is %q", op.Name, i, got)
			}
		}
		if got := in.Label(n); got != "" {
			t.Errorf("%s: one label too many, %q", op.Name, got)
		}
	}
}

// bearerPath reports whether a path is one of those that need no signature.
func bearerPath(path string) bool {
	return slices.ContainsFunc([]string{"/incomingwebhooks/", "/invitations/", "/scim/v2/"}, func(prefix string) bool {
		return strings.HasPrefix(path, prefix)
	})
}
