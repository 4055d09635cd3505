package importtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// openers are who may hold a store, and so open a transaction: the door to the
// rules, background work, the secrets that a server begins with, and what puts
// all together.
var openers = []string{"dispatch", "jobs", "access", "server"}

// No rule opens a transaction: the packages that are not openers never mention
// store.Store.
func TestTransactions(t *testing.T) {
	for _, pkg := range []string{"chime", "work", "wire", "sigv4", "outbound", "api", "dispatch", "jobs", "access", "trail", "server", "cmd/carillon"} {
		holds := false
		for _, file := range sources(t, pkg) {
			holds = holds || mentions(t, file, "store", "Store")
		}
		if holds != slices.Contains(openers, pkg) {
			t.Errorf("%s holds a store: %v", pkg, holds)
		}
	}
}

func sources(t *testing.T, pkg string) (files []string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join("..", "..", pkg, "*.go"))
	if err != nil || len(all) == 0 {
		t.Fatalf("no files in %s: %v", pkg, err)
	}
	return slices.DeleteFunc(all, func(path string) bool { return strings.HasSuffix(path, "_test.go") })
}

// mentions reports whether a file has the selector x.sel.
func mentions(t *testing.T, path, x, sel string) (found bool) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		id, ok := s.X.(*ast.Ident)
		found = found || ok && id.Name == x && s.Sel.Name == sel
		return true
	})
	return found
}
