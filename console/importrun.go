package console

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"carillon/api"
	"carillon/internal/userlist"
	"carillon/work"
)

const (
	// importQuiet is how long nothing is heard of an import that is not running any
	// more. If it is, no harm is done: rows that are there are left as they are.
	importQuiet = 5 * time.Second
	// importBatch is how many rows a call imports: what is under way is garbage soon,
	// and a server lets that grow to some times what it needs.
	importBatch = 500
	// toldRefusals is how many rows of a list are refused with a reason; all are
	// counted.
	toldRefusals = 100_000
)

// importTask is an import that somebody asks for, or a look at what it would do.
type importTask struct {
	AccountID string
	FileID    string
	Bytes     int64
	Encoding  userlist.Encoding
	Update    bool   // also change users that are there
	Then      string // of a dry run: the import that comes after it; else empty
	asker
}

// importStep is how far an import has come.
type importStep struct {
	userlist.Counts
	Read int64 // bytes of the file
	// Encoding is that of the file, Warnings what is odd about it.
	Encoding userlist.Encoding
	Warnings []string `json:",omitempty"`
	Refusals int      // how many are told
	End      bool
	Why      string `json:",omitempty"` // that it ended early
	AtMs     int64  // by the real clock
}

// refusedRow is a row that was refused.
type refusedRow struct {
	Index, Line  int
	Member, Rule string
}

// importRunner does an import. It calls ImportUsers as who asked for it may do now.
type importRunner struct {
	journal
	task    *importTask
	request work.Request
	last    importStep
	refused []refusedRow // since the last step
	failed  error        // a step that could not be written
	stop    context.CancelFunc
	list    *userlist.List
}

func (t *importTask) dryRun() bool { return t.Then != "" }

func importNote(id string) string { return "import/" + id }

// runImport runs an import, or goes on with it after the last step.
func (p *page) runImport(j journal, t *importTask, last importStep) error {
	r := &importRunner{journal: j, task: t, request: *p.visit.Request, last: last}
	r.journal.refused = int64(last.Refusals)
	return p.c.tasks.run(t.Aws, r.run)
}

func (r *importRunner) run(ctx context.Context) {
	if until := r.expires(); !r.task.dryRun() && r.c.Files.Keep(ctx, r.task.FileID, until) != nil {
		return // somebody goes on with it later
	}
	err := r.load(ctx)
	if ctx.Err() != nil || r.failed != nil {
		return
	}
	if r.last.End = true; err != nil {
		r.last.Why, r.refused = r.whyEnded(err), nil
	}
	if r.write(ctx); r.failed == nil && !r.task.dryRun() && r.last.Rejected == 0 {
		_ = r.c.Files.Remove(ctx, r.task.FileID) // else it goes with the result
	}
}

// whyEnded is for the person. What is neither a refusal nor a failure of the server
// is wrong with the list.
func (r *importRunner) whyEnded(err error) string {
	var refusal *api.Error
	var failed *failure
	if errors.As(err, &refusal) || errors.As(err, &failed) {
		return r.c.asRefusal(err).Message
	}
	return "The list cannot be read: " + err.Error()
}

// load imports the list, from where the last step has ended.
func (r *importRunner) load(ctx context.Context) (err error) {
	ctx, r.stop = context.WithCancel(ctx)
	defer r.stop()
	encoding := r.task.Encoding
	if r.last.Encoding != "" {
		encoding = r.last.Encoding
	}
	list, err := userlist.Open(func() (io.ReadCloser, error) { return r.c.open(ctx, r.task.FileID, r.task.Bytes) }, encoding)
	if err != nil {
		return err
	}
	defer list.Close()
	if r.list = list; r.last.Encoding == "" {
		r.last.Encoding, r.last.Warnings = list.Form.Encoding, warningsOf(list)
	}
	before, err := r.before(ctx)
	if err != nil {
		return err
	}
	m := userlist.Importer{
		Caller: r, Options: userlist.Options{AccountID: r.task.AccountID, DryRun: r.task.dryRun(), Update: r.task.Update, BatchSize: importBatch},
		Reject: r.reject, Before: r.last.Counts, WasRefused: func(index int) bool { return before[index] },
		Progress: func(n userlist.Counts) { r.progress(ctx, n) },
	}
	_, err = m.Import(ctx, list)
	return err
}

// warningsOf returns what is odd about a list, for people with a form before them.
func warningsOf(list *userlist.List) []string {
	warnings := list.Reader.Warnings()
	if line := list.Form.Guessed; line > 0 {
		warnings = append(warnings, fmt.Sprintf("the file is not UTF-8 (first in line %d) and is read as Windows-1252; if names look wrong, send it again with another encoding", line))
	}
	return warnings
}

// before returns the rows that were refused before this begins, by their indexes.
func (r *importRunner) before(ctx context.Context) (map[int]bool, error) {
	rows, err := refusedRows(ctx, r.c, r.id, r.last.Refusals)
	if err != nil {
		return nil, &failure{err}
	}
	indexes := make(map[int]bool, len(rows))
	for index := range rows {
		indexes[index] = true
	}
	return indexes, nil
}

// refusedRows returns all rows of an import that were refused, by their indexes.
func refusedRows(ctx context.Context, c *Console, noteID string, all int) (map[int]refusedRow, error) {
	rows := make(map[int]refusedRow, all)
	for from := 0; from < all; {
		list, err := refusals[refusedRow](ctx, c, noteID, int64(from))
		if err != nil || len(list) == 0 {
			return rows, err
		}
		for _, row := range list {
			rows[row.Index] = row
		}
		from += len(list)
	}
	return rows, nil
}

func (r *importRunner) reject(row *userlist.Row) error {
	if r.last.Refusals+len(r.refused) < toldRefusals {
		r.refused = append(r.refused, refusedRow{row.Index, row.Line, row.Problem.Member, row.Problem.Rule})
	}
	return nil
}

func (r *importRunner) progress(ctx context.Context, n userlist.Counts) {
	r.last.Counts, r.last.Read = n, r.list.Read()
	r.write(ctx)
}

// write writes down how far it is, and stops if that cannot be or somebody else does
// the same.
func (r *importRunner) write(ctx context.Context) {
	r.last.Refusals += len(r.refused)
	r.last.AtMs = time.Now().UnixMilli()
	added, err := write(ctx, &r.journal, r.last, r.refused)
	if r.refused = nil; err == nil && !added {
		err = errors.New("somebody else does it")
	}
	if err != nil {
		r.failed = err
		r.stop()
	}
}

// ImportUsers implements userlist.Caller.
func (r *importRunner) ImportUsers(ctx context.Context, account string, users []json.RawMessage, o userlist.Options) ([]userlist.Result, error) {
	p, err := r.c.asAsker(ctx, &r.task.asker, &r.request)
	if err != nil {
		return nil, &failure{err}
	}
	body, err := json.Marshal(map[string]any{"Users": users})
	if err != nil {
		return nil, err
	}
	in := &api.ImportUsersInput{}
	if err := in.DecodeBody(body); err != nil {
		return nil, rowRefusal(err)
	}
	in.AccountId, in.DryRun, in.UpdateExisting = account, api.Some(o.DryRun), api.Some(o.Update)
	out, err := patient(ctx, func() (*api.ImportUsersOutput, error) { return p.calls().ImportUsers(ctx, in) })
	if err != nil {
		return nil, rowRefusal(err)
	}
	return resultsOf(out), nil
}

// resultsOf returns what became of each user of a call.
func resultsOf(out *api.ImportUsersOutput) []userlist.Result {
	results := make([]userlist.Result, len(out.Outcomes))
	for i, outcome := range out.Outcomes {
		results[i].Outcome = userlist.Outcome(outcome)
	}
	for _, e := range out.Errors {
		problem := userlist.ProblemOf(string(e.ErrorCode.V), e.ErrorMessage.V)
		results[e.Index.V] = userlist.Result{Outcome: userlist.Rejected, Problem: &problem, Taken: e.ErrorCode.V == api.Conflict.Code}
	}
	return results
}

// rowRefusal tells calls that were refused for one of their rows from failures.
func rowRefusal(err error) error {
	var e *api.Error
	if errors.As(err, &e) && (e.Kind.Status == http.StatusBadRequest || e.Kind.Status == http.StatusRequestEntityTooLarge) {
		return &userlist.Refusal{Problem: userlist.ProblemOf(e.Kind.Name, e.Message)}
	}
	return &failure{err}
}
