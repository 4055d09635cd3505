package e2e

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// patience is how long tests wait for what the server does in the background.
const patience = time.Minute

// waits skips a test that has to wait for a long time, unless there is time.
func waits(t testing.TB, howLong string) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes " + howLong)
	}
}

// eventually waits until something is the case.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	eventuallyWithin(t, patience, what, holds)
}

func eventuallyWithin(t testing.TB, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %s within %s", what, limit)
		}
	}
}

// steadily checks that something is the case for a while, in which the server
// looks for jobs more than once.
func steadily(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(1500 * time.Millisecond); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if !holds() {
			t.Fatalf("not for long: %s", what)
		}
	}
}

// jobLine is what the log says of one run of a background job.
type jobLine struct {
	Msg     string `json:"msg"`
	JobID   string `json:"job_id"`
	Kind    string `json:"kind"`
	Outcome string `json:"outcome"`
	Cause   string `json:"cause"`
	Attempt int    `json:"attempt"`
}

// jobLines returns the runs of jobs of one kind that a server logged.
func (s *server) jobLines(kind string) (list []jobLine) {
	for line := range strings.Lines(readFile(s.log())) {
		var j jobLine
		if json.Unmarshal([]byte(line), &j) == nil && j.Msg == "job" && j.Kind == kind {
			list = append(list, j)
		}
	}
	return list
}

// jobEnds waits until a job has ended and returns the line of its last run.
func (s *server) jobEnds(t testing.TB, kind, id string) (last jobLine) {
	t.Helper()
	eventually(t, "end of a job", func() bool {
		for _, j := range s.jobLines(kind) {
			if j.JobID == id && j.Outcome != "retried" {
				last = j
			}
		}
		return last.JobID != ""
	})
	return last
}
