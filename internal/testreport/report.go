package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// report is what became of tests.
type report struct {
	results map[string]result // by package and name
	output  map[string][]string
	running map[string]bool // by package and name
}

// result is what became of a test.
type result struct {
	Test   string // with its package
	Action string // pass, fail or skip
	Reason string `json:",omitempty"` // of a skip, or of a failure that said nothing
}

// event is a line of go test -json.
type event struct {
	Action      string
	Package     string
	Test        string // empty: the package's own
	Output      string
	FailedBuild string
}

// read reads events and shows what a reader of go test expects: the closing
// lines of packages, and all that failing ones said.
func (r *report) read(in io.Reader, out io.Writer) error {
	r.output, r.running = map[string][]string{}, map[string]bool{}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		var e event
		if json.Unmarshal([]byte(line), &e) != nil {
			e = event{Action: "build-output", Output: line} // not of a test
		}
		r.take(&e, out)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// take looks at one event.
func (r *report) take(e *event, out io.Writer) {
	name := e.Package + " " + e.Test
	switch e.Action {
	case "run":
		r.running[name] = true
	case "output":
		r.output[name] = append(r.output[name], e.Output)
	case "build-output":
		io.WriteString(out, e.Output) //nolint:errcheck // nobody is there to be told
	case "pass", "fail", "skip":
		said := r.output[name]
		delete(r.output, name)
		delete(r.running, name)
		for _, line := range said {
			if shows(e, line) {
				io.WriteString(out, line) //nolint:errcheck // nobody is there to be told
			}
		}
		r.count(e, name, said)
	}
}

// shows reports whether a line of a test or package that has ended is shown.
func shows(e *event, line string) bool {
	if e.Action == "fail" {
		return !strings.HasPrefix(line, "=== ")
	}
	return e.Test == "" && (strings.HasPrefix(line, "ok  \t") || strings.HasPrefix(line, "?   \t"))
}

// count notes a result. Of packages only a failure that no test of theirs had
// counts: a build, a TestMain. What ran when a package ended has failed: it
// panicked, or waited until all the time was over.
func (r *report) count(e *event, name string, said []string) {
	if e.Test == "" {
		r.unfinished(e.Package)
	}
	switch {
	case e.Test == "" && (e.Action != "fail" || r.failedIn(e.Package)):
	case e.Action == "skip":
		r.add(result{name, e.Action, reason(said)})
	default:
		r.add(result{Test: name, Action: e.Action})
	}
}

func (r *report) unfinished(pkg string) {
	for name := range r.running {
		if strings.HasPrefix(name, pkg+" ") {
			delete(r.running, name)
			r.add(result{name, "fail", "it did not end"})
		}
	}
}

func (r *report) failedIn(pkg string) bool {
	for name, v := range r.results {
		if v.Action == "fail" && strings.HasPrefix(name, pkg+" ") {
			return true
		}
	}
	return false
}

// weight orders what became of a test in several runs: a failure counts before
// a success, and that before a skip.
var weight = map[string]int{"skip": 1, "pass": 2, "fail": 3}

func (r *report) add(v result) {
	if r.results == nil {
		r.results = map[string]result{}
	}
	if weight[v.Action] > weight[r.results[v.Test].Action] {
		r.results[v.Test] = v
	}
}

var said = regexp.MustCompile(`^\s+\S+\.go:\d+: (?:SKIPPED: )?(.+)`)

// reason finds the last thing that a test said.
func reason(lines []string) string {
	for _, line := range slices.Backward(lines) {
		if m := said.FindStringSubmatch(line); m != nil {
			return strings.TrimSpace(m[1])
		}
	}
	return "no reason given"
}

// save writes the results, a JSON object a line, for load.
func (r *report) save(out io.Writer) error {
	e := json.NewEncoder(out)
	for _, name := range slices.Sorted(maps.Keys(r.results)) {
		if err := e.Encode(r.results[name]); err != nil {
			return err
		}
	}
	return nil
}

func (r *report) load(in io.Reader) error {
	for d := json.NewDecoder(in); ; {
		var v result
		if err := d.Decode(&v); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		r.add(v)
	}
}

// maxNamed is how many failures a summary names.
const maxNamed = 20

// summary writes a line for each failure, one for each reason to skip, and one
// with all counts.
func (r *report) summary(out io.Writer) {
	counts, reasons := map[string]int{}, map[string]int{}
	for _, v := range r.results {
		counts[v.Action]++
		if v.Action == "skip" {
			reasons[v.Reason]++
		}
	}
	r.failures(out)
	byCount := func(a, b string) int { return cmp.Or(cmp.Compare(reasons[b], reasons[a]), cmp.Compare(a, b)) }
	for _, reason := range slices.SortedFunc(maps.Keys(reasons), byCount) {
		fmt.Fprintf(out, "skipped %d: %s\n", reasons[reason], reason)
	}
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", counts["pass"], counts["fail"], counts["skip"])
}

func (r *report) failures(out io.Writer) {
	named := 0
	for _, name := range slices.Sorted(maps.Keys(r.results)) {
		if v := r.results[name]; v.Action == "fail" && named < maxNamed {
			named++
			fmt.Fprintln(out, strings.TrimSuffix("failed: "+strings.TrimSpace(name)+": "+v.Reason, ": "))
		}
	}
}
