package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"carillon/internal/pgtest"
	"carillon/store"
	"carillon/store/postgres"
)

// postgres measures one and two replicas of Carillon on one PostgreSQL.
func (b *bench) postgres(ctx context.Context) error {
	if !b.wants("pg-get", "pg-create", "pg-quarter") {
		return nil
	}
	var owner cleaner
	defer owner.clean()
	url, err := owner.database()
	if errors.Is(err, errSkipped) {
		b.skip("PostgreSQL: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	d := dataset{b.pgUsers, b.accounts}
	progress("filling PostgreSQL with %d users", d.users)
	if err := fillPostgres(ctx, url, d); err != nil {
		return fmt.Errorf("filling PostgreSQL: %w", err)
	}
	replicas, err := b.replicas(ctx, url)
	defer func() {
		for _, r := range replicas {
			r.stop()
		}
	}()
	if err != nil {
		return err
	}
	if err := b.oneAndTwo(ctx, d, replicas); err != nil {
		return err
	}
	return b.quarter(ctx, d, replicas)
}

func fillPostgres(ctx context.Context, url string, d dataset) error {
	e, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		return err
	}
	s := store.New(e)
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	return d.fill(ctx, s)
}

// replicas starts two; those that it could start must be stopped.
func (b *bench) replicas(ctx context.Context, url string) (list []*server, err error) {
	for _, name := range []string{"replica-a", "replica-b"} {
		s, err := b.serve(ctx, name, "--database", url, "--data", filepath.Join(b.dir, name))
		if err != nil {
			return list, err
		}
		list = append(list, s)
	}
	return list, nil
}

// oneAndTwo measures a replica in turns with both, each under the same load:
// less of it would cost more a request, for a process that sleeps and wakes
// more often.
func (b *bench) oneAndTwo(ctx context.Context, d dataset, replicas []*server) error {
	for _, pair := range [][]*subject{
		{
			loaded("pg-get", b.connections, reading(d.get), replicas[0]),
			loaded("pg-get-2", 2*b.connections, reading(d.get), replicas...),
		},
		{
			loaded("pg-create", b.writers, writing(d.create), replicas[0]),
			loaded("pg-create-2", 2*b.writers, writing(d.create), replicas...),
		},
	} {
		if !b.wants(pair[0].name) {
			continue
		}
		err := b.withFloor(ctx, pair...)
		pair[0].close()
		pair[1].close()
		if err != nil {
			return err
		}
	}
	return nil
}

// quarter measures the throughput of one replica and of both with each held to
// a quarter of a core, so that the replicas are what is short, not the machine.
func (b *bench) quarter(ctx context.Context, d dataset, replicas []*server) error {
	if !b.wants("pg-quarter") {
		return nil
	}
	for i, r := range replicas {
		c, err := newCage(fmt.Sprintf("carillon-bench-%d-%d", os.Getpid(), i), 0.25)
		if err != nil {
			b.skip("replicas held to a quarter of a core: %v", err)
			return nil
		}
		defer c.remove()
		if err := c.enter(r.pid()); err != nil {
			return err
		}
		defer r.stop() // before its cage is removed
	}
	one := loaded("pg-quarter", b.connections, reading(d.get), replicas[0])
	two := loaded("pg-quarter-2", 2*b.connections, reading(d.get), replicas...)
	defer one.close()
	defer two.close()
	return b.compare(ctx, one, two)
}

// cleaner plays the test for pgtest, which asks for one.
type cleaner struct {
	testing.TB // the methods that are not here are not called
	cleanups   []func()
	err        error
}

var errSkipped = errors.New("not available")

// database returns the URL of an empty database, on a server that makes what
// it commits durable.
func (c *cleaner) database() (url string, err error) {
	done := make(chan struct{})
	go func() { // which Skip and Fatal end
		defer close(done)
		if os.Getenv("CARILLON_TEST_POSTGRES") != "" {
			url = pgtest.URL(c)
			return
		}
		url = pgtest.Start(c, pgtest.Options{}).URL
	}()
	<-done
	return url, c.err
}

func (c *cleaner) clean() {
	for _, fn := range c.cleanups {
		fn()
	}
}

func (c *cleaner) Helper() {}

func (c *cleaner) Cleanup(fn func()) { c.cleanups = append(c.cleanups, fn) }

func (c *cleaner) Skip(args ...any) {
	c.err = fmt.Errorf("%w: %s", errSkipped, fmt.Sprint(args...))
	runtime.Goexit()
}

func (c *cleaner) Fatal(args ...any) {
	c.err = errors.New(fmt.Sprint(args...))
	runtime.Goexit()
}
