package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
)

// target is a row of the table: a ratio or a figure with its bound.
type target struct {
	work string
	// cell is the one whose cost over the floor it is; empty: it is something else.
	cell  string
	value func(*bench) (float64, bool) // false: not measured
	unit  string
	// The bound, inclusive. Both 0: none, the row is there to compare.
	most, least float64
}

// targets are the figures that the project has set itself.
var targets = []target{
	{work: "GetUser", cell: "get", value: overFloor("get"), unit: "× floor", most: 1.5},
	{work: "ListUsers by e-mail", cell: "email", value: overFloor("email"), unit: "× floor", most: 1.9},
	{work: "ListUsers, page of 100", cell: "page", value: overFloor("page"), unit: "× floor", most: 6},
	{work: "ListUsers, page of 100", value: overCPU("page", "engine-page"), unit: "× engine", most: 3},
	{work: "CreateUser", cell: "create", value: overFloor("create"), unit: "× floor", most: 3},
	{work: "CreateUser, rate", value: overRate("create", "engine-create"), unit: "× engine", least: 0.8},
	{work: "CreateUser, p99", value: p99("create"), unit: "ms", most: 10},
	{work: "UpdateUser", cell: "update", value: overFloor("update"), unit: "× floor", most: 3.2},
	{work: "UpdateUser, p99", value: p99("update"), unit: "ms", most: 15},
	{work: "other reads, the one in the middle", value: medianRead, unit: "× floor", most: 2.5},
	{work: "GetUser, many users against few", value: overCPU("many", "few"), unit: "×", most: 1.25},
	{work: "ListUsers, page of 100, many users against few", value: overCPU("many-page", "few-page"), unit: "×", most: 1.25},
	{work: "CreateUser, many users against few", value: overCPU("many-create", "few-create"), unit: "×", most: 1.3},
	{work: "start to ready", value: scalar("start"), unit: "ms", most: 300},
	{work: "anonymous memory after mixed load", value: scalar("memory"), unit: "MiB", most: 256},
	{work: "PostgreSQL: GetUser", value: overFloor("pg-get"), unit: "× floor", most: 3.5},
	{work: "PostgreSQL: GetUser, two replicas, each as busy as one", value: overCPU("pg-get-2", "pg-get"), unit: "× CPU", most: 1.1},
	{work: "PostgreSQL: CreateUser, two replicas, each as busy as one", value: overCPU("pg-create-2", "pg-create"), unit: "× CPU", most: 1.15},
	{work: "PostgreSQL: two replicas of a quarter core against one", value: overRate("pg-quarter-2", "pg-quarter"), unit: "× rate", least: 1.7},
	{work: "GetUser by a key with a policy of ten statements against the root key", value: overCPU("get-key", "get-root"), unit: "× CPU", most: 1.03},
	{work: "PostgreSQL: GetUser by a key with a policy against the root key", value: overCPU("pg-get-key", "pg-get-root"), unit: "× CPU", most: 1.03},
	{work: "CreateUser with records against without", value: overCPU("create-audit", "create-audit-off"), unit: "× CPU", most: 1.25},
	{work: "UpdateUser with records against without", value: overCPU("update-audit", "update-audit-off"), unit: "× CPU"},
	{work: "PostgreSQL: CreateUser with records against without", value: overCPU("pg-create-audit", "pg-create-audit-off"), unit: "× CPU", most: 1.25},
	{work: "audit: the newest 50 records, p99", value: p99("lookup-newest"), unit: "ms", most: 10},
	{work: "audit: 50 records of an operation, p99", value: p99("lookup-name"), unit: "ms", most: 10},
	{work: "audit: 50 records that are far from each other, p99", value: p99("lookup-spread"), unit: "ms", most: 10},
	{work: "audit: the record of one user, p99", value: p99("lookup-resource"), unit: "ms", most: 10},
	{work: "overload: GetUser at 4096 connections", value: crowdShare("get", atMost), unit: "× best", least: 0.85},
	{work: "overload: CreateUser at 4096 connections", value: crowdShare("create", atMost), unit: "× best", least: 0.85},
	{work: "overload: GetUser, ten times what fits", value: crowdShare("get", tenfold), unit: "× best", least: 0.9},
	{work: "overload: CreateUser, ten times what fits", value: crowdShare("create", tenfold), unit: "× best", least: 0.9},
	{work: "overload: answers, the slowest p99", value: slowest(func(c *crowd) []time.Duration { return c.good }), unit: "ms", most: 500},
	{work: "overload: health, the slowest p99", value: slowest(func(c *crowd) []time.Duration { return c.health }), unit: "ms", most: 50},
	{work: "peer: moto, GetUser of IAM", cell: "moto", value: overFloor("moto"), unit: "× floor"},
	{work: "peer: OpenLDAP, search by name", cell: "ldap", value: overFloor("ldap"), unit: "× floor"},
}

func overFloor(name string) func(*bench) (float64, bool) {
	return func(b *bench) (float64, bool) {
		m := b.result(name)
		return m.CPU / m.Floor, m.Floor > 0
	}
}

func overCPU(name, other string) func(*bench) (float64, bool) {
	return func(b *bench) (float64, bool) {
		m, o := b.result(name), b.result(other)
		return m.CPU / o.CPU, m.CPU > 0 && o.CPU > 0
	}
}

func overRate(name, other string) func(*bench) (float64, bool) {
	return func(b *bench) (float64, bool) {
		m, o := b.result(name), b.result(other)
		return m.Rate / o.Rate, m.Rate > 0 && o.Rate > 0
	}
}

func p99(name string) func(*bench) (float64, bool) {
	return func(b *bench) (float64, bool) {
		m := b.result(name)
		return m.P99.Seconds() * 1000, m.Requests > 0
	}
}

func scalar(name string) func(*bench) (float64, bool) {
	return func(b *bench) (float64, bool) {
		v, ok := b.scalars[name]
		return v, ok
	}
}

// row returns the cells of a target's row.
func (t *target) row(b *bench) []string {
	bound, verdict := "–", "–"
	v, measured := t.value(b)
	switch {
	case t.most > 0:
		bound, verdict = fmt.Sprintf("≤ %g", t.most), judge(v <= t.most)
	case t.least > 0:
		bound, verdict = fmt.Sprintf("≥ %g", t.least), judge(v >= t.least)
	}
	if !measured {
		return []string{t.work, "not measured", bound, "–"}
	}
	return []string{t.work, figure(v) + " " + t.unit, bound, verdict}
}

func judge(ok bool) string {
	if ok {
		return "ok"
	}
	return "**miss**"
}

// figure rounds to what the measurement is good for.
func figure(v float64) string {
	digits := 2
	switch {
	case v >= 100:
		digits = 0
	case v >= 10:
		digits = 1
	}
	return fmt.Sprintf("%.*f", digits, v)
}

func ms(d time.Duration) string { return optional(d.Seconds() * 1000) }

// The marks of the section in the file of measurements.
const (
	sectionBegin = "<!-- measurements: begin (make bench writes this section) -->\n"
	sectionEnd   = "<!-- measurements: end -->\n"
)

// section is the report.
func (b *bench) section() string {
	var s strings.Builder
	s.WriteString(sectionBegin + "\n")
	for _, line := range b.circumstances() {
		fmt.Fprintf(&s, "* %s\n", line)
	}
	for _, line := range b.skipped {
		fmt.Fprintf(&s, "* Not measured: %s\n", strings.TrimSpace(line))
	}
	rows := [][]string{{"work", "measured", "target", ""}}
	for i := range targets {
		rows = append(rows, targets[i].row(b))
	}
	s.WriteString("\n" + table(rows))
	if b.other != nil {
		s.WriteString("\nAgainst " + commit(b.against) + ", in turns:\n\n" + table(b.changes()))
	}
	if len(b.crowds) > 0 {
		s.WriteString("\n" + crowdsHead + table(b.crowdRows()))
	}
	s.WriteString("\nRaw figures. CPU is µs per request, also that of the floor in the same minutes and of the load generator; latencies are ms:\n\n")
	s.WriteString(table(b.raw()))
	s.WriteString("\n" + sectionEnd)
	return s.String()
}

func (b *bench) raw() [][]string {
	rows := [][]string{{"cell", "requests", "CPU", "of floor", "of generator", "per second", "p50", "p99", "floor p99"}}
	for _, m := range b.results {
		rows = append(rows, []string{
			m.Name, fmt.Sprint(m.Requests), figure(m.CPU), optional(m.Floor), optional(m.Generator),
			fmt.Sprintf("%.0f", m.Rate), ms(m.P50), ms(m.P99), ms(m.FloorP99),
		})
	}
	return rows
}

func optional(v float64) string {
	if v == 0 {
		return "–"
	}
	return figure(v)
}

// table renders rows, of which the first is the head, in columns that can be
// read as they are.
func table(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)), 3)
		}
	}
	var s strings.Builder
	for n, row := range rows {
		writeRow(&s, row, widths, " ")
		if n == 0 {
			writeRow(&s, make([]string, len(widths)), widths, "-")
		}
	}
	return s.String()
}

func writeRow(s *strings.Builder, row []string, widths []int, fill string) {
	for i, cell := range row {
		fmt.Fprintf(s, "| %s%s ", cell, strings.Repeat(fill, widths[i]-len([]rune(cell))))
	}
	s.WriteString("|\n")
}

// replaceSection writes a section into a file, in place of the earlier one or
// at the end.
func replaceSection(path, section string) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text := cmp.Or(string(old), "# Performance\n")
	before, rest, found := strings.Cut(text, sectionBegin)
	_, after, ended := strings.Cut(rest, sectionEnd)
	switch {
	case found && !ended:
		return fmt.Errorf("%s: the section of measurements has no end", path)
	case !found:
		before = strings.TrimRight(text, "\n") + "\n\n"
	}
	return os.WriteFile(path, []byte(before+section+after), 0o644)
}
