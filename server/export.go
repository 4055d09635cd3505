package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
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
	program string
	log     *slog.Logger
	offers  *offers[export] // one of a kind for an AWS account
}

// export is what somebody has asked for.
type export struct {
	asked   time.Time
	content func(context.Context, store.Records, *bufio.Writer) error // writes it
}

// newExports returns what makes exports. They wait in the data directory or, without
// an embedded database, in that for temporary files.
func newExports(o Options, st *store.Store, t *trail.Trail) *exports {
	dir := filepath.Join(o.Data, exportDir)
	if o.Database != "" {
		dir = filepath.Join(os.TempDir(), "carillon-export-"+newID())
	}
	return &exports{store: st, trail: t, program: o.Program, log: o.Log, offers: newOffers[export](dir, exportsAtOnce, exportRead)}
}

// run makes what is asked for, until ctx ends, and removes what nobody reads on.
func (x *exports) run(ctx context.Context) {
	ticker := time.NewTicker(offerLook)
	defer ticker.Stop()
	_ = x.offers.clear()
	defer func() { _ = x.offers.clear() }()
	var making sync.WaitGroup
	defer making.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case o := <-x.offers.asked:
			making.Go(func() { x.make(ctx, o) }) // beside others: nobody waits for another's
		case <-ticker.C:
			x.offers.forget(time.Now().Add(-offerKept))
		}
	}
}

// make makes an export.
func (x *exports) make(ctx context.Context, o *offer[export]) {
	if err := x.offers.make(o, func(w io.Writer) error { return x.write(ctx, o.about.content, w) }); err != nil {
		x.log.Error("an export failed", "error", err.Error())
	}
}

// write writes a content as it is at one moment, compressed.
func (x *exports) write(ctx context.Context, content func(context.Context, store.Records, *bufio.Writer) error, to io.Writer) error {
	packed, err := zstd.NewWriter(to, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(packed, exportBuffer)
	err = x.store.Snapshot(ctx, func(r store.Records) error { return content(ctx, r, w) })
	if err == nil {
		err = w.Flush()
	}
	if closed := packed.Close(); err == nil { // else it says the same again
		err = closed
	}
	return err
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
	id, err := x.order(w, aws, func(ctx context.Context, r store.Records, out *bufio.Writer) error {
		return x.writeAll(ctx, r, aws, out)
	})
	return &api.ExportRecordsOutput{ExportId: api.NonZero(id)}, err
}

// order has an export made once the unit of work is committed.
func (x *exports) order(w *work.Unit, owner string, content func(context.Context, store.Records, *bufio.Writer) error) (id string, err error) {
	switch x.offers.admits(owner) {
	case errOfferTaken:
		return "", api.Conflict.Errorf("Another export of the AWS account is being made or read; wait for its end")
	case errOffersFull:
		return "", api.ResourceLimitExceeded.Errorf("%d exports are being made or read; wait for the end of one", exportsAtOnce)
	default:
		return x.offers.order(w, owner, export{w.Now, content}), nil
	}
}

// ExportRecordsPart tells how far an export is and, when it is ready, returns some of
// it. With its last part it goes.
func (x *exports) ExportRecordsPart(w *work.Unit, in *api.ExportRecordsPartInput) (*api.ExportRecordsPartOutput, error) {
	return x.part(w, w.Caller.AwsAccountID, in)
}

func (x *exports) part(w *work.Unit, owner string, in *api.ExportRecordsPartInput) (*api.ExportRecordsPartOutput, error) {
	o, err := x.offers.read(owner, in.ExportId, int64(in.Offset.V))
	switch {
	case err != nil:
		return nil, err
	case o == nil:
		return nil, api.NotFound.Errorf("There is no such export (any more), or this is another replica than the one that makes it")
	case o.err != nil:
		return &api.ExportRecordsPartOutput{State: api.Some(o.state), Message: api.Some(exportFailure(o.err))}, nil
	case o.state != api.BackupStateReady:
		return &api.ExportRecordsPartOutput{State: api.Some(o.state)}, nil
	}
	return &api.ExportRecordsPartOutput{
		State: api.Some(o.state), Bytes: api.Some(o.size), Sha256: api.Some(o.sum), Program: api.Some(x.program),
		AwsAccountId: api.Some(w.Caller.AwsAccountID), CreatedTimestamp: api.TimestampOf(o.about.asked), Content: api.Some(o.content),
	}, nil
}

// exportFailure tells the owner of an export why it failed, as far as that is theirs to
// know.
func exportFailure(err error) string {
	if errors.Is(err, syscall.ENOSPC) {
		return "The export failed: there is no room for it on the disk of the server"
	}
	return "The export failed; the log of the server says why"
}
