package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const events = `{"Action":"run","Package":"m/a","Test":"TestGood"}
{"Action":"output","Package":"m/a","Test":"TestGood","Output":"=== RUN   TestGood\n"}
{"Action":"output","Package":"m/a","Test":"TestGood","Output":"noise of a good test\n"}
{"Action":"pass","Package":"m/a","Test":"TestGood"}
{"Action":"output","Package":"m/a","Test":"TestBad/sub","Output":"=== RUN   TestBad/sub\n"}
{"Action":"output","Package":"m/a","Test":"TestBad/sub","Output":"    a_test.go:7: it is bad\n"}
{"Action":"output","Package":"m/a","Test":"TestBad/sub","Output":"--- FAIL: TestBad/sub (0.00s)\n"}
{"Action":"fail","Package":"m/a","Test":"TestBad/sub"}
{"Action":"fail","Package":"m/a","Test":"TestBad"}
{"Action":"output","Package":"m/a","Test":"TestAway","Output":"    a_test.go:8: looking\n"}
{"Action":"output","Package":"m/a","Test":"TestAway","Output":"    pgtest.go:73: SKIPPED: no server: really\n"}
{"Action":"output","Package":"m/a","Test":"TestAway","Output":"--- SKIP: TestAway (0.00s)\n"}
{"Action":"skip","Package":"m/a","Test":"TestAway"}
{"Action":"skip","Package":"m/a","Test":"TestMute"}
{"Action":"output","Package":"m/a","Output":"FAIL\n"}
{"Action":"output","Package":"m/a","Output":"FAIL\tm/a\t0.1s\n"}
{"Action":"fail","Package":"m/a"}
{"Action":"output","Package":"m/b","Output":"said by TestMain\n"}
{"Action":"output","Package":"m/b","Output":"PASS\n"}
{"Action":"output","Package":"m/b","Output":"ok  \tm/b\t0.2s\n"}
{"Action":"pass","Package":"m/b"}
{"ImportPath":"m/c","Action":"build-output","Output":"c.go:1: undefined: x\n"}
{"Action":"output","Package":"m/c","Output":"FAIL\tm/c [build failed]\n"}
{"Action":"fail","Package":"m/c","FailedBuild":"m/c"}
{"Action":"output","Package":"m/d","Output":"?   \tm/d\t[no test files]\n"}
{"Action":"skip","Package":"m/d"}
go: something that is no event
`

func read(t *testing.T, events string) (*report, string) {
	t.Helper()
	var r report
	var out strings.Builder
	if err := r.read(strings.NewReader(events), &out); err != nil {
		t.Fatal(err)
	}
	return &r, out.String()
}

func (r *report) text() string {
	var out strings.Builder
	r.summary(&out)
	return out.String()
}

func TestReport(t *testing.T) {
	r, shown := read(t, events)
	const want = `    a_test.go:7: it is bad
--- FAIL: TestBad/sub (0.00s)
FAIL
FAIL	m/a	0.1s
ok  	m/b	0.2s
c.go:1: undefined: x
FAIL	m/c [build failed]
?   	m/d	[no test files]
go: something that is no event
`
	if shown != want {
		t.Errorf("shows\n%s\nwant\n%s", shown, want)
	}
	const summary = "failed: m/a TestBad\nfailed: m/a TestBad/sub\nfailed: m/c\nskipped 1: no reason given\nskipped 1: no server: really\n1 passed, 3 failed, 2 skipped\n"
	if got := r.text(); got != summary {
		t.Errorf("got\n%s\nwant\n%s", got, summary)
	}
}

// What has not ended when its package ends has failed, and is named.
func TestReport_unfinished(t *testing.T) {
	r, _ := read(t, `{"Action":"run","Package":"m/a","Test":"TestLong"}
{"Action":"run","Package":"m/a","Test":"TestShort"}
{"Action":"pass","Package":"m/a","Test":"TestShort"}
{"Action":"run","Package":"m/b","Test":"TestOther"}
{"Action":"output","Package":"m/a","Output":"panic: test timed out after 1s\n"}
{"Action":"fail","Package":"m/a"}
`)
	if got, want := r.text(), "failed: m/a TestLong: it did not end\n1 passed, 1 failed, 0 skipped\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Over several runs a test counts once, a failure before a success, and that
// before a skip.
func TestTotal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report")
	run := func(results ...string) {
		t.Helper()
		var events strings.Builder
		for _, v := range results {
			action, test, _ := strings.Cut(v, " ")
			events.WriteString(`{"Action":"` + action + `","Package":"m/a","Test":"` + test + `"}` + "\n")
		}
		r, _ := read(t, events.String())
		if err := appendTo(path, r); err != nil {
			t.Fatal(err)
		}
	}
	run("skip A", "pass B", "fail C", "skip D")
	run("pass A", "fail B", "pass C", "skip D")
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out strings.Builder
	if err := showTotal(&out, f); err != nil || out.String() != "failed: m/a B\nfailed: m/a C\nskipped 1: no reason given\n1 passed, 2 failed, 1 skipped\n" {
		t.Errorf("got %s, %v", out.String(), err)
	}
}

// The real go test: a failure is one, and shows.
func TestRunTests(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":    "module m\n\ngo 1.26\n",
		"m_test.go": "package m\n\nimport \"testing\"\n\nfunc TestGood(*testing.T) {}\n\nfunc TestAway(t *testing.T) { t.Skip(\"SKIPPED: too far\") }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var r report
	if err := r.runTests(dir, []string{"./..."}); err != nil || r.text() != "skipped 1: too far\n1 passed, 0 failed, 1 skipped\n" {
		t.Errorf("got %s, %v", r.text(), err)
	}
	r = report{}
	if err := r.runTests(dir, []string{"./nowhere"}); err == nil || !strings.Contains(r.text(), " 1 failed") {
		t.Errorf("a package that is not there: %s, %v", r.text(), err)
	}
}
