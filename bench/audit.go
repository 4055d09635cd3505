package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"carillon/api"
	"carillon/store"
	"carillon/trail"
	"carillon/work"
)

// audit measures what records cost creations and updates.
func (b *bench) audit(ctx context.Context) error {
	d := dataset{b.users, b.accounts}
	if err := b.auditOf(ctx, "create-audit", d, writing(d.create)); err != nil {
		return err
	}
	return b.auditOf(ctx, "update-audit", d, writing(d.update))
}

// auditOf measures a write with records and without, by servers on copies of the
// same database, in turns.
func (b *bench) auditOf(ctx context.Context, cell string, d dataset, write func(time.Duration) *batch) error {
	if !b.wants(cell, cell+"-off") {
		return nil
	}
	dir, err := b.database(ctx, d)
	if err != nil {
		return err
	}
	var subjects []*subject
	for name, level := range map[string]string{cell: "changes", cell + "-off": "off"} {
		copied := filepath.Join(b.dir, name)
		if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
			return err
		}
		s, err := b.serve(ctx, name, "--data", copied, "--audit", level)
		if err != nil {
			return err
		}
		defer s.stop()
		load := loaded(name, b.writers, write, s)
		defer load.close()
		subjects = append(subjects, load)
	}
	return b.compareWhole(ctx, subjects...)
}

// pgAudit is audit for PostgreSQL, with a database each.
func (b *bench) pgAudit(ctx context.Context) error {
	if !b.wants("pg-create-audit", "pg-create-audit-off") {
		return nil
	}
	d := dataset{b.pgUsers, b.accounts}
	var subjects []*subject
	for name, level := range map[string]string{"pg-create-audit": "changes", "pg-create-audit-off": "off"} {
		var owner cleaner
		defer owner.clean()
		url, err := owner.database()
		if err != nil {
			b.skip("PostgreSQL: %v", err)
			return nil
		}
		if err := fillPostgres(ctx, url, d); err != nil {
			return err
		}
		s, err := b.serve(ctx, name, "--database", url, "--data", filepath.Join(b.dir, name), "--audit", level)
		if err != nil {
			return err
		}
		defer s.stop()
		load := loaded(name, b.writers, writing(d.create), s)
		defer load.close()
		subjects = append(subjects, load)
	}
	return b.compareWhole(ctx, subjects...)
}

// afterwards is how long records may wait to be sealed, and a bit more.
const afterwards = 5 * time.Second

// compareWhole measures subjects in turns with each other. The CPU is all that
// they have used, also while others had their turn: records are sealed later.
func (b *bench) compareWhole(ctx context.Context, subjects ...*subject) error {
	before := make([]time.Duration, len(subjects))
	var err error
	for i, s := range subjects {
		if before[i], err = cpuTime(s.pids...); err != nil {
			return err
		}
	}
	found, err := b.alternate(ctx, b.seconds, subjects...)
	if err != nil {
		return err
	}
	time.Sleep(afterwards)
	for i, m := range found {
		after, err := cpuTime(subjects[i].pids...)
		if err != nil {
			return err
		}
		progress("%s: %.1f µs in its turns", m.Name, m.CPU)
		m.CPU = perRequest(after-before[i], m.Requests)
		b.keep(m)
	}
	return nil
}

// recordInterval is the time between two records of a filled audit.
const recordInterval = 20 // ms

// lookup measures look-ups among many records.
func (b *bench) lookup(ctx context.Context) error {
	if b.auditRecords == 0 || !slices.ContainsFunc(b.lookups(), func(c lookup) bool { return b.wants(c.name) }) {
		return nil
	}
	dir, err := b.auditDatabase(ctx)
	if err != nil {
		return err
	}
	s, err := b.serve(ctx, "lookup", "--data", dir, "--audit-retention", "0")
	if err != nil {
		return err
	}
	defer s.stop()
	for _, cell := range b.lookups() {
		if !b.wants(cell.name) {
			continue
		}
		load := loaded(cell.name, 1, reading(func(s *signer) request {
			return s.request("GET", "/carillon/v1/audit-events?max-results=50"+cell.query(), "", "", 200)
		}), s)
		err := b.compare(ctx, load)
		load.close()
		if err != nil {
			return err
		}
	}
	return nil
}

// lookup is a cell with what it looks up.
type lookup struct {
	name  string
	query func() string
}

func (b *bench) lookups() []lookup {
	return []lookup{
		{"lookup-newest", func() string { return "" }},
		{"lookup-name", func() string { return "&event-name=CreateUser" }},
		{"lookup-resource", func() string { return "&resource=" + userID(rand.IntN(b.auditRecords)) }},
		{"lookup-spread", func() string { return "&resource=" + auditAccount() }},
		{"lookup-time", func() string {
			at := time.UnixMilli(epoch + rand.Int64N(int64(b.auditRecords)*recordInterval)).UTC()
			return "&end-time=" + url.QueryEscape(at.Format(time.RFC3339))
		}},
	}
}

// auditStep is how many records are filled in one transaction.
const auditStep = 10_000

// auditAccount is one of a thousand accounts that records are about.
func auditAccount() string { return timeOrdered(epoch, uint64(rand.IntN(1000))) }

// auditDatabase returns the directory of a database with many sealed records.
func (b *bench) auditDatabase(ctx context.Context) (string, error) {
	dir := filepath.Join(b.data, fmt.Sprintf("audit-%d", b.auditRecords))
	complete := filepath.Join(dir, "complete")
	if _, err := os.Stat(complete); err == nil {
		return dir, nil
	}
	progress("filling a database with %d records", b.auditRecords)
	began := time.Now()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	err := withSQLite(ctx, dir, func(s *store.Store) error {
		t := trail.New(trail.Config{Exclusive: true})
		for i := 0; i < b.auditRecords; i += auditStep {
			if err := fillAudit(ctx, t, s, i, min(i+auditStep, b.auditRecords)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	progress("filled in %s", time.Since(began).Round(time.Second))
	return dir, os.WriteFile(complete, nil, 0o600)
}

// fillAudit writes records of creations, each with a user of its own,
// in one transaction, so that it waits for the disk once.
func fillAudit(ctx context.Context, t *trail.Trail, s *store.Store, from, to int) error {
	return s.Update(ctx, func(r store.Records) error {
		for i := from; i < to; i += fillBatch {
			var events []work.Event
			for k := i; k < min(i+fillBatch, to); k++ {
				events = append(events, creation(r, k))
			}
			if err := t.Keep(events...); err != nil {
				return err
			}
		}
		return nil
	})
}

// creation is the event of the creation of user i.
func creation(r store.Records, i int) work.Event {
	account := auditAccount()
	return work.Event{
		Unit: &work.Unit{
			Records: r, Op: api.Operation("CreateUser"), Now: time.UnixMilli(epoch + int64(i)*recordInterval),
			Caller:  &api.Caller{AwsAccountID: awsAccount, ARN: "arn:aws:iam::" + awsAccount + ":root", Root: true, AccessKeyID: rootKey.AccessKeyID},
			Request: &work.Request{ID: timeOrdered(epoch, noise(i)), SourceIP: "127.0.0.1", UserAgent: userAgent, Region: "us-east-1"},
		},
		In: &api.CreateUserInput{AccountId: account, Email: api.Some(email(i)), Username: api.Some("New User")},
		Out: &api.CreateUserOutput{User: &api.User{
			UserId: userID(i), AccountId: api.Some(account), LicenseType: api.Some(api.LicensePro), PrimaryEmail: api.Some(email(i)),
		}},
	}
}
