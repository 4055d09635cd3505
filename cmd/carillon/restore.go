package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"

	"carillon/server"
)

// identityFlag names who can read encrypted files.
type identityFlag struct {
	Identity []string `help:"File with age identities, AGE-SECRET-KEY-1…, for a file that is encrypted." placeholder:"FILE" type:"existingfile"`
}

func (f *identityFlag) identities() (list []age.Identity, err error) {
	for _, path := range f.Identity {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		found, err := age.ParseIdentities(file)
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		list = append(list, found...)
	}
	return list, nil
}

// open has read a backup file with the identities.
func (f *identityFlag) open(path string, read func(io.Reader, []age.Identity) error) error {
	identities, err := f.identities()
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(read(file, identities), file.Close())
}

type restoreCmd struct {
	File string `arg:"" help:"Backup to restore."`
	Data string `help:"Data directory; it must not hold a database." default:"${data}" placeholder:"DIR"`
	identityFlag
	outputFlag
}

// Run restores the backup and prints what it has brought back.
func (c *restoreCmd) Run(ctx context.Context, s streams) error {
	report := &backupReport{}
	if err := report.describe(c.File); err != nil {
		return err
	}
	err := c.open(c.File, func(r io.Reader, identities []age.Identity) error {
		m, err := server.Restore(ctx, r, c.Data, identities...)
		if err == nil {
			report.SchemaVersion, report.CreatedTimestamp = m.SchemaVersion, m.CreatedTimestamp
			report.Accounts, report.Users = m.Tables["accounts"], m.Tables["users"]
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("nothing was restored: %w", err)
	}
	return c.print(s, map[string]any{"Restore": report})
}

type verifyCmd struct {
	File     string  `arg:"" optional:"" help:"Backup to verify; else a data directory or database is."`
	Data     *string `help:"Data directory; a server may be using it." placeholder:"DIR"`
	Database string  `help:"URL of a PostgreSQL database; servers may be using it." placeholder:"URL"`
	identityFlag
	outputFlag
}

// Validate is called by kong: what it refuses is wrong usage.
func (c *verifyCmd) Validate() error {
	if c.File != "" && c.Data != nil || c.File != "" && c.Database != "" || c.Data != nil && c.Database != "" {
		return errors.New("verify takes one of FILE, --data and --database")
	}
	return nil
}

// Run prints what was found.
func (c *verifyCmd) Run(ctx context.Context, s streams) error {
	report, err := c.verify(ctx)
	if err != nil {
		return err
	}
	for _, note := range report.Notes {
		fmt.Fprintln(s.err, "Note:", note)
	}
	if err := c.print(s, map[string]any{"Verify": report}); err != nil {
		return err
	}
	if !report.Ok {
		return fmt.Errorf("%d problems, the first: %s", len(report.Problems), report.Problems[0])
	}
	return nil
}

func (c *verifyCmd) verify(ctx context.Context) (report *server.VerifyReport, err error) {
	switch {
	case c.File != "":
		err = c.open(c.File, func(r io.Reader, identities []age.Identity) (err error) {
			report, err = verifyUnpacked(ctx, r, identities)
			return err
		})
		return report, err
	case c.Database != "":
		return server.Verify(ctx, server.Options{Database: c.Database})
	case c.Data != nil:
		return server.Verify(ctx, server.Options{Data: *c.Data})
	}
	return server.Verify(ctx, server.Options{Data: defaultData()})
}

// verifyUnpacked verifies a backup in a directory that goes again.
func verifyUnpacked(ctx context.Context, r io.Reader, identities []age.Identity) (*server.VerifyReport, error) {
	dir, err := os.MkdirTemp("", "carillon-verify-")
	if err != nil {
		return nil, err
	}
	report, err := server.VerifyBackup(ctx, r, dir, identities...)
	return report, errors.Join(err, os.RemoveAll(dir))
}
