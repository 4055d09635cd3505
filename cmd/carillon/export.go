package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"time"

	"carillon/internal/archive"
	"carillon/internal/client"
	"carillon/server"
)

type exportCmd struct {
	Dir string `arg:"" help:"Directory to make, which is there whole or not at all; there must be none."`
	remoteFlags
}

const (
	// exportPoll is how often it is asked whether an export is ready.
	exportPoll = 100 * time.Millisecond
	// exportPatience is how long another export of the AWS account is waited for.
	exportPatience = 20 * time.Second
)

// Run has the server make an export, and writes what it sends.
func (c *exportCmd) Run(ctx context.Context, s streams) error {
	if err := archive.CheckFree(c.Dir); err != nil {
		return err
	}
	cl, err := c.client(ctx)
	if err != nil {
		return err
	}
	r, err := askForExport(ctx, cl, exportKind{"ExportRecords", "ExportRecordsPart", nil})
	if err != nil {
		return err
	}
	shown := progress{s: s, terminal: server.IsTerminal(s.err)}
	r.progress = shown.show
	m := &archive.Manifest{
		Format: archive.Format, Program: r.first.Program, AwsAccountId: r.first.AwsAccountId, CreatedTimestamp: r.first.CreatedTimestamp,
	}
	err = archive.Write(c.Dir, r, m)
	shown.end()
	if err != nil {
		return err
	}
	return c.print(s, map[string]any{"Export": map[string]any{"Directory": c.Dir, "CreatedTimestamp": m.CreatedTimestamp, "Records": recordsOf(m)}})
}

// recordsOf counts the records by their kinds.
func recordsOf(m *archive.Manifest) map[string]int64 {
	counts := map[string]int64{}
	for i, kind := range archive.Kinds() {
		counts[memberName(kind)] = m.Files[i].Records
	}
	return counts
}

// exportPart is an answer of ExportRecordsPart.
type exportPart struct {
	State, Message, Content, Sha256 string
	Bytes                           int64
	AwsAccountId, Program           string //nolint:revive // as in the API
	CreatedTimestamp                time.Time
}

// exportReader reads what the server has made, part by part.
type exportReader struct {
	ctx      context.Context //nolint:containedctx // io.Reader takes none
	client   *client.Client
	kind     exportKind
	id       string
	first    *exportPart
	progress func(what string, bytes int64)

	part []byte // what is not read yet of the last part
	read int64  // what the parts have together
	sum  hash.Hash
}

// exportKind is what the server exports: the operation that has it made, what that is
// given, and the one that returns it part by part.
type exportKind struct {
	ask, part string
	members   client.Members
}

// askForExport has an export made, and waits until it is ready.
func askForExport(ctx context.Context, cl *client.Client, kind exportKind) (*exportReader, error) {
	answer, err := begin(ctx, cl, kind)
	if err != nil {
		return nil, err
	}
	var made struct{ ExportId string } //nolint:revive // as in the API
	if err := json.Unmarshal(answer, &made); err != nil {
		return nil, fmt.Errorf("unexpected answer: %w", err)
	}
	r := &exportReader{ctx: ctx, client: cl, kind: kind, id: made.ExportId, sum: sha256.New(), progress: func(string, int64) {}}
	return r, r.await()
}

// begin asks for an export. One whose reader was killed is in the way for a moment.
func begin(ctx context.Context, cl *client.Client, kind exportKind) (answer json.RawMessage, err error) {
	for end := time.Now().Add(exportPatience); ; {
		answer, err = cl.Call(ctx, kind.ask, kind.members)
		var refusal *client.Error
		if !errors.As(err, &refusal) || refusal.Status != http.StatusConflict || time.Now().After(end) {
			return answer, err
		}
		if err := pause(ctx, time.Second); err != nil {
			return nil, err
		}
	}
}

// await returns when the export is ready, and its first part is there.
func (r *exportReader) await() (err error) {
	for {
		r.first, err = r.fetch()
		switch {
		case err != nil:
			return err
		case r.first.State == "Ready":
			return nil
		case r.first.State == "Failed":
			return errors.New(r.first.Message)
		}
		if err := pause(r.ctx, exportPoll); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// fetch gets the next part.
func (r *exportReader) fetch() (*exportPart, error) {
	answer, err := patiently(r.ctx, r.client, r.kind.part, client.Members{"ExportId": r.id, "Offset": r.read})
	if err != nil {
		return nil, err
	}
	p := &exportPart{}
	if err := json.Unmarshal(answer, p); err != nil {
		return nil, fmt.Errorf("unexpected answer: %w", err)
	}
	r.part, err = base64.StdEncoding.DecodeString(p.Content)
	if err != nil {
		return nil, fmt.Errorf("unexpected answer: %w", err)
	}
	r.read += int64(len(r.part))
	r.sum.Write(r.part)
	return p, nil
}

// Read implements [io.Reader]. The end is that of what the server has made, whole.
func (r *exportReader) Read(b []byte) (int, error) {
	if len(r.part) == 0 && r.read < r.first.Bytes {
		if _, err := r.fetch(); err != nil {
			return 0, err
		}
		r.progress("export", r.read)
	}
	switch {
	case len(r.part) > 0:
		n := copy(b, r.part)
		r.part = r.part[n:]
		return n, nil
	case r.read != r.first.Bytes || hex.EncodeToString(r.sum.Sum(nil)) != r.first.Sha256:
		return 0, errors.New("what has come is not what the server has sent")
	}
	return 0, io.EOF
}
