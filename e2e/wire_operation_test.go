package e2e

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	oldaws "github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/request"
	"github.com/aws/aws-sdk-go/aws/session"
	oldchime "github.com/aws/aws-sdk-go/service/chime"
)

// quiet keeps the old SDK from saying that operations are deprecated.
var quiet = oldaws.LoggerFunc(func(...any) {})

// oldOperations returns the operations that the old Go SDK knows. They are read
// out of the SDK itself, which has a method XRequest for each operation X.
func oldOperations(t *testing.T) []*request.Operation {
	t.Helper()
	config := &oldaws.Config{Region: oldaws.String(region), Logger: quiet}
	client := reflect.ValueOf(oldchime.New(session.Must(session.NewSession(config))))
	var list []*request.Operation
	for i := range client.NumMethod() {
		if m := client.Type().Method(i); strings.HasSuffix(m.Name, "Request") && m.Type.NumIn() == 2 {
			in := reflect.New(m.Type.In(1).Elem())
			r := client.Method(i).Call([]reflect.Value{in})[0].Interface().(*request.Request)
			list = append(list, r.Operation)
		}
	}
	equal(t, "operations of the old SDK", len(list), 191)
	return list
}

var label = regexp.MustCompile(`\{[^}]*\}`)

// target is a request target of an operation with some id for every label.
func target(op *request.Operation) string { return label.ReplaceAllString(op.HTTPPath, unknownID) }

// isCurrent reports whether today's SDK has an operation.
func isCurrent(name string) bool {
	_, ok := reflect.TypeFor[*chime.Client]().MethodByName(name)
	return ok
}

func TestWire_removed_operations(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		removed := 0
		for _, op := range oldOperations(t) {
			if isCurrent(op.Name) {
				continue
			}
			removed++
			for _, prefix := range []string{"", "/console"} {
				e.send(t, op.HTTPMethod, prefix+target(op), "{}").refused(t, forbidden, op.Name)
			}
		}
		equal(t, "removed operations", removed, 129)
	})
}

// Every operation of the API is known, in both forms of its path, and does not
// fail whatever it thinks of an empty request.
func TestWire_current_operations(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		current := 0
		for _, op := range oldOperations(t) {
			if !isCurrent(op.Name) {
				continue
			}
			current++
			for _, prefix := range []string{"", "/console"} {
				got := e.send(t, op.HTTPMethod, prefix+target(op), "")
				if name := got.header.Get("x-amzn-ErrorType"); name == unknownPath.name || name == forbidden.name || got.status >= 500 {
					t.Errorf("%s got %d %s", op.Name, got.status, got.body)
				}
			}
		}
		equal(t, "operations of the API", current, 62)
	})
}
