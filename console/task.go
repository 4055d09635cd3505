package console

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"carillon/api"
)

const (
	// taskPatience is how long the request that begins a task waits for its end.
	taskPatience = 600 * time.Millisecond
	// taskTime is how long the result of a task is kept, by the clock of the rules.
	taskTime = 7 * 24 * time.Hour
	// taskTries is how often a step waits when the server is busy or throttles.
	taskTries = 20
	// maxTasks bounds how many run in this process; of one AWS account half of them.
	maxTasks = 8
	// shownRefusals is how many refusals a page shows.
	shownRefusals = 100
)

// tasks are what runs in the background: bulk actions and imports.
type tasks struct {
	*slots
	ctx     context.Context // ends with the server
	stop    context.CancelFunc
	running sync.WaitGroup
}

func newTasks() *tasks {
	ctx, stop := context.WithCancel(context.Background())
	return &tasks{slots: newSlots(maxTasks), ctx: ctx, stop: stop}
}

func (t *tasks) close() {
	t.stop()
	t.running.Wait()
}

// run runs a task of an AWS account, and waits a little for its end.
func (t *tasks) run(awsAccountID string, task func(context.Context)) error {
	if t.ctx.Err() != nil || !t.enter(awsAccountID) {
		return &api.Error{Kind: api.ServiceUnavailable, Message: "Too many bulk actions and imports are running", RetryAfter: 5 * time.Second}
	}
	ended := make(chan struct{})
	t.running.Go(func() {
		defer t.leave(awsAccountID)
		defer close(ended)
		task(t.ctx)
	})
	select {
	case <-ended:
	case <-time.After(taskPatience):
	}
	return nil
}

// asker is who has asked for a task. It goes on only as long as the key may.
type asker struct {
	KeyID     string
	Proof     string // that it is still that key
	ARN       string // who may see the result
	Aws       string // the AWS account
	StartedMs int64  // by the real clock
}

func (p *page) asker() asker {
	c := p.visit.Credential.Caller
	return asker{c.AccessKeyID, c.Proof, c.ARN, c.AwsAccountID, time.Now().UnixMilli()}
}

// journal is the note of a task: line 0 is what was asked for, and each later one a
// step. What was refused is in a note beside it, whose lines are numbered by the
// first refusal in them, so that nobody has to read all.
type journal struct {
	c       *Console
	id      string // of the note
	line    int64  // the last one
	refused int64  // how many refusals were written
}

// begin writes down what is asked for, unless it is written already.
func (j *journal) begin(ctx context.Context, task any) (begun bool, err error) {
	text, err := json.Marshal(task)
	if err != nil {
		return false, err
	}
	return j.c.Notes.Add(ctx, j.expires(), Line{Note: j.id, Body: string(text)})
}

func (j *journal) expires() time.Time { return j.c.Dispatch.Now().Add(taskTime) }

func refusalsOf(noteID string) string { return "refused/" + noteID }

// write writes a step down, with what it has refused. Somebody else who does the
// same task finds the line written, and stops.
func write[T any](ctx context.Context, j *journal, step any, refused []T) (added bool, err error) {
	text, err := json.Marshal(step)
	if err != nil {
		return false, err
	}
	lines, n := []Line{{j.id, j.line + 1, string(text)}}, j.refused
	for part := range slices.Chunk(refused, shownRefusals) {
		if text, err = json.Marshal(part); err != nil {
			return false, err
		}
		lines = append(lines, Line{refusalsOf(j.id), n, string(text)})
		n += int64(len(part))
	}
	if added, err = j.c.Notes.Add(ctx, j.expires(), lines...); added {
		j.line, j.refused = j.line+1, n
	}
	return added, err
}

// read reads what was asked for, and the last step, which is none as long as the
// journal's line is 0. It reports whether there is such a task.
func (j *journal) read(ctx context.Context, task, step any) (bool, error) {
	first, err := j.c.Notes.Read(ctx, j.id, 0, 1)
	if err != nil || len(first) == 0 || first[0].Number != 0 || json.Unmarshal([]byte(first[0].Body), task) != nil {
		return false, err
	}
	last, err := j.c.Notes.Last(ctx, j.id)
	if err != nil || last.Number <= 0 {
		return err == nil, err
	}
	j.line = last.Number
	return true, json.Unmarshal([]byte(last.Body), step)
}

// refusals returns some refusals of a task from one on; none: there are no more.
func refusals[T any](ctx context.Context, c *Console, noteID string, from int64) (list []T, err error) {
	const lines = 10
	for {
		read, err := c.Notes.Read(ctx, refusalsOf(noteID), from+int64(len(list)), lines)
		if err != nil {
			return nil, err
		}
		for _, l := range read {
			var part []T
			if err := json.Unmarshal([]byte(l.Body), &part); err != nil {
				return nil, err
			}
			if list = append(list, part...); len(list) >= shownRefusals {
				return list, nil
			}
		}
		if len(read) < lines {
			return list, nil
		}
	}
}

// refusedPage returns the refusals that the URL asks for, of how many there are, and
// the ways to others.
func refusedPage[T any](p *page, noteID string, all int) (list []T, first, next string, err error) {
	from, _ := strconv.Atoi(p.r.FormValue("refusals")) // what is no number is 0
	from = max(from, 0)
	if from < all {
		if list, err = refusals[T](p.r.Context(), p.c, noteID, int64(from)); err != nil {
			return nil, "", "", err
		}
	}
	if from > 0 {
		first = p.with("refusals", "")
	}
	if end := from + len(list); len(list) > 0 && end < all {
		next = p.with("refusals", strconv.Itoa(end))
	}
	return list, first, next, nil
}

// patient calls again what is refused for the time being only.
func patient[T any](ctx context.Context, call func() (T, error)) (out T, err error) {
	for range taskTries {
		var e *api.Error
		if out, err = call(); !errors.As(err, &e) || e.RetryAfter == 0 {
			return out, err
		}
		select {
		case <-ctx.Done():
			return out, err
		case <-time.After(min(e.RetryAfter, 5*time.Second)):
		}
	}
	return out, err
}

// refusalOf tells a refusal of one user from what ails all of them.
func refusalOf(err error) (*api.Error, error) {
	var e *api.Error
	if errors.As(err, &e) && e.RetryAfter == 0 && e.Kind.Status < http.StatusInternalServerError {
		return e, nil
	}
	return nil, err
}
