package enginetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carillon/store/engine"
)

// Fairness checks that no tenant makes another one wait: what a victim gets done
// beside a neighbour that asks for much, against what it gets done beside one
// that is as busy with ordinary work.
func Fairness(t *testing.T, open func(t *testing.T) engine.Engine) {
	runAll(t, open, []test{
		{"Update_besideBulk", func(d *db) { d.besides(insertOne, insertOne, insertMany) }},
		{"View_besideBulk", func(d *db) { d.besides(readOne, readOne, insertMany) }},
		{"View_besideSlowViews", func(d *db) { d.besides(readOne, readOne, readMany) }},
		{"Update_besideSlowViews", func(d *db) { d.besides(insertOne, readOne, readMany) }},
		{"View_besideStuck", func(d *db) { d.besideStuck(readOne) }},
		{"Update_besideStuck", func(d *db) { d.besideStuck(insertOne) }},
	})
}

const (
	// share is what a victim keeps, at least.
	share = 0.4
	// slowest is what it waits for the slowest of a hundred.
	slowest = time.Second
	// phase is how long a measurement takes; there are two of each in turn.
	phase = 400 * time.Millisecond
	// tries is how often we measure until the result is good: other programs
	// on the machine disturb it.
	tries = 4
	// busy is how many callers a tenant has.
	busy = 24
)

// action is something that a tenant does again and again; key is new each time.
type action func(ctx context.Context, d *db, key string) error

func insertOne(ctx context.Context, d *db, key string) error {
	return d.Update(ctx, func(tx engine.Tx) error {
		_, err := tx.Exec("INSERT INTO things (id) VALUES ($1)", key)
		return err
	})
}

// insertMany is what bulk work does in one step.
func insertMany(ctx context.Context, d *db, key string) error {
	return d.Update(ctx, func(tx engine.Tx) error {
		for i := range 100 {
			if _, err := tx.Exec("INSERT INTO things (id) VALUES ($1)", fmt.Sprint(key, "-", i)); err != nil {
				return err
			}
		}
		return nil
	})
}

func readOne(ctx context.Context, d *db, _ string) error {
	return d.View(ctx, func(tx engine.Tx) error {
		_, err := tx.Exec("SELECT name FROM things WHERE id = $1", "a")
		return err
	})
}

// readMany is a search that no index helps.
func readMany(ctx context.Context, d *db, _ string) error {
	return d.View(ctx, func(tx engine.Tx) error {
		_, err := tx.Exec("WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100000) SELECT count(*) FROM c")
		return err
	})
}

// updateStuck waits for a row that somebody else has locked.
func updateStuck(ctx context.Context, d *db, _ string) error {
	_ = d.Update(ctx, func(tx engine.Tx) error {
		_, err := tx.Exec("UPDATE things SET n = n + 1 WHERE id = $1", "locked")
		return err
	})
	return nil // it is given up in the end
}

// figures are what a tenant got done.
type figures struct {
	done  int
	times []time.Duration
}

// p99 returns how long the slowest of a hundred took.
func (f *figures) p99() time.Duration {
	slices.Sort(f.times)
	return f.times[len(f.times)*99/100]
}

// besides fails unless the victim keeps its share.
func (d *db) besides(victim, ordinary, bulky action) {
	d.add("a")
	var ratio float64
	var p99 time.Duration
	for range tries {
		var calm, troubled figures
		for range 2 {
			d.measure(&calm, victim, ordinary)
			d.measure(&troubled, victim, bulky)
		}
		ratio, p99 = float64(troubled.done)/float64(calm.done), troubled.p99()
		d.Logf("%d and %d, ratio %.2f, p99 %v and %v", calm.done, troubled.done, ratio, calm.p99(), p99)
		if ratio >= share && p99 <= slowest {
			return
		}
	}
	d.Errorf("the victim keeps %.2f with a p99 of %v, want %.1f and %v", ratio, p99, share, slowest)
}

// besideStuck has the neighbour wait for a lock that is held as long as the
// measurement takes.
func (d *db) besideStuck(victim action) {
	d.add("locked")
	if d.oneWriter() {
		d.Skip("there are no locks to wait for with one writer")
	}
	release, held := make(chan struct{}), make(chan struct{})
	var holder sync.WaitGroup
	holder.Go(func() {
		_ = d.update(func(tx engine.Tx) error {
			_, err := tx.Exec("SELECT id FROM things WHERE id = $1 FOR UPDATE", "locked")
			close(held)
			<-release
			return err
		})
	})
	<-held
	defer holder.Wait()
	defer close(release)
	d.besides(victim, readOne, updateStuck)
}

// oneWriter reports whether the engine runs one update at a time.
func (d *db) oneWriter() bool { return d.Exclusive() }

// measure adds what the victim gets done in a phase beside a neighbour. All the
// while the database must answer a ping.
func (d *db) measure(f *figures, victim, neighbour action) {
	ctx, stop := context.WithCancel(context.Background())
	var tenants, pings sync.WaitGroup
	tenants.Go(func() { d.load(ctx, "neighbour", neighbour, new(figures)) })
	pings.Go(func() { d.pingUntil(ctx) })
	time.Sleep(phase / 4) // let it take what it can get
	tenants.Go(func() { d.load(ctx, "victim", victim, f) })
	time.Sleep(phase)
	stop()
	pings.Wait()
	tenants.Wait()
}

var keys atomic.Int64

// load has a tenant's callers do something until ctx ends.
func (d *db) load(ctx context.Context, tenant string, do action, f *figures) {
	var mu sync.Mutex
	together(busy, func(int) {
		var times []time.Duration
		for ctx.Err() == nil {
			began := time.Now()
			err := do(engine.WithTenant(ctx, tenant), d, fmt.Sprint(tenant, keys.Add(1)))
			if ctx.Err() != nil {
				break
			}
			if err != nil {
				d.Error(tenant, err)
				break
			}
			times = append(times, time.Since(began))
		}
		mu.Lock()
		defer mu.Unlock()
		f.done += len(times)
		f.times = append(f.times, times...)
	})
}

func (d *db) pingUntil(ctx context.Context) {
	for ctx.Err() == nil {
		limited, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		if err := d.Ping(limited); err != nil {
			d.Error("ping:", err)
		}
		cancel()
		time.Sleep(10 * time.Millisecond)
	}
}
