package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"carillon/backup"
	"carillon/internal/wholefile"
)

// BackupSchedule says where and how often a server makes backups by itself.
type BackupSchedule struct {
	// Dir is the directory of the files; empty: there is no schedule.
	Dir string
	// Every is the time between two of them.
	Every time.Duration
	// Keep is how many files are kept; the oldest go. 0: all.
	Keep int
	// Recipients can read the files; none: everybody who has them.
	Recipients []age.Recipient
}

// backupRetry is the time after which a backup is tried again that failed.
const backupRetry = time.Minute

// The names of the files, which tell when they were begun.
const (
	backupPrefix = "carillon-"
	backupSuffix = ".backup"
	backupTime   = "20060102T150405Z"
)

// names returns the names of the files, oldest first.
func (s BackupSchedule) names() (names []string, err error) {
	entries, err := os.ReadDir(s.Dir)
	for _, e := range entries {
		if _, ok := timeOfBackup(e.Name()); ok {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, err
}

func nameOfBackup(at time.Time) string {
	return backupPrefix + at.UTC().Format(backupTime) + backupSuffix
}

func timeOfBackup(name string) (time.Time, bool) {
	name, ok := strings.CutPrefix(name, backupPrefix)
	name, ok2 := strings.CutSuffix(name, backupSuffix)
	at, err := time.Parse(backupTime, name)
	return at, ok && ok2 && err == nil
}

// newest makes the directory, and returns when the last backup in it was begun; the
// zero time: there is none.
func (s BackupSchedule) newest() (at time.Time, err error) {
	if s.Dir == "" {
		return at, nil
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return at, fmt.Errorf("creating the directory of backups: %w", err)
	}
	names, err := s.names()
	if err == nil && len(names) > 0 {
		at, _ = timeOfBackup(names[len(names)-1])
	}
	return at, err
}

// prune removes the oldest files.
func (s BackupSchedule) prune() error {
	names, err := s.names()
	if err != nil || s.Keep <= 0 || len(names) <= s.Keep {
		return err
	}
	for _, name := range names[:len(names)-s.Keep] {
		err = errors.Join(err, os.Remove(filepath.Join(s.Dir, name)))
	}
	return err
}

// makeDue makes the backup of the schedule, if its time has come by the clock of
// the rules.
func (b *backups) makeDue(ctx context.Context) {
	now := b.now()
	if b.schedule.Dir == "" || now.Sub(b.LastBackup()) < b.schedule.Every || time.Now().Before(b.retry) {
		return
	}
	path := filepath.Join(b.schedule.Dir, nameOfBackup(now))
	err := wholefile.Write(path, func(w io.Writer) error {
		_, err := backup.Make(ctx, w, b.source(), filepath.Join(b.scratch(), "scheduled"), b.schedule.Recipients...)
		return err
	})
	if err != nil {
		b.retry = time.Now().Add(backupRetry)
		if ctx.Err() == nil {
			b.log.Error("the scheduled backup failed", "error", err.Error())
		}
		return
	}
	b.mu.Lock()
	b.last = now
	b.mu.Unlock()
	b.log.Info("backup made", "file", path)
	if err := b.schedule.prune(); err != nil {
		b.log.Error("old backups were not removed", "error", err.Error())
	}
}

// LastBackup returns when the last backup of the schedule was begun, by the clock
// of the rules; the zero time: there is none.
func (b *backups) LastBackup() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.last
}

// lastScheduled returns what tells the time of the last backup; nil: none are scheduled.
func (b *backups) lastScheduled() func() time.Time {
	if b.schedule.Dir == "" {
		return nil
	}
	return b.LastBackup
}
