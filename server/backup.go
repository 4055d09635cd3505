package server

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"carillon/api"
	"carillon/backup"
	"carillon/internal/wholefile"
	"carillon/store"
	"carillon/work"
)

const (
	// scratchDir is where backups are made, in the data directory.
	scratchDir = "backup.tmp"
	// backupPart is how many bytes of a backup go into one answer.
	backupPart = 2 << 20
	// backupKept is how long a backup waits for somebody to read on.
	backupKept = 2 * time.Minute
	// backupRead is how long after a part somebody is taken to read on.
	backupRead = 10 * time.Second
	// backupLook is how often it is looked for what is due, or left.
	backupLook = time.Second
)

// backups makes backups, one at a time: those that somebody asks for, and those of
// a schedule.
type backups struct {
	schedule BackupSchedule
	store    *store.Store
	data     string
	program  string
	now      func() time.Time // of the rules
	log      *slog.Logger
	asked    chan *offered
	retry    time.Time // when the schedule goes on, after a failure

	mu      sync.Mutex
	offered *offered  // nil: none was asked for, or it has gone
	last    time.Time // the last one of the schedule
	busy    bool      // the one that is offered is being made
}

// offered is a backup that somebody has asked for, in a file until it was read.
type offered struct {
	id, path string
	// These are set when it is ready.
	manifest *backup.Manifest
	size     int64
	sum      string
	err      error
	touched  time.Time // when somebody has last asked for it
}

func newBackups(o Options, st *store.Store, now func() time.Time) (*backups, error) {
	b := &backups{
		schedule: o.Backup, store: st, data: o.Data, program: o.Program, now: now, log: o.Log, asked: make(chan *offered, 1),
	}
	switch {
	case st.CanBackup():
	case b.schedule.Dir != "":
		return nil, errors.New("scheduled backups are for the embedded database: PostgreSQL has its own, see docs/backup.md")
	default:
		return b, nil
	}
	// What a process has left that was killed.
	if err := os.RemoveAll(b.scratch()); err != nil {
		return nil, err
	}
	var err error
	b.last, err = b.schedule.newest()
	return b, err
}

func (b *backups) scratch() string { return filepath.Join(b.data, scratchDir) }

// run makes what is asked for and what is due, until ctx ends.
func (b *backups) run(ctx context.Context) {
	ticker := time.NewTicker(backupLook)
	defer ticker.Stop()
	defer os.RemoveAll(b.scratch())
	for {
		select {
		case <-ctx.Done():
			return
		case o := <-b.asked:
			b.offer(ctx, o)
		case <-ticker.C:
			b.forget(time.Now().Add(-backupKept))
			b.makeDue(ctx)
		}
	}
}

// source is what backups are made of.
func (b *backups) source() backup.Source {
	return backup.Source{Store: b.store, Data: b.data, Program: b.program, Now: b.now()}
}

// offer makes a backup that somebody has asked for.
func (b *backups) offer(ctx context.Context, o *offered) {
	sum := sha256.New()
	var size int64
	var m *backup.Manifest
	err := os.MkdirAll(b.scratch(), 0o700)
	if err == nil {
		err = wholefile.Write(o.path, func(w io.Writer) (err error) {
			m, err = backup.Make(ctx, io.MultiWriter(w, sum, (*byteCount)(&size)), b.source(), filepath.Join(b.scratch(), o.id))
			return err
		})
	}
	if err != nil {
		b.log.Error("a backup failed", "error", err.Error())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	o.manifest, o.size, o.sum, o.err, o.touched, b.busy = m, size, hex.EncodeToString(sum.Sum(nil)), err, time.Now(), false
}

// byteCount counts what is written to it.
type byteCount int64

func (c *byteCount) Write(p []byte) (int, error) {
	*c += byteCount(len(p))
	return len(p), nil
}

// forget removes the backup that is offered, unless somebody has asked for it since
// a moment.
func (b *backups) forget(since time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if o := b.offered; o != nil && !b.busy && o.touched.Before(since) {
		b.offered = nil
		_ = os.Remove(o.path) // it failed, or the next start removes it
	}
}

var _ api.BackupsRootOnly[*work.Unit] = (*backups)(nil)

// CreateBackup has a backup made, which ReadBackup then reads. It takes the place
// of one that nobody has read.
func (b *backups) CreateBackup(w *work.Unit, _ *api.CreateBackupInput) (*api.CreateBackupOutput, error) {
	if !b.store.CanBackup() {
		return nil, api.BadRequest.Errorf("This server keeps its data in PostgreSQL: use pg_dump or pg_basebackup, as docs/backup.md says")
	}
	if b.taken() {
		return nil, api.Conflict.Errorf("Another backup is being made or read; wait for its end")
	}
	id := w.NewID()
	w.After(func(err error) {
		if err == nil {
			b.ask(&offered{id: id, path: filepath.Join(b.scratch(), id+".backup"), touched: time.Now()})
		}
	})
	return &api.CreateBackupOutput{BackupId: api.Some(id)}, nil
}

// taken reports whether somebody else is at it.
func (b *backups) taken() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.busy || b.offered != nil && b.offered.err == nil && time.Since(b.offered.touched) < backupRead
}

// ask has a backup made, unless somebody else was faster.
func (b *backups) ask(o *offered) {
	b.forget(time.Now())
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.busy {
		return
	}
	b.offered, b.busy = o, true
	b.asked <- o // there is room: it is only one
}

// ReadBackup tells how far a backup is and, when it is ready, returns some of it.
// With its last part it goes.
func (b *backups) ReadBackup(_ *work.Unit, in *api.ReadBackupInput) (*api.ReadBackupOutput, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.offered
	switch {
	case o == nil || o.id != in.BackupId:
		return nil, api.NotFound.Errorf("There is no such backup (any more)")
	case b.busy:
		return &api.ReadBackupOutput{State: api.Some(api.BackupStateRunning)}, nil
	case o.err != nil:
		return &api.ReadBackupOutput{State: api.Some(api.BackupStateFailed), Message: api.Some(o.err.Error())}, nil
	}
	o.touched = time.Now()
	if in.StateOnly.V == api.FlagTrue {
		return o.state(), nil
	}
	part, err := readPart(o.path, int64(in.Offset.V))
	if err != nil {
		return nil, err
	}
	if int64(in.Offset.V)+int64(len(part)) >= o.size {
		o.touched = time.Time{} // the next look removes it
	}
	out := o.state()
	out.Content = api.Some(base64.StdEncoding.EncodeToString(part))
	return out, nil
}

// state tells of a backup that is ready.
func (o *offered) state() *api.ReadBackupOutput {
	return &api.ReadBackupOutput{
		State: api.Some(api.BackupStateReady), Bytes: api.Some(int(o.size)), Sha256: api.Some(o.sum),
		SchemaVersion: api.Some(int(o.manifest.SchemaVersion)), CreatedTimestamp: api.TimestampOf(o.manifest.CreatedTimestamp),
		Accounts: api.Some(int(o.manifest.Tables["accounts"])), Users: api.Some(int(o.manifest.Users())),
	}
}

func readPart(path string, offset int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	part := make([]byte, backupPart)
	n, err := f.ReadAt(part, offset)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return part[:n], errors.Join(err, f.Close())
}
