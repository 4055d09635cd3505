package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"filippo.io/age"

	"carillon/backup"
	"carillon/internal/client"
	"carillon/internal/wholefile"
	"carillon/server"
)

type backupCmd struct {
	File      string      `arg:"" help:"File to write; one that exists is replaced when all is there."`
	Data      string      `help:"Data directory that is opened if no server answers." default:"${data}" placeholder:"DIR"`
	EncryptTo []recipient `help:"age recipient to encrypt the file to, age1…; several: any of them can read it." placeholder:"RECIPIENT"`
	remoteFlags
}

// backupReport is what is known of a backup when it is written.
type backupReport struct {
	File             string
	Bytes            int64
	Sha256           string
	SchemaVersion    int64
	CreatedTimestamp time.Time
	Accounts, Users  int64
}

// Run writes the file whole or not at all.
func (c *backupCmd) Run(ctx context.Context, s streams) error {
	if info, err := os.Stat(c.File); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no file, and a backup is written to one, whole or not at all", c.File)
	}
	report := &backupReport{}
	err := wholefile.Write(c.File, func(w io.Writer) error { return c.write(ctx, w, report, recipientsOf(c.EncryptTo)) })
	if err == nil {
		err = report.describe(c.File)
	}
	if err != nil {
		return err
	}
	return c.print(s, map[string]any{"Backup": report})
}

// write has the server make the backup or, if none answers, opens the data
// directory.
func (c *backupCmd) write(ctx context.Context, w io.Writer, report *backupReport, recipients []age.Recipient) error {
	cl, err := c.server(ctx)
	if err == nil {
		err = download(ctx, cl, w, report, recipients)
	}
	if !errors.Is(err, client.ErrNoAnswer) {
		return err
	}
	o := server.Options{Data: c.Data, Program: programText(), Log: slog.New(slog.DiscardHandler)}
	m, failed := server.MakeBackup(ctx, w, o, recipients...)
	if failed != nil {
		return fmt.Errorf("%w (and %w)", failed, err)
	}
	report.SchemaVersion, report.CreatedTimestamp = m.SchemaVersion, m.CreatedTimestamp
	report.Accounts, report.Users = m.Tables["accounts"], m.Users()
	return nil
}

// server returns a client with the credentials of the environment or, without any,
// those that the server has left in the data directory.
func (c *backupCmd) server(ctx context.Context) (*client.Client, error) {
	cl, err := c.client(ctx)
	if err == nil {
		return cl, nil
	}
	if cl, err2 := serverOf(ctx, c.Data, c.EndpointURL); err2 == nil {
		return cl, nil
	}
	return nil, fmt.Errorf("%w: %w", client.ErrNoAnswer, err)
}

// describe says what lies on the disk.
func (r *backupReport) describe(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	r.File = path
	if r.Bytes, err = io.Copy(sum, f); err == nil {
		r.Sha256 = hex.EncodeToString(sum.Sum(nil))
	}
	return err
}

// recipient is somebody who can read what is encrypted, by age's text for them.
type recipient struct{ age.Recipient }

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *recipient) UnmarshalText(text []byte) error {
	parsed, err := age.ParseX25519Recipient(string(text))
	if err != nil {
		return fmt.Errorf("it takes age recipients, age1…: %w", err)
	}
	r.Recipient = parsed
	return nil
}

func recipientsOf(named []recipient) (list []age.Recipient) {
	for _, r := range named {
		list = append(list, r.Recipient)
	}
	return list
}

// part is an answer of ReadBackup.
type part struct {
	State, Message, Content, Sha256 string
	Bytes, SchemaVersion            int64
	Accounts, Users                 int64
	CreatedTimestamp                time.Time
}

// backupPoll is how often it is asked whether a backup is ready.
const backupPoll = 100 * time.Millisecond

// download has a server make a backup and reads it, bit by bit.
func download(ctx context.Context, cl *client.Client, w io.Writer, report *backupReport, recipients []age.Recipient) error {
	answer, err := cl.Call(ctx, "CreateBackup", nil)
	if err != nil {
		return err
	}
	var made struct{ BackupId string } //nolint:revive // as in the API
	if err := json.Unmarshal(answer, &made); err != nil {
		return fmt.Errorf("unexpected answer: %w", err)
	}
	first, err := awaitBackup(ctx, cl, made.BackupId)
	if err != nil {
		return after(err)
	}
	report.SchemaVersion, report.CreatedTimestamp = first.SchemaVersion, first.CreatedTimestamp
	report.Accounts, report.Users = first.Accounts, first.Users
	sealed, err := backup.Encrypt(w, recipients...)
	if err != nil {
		return err
	}
	return after(errors.Join(readBackup(ctx, cl, made.BackupId, first, sealed), sealed.Close()))
}

// after is the error of a server that has answered once: it is no reason to open
// the data directory.
func after(err error) error {
	if errors.Is(err, client.ErrNoAnswer) {
		return fmt.Errorf("the server has gone: %s", err.Error())
	}
	return err
}

func readPart(ctx context.Context, cl *client.Client, id string, offset int64) (*part, error) {
	answer, err := cl.Call(ctx, "ReadBackup", client.Members{"BackupId": id, "Offset": offset})
	if err != nil {
		return nil, err
	}
	p := &part{}
	if err := json.Unmarshal(answer, p); err != nil {
		return nil, fmt.Errorf("unexpected answer: %w", err)
	}
	return p, nil
}

// awaitBackup waits until a backup is ready, and returns its first part.
func awaitBackup(ctx context.Context, cl *client.Client, id string) (*part, error) {
	for {
		p, err := readPart(ctx, cl, id, 0)
		switch {
		case err != nil:
			return nil, err
		case p.State == "Failed":
			return nil, fmt.Errorf("the server could not make the backup: %s", p.Message)
		case p.State == "Ready":
			return p, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(backupPoll):
		}
	}
}

// readBackup writes all parts, which must be what the server has written.
func readBackup(ctx context.Context, cl *client.Client, id string, p *part, w io.Writer) (err error) {
	sum := sha256.New()
	both := io.MultiWriter(w, sum)
	for read := int64(0); ; {
		content, err := base64.StdEncoding.DecodeString(p.Content)
		if err != nil {
			return fmt.Errorf("unexpected answer: %w", err)
		}
		if _, err := both.Write(content); err != nil {
			return err
		}
		if read += int64(len(content)); read >= p.Bytes || len(content) == 0 {
			break
		}
		if p, err = readPart(ctx, cl, id, read); err != nil {
			return err
		}
	}
	if hex.EncodeToString(sum.Sum(nil)) != p.Sha256 {
		return fmt.Errorf("%w: what has come is not what the server has sent", backup.ErrDamaged)
	}
	return nil
}

// programText names this program in backups.
func programText() string { return cmp.Or(version, "?") + " " + commit() }
