package jobs_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"carillon/jobs"
	"carillon/store"
	"carillon/store/engine"
	"carillon/work"
)

// addFor leaves n jobs of a tenant that are due.
func (s *site) addFor(tenant string, n int) {
	s.Helper()
	s.update(func(r store.Records) error {
		for i := range n {
			j := store.Job{JobID: fmt.Sprint(tenant, i), AwsAccountID: tenant, Kind: "k", DueMs: s.now.Load()}
			if err := r.InsertJob(&j); err != nil {
				return err
			}
		}
		return nil
	})
}

// The jobs of a tenant whose endpoints hang keep nobody else's waiting.
func TestRunner_tenants_sqlite(t *testing.T) { beside(newSite(t)) }

func TestRunner_tenants_postgres(t *testing.T) { beside(newPostgresSite(t)) }

func beside(s *site) {
	const hanging, prompt = 500, 40
	release := make(chan struct{})
	var stuck, worked atomic.Int64
	s.handlers["k"] = func(ctx context.Context, j *jobs.Task) (jobs.Effects, error) {
		if engine.Tenant(ctx) == "hanging" {
			stuck.Add(1)
			<-release
			return nil, nil
		}
		return func(*work.Unit) error { worked.Add(1); return nil }, nil
	}
	s.addFor("hanging", hanging)
	r := s.start("a")
	s.Cleanup(func() { close(release) }) // before the runner stops
	s.await("the hanging ones", func() bool { return stuck.Load() >= 10 })
	s.addFor("prompt", prompt)
	began := time.Now()
	r.Wake()
	s.await("the prompt ones", func() bool { return worked.Load() >= prompt })
	if took := time.Since(began); took > 5*time.Second {
		s.Errorf("it took %v", took)
	}
	if n := stuck.Load(); n > 15 {
		s.Errorf("%d of the hanging tenant's run at once", n)
	}
}

// What a job leaves for later is its tenant's, too.
func TestRunner_tenantStays(t *testing.T) {
	s := newSite(t)
	seen := make(chan string, 2)
	s.handlers["k"] = func(ctx context.Context, j *jobs.Task) (jobs.Effects, error) {
		return func(w *work.Unit) error {
			seen <- engine.Tenant(ctx) + " " + w.Caller.AwsAccountID
			return w.Enqueue("l", "payload", 0)
		}, nil
	}
	s.handlers["l"] = func(ctx context.Context, j *jobs.Task) (jobs.Effects, error) {
		seen <- engine.Tenant(ctx)
		return nil, nil
	}
	s.addFor("a", 1)
	c := s.config("me")
	c.NewID = func() string { return "left behind" }
	s.Cleanup(jobs.Start(c).Stop)
	for _, want := range []string{"a a", "a"} {
		if got := <-seen; got != want {
			t.Errorf("the tenant is %q, want %q", got, want)
		}
	}
}
