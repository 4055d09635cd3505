// Package importtest holds the import rules of this module, as a test.
package importtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module is the path of the module that the rules are for.
const module = "carillon"

// rule says what a package may import, tests excepted, besides the standard
// library. Own packages go without the module; x/... is x and all below it.
type rule struct {
	pkg     string
	imports []string
	// http permits net/http. Without it, no import may bring it in either.
	http bool
}

var rules = []rule{
	// The vocabulary.
	{pkg: "api", imports: []string{"internal/jsonscan"}},
	{pkg: "api/iam", imports: []string{"api"}},
	{pkg: "api/sts", imports: []string{"api"}},
	{pkg: "api/cloudtrail", imports: []string{"api"}},
	{pkg: "internal/jsonscan"},
	{pkg: "internal/fair"},
	{pkg: "internal/gather"},
	{pkg: "internal/front", http: true},
	{pkg: "internal/numbering"},
	{pkg: "internal/numbering/gen", imports: []string{"github.com/nyaruka/phonenumbers"}},
	{pkg: "internal/sealed"},
	{pkg: "internal/wholefile"},
	{pkg: "internal/userlist", imports: []string{"store"}},
	{pkg: "internal/archive", imports: []string{"internal/wholefile", "store", "github.com/klauspost/compress/zstd"}},
	{pkg: "policy"},
	{pkg: "internal/apitest", imports: []string{"api"}},
	{pkg: "scim/schema"},
	{pkg: "scim/filter", imports: []string{"scim/schema"}},
	{pkg: "scim/patch", imports: []string{"scim/filter", "scim/schema"}},

	// Doors do not know the rules; signatures do not know Chime.
	{pkg: "wire", imports: []string{"api", "internal/jsonscan"}, http: true},
	{pkg: "sigv4", http: true},
	{pkg: "internal/sigtest", http: true},
	{pkg: "invitations", imports: []string{"api", "wire", "golang.org/x/text/..."}, http: true},
	{pkg: "console", imports: []string{"access", "api", "api/...", "dispatch", "internal/sealed", "internal/userlist", "sigv4", "work"}, http: true},
	{pkg: "scim", imports: []string{"api", "dispatch", "scim/schema", "work"}, http: true},

	// The one way to the rules knows neither them nor the doors.
	{pkg: "dispatch", imports: []string{"api", "internal/gather", "policy", "store", "store/engine", "work", "golang.org/x/time/..."}},
	{pkg: "work", imports: []string{"api", "store"}},

	// Only the engines know a database driver.
	{pkg: "store/engine"},
	{pkg: "store/engine/enginetest", imports: []string{"store/engine"}},
	{pkg: "store", imports: []string{"store/engine", "golang.org/x/net/idna", "golang.org/x/text/..."}},
	{pkg: "store/sqlite", imports: []string{"internal/fair", "internal/wholefile", "store/engine", "store/sqlite/mapping", "golang.org/x/sys/windows", "zombiezen.com/go/sqlite"}},
	{pkg: "store/sqlite/mapping", imports: []string{"golang.org/x/sys/unix", "modernc.org/libc", "modernc.org/sqlite/lib"}},
	{pkg: "store/postgres", imports: []string{"internal/fair", "internal/gather", "store/engine", "github.com/jackc/pgx/v5/..."}},
	{pkg: "internal/storetest", imports: []string{"internal/pgtest", "store/..."}},
	{pkg: "internal/pgtest", imports: []string{"github.com/jackc/pgx/v5/..."}},

	// The rules know neither HTTP nor SQL nor who calls them.
	{pkg: "chime", imports: []string{"api", "internal/numbering", "internal/sealed", "jobs", "scim/filter", "scim/patch", "scim/schema", "store", "work"}},
	{pkg: "access", imports: []string{"api", "policy", "store", "store/engine", "work"}},
	{pkg: "iam", imports: []string{"access", "api", "api/iam", "api/sts", "internal/sealed", "jobs", "policy", "store", "work"}},
	{pkg: "trail", imports: []string{"api", "api/cloudtrail", "internal/sealed", "store", "work", "github.com/klauspost/compress/zstd", "golang.org/x/time/rate"}},
	{pkg: "jobs", imports: []string{"api", "internal/fair", "store", "store/engine", "work"}},
	{pkg: "outbound", http: true},
	{pkg: "mail", imports: []string{"github.com/wneessen/go-mail", "github.com/wneessen/go-mail/smtp", "golang.org/x/net/idna", "golang.org/x/text/..."}},
	{pkg: "tracing", imports: []string{"go.opentelemetry.io/otel/...", "google.golang.org/protobuf/encoding/protowire"}, http: true},

	// A server in a file.
	{pkg: "backup", imports: []string{"store", "store/sqlite", "filippo.io/age", "github.com/klauspost/compress/zstd"}},

	// What puts it together, and the client's side.
	{pkg: "server", imports: []string{
		"access", "api", "api/...", "backup", "chime", "console", "dispatch", "iam", "internal/fair", "internal/front", "internal/wholefile", "invitations", "jobs", "mail", "outbound", "policy", "scim", "sigv4", "store/...", "tracing", "trail", "wire", "work",
		"filippo.io/age", "github.com/google/uuid", "github.com/klauspost/compress/zstd", "github.com/prometheus/client_golang/...", "go.opentelemetry.io/otel/...",
	}, http: true},
	{pkg: "internal/awsconfig"},
	{pkg: "internal/client", imports: []string{"api", "internal/awsconfig", "sigv4"}, http: true},
	{pkg: "carillontest", imports: []string{"access", "chime", "server", "sigv4"}, http: true},
	{pkg: "cmd/...", imports: []string{
		"access", "backup", "chime", "dispatch", "internal/archive", "internal/client", "internal/userlist", "internal/wholefile", "mail", "server", "sigv4", "store", "tracing", "trail",
		"filippo.io/age", "github.com/alecthomas/kong", "github.com/goccy/go-yaml", "github.com/pelletier/go-toml/v2",
	}, http: true},

	{pkg: "internal/importtest"},
	{pkg: "internal/permissions", imports: []string{"access", "api", "api/...", "policy", "store"}},
	{pkg: "internal/testreport"},
}

// pkg is what we use of the output of go list.
type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string // of the package, not of its tests
	Deps       []string // the same with all that these import
}

func TestImports(t *testing.T) {
	all := list(t)
	standard := map[string]bool{}
	for _, p := range all {
		standard[p.ImportPath] = p.Standard
	}
	for _, p := range all {
		if within(p.ImportPath, module+"/...") {
			for _, problem := range check(p, standard) {
				t.Error(problem)
			}
		}
	}
}

// list returns all packages of the module and what they depend on.
func list(t *testing.T) []pkg {
	t.Helper()
	watch(t)
	out, err := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Standard,Imports,Deps", module+"/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// watch reads every directory of the module, so that go test runs again when a
// file changes: what go list reads is not seen by its cache.
func watch(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("../..", func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// check returns what is wrong with the imports of one of our packages.
func check(p pkg, standard map[string]bool) []string {
	own := strings.TrimPrefix(p.ImportPath, module+"/")
	i := slices.IndexFunc(rules, func(r rule) bool { return within(own, r.pkg) })
	if i < 0 {
		return []string{fmt.Sprintf("package %s has no rule; add one to the table that says what it may import", own)}
	}
	var problems []string
	for _, path := range p.Imports {
		if !standard[path] && !rules[i].permits(path) {
			problems = append(problems, fmt.Sprintf("%s must not import %s", own, path))
		}
	}
	if !rules[i].http && slices.Contains(p.Deps, "net/http") {
		problems = append(problems, fmt.Sprintf("%s must not depend on net/http", own))
	}
	return problems
}

func (r rule) permits(path string) bool {
	path = strings.TrimPrefix(path, module+"/")
	return slices.ContainsFunc(r.imports, func(pattern string) bool { return within(path, pattern) })
}

// within reports whether a pattern of the table covers a package.
func within(path, pattern string) bool {
	tree, ok := strings.CutSuffix(pattern, "/...")
	return path == tree || ok && strings.HasPrefix(path, tree+"/")
}

// The check itself must see what it is there to see.
func TestCheck(t *testing.T) {
	standard := map[string]bool{"fmt": true, "net/http": true}
	for _, test := range []struct {
		own, path string
		want      string
	}{
		{"chime", "MODULE/api", ""},
		{"chime", "fmt", ""},
		{"chime", "net/http", "chime must not depend on net/http"},
		{"chime", "MODULE/wire", "chime must not import MODULE/wire"},
		{"chime", "MODULE/store/sqlite", "chime must not import MODULE/store/sqlite"},
		{"api", "MODULE/store", "api must not import MODULE/store"},
		{"sigv4", "net/http", ""},
		{"sigv4", "MODULE/api", "sigv4 must not import MODULE/api"},
		{"store", "github.com/jackc/pgx/v5", "store must not import github.com/jackc/pgx/v5"},
		{"store/postgres", "github.com/jackc/pgx/v5/pgxpool", ""},
		{"server", "github.com/aws/aws-sdk-go-v2/aws", "server must not import github.com/aws/aws-sdk-go-v2/aws"},
		{"server", "MODULE/store/postgres", ""},
		{"wire", "MODULE/chime", "wire must not import MODULE/chime"},
		{"dispatch", "MODULE/wire", "dispatch must not import MODULE/wire"},
		{"cmd/carillon", "MODULE/server", ""},
		{"cmd/carillon", "zombiezen.com/go/sqlite", "cmd/carillon must not import zombiezen.com/go/sqlite"},
		{"api/iam", "MODULE/api/sts", "api/iam must not import MODULE/api/sts"},
		{"apiary", "fmt", "package apiary has no rule; add one to the table that says what it may import"},
	} {
		path, want := strings.ReplaceAll(test.path, "MODULE", module), strings.ReplaceAll(test.want, "MODULE", module)
		p := pkg{ImportPath: module + "/" + test.own, Imports: []string{path}, Deps: []string{path}}
		if got := strings.Join(check(p, standard), "; "); got != want {
			t.Errorf("%s imports %s: got %q, want %q", test.own, path, got, want)
		}
	}
}
