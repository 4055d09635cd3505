package console

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"carillon/api"
	"carillon/work"
)

const (
	// taskPatience is how long the request that begins a task waits for its end.
	taskPatience = 600 * time.Millisecond
	// taskTime is how long the result of a task is kept, by the clock of the rules.
	taskTime = 7 * 24 * time.Hour
	// taskQuiet is how long nothing is heard of a task that is not running any more.
	taskQuiet = 2 * time.Minute
	// taskTries is how often a step waits when the server is busy or throttles.
	taskTries = 20
	// maxTasks bounds how many run in this process; of one AWS account half of them.
	maxTasks = 8
	// shownRefusals bounds what the page of a task shows; the CSV has all.
	shownRefusals = 200
)

// tasks are bulk actions that run. What they have done is in notes: line 0 is the
// bulk, and each later one a step.
type tasks struct {
	c       *Console
	ctx     context.Context // ends with the server
	stop    context.CancelFunc
	running sync.WaitGroup

	mu    sync.Mutex
	count map[string]int // by AWS account
	total int
}

func newTasks(c *Console) *tasks {
	ctx, stop := context.WithCancel(context.Background())
	return &tasks{c: c, ctx: ctx, stop: stop, count: map[string]int{}}
}

func (t *tasks) close() {
	t.stop()
	t.running.Wait()
}

// step is what a task has done at once.
type step struct {
	Done    int             // users
	Refused []api.UserError `json:",omitempty"`
	Next    string          // where the next step begins: a page token, or nothing
	End     bool
	Why     string `json:",omitempty"` // that it ended early
	AtMs    int64  // by the real clock
}

// begin writes a task down and runs it, and waits a little for its end.
func (t *tasks) begin(p *page, b *bulk) (id string, err error) {
	id = p.c.NewID()
	text, err := json.Marshal(b)
	if err != nil {
		return "", err
	}
	if _, err := p.c.Notes.Add(p.r.Context(), taskNote(id), 0, string(text), t.expires()); err != nil {
		return "", err
	}
	return id, t.run(p, id, b, nil)
}

func taskNote(id string) string { return "task/" + id }

func (t *tasks) expires() time.Time { return t.c.Dispatch.Now().Add(taskTime) }

// run goes on with a task after the steps that are done.
func (t *tasks) run(p *page, id string, b *bulk, done []step) error {
	if !t.enter(b.Aws) {
		return &api.Error{Kind: api.ServiceUnavailable, Message: "Too many bulk actions are running", RetryAfter: 5 * time.Second}
	}
	request := *p.visit.Request
	r := &runner{t: t, id: id, bulk: b, request: &request, steps: done}
	ended := make(chan struct{})
	t.running.Go(func() {
		defer t.leave(b.Aws)
		defer close(ended)
		r.run()
	})
	select {
	case <-ended:
	case <-time.After(taskPatience):
	}
	return nil
}

func (t *tasks) enter(awsAccountID string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ctx.Err() != nil || t.total == maxTasks || t.count[awsAccountID] == maxTasks/2 {
		return false
	}
	t.total++
	t.count[awsAccountID]++
	return true
}

func (t *tasks) leave(awsAccountID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.total--
	if t.count[awsAccountID]--; t.count[awsAccountID] == 0 {
		delete(t.count, awsAccountID)
	}
}

// runner does a task, step by step. Somebody else who runs the same one finds the
// line of a step written, and stops.
type runner struct {
	t       *tasks
	id      string
	bulk    *bulk
	request *work.Request
	steps   []step
}

func (r *runner) run() {
	for r.t.ctx.Err() == nil {
		s := r.step()
		text, err := json.Marshal(s)
		if err != nil || r.t.ctx.Err() != nil {
			return
		}
		r.steps = append(r.steps, s)
		added, err := r.t.c.Notes.Add(r.t.ctx, taskNote(r.id), int64(len(r.steps)), string(text), r.t.expires())
		if err != nil || !added || s.End {
			return
		}
	}
}

// step does the next step, as who asked for it may do now.
func (r *runner) step() (s step) {
	defer func() { s.AtMs = time.Now().UnixMilli() }()
	credential, err := r.t.c.credential(r.t.ctx, session{KeyID: r.bulk.KeyID, Proof: r.bulk.Proof})
	if err != nil || credential == nil {
		return step{End: true, Why: "The key that began this has ended."}
	}
	p := &page{c: r.t.c, visit: &Visit{Visitor: Visitor{Credential: credential}, Request: r.request}}
	ids, next, err := r.next(p)
	if err != nil {
		return step{End: true, Why: r.t.c.asRefusal(err).Message}
	}
	s = step{Done: len(ids), Next: next, End: next == "" && (r.bulk.All || len(r.bulk.UserIDs) <= r.done()+len(ids))}
	if len(ids) > 0 {
		s.Refused = r.do(p, ids)
	}
	return s
}

func (r *runner) done() (n int) {
	for _, s := range r.steps {
		n += s.Done
	}
	return n
}

// next returns the users of the next step, and where the one after it begins.
func (r *runner) next(p *page) (ids []string, next string, err error) {
	size := r.bulk.action().size
	if !r.bulk.All {
		rest := r.bulk.UserIDs[min(r.done(), len(r.bulk.UserIDs)):]
		return rest[:min(size, len(rest))], "", nil
	}
	q := r.bulk.Query
	if n := len(r.steps); n > 0 {
		q.Page = r.steps[n-1].Next
	}
	out, err := patient(r.t.ctx, func() (*api.SearchUsersOutput, error) {
		return p.calls().SearchUsers(r.t.ctx, p.searchInput(q, r.bulk.AccountID, size))
	})
	for i := range out.Users {
		ids = append(ids, out.Users[i].UserId)
	}
	return ids, out.NextToken.V, err
}

// do runs the action for some users. A refusal of all is one of each.
func (r *runner) do(p *page, ids []string) []api.UserError {
	refused, err := patient(r.t.ctx, func() ([]api.UserError, error) {
		return r.bulk.action().run(p.calls(), r.t.ctx, r.bulk, ids)
	})
	if err == nil {
		return refused
	}
	e, refused := r.t.c.asRefusal(err), nil
	for _, id := range ids {
		refused = append(refused, api.UserError{UserId: api.Some(id), ErrorCode: api.Some(e.ErrorCode()), ErrorMessage: api.Some(e.Message)})
	}
	return refused
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

// progress is what the page of a task shows.
type progress struct {
	*bulk
	Label           string
	Done, Refusals  int
	Refused         []api.UserError
	Ended, Quiet    bool
	Why, CSV, Again string
	steps           []step
}

// task reads what has become of a task of the visitor's.
func (p *page) task() (*progress, error) {
	lines, err := p.c.Notes.Read(p.r.Context(), taskNote(p.r.PathValue("task")), 0)
	if err != nil {
		return nil, err
	}
	t := &progress{bulk: new(bulk)}
	if len(lines) == 0 || json.Unmarshal([]byte(lines[0]), t.bulk) != nil || t.ARN != p.visit.Credential.Caller.ARN || t.AccountID != p.r.PathValue("account") || t.action() == nil {
		return nil, notFound(p)
	}
	t.Label = t.action().Label
	t.Again = accountPath(t.AccountID, "results", p.r.PathValue("task"))
	t.CSV = t.Again + "/refusals.csv"
	last := t.StartedMs
	for _, line := range lines[1:] {
		var s step
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			return nil, err
		}
		t.steps, t.Refused, last = append(t.steps, s), append(t.Refused, s.Refused...), s.AtMs
		t.Done, t.Ended, t.Why = t.Done+s.Done, s.End, s.Why
	}
	t.Refusals = len(t.Refused)
	t.Quiet = !t.Ended && time.Since(time.UnixMilli(last)) > taskQuiet
	return t, nil
}

func showTask(p *page) error {
	t, err := p.task()
	if err != nil {
		return err
	}
	a, err := p.account()
	if err != nil {
		return err
	}
	t.Refused = t.Refused[:min(len(t.Refused), shownRefusals)]
	v := p.accountView(a, t, awsChime("list-users", "--account-id", a.AccountId))
	v.Title, v.Heading = t.Label+" · "+a.Name, t.Label
	if !t.Ended && !t.Quiet {
		v.Refresh = 2
	}
	return p.show(http.StatusOK, "task", v)
}

// continueTask goes on with a task whose server has ended.
func continueTask(p *page) error {
	t, err := p.task()
	if err != nil {
		return err
	}
	if t.Quiet {
		if err := p.c.tasks.run(p, p.r.PathValue("task"), t.bulk, t.steps); err != nil {
			return err
		}
	}
	return p.redirect(t.Again)
}

// taskCSV are all refusals of a task.
func taskCSV(p *page) error {
	t, err := p.task()
	if err != nil {
		return err
	}
	p.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	p.w.Header().Set("Content-Disposition", `attachment; filename="refusals.csv"`)
	w := csv.NewWriter(p.w)
	_ = w.Write([]string{"UserId", "ErrorCode", "ErrorMessage"}) // the client may be gone
	for _, e := range t.Refused {
		_ = w.Write([]string{cell(e.UserId.V), cell(string(e.ErrorCode.V)), cell(e.ErrorMessage.V)})
	}
	w.Flush()
	return nil
}

// cell is a text that no spreadsheet runs.
func cell(text string) string {
	if text != "" && strings.ContainsAny(text[:1], "=+-@\t\r") {
		return "'" + text
	}
	return text
}
