package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// cellNames are what -only takes, in the order of a full run.
var cellNames = []string{
	"get", "email", "page", "create", "update", "reads", "few", "mixed", "start",
	"pg-get", "pg-create", "pg-quarter",
	"get-key", "pg-get-key",
	"create-audit", "create-audit-off", "update-audit", "update-audit-off", "pg-create-audit", "pg-create-audit-off",
	"lookup-newest", "lookup-name", "lookup-resource", "lookup-spread", "lookup-time",
	"overload",
	"moto", "ldap",
}

// bench is one run.
type bench struct {
	options
	dir    string // removed at the end
	binary string // Carillon
	began  time.Time
	// loadBefore is the load average before we add to it.
	loadBefore string
	floor      *server
	other      *server // another version; nil: none

	results []measurement
	crowds  []*crowd
	scalars map[string]float64 // figures that are no measurement of a load
	skipped []string           // what was not measured, and why
}

// wants reports whether any of the cells is to be measured.
func (b *bench) wants(names ...string) bool {
	return b.only == "" || slices.ContainsFunc(split(b.only), func(name string) bool { return slices.Contains(names, name) })
}

// skip notes what is not measured.
func (b *bench) skip(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	progress("SKIPPED: %s", text)
	b.skipped = append(b.skipped, text)
}

func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}

func (b *bench) measureAll(ctx context.Context) error {
	b.scalars, b.loadBefore = map[string]float64{}, loadAverage()
	if err := build(ctx, b.root, b.binary); err != nil {
		return err
	}
	floor, err := b.startFloor(ctx)
	if err != nil {
		return err
	}
	defer floor.stop()
	b.floor = floor
	for _, part := range []func(context.Context) error{b.embedded, b.postgres, b.identity, b.pgIdentity, b.audit, b.pgAudit, b.lookup, b.overload, b.peers} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// build makes the binary of a source as "make build" does.
func build(ctx context.Context, root, binary string) error {
	progress("building Carillon in %s", root)
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, "./cmd/carillon")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building Carillon: %w: %s", err, out)
	}
	return nil
}

// withFloor measures subjects in turns with the floor.
func (b *bench) withFloor(ctx context.Context, subjects ...*subject) error {
	floor := b.floorSubject()
	defer floor.close()
	found, err := b.alternate(ctx, b.seconds, append(subjects, floor)...)
	if err != nil {
		return err
	}
	last := len(subjects)
	for _, m := range found[:last] {
		m.Floor, m.FloorP99 = found[last].CPU, found[last].P99
		b.keep(m)
	}
	return nil
}

// compare measures subjects in turns with each other.
func (b *bench) compare(ctx context.Context, subjects ...*subject) error {
	found, err := b.alternate(ctx, b.seconds, subjects...)
	for _, m := range found {
		b.keep(m)
	}
	return err
}

// keep stores what was measured.
func (b *bench) keep(m measurement) {
	progress("%s", m)
	b.results = append(b.results, m)
}

// result returns what was measured under a name, zero if nothing was.
func (b *bench) result(name string) measurement {
	i := slices.IndexFunc(b.results, func(m measurement) bool { return m.Name == name })
	if i < 0 {
		return measurement{}
	}
	return b.results[i]
}

// alternate warms subjects up and then measures them in turns, a second each.
func (b *bench) alternate(ctx context.Context, rounds int, subjects ...*subject) ([]measurement, error) {
	records := make([]recorder, len(subjects))
	for i, s := range subjects {
		records[i].subject = s
		warm := recorder{subject: s}
		if err := warm.slice(warmUp); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	profiled := b.profile(ctx, rounds, subjects)
	for round := range rounds {
		for i := range records {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			i = (i + round) % len(records) // nobody is always behind the same one
			if err := records[i].slice(time.Second); err != nil {
				return nil, fmt.Errorf("%s: %w", subjects[i].name, err)
			}
		}
	}
	found := make([]measurement, len(subjects))
	for i := range records {
		var err error
		if found[i], err = records[i].result(); err != nil {
			return nil, err
		}
	}
	return found, <-profiled
}

// maxUnexpected is the share of requests that may be answered otherwise than
// expected.
const maxUnexpected = 0.001

// unexpected returns an error if too many answers were not what they should be.
func (b *bench) unexpected() error {
	var errs []error
	for _, m := range b.results {
		if float64(m.Unexpected) > maxUnexpected*float64(m.Requests) {
			errs = append(errs, fmt.Errorf("%s: %d of %d requests failed, one with: %w", m.Name, m.Unexpected, m.Requests, m.Problem))
		}
	}
	for _, c := range b.crowds {
		if float64(c.failed) > maxUnexpected*float64(len(c.good)) {
			errs = append(errs, fmt.Errorf("%s: %d requests failed, one with: %w", c.name, c.failed, c.problem))
		}
	}
	return errors.Join(errs...)
}

// logFile is where a child of that name writes.
func (b *bench) logFile(name string) string { return filepath.Join(b.dir, name+".log") }
