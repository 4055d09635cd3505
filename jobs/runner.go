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
	"carillon/internal/fair"
	"carillon/store"
	"carillon/store/engine"
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
	// Audit, if set, keeps the records of what a job has done, in its transaction.
	Audit func(*work.Unit) error
	// Follow, if set, is told that a run begins; what it returns is called at the
	// end, with the outcome. The run has the context that it returns.
	Follow func(ctx context.Context, j *store.Job) (_ context.Context, end func(outcome string))
	// Observe, if set, is told of each run: done, retried, failed or lost, and how
	// long it took.
	Observe func(kind, outcome string, took time.Duration)
}

// The pace of a Runner.
const (
	pollInterval = time.Second // for jobs that become due, or that another process left
	leaseTime    = 30 * time.Second
	runTime      = leaseTime - 5*time.Second // a run ends before its lease
	workers      = 20                        // jobs that run at once, three quarters of them one tenant's at most
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
	slots   *fair.Semaphore // a permit per running job
	running sync.WaitGroup
	inside  context.Context
	stop    context.CancelFunc
}

// Start begins to run jobs.
func Start(c Config) *Runner {
	ctx, stop := context.WithCancel(context.Background())
	r := &Runner{Config: c, kinds: slices.Sorted(maps.Keys(c.Handlers)), wake: make(chan struct{}, 1), slots: fair.NewSemaphore(workers, workers), inside: ctx, stop: stop}
	if r.Follow == nil {
		r.Follow = func(ctx context.Context, _ *store.Job) (context.Context, func(string)) { return ctx, func(string) {} }
	}
	if r.Observe == nil {
		r.Observe = func(string, string, time.Duration) {}
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

// round starts as many due jobs as there are free slots, which tenants share:
// whatever one has left, the others' find some. The end of each job begins the
// next round.
func (r *Runner) round() {
	list, err := r.lease()
	if err != nil && r.inside.Err() == nil {
		r.Log.Warn("jobs: no lease", "error", err.Error())
	}
	for i := range list {
		r.running.Go(func() {
			defer r.Wake()
			defer r.slots.Release(list[i].AwsAccountID)
			r.run(&list[i])
		})
	}
}

// lease leases jobs and takes a slot for each.
func (r *Runner) lease() (list []store.Job, err error) {
	due, real := r.Now().UnixMilli(), time.Now()
	var wanted []store.TenantJobs
	err = r.Store.View(r.inside, func(rec store.Records) error {
		wanted, err = rec.DueJobs(due, real.UnixMilli(), workers, r.kinds...)
		return err
	})
	if err != nil {
		return nil, err
	}
	shares := r.share(wanted)
	if len(shares) == 0 {
		return nil, nil
	}
	err = r.Store.Update(r.inside, func(rec store.Records) error {
		list = nil
		for tenant, n := range shares {
			jobs, err := rec.LeaseTenantJobs(tenant, r.Owner, due, real.UnixMilli(), real.Add(leaseTime).UnixMilli(), n, r.kinds...)
			if err != nil {
				return err
			}
			list = append(list, jobs...)
		}
		return nil
	})
	if err != nil {
		list = nil
	}
	r.giveUp(shares, list)
	return list, err
}

// share takes a slot for one job of each tenant after the other, until there are
// no more slots or jobs. It returns how many each has.
func (r *Runner) share(wanted []store.TenantJobs) map[string]int {
	shares := map[string]int{}
	for more := true; more; {
		more = false
		for _, w := range wanted {
			if shares[w.AwsAccountID] < w.Jobs && r.slots.TryAcquire(w.AwsAccountID) {
				shares[w.AwsAccountID]++
				more = true
			}
		}
	}
	return shares
}

// giveUp releases the slots for which there was no job after all: another
// process was faster.
func (r *Runner) giveUp(shares map[string]int, list []store.Job) {
	for i := range list {
		shares[list[i].AwsAccountID]--
	}
	for tenant, n := range shares {
		for range n {
			r.slots.Release(tenant)
		}
	}
}

// run runs one job and writes what became of it.
func (r *Runner) run(j *store.Job) {
	started := time.Now()
	ctx := engine.WithTenant(context.WithoutCancel(r.inside), j.AwsAccountID)
	ctx, cancel := context.WithTimeout(ctx, runTime)
	defer cancel()
	ctx, end := r.Follow(ctx, j)
	err := r.attempt(ctx, j)
	outcome := Done
	if err != nil {
		outcome = r.giveBack(ctx, j, err)
	}
	end(outcome)
	took := time.Since(started)
	r.Observe(j.Kind, outcome, took)
	r.log(j, outcome, err, took)
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
	effects, err := r.Handlers[j.Kind](ctx, r.task(j))
	if err != nil {
		return err
	}
	return r.finish(ctx, j, effects)
}

// finish ends a job together with its effects, and tells the unit of work how
// that went. The end of each job has the runner look for more anyway.
func (r *Runner) finish(ctx context.Context, j *store.Job, effects Effects) error {
	var w *work.Unit
	err := r.Store.Update(ctx, func(rec store.Records) error {
		if err := rec.FinishJob(j); err != nil {
			return lost(err)
		}
		if effects == nil {
			return nil
		}
		w = r.unit(rec, j)
		return r.effect(effects, w)
	})
	if w != nil {
		w.End(err)
	}
	return err
}

// effect changes what a job wants to change, with its record.
func (r *Runner) effect(effects Effects, w *work.Unit) error {
	err := effects(w)
	if err == nil && r.Audit != nil {
		err = r.Audit(w)
	}
	return err
}

// task is what a handler is given of a job.
func (r *Runner) task(j *store.Job) *Task {
	look := func(ctx context.Context, fn func(*work.Unit) error) error {
		return r.Store.View(ctx, func(rec store.Records) error { return fn(r.unit(rec, j)) })
	}
	return &Task{JobID: j.JobID, Text: j.Payload, Last: j.Attempts >= maxAttempts, Look: look}
}

// unit is the unit of work of a job, which nobody asked for. What it leaves for
// later is the same tenant's.
func (r *Runner) unit(rec store.Records, j *store.Job) *work.Unit {
	return &work.Unit{Records: rec, Caller: &api.Caller{AwsAccountID: j.AwsAccountID}, Now: r.Now(), NewID: r.NewID}
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
