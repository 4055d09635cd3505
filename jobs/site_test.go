package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carillon/internal/pgtest"
	"carillon/internal/storetest"
	"carillon/jobs"
	"carillon/store"
	"carillon/store/engine"
	"carillon/store/sqlite"
	"carillon/work"
)

func TestMain(m *testing.M) {
	if os.Getenv(beCrasher) != "" {
		crash()
	}
	os.Exit(pgtest.Main(m))
}

// epoch is when the clock of the tests stands still.
var epoch = time.Date(2026, 11, 21, 20, 33, 4, 0, time.UTC)

// patience is how long what must happen may take.
const patience = 20 * time.Second

// site is a store with runners over it, a clock for them and what they say.
type site struct {
	testing.TB
	*store.Store
	now      atomic.Int64
	handlers map[string]jobs.Handler
	mu       sync.Mutex
	outcomes []string // "kind outcome"
	log      strings.Builder
}

func newSite(t testing.TB) *site {
	t.Helper()
	return newSiteOn(t, storetest.SQLite(t))
}

func newPostgresSite(t testing.TB) *site {
	t.Helper()
	return newSiteOn(t, storetest.Postgres(t))
}

func newSiteOn(t testing.TB, e engine.Engine) *site {
	t.Helper()
	s := &site{TB: t, Store: storetest.Migrated(t, e), handlers: map[string]jobs.Handler{}}
	s.now.Store(epoch.UnixMilli())
	return s
}

// Write makes the site the end of a log.
func (s *site) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(p)
}

func (s *site) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

func (s *site) observe(kind, outcome string, _ time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcomes = append(s.outcomes, kind+" "+outcome)
}

// observed returns how often each "kind outcome" was told.
func (s *site) observed() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]int{}
	for _, o := range s.outcomes {
		counts[o]++
	}
	return counts
}

func (s *site) config(owner string) jobs.Config {
	return jobs.Config{
		Store: s.Store, Handlers: s.handlers, Owner: owner, Observe: s.observe,
		Now: func() time.Time { return time.UnixMilli(s.now.Load()) },
		Log: slog.New(slog.NewJSONHandler(s, nil)),
	}
}

// start runs jobs until the test ends.
func (s *site) start(owner string) *jobs.Runner {
	s.Helper()
	r := jobs.Start(s.config(owner))
	s.Cleanup(r.Stop)
	return r
}

func (s *site) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *site) update(fn func(store.Records) error) {
	s.Helper()
	s.must(s.Update(context.Background(), fn))
}

// add leaves a job that is due after a time.
func (s *site) add(id, kind string, after time.Duration) {
	s.Helper()
	s.update(func(r store.Records) error {
		return r.InsertJob(&store.Job{JobID: id, Kind: kind, Payload: "payload of " + id, DueMs: s.now.Load() + after.Milliseconds(), CreatedMs: 1})
	})
}

// counts returns how many jobs there are as "kind state".
func (s *site) counts() map[string]int64 {
	s.Helper()
	m := map[string]int64{}
	s.must(s.View(context.Background(), func(r store.Records) error {
		list, err := r.CountJobs()
		clear(m)
		for _, c := range list {
			m[c.Kind+" "+c.State] = c.Count
		}
		return err
	}))
	return m
}

// await waits for something to become true.
func (s *site) await(what string, true func() bool) {
	s.Helper()
	for end := time.Now().Add(patience); !true(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			s.Fatalf("in vain for %s; jobs %v, outcomes %v", what, s.counts(), s.observed())
		}
	}
}

// wantOutcomes waits until as many runs were told of as want has, and compares.
func (s *site) wantOutcomes(want map[string]int) {
	s.Helper()
	n := 0
	for _, count := range want {
		n += count
	}
	s.await("outcomes", func() bool {
		have := 0
		for _, count := range s.observed() {
			have += count
		}
		return have >= n
	})
	if got := s.observed(); !maps.Equal(got, want) {
		s.Errorf("outcomes %v, want %v", got, want)
	}
}

// mark returns effects that leave a trace which would conflict with a second one.
func mark(id string) jobs.Effects {
	return func(r *work.Unit) error {
		if err := r.InsertDomain(&store.Domain{AwsAccountID: "marks", Name: id, AccountID: "marks", CreatedMs: 1}); err != nil {
			return fmt.Errorf("the effects of %s happen again: %w", id, err)
		}
		return nil
	}
}

// marks counts the traces.
func (s *site) marks() (n int) {
	s.Helper()
	s.must(s.View(context.Background(), func(r store.Records) error {
		list, err := r.Domains("marks")
		n = len(list)
		return err
	}))
	return n
}

// marking is a handler whose effects leave a trace of the job.
func marking(_ context.Context, j *jobs.Task) (jobs.Effects, error) { return mark(j.JobID), nil }

var errTest = errors.New("it did not work")

// openCrasher opens a store in a directory, with one job.
func openCrasher(dir string) *store.Store {
	e, err := sqlite.Open(context.Background(), filepath.Join(dir, "carillon.db"), sqlite.Options{})
	if err != nil {
		panic(err)
	}
	st := store.New(e)
	err = errors.Join(st.Migrate(context.Background()), st.Update(context.Background(), func(r store.Records) error {
		return r.InsertJob(&store.Job{JobID: "j", Kind: "k", DueMs: 1})
	}))
	if err != nil {
		panic(err)
	}
	return st
}
