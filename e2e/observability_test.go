package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// family is a metric that a server shows, with the values of its labels.
type family struct {
	kind   string
	labels map[string]map[string]bool
}

func (f *family) names() []string { return slices.Sorted(maps.Keys(f.labels)) }

var (
	typeLine   = regexp.MustCompile(`^# TYPE (\S+) (\S+)`)
	sampleLine = regexp.MustCompile(`^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$`)
	labelPair  = regexp.MustCompile(`(\w+)="((?:[^"\\]|\\.)*)"`)
	histogram  = regexp.MustCompile(`_(bucket|sum|count)$`)
)

// exposition are the metrics of a server: families by their names, and the series
// that queries name, which of a histogram are three.
type exposition struct{ families, series map[string]*family }

func parseExposition(text string) exposition {
	x := exposition{map[string]*family{}, map[string]*family{}}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := typeLine.FindStringSubmatch(line); m != nil {
			x.families[m[1]] = &family{m[2], map[string]map[string]bool{}}
		}
		if m := sampleLine.FindStringSubmatch(line); m != nil {
			x.add(m[1], m[2])
		}
	}
	return x
}

func (x exposition) add(series, labels string) {
	if x.series[series] == nil {
		x.series[series] = &family{labels: map[string]map[string]bool{}}
	}
	of := []*family{x.series[series], x.families[series]}
	if of[1] == nil {
		of[1] = x.families[histogram.ReplaceAllString(series, "")]
	}
	for _, m := range labelPair.FindAllStringSubmatch(labels, -1) {
		for i, f := range of {
			if i == 1 && m[1] == "le" {
				continue // every histogram has it
			}
			if f.labels[m[1]] == nil {
				f.labels[m[1]] = map[string]bool{}
			}
			f.labels[m[1]][m[2]] = true
		}
	}
}

// exposed are the metrics of a server after a little of everything.
func exposed(t *testing.T, engine *engine) exposition {
	t.Helper()
	address := freeAddress(t)
	e := engine.start(t, "--metrics-listen", address, "--audit-file", filepath.Join(t.TempDir(), "audit"))
	id := e.enterprise(t)
	e.user(t, id, "u@example.com")
	bot, _ := e.lambdaBot(t, id, "Helper")
	e.join(t, id, *e.room(t, id, "Kitchen").RoomId, *bot.BotId)
	e.stranger(t).send(t, "GET", "/carillon/v1/jobs", "").refused(t, forbidden)
	eventually(t, "end of the job", func() bool { return len(e.server.jobLines("bot-event")) > 0 })
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/metrics", nil)
	succeed(t, err)
	return parseExposition(do(t, r).body)
}

var (
	metricRow = regexp.MustCompile("(?m)^\\| `(carillon_\\w+)` \\| (\\w+) \\| (.*?) ?\\|")
	alertRow  = regexp.MustCompile(`(?m)^\| (Carillon\w+) \|`)
	code      = regexp.MustCompile("`(\\w+)`")
)

// The documentation has all metrics, and no others, with their types and labels.
func TestObservability_documented(t *testing.T) {
	forEach(t, func(t *testing.T, engine *engine) {
		got, want := map[string]string{}, map[string]string{}
		for name, f := range exposed(t, engine).families {
			if strings.HasPrefix(name, "carillon_") {
				got[name] = fmt.Sprint(f.kind, f.names())
			}
		}
		for _, m := range metricRow.FindAllStringSubmatch(readFile("../docs/observability.md"), -1) {
			var labels []string
			for _, label := range code.FindAllStringSubmatch(m[3], -1) {
				labels = append(labels, label[1])
			}
			slices.Sort(labels)
			want[m[1]] = fmt.Sprint(m[2], labels)
		}
		equal(t, "metrics", got, want)
	})
}

// alertRule is a rule in the file for Prometheus.
type alertRule struct {
	Alert, Expr string
	Annotations map[string]string
}

func alertRules(t testing.TB) (list []alertRule) {
	t.Helper()
	var file struct{ Groups []struct{ Rules []alertRule } }
	text, err := os.ReadFile("../deploy/prometheus/alerts.yml")
	succeed(t, err)
	succeed(t, yaml.Unmarshal(text, &file))
	for _, g := range file.Groups {
		list = append(list, g.Rules...)
	}
	return list
}

// dashboardQueries are the queries of the dashboard, each with its legend.
func dashboardQueries(t testing.TB) (list [][2]string) {
	t.Helper()
	var board struct {
		Templating struct {
			List []struct{ Type, Query string }
		}
		Panels []struct {
			Title, Type string
			Targets     []struct{ Expr, LegendFormat string }
		}
	}
	text, err := os.ReadFile("../deploy/grafana/carillon.json")
	succeed(t, err)
	succeed(t, json.Unmarshal(text, &board))
	for _, p := range board.Panels {
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("the panel %q has no query", p.Title)
		}
		for _, q := range p.Targets {
			list = append(list, [2]string{q.Expr, q.LegendFormat})
		}
	}
	for _, v := range board.Templating.List {
		if v.Type == "query" {
			list = append(list, [2]string{v.Query, ""})
		}
	}
	return list
}

// Every query names metrics that there are, labels that these have, and values
// that occur.
func TestObservability_queries(t *testing.T) {
	forEach(t, func(t *testing.T, engine *engine) {
		x := exposed(t, engine)
		var names []string
		for _, r := range alertRules(t) {
			names = append(names, r.Alert)
			x.check(t, r.Expr, regexp.MustCompile(`\$labels\.(\w+)`).FindAllStringSubmatch(r.Annotations["summary"], -1))
		}
		for _, q := range dashboardQueries(t) {
			x.check(t, q[0], regexp.MustCompile(`\{\{(\w+)\}\}`).FindAllStringSubmatch(q[1], -1))
		}
		var documented []string
		for _, m := range alertRow.FindAllStringSubmatch(readFile("../docs/observability.md"), -1) {
			documented = append(documented, m[1])
		}
		equal(t, "alerts", names, documented)
	})
}

var (
	selector = regexp.MustCompile(`\b((?:carillon|go|process)_\w+|up\b)(?:\s*\{([^}]*)\})?`)
	matcher  = regexp.MustCompile(`(\w+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"`)
	grouping = regexp.MustCompile(`\b(?:by|without|on|ignoring)\s*\(([^)]*)\)`)
	called   = regexp.MustCompile(`\b([a-z_]\w*)\s*\(`)
)

// functions are those that our queries may use.
var functions = strings.Fields("by label_values histogram_quantile increase max min_over_time rate sum time topk")

// check checks one query, and the labels that go with its result.
func (x exposition) check(t testing.TB, query string, shown [][]string) {
	t.Helper()
	labels := map[string]bool{"job": true, "instance": true} // Prometheus adds them
	found := selector.FindAllStringSubmatch(query, -1)
	if len(found) == 0 {
		t.Errorf("no metric is in %s", query)
	}
	for _, s := range found {
		f := x.series[s[1]]
		if f == nil && s[1] != "up" {
			t.Errorf("there is no %s, which is in %s", s[1], query)
			continue
		}
		for _, m := range matcher.FindAllStringSubmatch(s[2], -1) {
			f.checkMatcher(t, query, m[1], m[3])
		}
		if f != nil {
			maps.Copy(labels, trueFor(f.names()))
		}
	}
	checkWords(t, query, "label", labels, shown)
	for _, g := range grouping.FindAllStringSubmatch(query, -1) {
		checkWords(t, query, "label", labels, regexp.MustCompile(`(\w+)`).FindAllStringSubmatch(g[1], -1))
	}
	checkWords(t, query, "function", trueFor(functions), called.FindAllStringSubmatch(query, -1))
}

func trueFor(list []string) map[string]bool {
	m := map[string]bool{}
	for _, s := range list {
		m[s] = true
	}
	return m
}

func checkWords(t testing.TB, query, what string, known map[string]bool, words [][]string) {
	t.Helper()
	for _, w := range words {
		if !known[w[1]] {
			t.Errorf("there is no %s %s, which goes with %s", what, w[1], query)
		}
	}
}

// checkMatcher checks that a label is there and has a value that matches. Not
// every status can be had by asking.
func (f *family) checkMatcher(t testing.TB, query, label, value string) {
	t.Helper()
	if label == "job" || label == "instance" {
		return
	}
	values := f.labels[label]
	if values == nil {
		t.Errorf("there is no label %s in %s", label, query)
		return
	}
	anchored := regexp.MustCompile("^(?:" + value + ")$")
	if label != "code" && !slices.ContainsFunc(slices.Collect(maps.Keys(values)), anchored.MatchString) {
		t.Errorf("no %s is %q, which is in %s; there are %v", label, value, query, values)
	}
}

// findPromtool finds that of the system, or the one that scripts/deps has brought.
func findPromtool() (string, error) {
	if path, err := exec.LookPath("promtool"); err == nil {
		return path, nil
	}
	path, err := filepath.Abs("../.cache/promtool")
	if err != nil {
		return "", err
	}
	return exec.LookPath(path)
}

// The rules fire when they should and stay quiet otherwise.
func TestObservability_alerts_fire(t *testing.T) {
	t.Parallel()
	promtool, err := findPromtool()
	if err != nil {
		missing(t, "promtool", err)
	}
	cmd := command(promtool, "test", "rules", "alerts_test.yml")
	cmd.Dir = "../deploy/prometheus"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
