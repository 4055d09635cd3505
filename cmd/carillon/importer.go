package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"carillon/internal/client"
)

// importRun reads the rows of a file one by one and sends them in requests that
// the server takes: of so many rows, so many bytes, and one account.
type importRun struct {
	operation string // as in ImportUsers
	member    string // the list of rows in its input
	rows      int    // the most rows that it takes
	noun      string // what a row is

	client  *client.Client
	errors  io.Writer
	account string // of the batch; empty: the rows tell, or there is none
	batch   []json.RawMessage
	places  []string // of the batch
	size    int      // bytes of the batch

	total                      int // rows that were sent or refused
	Imported, Existing, Failed int
}

// row is one row of a file.
type row struct {
	place   string // what it is named by when it is refused, as in "line 7"
	account string // of the request that it goes into; empty: none
	value   any
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

func (r *importRun) add(ctx context.Context, v row) error {
	text, err := client.Encode(v.value)
	if err != nil {
		return err
	}
	full := len(r.batch) == r.rows || r.size+len(text) >= maxBatch
	if full || v.account != r.account {
		if err := r.flush(ctx); err != nil {
			return err
		}
	}
	if len(text) >= maxBatch {
		r.total++
		r.refuse(v.place, fmt.Sprintf("with %d bytes it is larger than a request may be", len(text)))
		return nil
	}
	r.account, r.size = v.account, r.size+len(text)+len(",")
	r.batch, r.places = append(r.batch, text), append(r.places, v.place)
	return nil
}

// flush sends the batch.
func (r *importRun) flush(ctx context.Context) error {
	if len(r.batch) == 0 {
		return nil
	}
	answer, err := r.client.Call(ctx, r.operation, given(client.Members{"AccountId": r.account, r.member: r.batch}))
	if err != nil {
		return fmt.Errorf("%s to %s: %w", r.places[0], r.places[len(r.places)-1], err)
	}
	if err := r.count(answer); err != nil {
		return fmt.Errorf("unexpected answer: %w", err)
	}
	r.total += len(r.batch)
	r.batch, r.places, r.size = r.batch[:0], r.places[:0], 0
	return nil
}

// count adds up what became of a batch and names the rows that were refused.
func (r *importRun) count(answer json.RawMessage) error {
	var out struct {
		Imported, Existing int
		Errors             []struct {
			Index                   int
			ErrorCode, ErrorMessage string
		}
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return err
	}
	r.Imported, r.Existing = r.Imported+out.Imported, r.Existing+out.Existing
	for _, e := range out.Errors {
		if e.Index < 0 || e.Index >= len(r.places) {
			return fmt.Errorf("a refused row has the index %d", e.Index)
		}
		r.refuse(r.places[e.Index], e.ErrorCode+": "+e.ErrorMessage)
	}
	return nil
}

func (r *importRun) refuse(place, why string) {
	r.Failed++
	fmt.Fprintf(r.errors, "%s: %s\n", place, why)
}

// finish prints the result and fails if rows were refused.
func (r *importRun) finish(s streams, f *outputFlag, result any) error {
	err := f.print(s, result)
	if err == nil && r.Failed > 0 {
		err = errors.New("some " + r.noun + "s were refused")
	}
	return err
}
