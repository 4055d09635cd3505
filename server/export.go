package server

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"

	"carillon/api"
	"carillon/store"
	"carillon/trail"
	"carillon/work"
)

const (
	// exportDir is where exports wait to be read, in the data directory.
	exportDir = "export.tmp"
	// exportsAtOnce is how many exports are made or read at the same time, one for an
	// AWS account.
	exportsAtOnce = 4
	// exportKept is how long an export waits for somebody to read on.
	exportKept = 2 * time.Minute
	// exportRead is how long after a part somebody is taken to read on.
	exportRead = 5 * time.Second
	// exportBuffer is how much is written at once.
	exportBuffer = 1 << 20
	// exportAuditPage is how many records of the audit are read at once.
	exportAuditPage = 500
)

// exports makes exports of AWS accounts, each from one moment of the database, and
// hands them out part by part.
type exports struct {
	store   *store.Store
	trail   *trail.Trail
	dir     string
	program string
	now     func() time.Time // of the rules
	log     *slog.Logger
	asked   chan *export

	mu  sync.Mutex
	all map[string]*export // by key
}

// export is what somebody has asked for, in a file until it was read.
type export struct {
	id, aws, path string
	// content writes it.
	content func(ctx context.Context, r store.Records, w *bufio.Writer) error
	key     string // one of a kind for an AWS account
	created time.Time
	// These are set when it is ready, under the lock of exports.
	ready   bool
	size    int64
	sum     string
	err     error
	touched time.Time // when somebody has last asked for it
}

// newExports returns what makes exports. They wait in the data directory or, without
// an embedded database, in that for temporary files.
func newExports(o Options, st *store.Store, t *trail.Trail, now func() time.Time) *exports {
	x := &exports{
		store: st, trail: t, dir: filepath.Join(o.Data, exportDir), program: o.Program, now: now, log: o.Log,
		asked: make(chan *export, exportsAtOnce), all: map[string]*export{},
	}
	if o.Database != "" {
		x.dir = filepath.Join(os.TempDir(), "carillon-export-"+newID())
	}
	return x
}

// run makes what is asked for, until ctx ends, and removes what nobody reads on.
func (x *exports) run(ctx context.Context) {
	ticker := time.NewTicker(backupLook)
	defer ticker.Stop()
	_ = os.RemoveAll(x.dir) // what a process has left that was killed
	defer os.RemoveAll(x.dir)
	var making sync.WaitGroup
	defer making.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-x.asked:
			making.Go(func() { x.make(ctx, e) }) // beside others: nobody waits for another's
		case <-ticker.C:
			x.forget(time.Now().Add(-exportKept))
		}
	}
}

// forget removes exports that nobody has asked for since a moment.
func (x *exports) forget(since time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for key, e := range x.all {
		if e.ready && e.touched.Before(since) {
			delete(x.all, key)
			_ = os.Remove(e.path) // it failed, or the next start removes it
		}
	}
}

// make makes an export.
func (x *exports) make(ctx context.Context, e *export) {
	sum := sha256.New()
	var size int64
	err := x.write(ctx, e, io.MultiWriter(sum, (*byteCount)(&size)))
	if err != nil {
		x.log.Error("an export failed", "error", err.Error())
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	e.ready, e.size, e.sum, e.err, e.touched = true, size, hex.EncodeToString(sum.Sum(nil)), err, time.Now()
}

// write writes the file, and what is in it to also.
func (x *exports) write(ctx context.Context, e *export, also io.Writer) error {
	if err := os.MkdirAll(x.dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(e.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	packed, err := zstd.NewWriter(io.MultiWriter(f, also), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return errors.Join(err, f.Close())
	}
	w := bufio.NewWriterSize(packed, exportBuffer)
	err = x.store.Snapshot(ctx, func(r store.Records) error { return e.content(ctx, r, w) })
	return errors.Join(err, w.Flush(), packed.Close(), f.Close())
}

// writeAll writes all kinds, each behind a line that names it; the last such line
// names none.
func (x *exports) writeAll(ctx context.Context, r store.Records, aws string, w *bufio.Writer) error {
	accounts, err := r.AccountIDs(aws)
	if err != nil {
		return err
	}
	each := func(line []byte) error {
		_, err := w.Write(line)
		return errors.Join(err, ctx.Err())
	}
	for _, k := range store.ArchiveKinds() {
		fmt.Fprintf(w, "#%s\n", k.Name)
		if err := r.ExportArchive(k, aws, accounts, each); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "#audit\n")
	if err := x.writeAudit(r, aws, each); err != nil {
		return err
	}
	_, err = w.WriteString("#\n")
	return err
}

// writeAudit writes the records of the audit, oldest first.
func (x *exports) writeAudit(r store.Records, aws string, each func([]byte) error) error {
	q := trail.Query{AwsAccountID: aws, OldestFirst: true, Limit: exportAuditPage}
	for {
		page, err := x.trail.Find(r, q)
		if err != nil {
			return err
		}
		for _, e := range page.Events {
			if err := each(append(e.Record, '\n')); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}

var _ api.ExportsTenant[*work.Unit] = (*exports)(nil)

// ExportRecords has everything that the caller's AWS account has exported, as of the
// moment when that begins; ExportRecordsPart then reads it. It takes the place of an
// export of the AWS account that nobody reads.
func (x *exports) ExportRecords(w *work.Unit, _ *api.ExportRecordsInput) (*api.ExportRecordsOutput, error) {
	aws := w.Caller.AwsAccountID
	id, err := x.begin(w, aws, func(ctx context.Context, r store.Records, out *bufio.Writer) error {
		return x.writeAll(ctx, r, aws, out)
	})
	return &api.ExportRecordsOutput{ExportId: api.NonZero(id)}, err
}

// begin has an export made once the unit of work is committed.
func (x *exports) begin(w *work.Unit, key string, content func(context.Context, store.Records, *bufio.Writer) error) (id string, err error) {
	if err := x.admits(key); err != nil {
		return "", err
	}
	id = w.NewID()
	e := &export{id: id, key: key, aws: w.Caller.AwsAccountID, content: content, path: filepath.Join(x.dir, id), created: w.Now, touched: time.Now()}
	w.After(func(err error) {
		if err == nil {
			x.ask(e)
		}
	})
	return id, nil
}

// admits refuses an export beside another one of its key, and too many.
func (x *exports) admits(key string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	have := x.all[key]
	switch {
	case have != nil && have.busy():
		return api.Conflict.Errorf("Another export of the AWS account is being made or read; wait for its end")
	case have == nil && x.waiting() >= exportsAtOnce:
		return api.ResourceLimitExceeded.Errorf("%d exports are being made or read; wait for the end of one", exportsAtOnce)
	}
	return nil
}

// waiting returns how many exports are being made, or not read to their ends. The
// caller holds the lock.
func (x *exports) waiting() (n int) {
	for _, e := range x.all {
		if !e.touched.IsZero() {
			n++
		}
	}
	return n
}

// busy reports whether an export is being made or read.
func (e *export) busy() bool { return !e.ready || e.err == nil && time.Since(e.touched) < exportRead }

// ask has an export made, unless somebody else was faster.
func (x *exports) ask(e *export) {
	x.mu.Lock()
	defer x.mu.Unlock()
	have := x.all[e.key]
	if have != nil && have.busy() || have == nil && x.waiting() >= exportsAtOnce {
		return
	}
	if have != nil {
		_ = os.Remove(have.path) // it failed, or the next start removes it
	}
	x.all[e.key] = e
	x.asked <- e // there is room: one for each that is not made
}

// ExportRecordsPart tells how far an export is and, when it is ready, returns some of
// it. With its last part it goes.
func (x *exports) ExportRecordsPart(w *work.Unit, in *api.ExportRecordsPartInput) (*api.ExportRecordsPartOutput, error) {
	return x.part(w.Caller.AwsAccountID, in)
}

func (x *exports) part(key string, in *api.ExportRecordsPartInput) (*api.ExportRecordsPartOutput, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	e := x.all[key]
	switch {
	case e == nil || e.id != in.ExportId:
		return nil, api.NotFound.Errorf("There is no such export (any more), or this is another replica than the one that makes it")
	case !e.ready:
		return &api.ExportRecordsPartOutput{State: api.Some(api.BackupStateRunning)}, nil
	case e.err != nil:
		return &api.ExportRecordsPartOutput{State: api.Some(api.BackupStateFailed), Message: api.Some("The export failed; the log of the server says why")}, nil
	}
	part, err := readPart(e.path, int64(in.Offset.V))
	if err != nil {
		return nil, err
	}
	e.touched = time.Now()
	if int64(in.Offset.V)+int64(len(part)) >= e.size {
		e.touched = time.Time{} // the next look removes it
	}
	return &api.ExportRecordsPartOutput{
		State: api.Some(api.BackupStateReady), Bytes: api.Some(int(e.size)), Sha256: api.Some(e.sum), Program: api.Some(x.program),
		AwsAccountId: api.Some(e.aws), CreatedTimestamp: api.TimestampOf(e.created), Content: api.Some(base64.StdEncoding.EncodeToString(part)),
	}, nil
}
