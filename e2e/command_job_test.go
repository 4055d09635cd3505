package e2e

import (
	"strings"
	"testing"
	"time"
)

// printedJob is a job in the results of carillon job list.
type printedJob struct {
	JobId, Kind, State, DueOn string
	LastError                 *string
	Attempts                  int
}

func (c *caller) jobs(t testing.TB, args ...string) []printedJob {
	t.Helper()
	return carillon[struct{ Jobs []printedJob }](t, c, append([]string{"job", "list"}, args...)...).Jobs
}

// failedEvent makes a bot event fail for good and returns its job and the
// bot's function.
func failedEvent(t *testing.T, e *env) (printedJob, string) {
	t.Helper()
	id := e.enterprise(t)
	bot, arn := e.lambdaBot(t, id, "Helper")
	e.join(t, id, *e.room(t, id, "Kitchen").RoomId, *bot.BotId)
	var list []printedJob
	eventually(t, "failed job", func() bool {
		list = e.jobs(t, "--state", "Failed")
		return len(list) > 0
	})
	return list[0], arn
}

// refusesRetry checks that a job is not retried, and why.
func (c *caller) refusesRetry(t testing.TB, id, why string) {
	t.Helper()
	r := c.tryCarillon(t, "job", "retry", id)
	equal(t, "exit code", r.code, exitFailed)
	equal(t, "result", parseJSON[map[string]int](t, r.stdout), map[string]int{"Retried": 0, "Failed": 1})
	if !strings.Contains(r.stderr, id+": "+why) {
		t.Errorf("stderr is %q", r.stderr)
	}
}

// A failed job is listed, retried once what it lacked is there, and gone.
func TestCommandJob_life(t *testing.T) {
	forEach(t, func(t *testing.T, engine *engine) {
		e := engine.start(t)
		job, arn := failedEvent(t, e)
		equal(t, "Kind", job.Kind, "bot-event")
		equal(t, "State", job.State, "Failed")
		equal(t, "Attempts", job.Attempts, 1)
		if due, err := time.Parse("2006-01-02T15:04:05.000Z", job.DueOn); err != nil || time.Since(due) > time.Minute {
			t.Errorf("DueOn is %s", job.DueOn)
		}
		if job.LastError == nil || *job.LastError == "" {
			t.Error("there is no LastError")
		}
		waiting := e.jobs(t, "--state", "Pending")
		equal(t, "jobs that wait, the daily cleaning", len(waiting), 1)
		equal(t, "all jobs", e.jobs(t), append([]printedJob{job}, waiting...))

		succeed(t, e.server.stop())
		hook := reception(t).lambda
		e.server.flags = append(e.server.flags, "--lambda-invoke-url", hook.url)
		next := e.server.restart(t)
		c := newCaller(next.endpoint, next.keys)
		c.refusesRetry(t, waiting[0].JobId, "Conflict")
		equal(t, "result", carillon[map[string]int](t, c, "job", "retry", job.JobId), map[string]int{"Retried": 1, "Failed": 0})
		hook.awaitWith(t, arn)
		eventually(t, "end of the job", func() bool { return len(c.jobs(t, "--state", "Failed")) == 0 })
		equal(t, "result", carillon[map[string]int](t, c, "job", "retry", "--all"), map[string]int{"Retried": 0, "Failed": 0})
		c.refusesRetry(t, job.JobId, "NotFound")
	})
}

// --all retries what has failed, also if it fails again at once.
func TestCommandJobRetry_all(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		job, _ := failedEvent(t, e)
		for range 2 {
			equal(t, "result", carillon[map[string]int](t, e.caller, "job", "retry", "--all"), map[string]int{"Retried": 1, "Failed": 0})
			eventually(t, "failed again", func() bool { return len(e.jobs(t, "--state", "Failed")) == 1 })
		}
		equal(t, "JobId", e.jobs(t, "--state", "Failed")[0].JobId, job.JobId)
	})
}

func TestCommandJob_root_only(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.keyOf(t, rootAwsAccount)
		c.tryCarillon(t, "job", "list").failed(t, exitFailed, "ForbiddenException", "carillon:ListJobs")
		c.tryCarillon(t, "job", "retry", "x").failed(t, exitFailed, "ForbiddenException", "carillon:RetryJobs")
	})
}

func TestCommandJob_usage(t *testing.T) {
	t.Parallel()
	env := cleanEnv(t.TempDir())
	for _, args := range [][]string{{"job", "retry"}, {"job", "retry", "x", "--all"}, {"job", "list", "--state", "Done"}} {
		carillonIn(t, env, args...).failed(t, exitUsage)
	}
}
