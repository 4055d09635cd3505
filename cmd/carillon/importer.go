package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"carillon/internal/client"
)

// importRun reads the rows of a file one by one and sends them in requests that
// the server takes: of so many rows, so many bytes, and one account. A row that is
// refused does not stop the others.
type importRun struct {
	operation string // as in ImportUsers
	member    string // the list of rows in its input
	rows      int    // the most rows that it takes
	noun      string // what a row is

	client  *client.Client
	errors  io.Writer
	account string // of the batch; empty: the rows tell, or there is none
	batch   []*row
	size    int // bytes of the batch

	total                      int // rows that were sent or refused
	Imported, Existing, Failed int
}

// row is one row of a file.
type row struct {
	place   string // what it is named by when it is refused, as in "line 7"
	account string // of the request that it goes into; empty: none
	value   any
	text    json.RawMessage // of the value
	refused string          // why it is refused; empty: it is not
}

// rowReader calls each for every row of a file until that fails.
type rowReader func(in io.Reader, each func(row) error) error

// maxBatch is the most bytes that the rows of a request have together: the
// largest body that the server reads, less room for what is around them.
const maxBatch = 1<<20 - 1<<10

// run reads a file, or standard input for "-", and sends all of it.
func (r *importRun) run(ctx context.Context, s streams, f *remoteFlags, path string, read rowReader) error {
	in, err := openInput(path)
	if err != nil {
		return err
	}
	defer in.Close()
	if r.client, err = f.client(ctx); err != nil {
		return err
	}
	r.errors = s.err
	err = read(in, func(v row) error { return r.add(ctx, v) })
	if err == nil {
		err = r.flush(ctx)
	}
	if err != nil {
		return fmt.Errorf("%s: after %d %ss: %w", path, r.total, r.noun, err)
	}
	return nil
}

// openInput opens a file, or standard input for "-".
func openInput(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	return os.Open(path)
}

// add puts a row into the next request, and sends the one before if there is no
// room. What is refused here waits there for its turn to be told of.
func (r *importRun) add(ctx context.Context, v row) (err error) {
	if v.refused == "" {
		v.text, err = client.Encode(v.value)
	}
	if err != nil {
		return err
	}
	if len(v.text) >= maxBatch {
		v.text, v.refused = nil, fmt.Sprintf("with %d bytes it is larger than a request may be", len(v.text))
	}
	if full := len(r.batch) == r.rows || r.size+len(v.text) >= maxBatch; full || v.account != r.account {
		if err := r.flush(ctx); err != nil {
			return err
		}
	}
	r.account, r.size, r.batch = v.account, r.size+len(v.text)+len(","), append(r.batch, &v)
	return nil
}

// flush sends the batch and names the rows that were refused.
func (r *importRun) flush(ctx context.Context) error {
	good := slices.DeleteFunc(slices.Clone(r.batch), func(v *row) bool { return v.refused != "" })
	if err := r.send(ctx, good); err != nil {
		return err
	}
	for _, v := range r.batch {
		if v.refused != "" {
			r.Failed++
			fmt.Fprintf(r.errors, "%s: %s\n", v.place, v.refused)
		}
	}
	r.total += len(r.batch)
	r.batch, r.size = r.batch[:0], 0
	return nil
}

// send sends rows. If the request is refused for one of them, it finds out which.
func (r *importRun) send(ctx context.Context, rows []*row) error {
	if len(rows) == 0 {
		return nil
	}
	texts := make([]json.RawMessage, len(rows))
	for i, v := range rows {
		texts[i] = v.text
	}
	answer, err := r.client.Call(ctx, r.operation, given(client.Members{"AccountId": r.account, r.member: texts}))
	half := len(rows) / 2
	switch {
	case err == nil:
		return r.count(answer, rows)
	case !isOfRows(err):
		return fmt.Errorf("%s to %s: %w", rows[0].place, rows[len(rows)-1].place, err)
	case half == 0:
		rows[0].refused = strings.ReplaceAll(err.Error(), r.member+"[0].", "")
		return nil
	}
	if err := r.send(ctx, rows[:half]); err != nil {
		return err
	}
	return r.send(ctx, rows[half:])
}

// isOfRows reports whether a request was refused for what is in it.
func isOfRows(err error) bool {
	var refusal *client.Error
	return errors.As(err, &refusal) && (refusal.Status == http.StatusBadRequest || refusal.Status == http.StatusRequestEntityTooLarge)
}

// count adds up what became of rows and notes which were refused.
func (r *importRun) count(answer json.RawMessage, rows []*row) error {
	var out struct {
		Imported, Existing int
		Errors             []struct {
			Index                   int
			ErrorCode, ErrorMessage string
		}
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return fmt.Errorf("unexpected answer: %w", err)
	}
	r.Imported, r.Existing = r.Imported+out.Imported, r.Existing+out.Existing
	for _, e := range out.Errors {
		if e.Index < 0 || e.Index >= len(rows) {
			return fmt.Errorf("unexpected answer: a refused row has the index %d", e.Index)
		}
		rows[e.Index].refused = e.ErrorCode + ": " + e.ErrorMessage
	}
	return nil
}

// finish prints the result and fails if rows were refused.
func (r *importRun) finish(s streams, f *outputFlag, result any) error {
	err := f.print(s, result)
	switch {
	case err != nil || r.Failed == 0:
		return err
	case r.Failed == 1:
		return fmt.Errorf("1 %s was refused", r.noun)
	}
	return fmt.Errorf("%d %ss were refused", r.Failed, r.noun)
}
