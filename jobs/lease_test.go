package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"carillon/jobs"
	"carillon/store"
	"carillon/work"
)

// steal leases all jobs to somebody else, as if the lease of their owner had
// ended.
func (s *site) steal(until time.Duration) (list []store.Job) {
	s.Helper()
	later := time.Now().Add(time.Hour).UnixMilli()
	s.update(func(r store.Records) (err error) {
		list, err = r.LeaseJobs("thief", s.now.Load(), later, time.Now().Add(until).UnixMilli(), 100)
		return err
	})
	return list
}

// Who lost the lease has no effects, and does not touch the job either.
func TestRunner_lostLease(t *testing.T) {
	for name, result := range map[string]error{"done": nil, "failed": errTest, "permanent": &jobs.Permanent{Err: errTest}} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			stolen := make(chan store.Job, 1)
			s.handlers["k"] = func(_ context.Context, j *jobs.Task) (jobs.Effects, error) {
				for _, taken := range s.steal(time.Hour) {
					stolen <- taken
				}
				return mark(j.JobID), result
			}
			s.add("j", "k", 0)
			r := jobs.Start(s.config("a"))
			j := <-stolen
			s.await("an outcome", func() bool { return len(s.observed()) > 0 })
			r.Stop()
			if s.observed()["k lost"] != 1 {
				t.Errorf("outcomes %v", s.observed())
			}
			if s.marks() != 0 || s.counts()["k Pending"] != 1 {
				t.Errorf("%d effects, left %v", s.marks(), s.counts())
			}
			s.update(func(rec store.Records) error { return rec.FinishJob(&j) })
		})
	}
}

// A job whose owner died is taken over when its lease ends, and not before.
func TestRunner_takeOver(t *testing.T) {
	s := newSite(t)
	s.handlers["k"] = marking
	s.add("dead", "k", 0)
	s.add("alive", "k", 0)
	s.update(func(r store.Records) error {
		now := time.Now()
		for _, lease := range []time.Duration{time.Hour, 300 * time.Millisecond} { // alive, dead
			list, err := r.LeaseJobs("dead", s.now.Load(), now.UnixMilli(), now.Add(lease).UnixMilli(), 1)
			if err != nil || len(list) != 1 {
				return errors.Join(fmt.Errorf("leased %v", list), err)
			}
		}
		return nil
	})
	began := time.Now()
	s.start("heir")
	s.wantOutcomes(map[string]int{"k done": 1})
	if took := time.Since(began); took < 200*time.Millisecond {
		t.Errorf("taken over after %s", took)
	}
	time.Sleep(50 * time.Millisecond)
	if s.marks() != 1 || s.counts()["k Pending"] != 1 {
		t.Errorf("%d effects, left %v", s.marks(), s.counts())
	}
}

// Two runners share the jobs of one database: each job's effects happen once.
func TestRunners_sqlite(t *testing.T) { share(newSite(t)) }

func TestRunners_postgres(t *testing.T) { share(newPostgresSite(t)) }

func share(s *site) {
	const n = 500
	var runs [2]atomic.Int64
	handler := func(i int) jobs.Handler {
		return func(_ context.Context, j *jobs.Task) (jobs.Effects, error) {
			if runs[i].Add(1)%50 == 0 {
				return mark(j.JobID), errTest // it runs again a second later
			}
			return mark(j.JobID), nil
		}
	}
	s.update(func(r store.Records) error {
		for i := range n {
			if err := r.InsertJob(&store.Job{JobID: fmt.Sprintf("job-%d", i), Kind: "k", DueMs: s.now.Load()}); err != nil {
				return err
			}
		}
		return nil
	})
	for i := range runs {
		c := s.config(fmt.Sprint("runner ", i))
		c.Handlers = map[string]jobs.Handler{"k": handler(i)}
		s.Cleanup(jobs.Start(c).Stop)
	}
	s.await("all effects", func() bool {
		s.now.Add(100)
		return s.marks() == n
	})
	s.await("the last job to be gone", func() bool { return len(s.counts()) == 0 && s.observed()["k done"] == n })
	o := s.observed()
	if o["k done"] != n || o["k failed"] > 0 || o["k lost"] > 0 || runs[0].Load() == 0 || runs[1].Load() == 0 {
		s.Errorf("outcomes %v, runs %d and %d", o, runs[0].Load(), runs[1].Load())
	}
}

// A process that runs a job whose effects panic goes on.
func TestRunner_effectsPanic(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^$")
	cmd.Env = append(os.Environ(), beCrasher+"="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the process ended: %v: %.300s", err, out)
	}
}

// beCrasher makes the test program one whose job panics; see
// TestRunner_effectsPanic.
const beCrasher = "TEST_BE_CRASHER"

func crash() {
	st := openCrasher(os.Getenv(beCrasher))
	told := make(chan string, 1)
	r := jobs.Start(jobs.Config{
		Store: st, Now: time.Now, Owner: "a", Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Observe: func(_, outcome string, _ time.Duration) { told <- outcome },
		Handlers: map[string]jobs.Handler{"k": func(context.Context, *jobs.Task) (jobs.Effects, error) {
			return func(*work.Unit) error { panic("oh dear") }, nil
		}},
	})
	if outcome := <-told; outcome != jobs.Retried {
		os.Exit(3)
	}
	r.Stop()
	os.Exit(0)
}
