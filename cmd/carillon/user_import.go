package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"carillon/internal/client"
	"carillon/internal/userlist"
	"carillon/internal/wholefile"
	"carillon/server"
)

type userImportCmd struct {
	File      string            `arg:"" help:"CSV with a header (comma, semicolon or tab), JSON as aws chime list-users prints it, or JSON lines; may be compressed with gzip; - for standard input."`
	AccountID string            `name:"account-id" help:"Chime account to import into; else the AccountId of each user." placeholder:"ID"`
	DryRun    bool              `help:"Change nothing; print what would happen."`
	Rejects   string            `help:"File for the users that are refused, in the format of FILE, to be corrected and imported; else they are named on stderr." placeholder:"FILE"`
	Update    bool              `help:"Also change licence, type and name of users that are there."`
	BatchSize int               `help:"Users in a request, at most 1000." default:"1000" placeholder:"N"`
	Encoding  userlist.Encoding `help:"Encoding of FILE: auto, utf-8, utf-16le, utf-16be or windows-1252." enum:"auto,utf-8,utf-16le,utf-16be,windows-1252" default:"auto"`
	remoteFlags
}

// Validate is called by kong.
func (c *userImportCmd) Validate() error {
	if c.BatchSize < 1 || c.BatchSize > userlist.MaxBatchSize {
		return fmt.Errorf("--batch-size must be from 1 to %d", userlist.MaxBatchSize)
	}
	return nil
}

// Run imports the users. It may be repeated: users that are there stay as they
// are.
func (c *userImportCmd) Run(ctx context.Context, s streams) error {
	source, done, err := sourceOf(c.File)
	if err != nil {
		return err
	}
	defer done()
	list, err := userlist.Open(source, c.Encoding)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	defer list.Close()
	cl, err := c.client(ctx)
	if err != nil {
		return err
	}
	for _, warning := range list.Warnings() {
		fmt.Fprintln(s.err, "warning:", warning)
	}
	counts, err := c.load(ctx, s, cl, list)
	if err != nil {
		return fmt.Errorf("%s: after %d users: %w", c.File, counts.Rows, err)
	}
	if err := c.print(s, map[string]any{"Import": counts}); err != nil {
		return err
	}
	if counts.Rejected > 0 {
		return refusedUsers(counts.Rejected)
	}
	return nil
}

// refusedUsers ends a command some of whose users were refused.
func refusedUsers(n int) error {
	if n == 1 {
		return errors.New("1 user was refused")
	}
	return fmt.Errorf("%d users were refused", n)
}

// load imports a list, and writes what is refused, also if the import has ended
// before the list.
func (c *userImportCmd) load(ctx context.Context, s streams, cl *client.Client, list *userlist.List) (counts userlist.Counts, failed error) {
	shown := newRate(s, c.File)
	defer shown.end()
	m := userlist.Importer{
		Caller:   importCaller{cl},
		Options:  userlist.Options{AccountID: c.AccountID, DryRun: c.DryRun, Update: c.Update, BatchSize: c.BatchSize},
		Progress: func(n userlist.Counts) { shown.show(n.Rows, list.Read()) },
	}
	if c.Rejects == "" {
		m.Reject = func(r *userlist.Row) error {
			shown.end()
			_, err := fmt.Fprintf(s.err, "%s: %s\n", r, r.Problem)
			return err
		}
		return m.Import(ctx, list)
	}
	err := wholefile.Write(c.Rejects, func(w io.Writer) error {
		rejects := list.Rejects(w)
		m.Reject = rejects.Write
		counts, failed = m.Import(ctx, list)
		return rejects.Close()
	})
	return counts, errors.Join(failed, err)
}

// sourceOf opens a file as often as it is asked to; what comes by standard input it
// keeps in a file meanwhile.
func sourceOf(path string) (source userlist.Source, done func(), err error) {
	done = func() {}
	if path == "-" {
		kept, err := os.CreateTemp("", "carillon-import-*") // mode 0600
		if err != nil {
			return nil, nil, err
		}
		path, done = kept.Name(), func() { _ = os.Remove(kept.Name()) }
		_, err = io.Copy(kept, os.Stdin)
		if err = errors.Join(err, kept.Close()); err != nil {
			done()
			return nil, nil, err
		}
	}
	return func() (io.ReadCloser, error) { return os.Open(path) }, done, nil
}

// importCaller calls ImportUsers of a server.
type importCaller struct{ *client.Client }

// ImportUsers implements [userlist.Caller].
func (c importCaller) ImportUsers(ctx context.Context, account string, users []json.RawMessage, o userlist.Options) ([]userlist.Result, error) {
	in := client.Members{"AccountId": account, "Users": users}
	if o.DryRun {
		in["DryRun"] = true
	}
	if o.Update {
		in["UpdateExisting"] = true
	}
	answer, err := patiently(ctx, c.Client, "ImportUsers", in)
	if err != nil {
		return nil, refusalOf(err)
	}
	results, err := resultsOf(answer)
	if err != nil {
		return nil, fmt.Errorf("unexpected answer: %w", err)
	}
	return results, nil
}

// How often a request is sent again that the server could not take, and the first
// pause before that, which then doubles. What was done the first time is
// Unchanged the second one.
const (
	importTries = 6
	importPause = 200 * time.Millisecond
)

// patiently sends a request, again if the server is overloaded or has gone for a
// moment.
func patiently(ctx context.Context, c *client.Client, operation string, in client.Members) (json.RawMessage, error) {
	for try := 0; ; try++ {
		answer, err := c.Call(ctx, operation, in)
		if err == nil || try == importTries || !passing(err) {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(importPause << try):
		}
	}
}

// passing reports whether an error may have gone when one tries again.
func passing(err error) bool {
	var refusal *client.Error
	if errors.As(err, &refusal) {
		return refusal.Status == http.StatusServiceUnavailable || refusal.Status == http.StatusTooManyRequests
	}
	return errors.Is(err, client.ErrNoAnswer)
}

// refusalOf tells a request that was refused for what is in it from a failure.
func refusalOf(err error) error {
	var refusal *client.Error
	if !errors.As(err, &refusal) {
		return err
	}
	switch refusal.Status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		return &userlist.Refusal{Problem: userlist.ProblemOf(refusal.Name, refusal.Message)}
	case http.StatusNotFound:
		return &userlist.Refusal{Problem: userlist.Problem{Member: "AccountId", Rule: "be that of an account: " + refusal.Error()}, Account: true}
	}
	return err
}

// resultsOf reads an answer of ImportUsers.
func resultsOf(answer json.RawMessage) ([]userlist.Result, error) {
	var out struct {
		Outcomes []userlist.Outcome
		Errors   []struct {
			Index                   int
			ErrorCode, ErrorMessage string
		}
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, err
	}
	results := make([]userlist.Result, len(out.Outcomes))
	for i, o := range out.Outcomes {
		results[i].Outcome = o
	}
	for _, e := range out.Errors {
		if e.Index < 0 || e.Index >= len(results) {
			return nil, fmt.Errorf("a refused row has the index %d", e.Index)
		}
		problem := userlist.ProblemOf(e.ErrorCode, e.ErrorMessage)
		results[e.Index] = userlist.Result{Outcome: userlist.Rejected, Problem: &problem, Taken: e.ErrorCode == "Conflict"}
	}
	return results, nil
}

// rate shows people how fast an import is and how long it will take.
type rate struct {
	progress
	began time.Time
	size  int64 // of the file; 0: nobody knows
}

func newRate(s streams, path string) *rate {
	r := &rate{progress: progress{s: s, terminal: server.IsTerminal(s.err)}, began: time.Now()}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
		r.size = info.Size()
	}
	return r
}

// show tells of rows that are done, and how many bytes of the file were read.
func (r *rate) show(rows int, read int64) {
	if !r.terminal || time.Since(r.at) < progressEvery {
		return
	}
	took := time.Since(r.began)
	text := fmt.Sprintf("%d users, %.0f a second", rows, float64(rows)/took.Seconds())
	if read > 0 && r.size >= read {
		left := time.Duration(float64(took) * float64(r.size-read) / float64(read))
		text += fmt.Sprintf(", %d %%, %s left", 100*read/r.size, left.Round(time.Second))
	}
	r.at, r.shown = time.Now(), true
	fmt.Fprint(r.s.err, eraseLine, text)
}
