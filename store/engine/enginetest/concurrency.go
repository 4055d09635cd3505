package enginetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"carillon/store/engine"
)

// Concurrency checks what [engine.Engine] promises to many callers at once.
func Concurrency(t *testing.T, open func(t *testing.T) engine.Engine) {
	runAll(t, open, []test{
		{"Update_lostUpdate", lostUpdate},
		{"Update_uniqueRace", uniqueRace},
		{"Update_failuresAmongOthers", failuresAmongOthers},
		{"Update_deadlock", deadlock},
		{"View_committedOnly", committedOnly},
		{"Migrate_once", migrateOnce},
		{"Close_underLoad", closeUnderLoad},
	})
}

// callers is how many goroutines call the engine at once.
const callers = 32

// together runs fn on n goroutines, each with its number, and waits for them.
func together(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}

// lostUpdate reads, adds one and writes back, under a row lock.
func lostUpdate(d *db) {
	d.add("a")
	const rounds = 20
	increment := func(tx engine.Tx) error {
		var n int64
		if err := scanOne(tx, &n, "SELECT n FROM things WHERE id = $1 FOR UPDATE", "a"); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE things SET n = $1 WHERE id = $2", n+1, "a")
		return err
	}
	together(callers, func(int) {
		for range rounds {
			if err := d.update(increment); err != nil {
				d.Error(err)
			}
		}
	})
	if n := d.integer("SELECT n FROM things"); n != callers*rounds {
		d.Errorf("n is %d, want %d", n, callers*rounds)
	}
}

// uniqueRace has everybody insert the same key.
func uniqueRace(d *db) {
	const rounds = 20
	for round := range rounds {
		var won atomic.Int64
		together(callers, func(i int) {
			_, err := d.tryExec("INSERT INTO things (id, n) VALUES ($1, $2)", fmt.Sprint(round), i)
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, engine.ErrExists) {
				d.Error(err)
			}
		})
		if won.Load() != 1 {
			d.Errorf("%d inserted the same key", won.Load())
		}
	}
	d.wantThings(rounds)
}

// failuresAmongOthers mixes updates that succeed, fail, panic and violate a
// constraint. All insert two things and must leave both or none.
func failuresAmongOthers(d *db) {
	d.add("taken")
	const rounds = 10
	together(callers, func(i int) {
		for round := range rounds {
			d.mixedUpdate(fmt.Sprintf("%d-%d", i, round), i%4)
		}
	})
	d.wantThings(1 + 2*callers/4*rounds)
	if n := d.integer("SELECT count(*) FROM things WHERE name <> '' AND n <> 0"); n != 0 {
		d.Errorf("%d things of failed updates are there", n)
	}
}

func (d *db) mixedUpdate(id string, kind int) {
	var err error
	panicked := recovered(func() {
		err = d.update(func(tx engine.Tx) error { return insertTwo(tx, id, kind) })
	})
	ok := false
	switch kind {
	case 0:
		ok = err == nil
	case 1:
		ok = err == errTest
	case 2:
		ok = errors.Is(err, engine.ErrExists)
	case 3:
		ok = panicked == id
	}
	if !ok {
		d.Errorf("update %s of kind %d: error %v, panic %v", id, kind, err, panicked)
	}
}

func insertTwo(tx engine.Tx, id string, kind int) error {
	for _, half := range []string{"first", "second"} {
		if _, err := tx.Exec("INSERT INTO things (id, name, n) VALUES ($1, $1, $2)", half+id, kind); err != nil {
			return err
		}
	}
	switch kind {
	case 1:
		return errTest
	case 2:
		_, err := tx.Exec("INSERT INTO things (id) VALUES ($1)", "taken")
		return err
	case 3:
		panic(id)
	}
	return nil
}

// deadlock has two updates take the same rows in opposite order.
func deadlock(d *db) {
	d.add("a", "b")
	orders := [][]string{{"a", "b"}, {"b", "a"}}
	together(2, func(i int) {
		for range 5 {
			d.must(d.update(func(tx engine.Tx) error {
				for _, id := range orders[i] {
					if _, err := tx.Exec("UPDATE things SET n = n + 1 WHERE id = $1", id); err != nil {
						return err
					}
				}
				return nil
			}))
		}
	})
	if n := d.integer("SELECT CAST(sum(n) AS BIGINT) FROM things"); n != 20 {
		d.Errorf("the sum is %d, want 20", n)
	}
}

// committedOnly moves amounts about and checks that the sum stays the same.
func committedOnly(d *db) {
	d.add("a", "b")
	var done atomic.Bool
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for !done.Load() {
				if n := d.integer("SELECT CAST(sum(n) AS BIGINT) FROM things"); n != 0 {
					d.Errorf("a view saw half of an update: the sum is %d", n)
					return
				}
			}
		})
	}
	together(8, func(int) {
		for i := range 50 {
			d.must(d.update(func(tx engine.Tx) error {
				if _, err := tx.Exec("UPDATE things SET n = n - $1 WHERE id = $2", i, "a"); err != nil {
					return err
				}
				_, err := tx.Exec("UPDATE things SET n = n + $1 WHERE id = $2", i, "b")
				return err
			}))
		}
	})
	done.Store(true)
	readers.Wait()
}

// migrateOnce has everybody migrate: one finds the work to be done.
func migrateOnce(d *db) {
	d.add("version")
	var worked atomic.Int64
	together(callers, func(int) {
		err := d.Migrate(context.Background(), func(tx engine.Tx) error {
			var version int64
			if err := scanOne(tx, &version, "SELECT n FROM things WHERE id = $1", "version"); err != nil || version == 1 {
				return err
			}
			worked.Add(1)
			return execAll(tx, "CREATE TABLE others (id KEYTEXT NOT NULL PRIMARY KEY)", "UPDATE things SET n = 1")
		})
		if err != nil {
			d.Error(err)
		}
	})
	if worked.Load() != 1 {
		d.Errorf("%d migrated, want 1", worked.Load())
	}
}

// closeUnderLoad closes the engine while it is being called: every call either
// succeeds or says that the database is unavailable.
func closeUnderLoad(d *db) {
	var started sync.WaitGroup
	started.Add(callers)
	var calls sync.WaitGroup
	for i := range callers {
		calls.Go(func() { d.insertUntilClosed(i, &started) })
	}
	started.Wait()
	d.must(d.Close())
	calls.Wait()
}

func (d *db) insertUntilClosed(i int, started *sync.WaitGroup) {
	for n := 0; ; n++ {
		_, err := d.tryExec("INSERT INTO things (id) VALUES ($1)", fmt.Sprintf("%d-%d", i, n))
		if n == 0 {
			started.Done()
		}
		if err != nil {
			d.wantError(err, engine.ErrUnavailable)
			return
		}
	}
}
