// Package jobs runs durable background work: rows of the store with a due time
// and a lease. Any number of processes may run jobs of one database; a job runs
// in one of them at a time, and another takes it over when that one dies.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// Effects are what a job changes in the store. They are committed together with
// the end of the job: they happen once however often the job runs.
type Effects func(*work.Unit) error

// Handler does the work of one kind of job. What it does itself, outside the
// store, may happen more than once. A [Permanent] error ends the job; any other
// runs it again later.
type Handler func(ctx context.Context, t *Task) (Effects, error)

// Task is one run of a job.
type Task struct {
	JobID string
	// Text is the payload as it was left.
	Text string
	// Last says that the job has failed for good if this run fails.
	Last bool
	// Look lets the handler see the store before it does something outside.
	Look func(ctx context.Context, fn func(*work.Unit) error) error
}

// Payload reads what the job was left with. The error is [Permanent].
func (t *Task) Payload(v any) error {
	if err := json.Unmarshal([]byte(t.Text), v); err != nil {
		return &Permanent{Err: fmt.Errorf("reading the payload: %w", err)}
	}
	return nil
}

// Permanent says that trying again is of no use.
type Permanent struct {
	Err error
	// Keep, if not nil, replaces the payload of the failed job, to leave out
	// what should not lie about.
	Keep any
}

func (p *Permanent) Error() string { return p.Err.Error() }
func (p *Permanent) Unwrap() error { return p.Err }

// Config is what a Runner needs.
type Config struct {
	Store *store.Store
	// Handlers run the kinds of jobs that this runner takes; others wait for one
	// that knows them. Kinds that wait for somebody outside had better have a
	// runner of their own, so that they do not hold up the others.
	Handlers map[string]Handler
	// Now is the clock of the rules: it says when jobs are due.
	Now func() time.Time
	// NewID makes the ids of jobs that jobs leave.
	NewID func() string
	// Owner names this process among those that share the database.
	Owner string
	Log   *slog.Logger
	// Observe, if set, is told of each run: done, retried, failed or lost.
	Observe func(kind, outcome string)
}

// The pace of a Runner.
const (
	pollInterval = time.Second // for jobs that become due, or that another process left
	leaseTime    = 30 * time.Second
	runTime      = leaseTime - 5*time.Second // a run ends before its lease
	workers      = 16                        // jobs that run at once
	maxAttempts  = 20
	maxBackoff   = time.Hour
)

// The outcomes that Observe is told.
const (
	Done    = "done"
	Retried = "retried"
	Failed  = "failed"
	Lost    = "lost" // the lease ended before the job; another process has it
)

// Runner runs jobs until it is stopped.
type Runner struct {
	Config
	kinds   []string
	wake    chan struct{}
	slots   chan struct{} // one element per running job
	running sync.WaitGroup
	inside  context.Context
	stop    context.CancelFunc
}

// Start begins to run jobs.
func Start(c Config) *Runner {
	ctx, stop := context.WithCancel(context.Background())
	r := &Runner{Config: c, kinds: slices.Sorted(maps.Keys(c.Handlers)), wake: make(chan struct{}, 1), slots: make(chan struct{}, workers), inside: ctx, stop: stop}
	if r.Observe == nil {
		r.Observe = func(string, string) {}
	}
	r.running.Go(r.loop)
	return r
}

// Wake makes the runner look for jobs now. Call it after a transaction that
// added one.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Stop ends the runner and waits for the jobs that are running.
func (r *Runner) Stop() {
	r.stop()
	r.running.Wait()
}

func (r *Runner) loop() {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	for r.inside.Err() == nil {
		r.round()
		select {
		case <-r.inside.Done():
		case <-r.wake:
		case <-ticker.C:
		}
	}
}

// round starts as many due jobs as there are free slots. The end of each
// begins the next round.
func (r *Runner) round() {
	free := cap(r.slots) - len(r.slots)
	if free == 0 {
		return
	}
	list, err := r.lease(free)
	if err != nil && r.inside.Err() == nil {
		r.Log.Warn("jobs: no lease", "error", err.Error())
	}
	for i := range list {
		r.slots <- struct{}{}
		r.running.Go(func() {
			defer r.Wake()
			defer func() { <-r.slots }()
			r.run(&list[i])
		})
	}
}

func (r *Runner) lease(limit int) (list []store.Job, err error) {
	due, real := r.Now().UnixMilli(), time.Now()
	if idle, err := r.idle(due, real.UnixMilli()); err != nil || idle {
		return nil, err
	}
	err = r.Store.Update(r.inside, func(rec store.Records) (err error) {
		list, err = rec.LeaseJobs(r.Owner, due, real.UnixMilli(), real.Add(leaseTime).UnixMilli(), limit, r.kinds...)
		return err
	})
	return list, err
}

// idle reports that nothing is due, without a transaction.
func (r *Runner) idle(dueMs, realMs int64) (idle bool, err error) {
	err = r.Store.View(r.inside, func(rec store.Records) error {
		due, err := rec.JobDue(dueMs, realMs, r.kinds...)
		idle = !due
		return err
	})
	return idle, err
}

// run runs one job and writes what became of it.
func (r *Runner) run(j *store.Job) {
	started := time.Now()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.inside), runTime)
	defer cancel()
	err := r.attempt(ctx, j)
	outcome := Done
	if err != nil {
		outcome = r.giveBack(ctx, j, err)
	}
	r.Observe(j.Kind, outcome)
	r.log(j, outcome, err, time.Since(started))
}

// attempt calls the handler and commits its effects together with the end of the
// job. A panic is an error like others.
func (r *Runner) attempt(ctx context.Context, j *store.Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.Log.Error("panic", "job_id", j.JobID, "kind", j.Kind, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	effects, err := r.Handlers[j.Kind](ctx, &Task{JobID: j.JobID, Text: j.Payload, Last: j.Attempts >= maxAttempts, Look: r.look})
	if err != nil {
		return err
	}
	return r.Store.Update(ctx, func(rec store.Records) error {
		if err := rec.FinishJob(j); err != nil {
			return lost(err)
		}
		if effects == nil {
			return nil
		}
		return effects(r.unit(rec))
	})
}

func (r *Runner) look(ctx context.Context, fn func(*work.Unit) error) error {
	return r.Store.View(ctx, func(rec store.Records) error { return fn(r.unit(rec)) })
}

// unit is the unit of work of a job, which nobody asked for.
func (r *Runner) unit(rec store.Records) *work.Unit {
	return &work.Unit{Records: rec, Caller: &api.Caller{}, Now: r.Now(), NewID: r.NewID}
}

// errLost says that another process has the job by now.
var errLost = errors.New("jobs: the lease ended")

// lost tells that from other errors of the store.
func lost(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return errLost
	}
	return err
}

// giveBack returns a job that did not work out: for another try, or for good.
func (r *Runner) giveBack(ctx context.Context, j *store.Job, cause error) (outcome string) {
	if errors.Is(cause, errLost) {
		return Lost
	}
	outcome = Retried
	j.State, j.DueMs, j.LastError = store.JobPending, r.Now().Add(backoff(j.Attempts)).UnixMilli(), cause.Error()
	var permanent *Permanent
	if errors.As(cause, &permanent) || j.Attempts >= maxAttempts {
		outcome, j.State = Failed, store.JobFailed
	}
	if permanent != nil && permanent.Keep != nil {
		text, _ := json.Marshal(permanent.Keep) // it came out of JSON
		j.Payload = string(text)
	}
	ctx = context.WithoutCancel(ctx)
	err := r.Store.Update(ctx, func(rec store.Records) error { return lost(rec.ReturnJob(j)) })
	switch {
	case errors.Is(err, errLost):
		return Lost
	case err != nil:
		r.Log.Warn("jobs: not given back; its lease will end", "job_id", j.JobID, "error", err.Error())
	}
	return outcome
}

// backoff is how long to wait after so many attempts: 1 s, 2 s, 4 s … 1 h.
func backoff(attempts int64) time.Duration {
	if attempts > 12 {
		return maxBackoff
	}
	return min(time.Second<<(attempts-1), maxBackoff)
}

func (r *Runner) log(j *store.Job, outcome string, err error, took time.Duration) {
	level, cause := slog.LevelInfo, ""
	if err != nil {
		level, cause = slog.LevelWarn, err.Error()
	}
	r.Log.Log(r.inside, level, "job", "job_id", j.JobID, "kind", j.Kind, "outcome", outcome,
		"attempt", j.Attempts, "duration_ms", float64(took.Microseconds())/1000, "cause", cause)
}
