package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"carillon/api"
	"carillon/backup"
	"carillon/store"
	"carillon/work"
)

const (
	// scratchDir is where backups are made, in the data directory.
	scratchDir = "backup.tmp"
	// backupRead is how long after a part somebody is taken to read on.
	backupRead = 10 * time.Second
	// backupsOwner owns the one that can be asked for: it is of everything.
	backupsOwner = ""
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
	offers   *offers[*backup.Manifest]
	retry    time.Time // when the schedule goes on, after a failure

	mu   sync.Mutex
	last time.Time // the last one of the schedule
}

func newBackups(o Options, st *store.Store, now func() time.Time) (*backups, error) {
	b := &backups{
		schedule: o.Backup, store: st, data: o.Data, program: o.Program, now: now, log: o.Log,
	}
	b.offers = newOffers[*backup.Manifest](b.scratch(), 1, backupRead)
	switch {
	case st.CanBackup():
	case b.schedule.Dir != "":
		return nil, errors.New("scheduled backups are for the embedded database: PostgreSQL has its own, see docs/backup.md")
	default:
		return b, nil
	}
	// What a process has left that was killed.
	if err := b.offers.clear(); err != nil {
		return nil, err
	}
	var err error
	b.last, err = b.schedule.newest()
	return b, err
}

func (b *backups) scratch() string { return filepath.Join(b.data, scratchDir) }

// run makes what is asked for and what is due, until ctx ends.
func (b *backups) run(ctx context.Context) {
	ticker := time.NewTicker(offerLook)
	defer ticker.Stop()
	defer func() { _ = b.offers.clear() }()
	for {
		select {
		case <-ctx.Done():
			return
		case o := <-b.offers.asked:
			b.offer(ctx, o)
		case <-ticker.C:
			b.offers.forget(time.Now().Add(-offerKept))
			b.makeDue(ctx)
		}
	}
}

// source is what backups are made of.
func (b *backups) source() backup.Source {
	return backup.Source{Store: b.store, Data: b.data, Program: b.program, Now: b.now()}
}

// offer makes a backup that somebody has asked for.
func (b *backups) offer(ctx context.Context, o *offer[*backup.Manifest]) {
	err := b.offers.make(o, func(w io.Writer) (err error) {
		o.about, err = backup.Make(ctx, w, b.source(), o.path+".tmp")
		return err
	})
	if err != nil {
		b.log.Error("a backup failed", "error", err.Error())
	}
}

var _ api.BackupsRootOnly[*work.Unit] = (*backups)(nil)

// CreateBackup has a backup made, which ReadBackup then reads. It takes the place
// of one that nobody has read.
func (b *backups) CreateBackup(w *work.Unit, _ *api.CreateBackupInput) (*api.CreateBackupOutput, error) {
	if !b.store.CanBackup() {
		return nil, api.BadRequest.Errorf("This server keeps its data in PostgreSQL: use pg_dump or pg_basebackup, as docs/backup.md says")
	}
	if b.offers.admits(backupsOwner) != nil {
		return nil, api.Conflict.Errorf("Another backup is being made or read; wait for its end")
	}
	return &api.CreateBackupOutput{BackupId: api.Some(b.offers.order(w, backupsOwner, nil))}, nil
}

// ReadBackup tells how far a backup is and, when it is ready, returns some of it.
// With its last part it goes.
func (b *backups) ReadBackup(_ *work.Unit, in *api.ReadBackupInput) (out *api.ReadBackupOutput, err error) {
	var o *offered[*backup.Manifest]
	if in.StateOnly.V == api.FlagTrue {
		o = b.offers.look(backupsOwner, in.BackupId)
	} else if o, err = b.offers.read(backupsOwner, in.BackupId, int64(in.Offset.V)); err != nil {
		return nil, err
	}
	switch {
	case o == nil:
		return nil, api.NotFound.Errorf("There is no such backup (any more)")
	case o.err != nil:
		return &api.ReadBackupOutput{State: api.Some(o.state), Message: api.Some(o.err.Error())}, nil
	case o.state != api.BackupStateReady:
		return &api.ReadBackupOutput{State: api.Some(o.state)}, nil
	}
	out = backupState(o)
	if in.StateOnly.V != api.FlagTrue {
		out.Content = api.Some(o.content)
	}
	return out, nil
}

// backupState tells of a backup that is ready.
func backupState(o *offered[*backup.Manifest]) *api.ReadBackupOutput {
	return &api.ReadBackupOutput{
		State: api.Some(o.state), Bytes: api.Some(o.size), Sha256: api.Some(o.sum),
		SchemaVersion: api.Some(int(o.about.SchemaVersion)), CreatedTimestamp: api.TimestampOf(o.about.CreatedTimestamp),
		Accounts: api.Some(int(o.about.Tables["accounts"])), Users: api.Some(int(o.about.Users())),
	}
}
