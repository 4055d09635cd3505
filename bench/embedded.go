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

// embedded measures Carillon on the embedded engine, and the engine alone.
func (b *bench) embedded(ctx context.Context) error {
	if !b.wants("get", "email", "page", "create", "update", "reads", "few", "mixed", "start") {
		return nil
	}
	d := dataset{b.users, b.accounts}
	dir, err := b.database(ctx, d)
	if err != nil {
		return err
	}
	copied := filepath.Join(b.dir, "engine")
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		return err
	}
	s, err := b.serve(ctx, "carillon", "--data", dir)
	if err != nil {
		return err
	}
	defer func() { s.stop() }() // it may be another one by then
	if b.against != "" {
		if b.other, err = b.startOther(ctx, d); err != nil {
			return err
		}
		defer b.other.stop()
	}
	err = withSQLite(ctx, copied, func(engine *store.Store) error { return b.operations(ctx, d, s, engine) })
	if err != nil {
		return err
	}
	if err := b.reads(ctx, d, s); err != nil {
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

// dir is where the database of a dataset is kept.
func (d dataset) dir(data string) string {
	return filepath.Join(data, fmt.Sprintf("sqlite-%d-%d", d.users, d.accounts))
}

// database returns the directory of a filled database.
func (b *bench) database(ctx context.Context, d dataset) (string, error) {
	dir := d.dir(b.data)
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

// raw returns a subject that uses the engine without a server.
func raw(name string, workers int, work func() error) *subject {
	return &subject{
		name: name, pids: []int{self}, prepare: func(time.Duration) error { return nil },
		workers: slices.Repeat([]func() error{work}, workers), close: func() {},
	}
}

// rawGet reads single users. Their ids are made beforehand, which would be a
// tenth of the cost, and for every slice anew, as those in requests are.
func (d dataset) rawGet(ctx context.Context, engine *store.Store) *subject {
	type key struct{ account, user string }
	keys := make([]key, 4*fastest)
	s := raw("engine-get", runtime.GOMAXPROCS(0), func() error {
		k := keys[rand.IntN(len(keys))]
		return engine.View(ctx, func(r store.Records) error {
			_, err := r.User(awsAccount, k.account, k.user)
			return err
		})
	})
	s.prepare = func(time.Duration) error {
		for i := range keys {
			n := rand.IntN(d.users)
			keys[i] = key{d.accountOf(n), userID(n)}
		}
		return nil
	}
	return s
}

// rawPage reads a row more than a page has, as ListUsers does to know whether
// there is another one.
func (d dataset) rawPage(ctx context.Context, engine *store.Store) *subject {
	return raw("engine-page", runtime.GOMAXPROCS(0), func() error {
		account := d.account(rand.IntN(d.accounts))
		return engine.View(ctx, func(r store.Records) error {
			return r.Users(store.UserFilter{AwsAccountID: awsAccount, AccountID: account, Limit: 101}, func(*store.User) {})
		})
	})
}

// rawCreate inserts users, with as many callers for a group commit as the
// server has.
func (d dataset) rawCreate(ctx context.Context, engine *store.Store, callers int) *subject {
	return raw("engine-create", callers, func() error {
		u := d.newUser()
		return engine.Update(ctx, func(r store.Records) error { return r.InsertUser(u) })
	})
}

// operations measures single operations of a server, asked for by the key of a user
// with a policy, beside what the engine takes for the same rows of a copy of its
// database.
func (b *bench) operations(ctx context.Context, d dataset, s *server, engine *store.Store) error {
	for _, cell := range []struct {
		name        string
		connections int
		supply      func(maker) func(time.Duration) *batch
		request     maker
		raw         []*subject
	}{
		{"get", b.connections, reading, d.get, []*subject{d.rawGet(ctx, engine)}},
		{"email", b.connections, reading, d.byEmail, nil},
		{"page", b.connections, reading, d.page, []*subject{d.rawPage(ctx, engine)}},
		{"create", b.writers, writing, d.create, []*subject{d.rawCreate(ctx, engine, b.writers)}},
		{"update", b.writers, writing, d.update, nil},
	} {
		if !b.wants(cell.name) {
			continue
		}
		subjects := cell.raw
		for name, server := range map[string]*server{cell.name: s, cell.name + otherSuffix: b.other} {
			if server == nil {
				continue
			}
			key, err := server.newKey(ctx)
			if err != nil {
				return err
			}
			subjects = append(subjects, loaded(name, cell.connections, cell.supply(signedBy(key, cell.request)), server))
		}
		err := b.withFloor(ctx, subjects...)
		for _, subject := range subjects {
			subject.close()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// few compares the database with a small one, which grows while users are created.
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
	for _, work := range growing(b) {
		few := loaded("few"+work.suffix, work.connections, work.supply(small), s)
		large := loaded("many"+work.suffix, work.connections, work.supply(d), many)
		err := b.compare(ctx, few, large)
		few.close()
		large.close()
		if err != nil {
			return err
		}
	}
	return nil
}

// growth is work that should cost the same however many users there are.
type growth struct {
	suffix      string // of its cells
	connections int
	supply      func(dataset) func(time.Duration) *batch
}

func growing(b *bench) []growth {
	return []growth{
		{"", b.connections, func(d dataset) func(time.Duration) *batch { return reading(d.get) }},
		{"-page", b.connections, func(d dataset) func(time.Duration) *batch { return reading(d.page) }},
		{"-create", b.writers, func(d dataset) func(time.Duration) *batch { return writing(d.create) }},
	}
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
