package console

import (
	"context"
	"encoding/csv"
	"net/http"
	"time"

	"carillon/api"
	"carillon/internal/userlist"
	"carillon/work"
)

// bulkQuiet is how long nothing is heard of a bulk action that is not running any
// more: done twice, some of them do harm.
const bulkQuiet = 2 * time.Minute

// bulkStep is what a bulk action has done up to a step.
type bulkStep struct {
	Done, Refusals int    // users
	Next           string // where the next step begins: a page token, or nothing
	End            bool
	Why            string `json:",omitempty"` // that it ended early
	AtMs           int64  // by the real clock
}

// bulkRunner does a bulk action, step by step.
type bulkRunner struct {
	journal
	bulk    *bulk
	request work.Request
	last    bulkStep
}

func bulkNote(id string) string { return "task/" + id }

// runBulk runs a bulk action, or goes on with it after the last step.
func (p *page) runBulk(j journal, b *bulk, last bulkStep) error {
	r := &bulkRunner{journal: j, bulk: b, request: *p.visit.Request, last: last}
	r.refused = int64(last.Refusals)
	return p.c.tasks.run(b.Aws, r.run)
}

func (r *bulkRunner) run(ctx context.Context) {
	for ctx.Err() == nil {
		refused := r.step(ctx)
		if ctx.Err() != nil {
			return
		}
		r.last.Refusals += len(refused)
		r.last.AtMs = time.Now().UnixMilli()
		if added, err := write(ctx, &r.journal, r.last, refused); err != nil || !added || r.last.End {
			return
		}
	}
}

// step does the next step, as who asked for it may do now.
func (r *bulkRunner) step(ctx context.Context) []api.UserError {
	p, err := r.c.asAsker(ctx, &r.bulk.asker, &r.request)
	if err != nil {
		r.last.End, r.last.Why = true, r.c.asRefusal(err).Message
		return nil
	}
	ids, next, err := r.next(ctx, p)
	if err != nil {
		r.last.End, r.last.Why = true, r.c.asRefusal(err).Message
		return nil
	}
	r.last.Done += len(ids)
	r.last.Next, r.last.End = next, next == "" && (r.bulk.All || len(r.bulk.UserIDs) <= r.last.Done)
	if len(ids) == 0 {
		return nil
	}
	return r.do(ctx, p, ids)
}

// asAsker is a page as who asked for a task would see it now.
func (c *Console) asAsker(ctx context.Context, a *asker, q *work.Request) (*page, error) {
	credential, err := c.credential(ctx, session{KeyID: a.KeyID, Proof: a.Proof})
	if err == nil && credential == nil {
		err = api.Forbidden.Errorf("The key that began this has ended")
	}
	return &page{c: c, visit: &Visit{Visitor: Visitor{Credential: credential}, Request: q}}, err
}

// next returns the users of the next step, and where the one after it begins.
func (r *bulkRunner) next(ctx context.Context, p *page) (ids []string, next string, err error) {
	size := r.bulk.action().size
	if !r.bulk.All {
		rest := r.bulk.UserIDs[min(r.last.Done, len(r.bulk.UserIDs)):]
		return rest[:min(size, len(rest))], "", nil
	}
	q := r.bulk.Query
	q.Page = r.last.Next
	out, err := patient(ctx, func() (*api.SearchUsersOutput, error) {
		return p.calls().SearchUsers(ctx, p.searchInput(q, r.bulk.AccountID, size))
	})
	for i := range out.Users {
		ids = append(ids, out.Users[i].UserId)
	}
	return ids, out.NextToken.V, err
}

// do runs the action for some users. A refusal of all is one of each.
func (r *bulkRunner) do(ctx context.Context, p *page, ids []string) []api.UserError {
	refused, err := patient(ctx, func() ([]api.UserError, error) {
		return r.bulk.action().run(p.calls(), ctx, r.bulk, ids)
	})
	if err == nil {
		return refused
	}
	e, refused := r.c.asRefusal(err), nil
	for _, id := range ids {
		refused = append(refused, api.UserError{UserId: api.Some(id), ErrorCode: api.Some(e.ErrorCode()), ErrorMessage: api.Some(e.Message)})
	}
	return refused
}

// bulkProgress is what the page of a bulk action shows.
type bulkProgress struct {
	*bulk
	bulkStep
	Label       string
	Refused     []api.UserError
	First, Next string // other pages of refusals
	Quiet       bool
	CSV, Again  string
	journal     journal
}

// bulkTask reads what has become of a bulk action of the visitor's.
func (p *page) bulkTask() (*bulkProgress, error) {
	id := p.r.PathValue("task")
	t := &bulkProgress{bulk: new(bulk), journal: journal{c: p.c, id: bulkNote(id)}}
	found, err := t.journal.read(p.r.Context(), t.bulk, &t.bulkStep)
	if err != nil {
		return nil, err
	}
	if !found || t.ARN != p.visit.Credential.Caller.ARN || t.AccountID != p.r.PathValue("account") || t.action() == nil {
		return nil, notFound(p)
	}
	t.Label = t.action().Label
	t.Again = accountPath(t.AccountID, "results", id)
	t.CSV = t.Again + "/refusals.csv"
	t.Quiet = !t.End && time.Since(time.UnixMilli(max(t.StartedMs, t.AtMs))) > bulkQuiet
	return t, nil
}

func showTask(p *page) error {
	t, err := p.bulkTask()
	if err != nil {
		return err
	}
	a, err := p.account()
	if err != nil {
		return err
	}
	if t.Refused, t.First, t.Next, err = refusedPage[api.UserError](p, t.journal.id, t.Refusals); err != nil {
		return err
	}
	v := p.accountView(a, t, awsChime("list-users", "--account-id", a.AccountId))
	v.Title, v.Heading = t.Label+" · "+a.Name, t.Label
	if !t.End && !t.Quiet {
		v.Refresh = 2
	}
	return p.show(http.StatusOK, "task", v)
}

// continueTask goes on with a bulk action whose server has ended.
func continueTask(p *page) error {
	t, err := p.bulkTask()
	if err != nil {
		return err
	}
	if t.Quiet {
		if err := p.runBulk(t.journal, t.bulk, t.bulkStep); err != nil {
			return err
		}
	}
	return p.redirect(t.Again)
}

// taskCSV are all refusals of a bulk action.
func taskCSV(p *page) error {
	t, err := p.bulkTask()
	if err != nil {
		return err
	}
	p.attach("text/csv; charset=utf-8", "refusals.csv")
	w := csv.NewWriter(p.w)
	_ = w.Write([]string{"UserId", "ErrorCode", "ErrorMessage"}) // the client may be gone
	for from := int64(0); ; {
		list, err := refusals[api.UserError](p.r.Context(), p.c, t.journal.id, from)
		if err != nil {
			return p.breakOff(err)
		}
		for _, e := range list {
			_ = w.Write([]string{userlist.Guarded(e.UserId.V), userlist.Guarded(string(e.ErrorCode.V)), userlist.Guarded(e.ErrorMessage.V)})
		}
		if from += int64(len(list)); len(list) == 0 {
			w.Flush()
			return nil
		}
	}
}
