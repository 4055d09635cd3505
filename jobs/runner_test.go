package jobs_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carillon/jobs"
	"carillon/store"
	"carillon/work"
)

// A job runs when the clock of the rules says so, and then it is gone.
func TestRunner_due(t *testing.T) {
	s := newSite(t)
	s.handlers["k"] = marking
	s.add("now", "k", 0)
	s.add("later", "k", time.Hour)
	r := s.start("a")
	s.wantOutcomes(map[string]int{"k done": 1})
	s.now.Add(time.Hour.Milliseconds() - 1)
	r.Wake()
	time.Sleep(50 * time.Millisecond)
	if n := s.marks(); n != 1 {
		t.Errorf("%d jobs ran before their time", n-1)
	}
	s.now.Add(1)
	r.Wake()
	s.wantOutcomes(map[string]int{"k done": 2})
	if n := s.marks(); n != 2 || len(s.counts()) != 0 {
		t.Errorf("%d effects, left %v", n, s.counts())
	}
}

// A job that nobody announces is found all the same.
func TestRunner_poll(t *testing.T) {
	s := newSite(t)
	s.handlers["k"] = marking
	s.start("a")
	time.Sleep(20 * time.Millisecond) // the first look is over
	began := time.Now()
	s.add("j", "k", 0)
	s.wantOutcomes(map[string]int{"k done": 1})
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestRunner_wake(t *testing.T) {
	s := newSite(t)
	s.handlers["k"] = marking
	r := s.start("a")
	time.Sleep(20 * time.Millisecond)
	began := time.Now()
	for i := range 5 {
		s.add(fmt.Sprint("j", i), "k", 0)
		r.Wake()
		r.Wake()
		s.await("the job", func() bool { return s.marks() == i+1 })
	}
	if took := time.Since(began); took > 900*time.Millisecond*5 {
		t.Errorf("five jobs took %s, as if nobody had woken the runner", took)
	}
}

// The handler is told everything about its job.
func TestRunner_job(t *testing.T) {
	s := newSite(t)
	got := make(chan *jobs.Task, 1)
	s.handlers["k"] = func(_ context.Context, j *jobs.Task) (jobs.Effects, error) {
		got <- j
		return nil, j.Look(t.Context(), func(w *work.Unit) error {
			counts, err := w.CountJobs()
			if len(counts) != 1 || w.NowMs() != s.now.Load() {
				t.Errorf("a look shows %v at %s", counts, w.Now)
			}
			return err
		})
	}
	s.add("j", "k", 0)
	s.start("me")
	j := <-got
	if j.JobID != "j" || j.Text != "payload of j" {
		t.Errorf("got %q, %q", j.JobID, j.Text)
	}
	s.wantOutcomes(map[string]int{"k done": 1})
}

// Effects that fail are rolled back together with the end of the job.
func TestRunner_effectsFail(t *testing.T) {
	s := newSite(t)
	var runs atomic.Int64
	s.handlers["k"] = func(_ context.Context, j *jobs.Task) (jobs.Effects, error) {
		first := runs.Add(1) == 1
		return func(r *work.Unit) error {
			if err := mark(j.JobID)(r); err != nil {
				return err
			}
			if first {
				return errTest
			}
			return nil
		}, nil
	}
	s.add("j", "k", 0)
	r := s.start("a")
	s.wantOutcomes(map[string]int{"k retried": 1})
	if n := s.marks(); n != 0 || s.counts()["k Pending"] != 1 {
		t.Errorf("%d effects, left %v", n, s.counts())
	}
	s.now.Add(1000)
	r.Wake()
	s.wantOutcomes(map[string]int{"k retried": 1, "k done": 1})
	if n := s.marks(); n != 1 {
		t.Errorf("%d effects", n)
	}
}

// backoff is the wait after so many attempts: 1 s, 2 s, 4 s … 1 h.
func backoff(attempt int) time.Duration {
	if attempt > 12 {
		return time.Hour
	}
	return time.Second << (attempt - 1)
}

// A job is tried 20 times, later and later, and then kept for the operator.
func TestRunner_backoff(t *testing.T) {
	s := newSite(t)
	var runs, last atomic.Int64
	s.handlers["k"] = func(_ context.Context, task *jobs.Task) (jobs.Effects, error) {
		if runs.Add(1); task.Last {
			last.Store(runs.Load())
		}
		return mark("never"), errTest
	}
	s.add("j", "k", 0)
	r := s.start("a")
	for attempt := 1; attempt < 20; attempt++ {
		s.wantOutcomes(map[string]int{"k retried": attempt})
		s.await("the job to be given back", func() bool { return s.isDue(backoff(attempt)) })
		if s.isDue(backoff(attempt) - time.Millisecond) {
			t.Errorf("after %d attempts it is due before %s", attempt, backoff(attempt))
		}
		s.now.Add(backoff(attempt).Milliseconds())
		r.Wake()
	}
	s.wantOutcomes(map[string]int{"k retried": 19, "k failed": 1})
	s.now.Add(time.Hour.Milliseconds() * 1000)
	r.Wake()
	time.Sleep(30 * time.Millisecond)
	s.wantOutcomes(map[string]int{"k retried": 19, "k failed": 1})
	if s.marks() != 0 || s.counts()["k Failed"] != 1 || last.Load() != 20 {
		t.Errorf("%d effects, left %v, the last run was the %dth", s.marks(), s.counts(), last.Load())
	}
	if text := s.logged(); !strings.Contains(text, errTest.Error()) || !strings.Contains(text, `"attempt":20`) || !strings.Contains(text, `"outcome":"failed"`) {
		t.Errorf("logged %s", text)
	}
}

// isDue reports whether a job that no lease holds is due after a time.
func (s *site) isDue(after time.Duration) (due bool) {
	s.Helper()
	s.must(s.View(context.Background(), func(r store.Records) (err error) {
		list, err := r.DueJobs(s.now.Load()+after.Milliseconds(), time.Now().UnixMilli(), 1, slices.Collect(maps.Keys(s.handlers))...)
		due = len(list) > 0
		return err
	}))
	return due
}

// What is of no use is not tried again, however the error is wrapped.
func TestRunner_permanent(t *testing.T) {
	s := newSite(t)
	s.handlers["handler"] = func(context.Context, *jobs.Task) (jobs.Effects, error) {
		return nil, fmt.Errorf("outer: %w", &jobs.Permanent{Err: errTest})
	}
	s.handlers["effects"] = func(context.Context, *jobs.Task) (jobs.Effects, error) {
		return func(*work.Unit) error { return &jobs.Permanent{Err: errTest} }, nil
	}
	s.add("1", "handler", 0)
	s.add("2", "effects", 0)
	s.start("a")
	s.wantOutcomes(map[string]int{"handler failed": 1, "effects failed": 1})
	if c := s.counts(); c["handler Failed"] != 1 || c["effects Failed"] != 1 {
		t.Errorf("left %v", c)
	}
}

// A panic is an error like others; other jobs go on. A job of an unknown kind
// waits for a runner that knows it.
func TestRunner_panic(t *testing.T) {
	s := newSite(t)
	s.handlers["panic"] = func(context.Context, *jobs.Task) (jobs.Effects, error) { panic("oh dear") }
	s.handlers["k"] = marking
	s.add("1", "panic", 0)
	s.add("2", "unknown", 0)
	s.add("3", "k", 0)
	s.start("a")
	s.wantOutcomes(map[string]int{"panic retried": 1, "k done": 1})
	if text := s.logged(); !strings.Contains(text, "oh dear") || !strings.Contains(text, "runner_test.go") {
		t.Errorf("logged %s", text)
	}
	s.must(s.Store.View(t.Context(), func(r store.Records) error {
		due, err := r.DueJobs(math.MaxInt64, math.MaxInt64, 1, "unknown")
		if len(due) == 0 {
			t.Error("the unknown job was taken")
		}
		return err
	}))
}

// So many of one tenant run at once, and one that ends makes room.
func TestRunner_slots(t *testing.T) {
	s := newSite(t)
	var running, most atomic.Int64
	release := make(chan struct{})
	s.handlers["k"] = func(_ context.Context, j *jobs.Task) (jobs.Effects, error) {
		most.Store(max(most.Load(), running.Add(1)))
		<-release
		running.Add(-1)
		return mark(j.JobID), nil
	}
	for i := range 40 {
		s.add(fmt.Sprint("j", i), "k", 0)
	}
	s.start("a")
	s.await("a full house", func() bool { return running.Load() == 15 })
	close(release)
	s.wantOutcomes(map[string]int{"k done": 40})
	if most.Load() > 15 {
		t.Errorf("%d jobs ran at once", most.Load())
	}
}

// Stop waits for the jobs that run, whose effects count, and begins no other.
func TestRunner_stop(t *testing.T) {
	s := newSite(t)
	started, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	s.handlers["slow"] = func(ctx context.Context, j *jobs.Task) (jobs.Effects, error) {
		once.Do(func() { close(started) })
		<-release
		return mark(j.JobID), ctx.Err()
	}
	s.handlers["k"] = marking
	s.add("slow", "slow", 0)
	r := jobs.Start(s.config("a"))
	<-started
	stopped := make(chan struct{})
	go func() {
		r.Stop()
		close(stopped)
	}()
	time.Sleep(30 * time.Millisecond)
	s.add("next", "k", 0)
	r.Wake()
	select {
	case <-stopped:
		t.Error("Stop did not wait")
	case <-time.After(50 * time.Millisecond):
	}
	close(release)
	<-stopped
	if s.marks() != 1 || s.counts()["k Pending"] != 1 {
		t.Errorf("%d effects, left %v", s.marks(), s.counts())
	}
	r.Stop() // again
}
