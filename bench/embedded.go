package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"carillon/store"
	"carillon/store/sqlite"
)

// embedded measures the embedded engine, alone and under Carillon.
func (b *bench) embedded(ctx context.Context) error {
	serving := b.wants("get", "email", "page", "create", "update", "few", "mixed", "start")
	if !serving && !b.wants("engine-get", "engine-page", "engine-create") {
		return nil
	}
	d := dataset{b.users, b.accounts}
	dir, err := b.database(ctx, d)
	if err != nil {
		return err
	}
	if err := b.engine(ctx, d, dir); err != nil || !serving {
		return err
	}
	s, err := b.serve(ctx, "carillon", "--data", dir)
	if err != nil {
		return err
	}
	defer func() { s.stop() }() // it may be another one by then
	if err := b.operations(ctx, d, s); err != nil {
		return err
	}
	if err := b.few(ctx, d, s); err != nil {
		return err
	}
	if err := b.mixed(ctx, d, s); err != nil {
		return err
	}
	s, err = b.restarts(ctx, s, dir)
	return err
}

// database returns the directory of a filled database.
func (b *bench) database(ctx context.Context, d dataset) (string, error) {
	dir := filepath.Join(b.data, fmt.Sprintf("sqlite-%d-%d", d.users, d.accounts))
	complete := filepath.Join(dir, "complete")
	if _, err := os.Stat(complete); err == nil {
		return dir, nil
	}
	progress("filling a database with %d users", d.users)
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o700)); err != nil {
		return "", err
	}
	err := withSQLite(ctx, dir, func(s *store.Store) error { return d.fill(ctx, s) })
	if err != nil {
		return "", fmt.Errorf("filling the database: %w", err)
	}
	return dir, os.WriteFile(complete, nil, 0o600)
}

// withSQLite opens the database of a server that does not run.
func withSQLite(ctx context.Context, dir string, fn func(*store.Store) error) error {
	e, err := sqlite.Open(ctx, filepath.Join(dir, "carillon.db"), sqlite.Options{})
	if err != nil {
		return err
	}
	s := store.New(e)
	if err := s.Migrate(ctx); err != nil {
		return errors.Join(err, s.Close())
	}
	return errors.Join(fn(s), s.Close())
}

// engine measures what the engine takes for the rows that operations need.
func (b *bench) engine(ctx context.Context, d dataset, dir string) error {
	if !b.wants("engine-get", "engine-page", "engine-create") {
		return nil
	}
	return withSQLite(ctx, dir, func(s *store.Store) error {
		for _, cell := range []struct {
			name    string
			workers int
			work    func() error
		}{
			{"engine-get", runtime.GOMAXPROCS(0), d.readOne(ctx, s)},
			{"engine-page", runtime.GOMAXPROCS(0), d.readPage(ctx, s)},
			{"engine-create", b.writers, d.insertOne(ctx, s)},
		} {
			if !b.wants(cell.name) {
				continue
			}
			found, err := b.alternate(ctx, b.seconds, &subject{
				name: cell.name, pids: []int{self}, prepare: func(time.Duration) error { return nil },
				workers: slices.Repeat([]func() error{cell.work}, cell.workers),
			})
			if err != nil {
				return err
			}
			found[0].Generator = 0 // it is the subject
			b.keep(found[0])
		}
		return nil
	})
}

// readOne picks among users whose ids are known beforehand: making an id would
// be a tenth of the cost.
func (d dataset) readOne(ctx context.Context, s *store.Store) func() error {
	type key struct{ account, user string }
	keys := make([]key, repeated)
	for i := range keys {
		n := rand.IntN(d.users)
		keys[i] = key{d.accountOf(n), userID(n)}
	}
	return func() error {
		k := keys[rand.IntN(len(keys))]
		return s.View(ctx, func(r store.Records) error {
			_, err := r.User(awsAccount, k.account, k.user)
			return err
		})
	}
}

// readPage reads a row more than it shows, as ListUsers does to know whether
// there is another page.
func (d dataset) readPage(ctx context.Context, s *store.Store) func() error {
	return func() error {
		account := d.account(rand.IntN(d.accounts))
		return s.View(ctx, func(r store.Records) error {
			_, err := r.Users(store.UserFilter{AccountID: account, Limit: 101})
			return err
		})
	}
}

func (d dataset) insertOne(ctx context.Context, s *store.Store) func() error {
	return func() error {
		u := d.newUser()
		return s.Update(ctx, func(r store.Records) error { return r.InsertUser(u) })
	}
}

// operations measures single operations of a server.
func (b *bench) operations(ctx context.Context, d dataset, s *server) error {
	for _, subject := range []*subject{
		loaded("get", b.connections, reading(d.get), s),
		loaded("email", b.connections, reading(d.byEmail), s),
		loaded("page", b.connections, reading(d.page), s),
		loaded("create", b.writers, writing(d.create), s),
		loaded("update", b.writers, writing(d.update), s),
	} {
		if !b.wants(subject.name) {
			continue
		}
		err := b.against(ctx, subject)
		subject.close()
		if err != nil {
			return err
		}
	}
	return nil
}

// few compares the database with a small one.
func (b *bench) few(ctx context.Context, d dataset, many *server) error {
	if !b.wants("few") {
		return nil
	}
	small := dataset{b.fewUsers, b.accounts}
	dir, err := b.database(ctx, small)
	if err != nil {
		return err
	}
	s, err := b.serve(ctx, "few", "--data", dir)
	if err != nil {
		return err
	}
	defer s.stop()
	few, large := loaded("few", b.connections, reading(small.get), s), loaded("many", b.connections, reading(d.get), many)
	defer few.close()
	defer large.close()
	return b.compare(ctx, few, large)
}

// mixed puts a server under mixed load and looks at its memory then.
func (b *bench) mixed(ctx context.Context, d dataset, s *server) error {
	if !b.wants("mixed") {
		return nil
	}
	load := loaded("mixed", b.writers, writing(d.mixed), s)
	defer load.close()
	found, err := b.alternate(ctx, mixedRounds*b.seconds, load)
	if err != nil {
		return err
	}
	b.keep(found[0])
	bytes, err := anonymousMemory(s.pid())
	b.scalars["memory"] = float64(bytes) / (1 << 20)
	return err
}

const (
	// mixedRounds is how much longer mixed load lasts than other cells.
	mixedRounds = 4
	// starts is how often a server is started to find the median.
	starts = 3
)

// restarts measures the time to ready. It returns the server that runs then.
func (b *bench) restarts(ctx context.Context, s *server, dir string) (*server, error) {
	if !b.wants("start") {
		return s, nil
	}
	var took []float64
	for range starts {
		s.stop()
		began := time.Now()
		next, err := b.serve(ctx, "carillon", "--data", dir)
		if err != nil {
			return s, err
		}
		s = next
		took = append(took, float64(time.Since(began).Microseconds())/1000)
	}
	slices.Sort(took)
	b.scalars["start"] = took[starts/2]
	return s, nil
}
