package wire_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"carillon/api"
	"carillon/wire"
)

var router = wire.NewRouter(func(*api.Op) bool { return true }, api.Ops, api.RemovedOps)

// request reads a request line as a server does.
func request(t testing.TB, method, target string) *http.Request {
	t.Helper()
	u, err := url.ParseRequestURI(target)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, "/", nil)
	r.URL, r.RequestURI = u, target
	return r
}

func match(t testing.TB, method, target string) (wire.Match, error) {
	t.Helper()
	r := request(t, method, target)
	return router.Match(r, r.URL.RawQuery, nil)
}

var label = regexp.MustCompile(`\{[^}]*\}`)

// target is how clients call an operation, with value in every label.
func target(op *api.Op, value string) string {
	path := label.ReplaceAllString(op.Path, value)
	if op.QueryName != "" {
		path += "?" + op.QueryName + "=" + op.QueryValue
	}
	return path
}

func TestMatch_everyOperation(t *testing.T) {
	for _, table := range [][]api.Op{api.Ops, api.RemovedOps} {
		for i := range table {
			op := &table[i]
			for _, prefix := range []string{"", "/console"} {
				for _, value := range []string{"x", "a%2Fb", "%2B1", "..%2F", "users"} {
					line := prefix + target(op, value)
					m, err := match(t, op.Method, line)
					if err != nil || m.Op != op {
						t.Errorf("%s %s: got %s, %v, want %s", op.Method, line, name(m.Op), err, op.Name)
					}
				}
			}
		}
	}
}

func name(op *api.Op) string {
	if op == nil {
		return "nothing"
	}
	return op.Name
}

// Other parameters around the one that names the operation do not matter.
func TestMatch_amongParameters(t *testing.T) {
	for _, query := range []string{
		"operation=create", "a=1&operation=create", "operation=create&a=1", "&operation=create&&",
		"%6Fperation=cr%65ate", "operation=create&operationx=suspend", "Operation=suspend&operation=create",
	} {
		m, err := match(t, "POST", "/accounts/a/users?"+query)
		if err != nil || m.Op.Name != "CreateUser" {
			t.Errorf("%s: got %s, %v", query, name(m.Op), err)
		}
	}
}

func TestMatch_refused(t *testing.T) {
	for _, test := range []struct {
		method, target string
		want           api.Kind
		message        string // a part of it
	}{
		{"GET", "/", api.UnknownPath, "path"},
		{"GET", "*", api.UnknownPath, ""},
		{"GET", "/nothing", api.UnknownPath, ""},
		{"GET", "/Accounts", api.UnknownPath, ""},
		{"GET", "//accounts", api.UnknownPath, ""},
		{"GET", "/accounts/a/", api.UnknownPath, ""},
		{"GET", "/accounts/a/b", api.UnknownPath, ""},
		{"GET", "/accounts/a/users/u/settings/more", api.UnknownPath, ""},
		{"GET", "/accounts/a/../b", api.UnknownPath, ""},
		{"GET", "/accounts/a/users/..", api.Kind{}, ""},
		{"GET", "/console", api.UnknownPath, ""},
		{"GET", "/console/", api.UnknownPath, ""},
		{"GET", "/console/console/accounts", api.UnknownPath, ""},
		{"GET", "/accounts%2Fa", api.UnknownPath, ""},
		{"GET", "/carillon/v1/nothing", api.UnknownPath, ""},
		{"PATCH", "/accounts", api.MethodNotAllowed, "GET, POST"},
		{"get", "/accounts", api.MethodNotAllowed, "GET, POST"},
		{"HEAD", "/accounts/a", api.MethodNotAllowed, "DELETE, GET, POST"},
		{"DELETE", "/accounts/a/users?operation=create", api.MethodNotAllowed, "GET, POST"},
		{"POST", "/accounts/a/users?operation=fly", api.UnknownOperation, "length 3"},
		{"POST", "/accounts/a/users?operation=", api.UnknownOperation, "length 0"},
		{"POST", "/accounts/a/users?operation", api.UnknownOperation, "length 0"},
		{"POST", "/accounts/a/users?operation=CREATE", api.UnknownOperation, ""},
		{"POST", "/accounts/a/users?operation=create%20", api.UnknownOperation, ""},
		{"POST", "/accounts/a/users?operation=logout", api.UnknownOperation, ""},
		{"POST", "/phone-numbers", api.UnknownOperation, "operation"},
		{"POST", "/accounts/a/rooms/r/messages/m", api.UnknownOperation, "operation"},
		{"GET", "/search", api.UnknownOperation, "type"},
		{"GET", "/search?type=rooms", api.UnknownOperation, "type"},
		{"GET", "/accounts?a=1&a=2", api.BadRequest, `"a" is given twice`},
		{"GET", "/accounts?next-token=1&next%2Dtoken=2", api.BadRequest, `"next-token" is given twice`},
		{"GET", "/accounts?a=%zz", api.BadRequest, "percent-encoding"},
		{"GET", "/accounts?%=1", api.BadRequest, "percent-encoding"},
		{"GET", "/accounts?a=%ff", api.BadRequest, "UTF-8"},
	} {
		m, err := match(t, test.method, test.target)
		if test.want == (api.Kind{}) {
			if err != nil {
				t.Errorf("%s %s: %v", test.method, test.target, err)
			}
			continue
		}
		if !isRefusal(err, test.want) || !strings.Contains(err.Error(), test.message) {
			t.Errorf("%s %s: got %s, %v, want %v with %q", test.method, test.target, name(m.Op), err, test.want, test.message)
		}
	}
}

func isRefusal(err error, kind api.Kind) bool { return err != nil && api.IsKind(err, kind) }

// A value that a caller sent for the operation may be anything: it is not repeated.
func TestMatch_doesNotRepeatValues(t *testing.T) {
	_, err := match(t, "POST", "/accounts/a/users?operation=jane@example.com")
	if err == nil || strings.Contains(err.Error(), "jane") {
		t.Errorf("got %v", err)
	}
}

// The 405 of every path lists its methods, in order.
func TestMatch_allow(t *testing.T) {
	for _, test := range []struct{ path, want string }{
		{"/accounts", "GET, POST"},
		{"/accounts/a", "DELETE, GET, POST"},
		{"/accounts/a/settings", "GET, PUT"},
		{"/search", "GET"},
		{"/carillon/v1/access-keys/k", "DELETE, POST"},
	} {
		_, err := match(t, "TRACE", test.path)
		w := httptest.NewRecorder()
		wire.WriteError(w, err)
		if got := w.Header().Get("Allow"); got != test.want || w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: status %d, Allow %q, want %q", test.path, w.Code, got, test.want)
		}
	}
}

// Matching happens on every request: what it may allocate is the labels and
// the query, once each.
func TestMatch_allocations(t *testing.T) {
	for _, test := range []struct {
		method, target string
		most           float64
	}{
		{"GET", "/accounts", 2},
		{"GET", "/accounts/a", 3},
		{"GET", "/accounts/a/users/u", 4},
		{"GET", "/console/accounts/a", 4},
		{"POST", "/accounts/a/users?operation=create", 4},
	} {
		r := request(t, test.method, test.target)
		got := testing.AllocsPerRun(100, func() {
			if _, err := router.Match(r, r.URL.RawQuery, nil); err != nil {
				t.Fatal(err)
			}
		})
		if got > test.most {
			t.Errorf("%s %s: %v allocations, want at most %v", test.method, test.target, got, test.most)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	r := request(b, "POST", "/accounts/0f7a9c3e-90cd-4d0f-b5a2-6dc1d7a0a001/users?operation=create")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := router.Match(r, r.URL.RawQuery, nil); err != nil {
			b.Fatal(err)
		}
	}
}
