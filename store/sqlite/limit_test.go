package sqlite

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"carillon/store/engine"
)

// A tenant may not read for as long as it likes; the background may.
func TestView_readLimit(t *testing.T) {
	e, err := Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), Options{readLimit: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	const long = `WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2000000000) SELECT count(*) FROM c`
	read := func(tx engine.Tx) error { _, err := tx.Exec(long); return err }
	tenant := engine.WithTenant(t.Context(), "a")
	wantErrors(t, []error{e.View(tenant, read)}, engine.ErrUnavailable)
	wantErrors(t, []error{e.View(tenant, run("SELECT 1"))}, nil) // the reader is good for more
	limited, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	wantErrors(t, []error{e.View(limited, read)}, context.DeadlineExceeded)
}

// Updates of several tenants are committed in steps; those of one are not, for
// nobody else waits for them.
func TestUpdate_steps(t *testing.T) {
	for name, c := range map[string]struct {
		tenants []string
		steps   int
	}{
		"one tenant":  {[]string{"a", "a", "a", "a"}, 1},
		"two tenants": {[]string{"a", "b", "a", "b"}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			e := openTest(t)
			before := e.readers.version.Load()
			bulky := func(engine.Tx) error { time.Sleep(2 * maxStep); return nil }
			var calls sync.WaitGroup
			hold := make(chan struct{})
			calls.Go(func() {
				_ = e.Update(engine.WithTenant(t.Context(), "a"), func(engine.Tx) error { <-hold; return nil })
			})
			for i, tenant := range c.tenants {
				calls.Go(func() { _ = e.Update(engine.WithTenant(t.Context(), tenant), bulky) })
				for e.writer.queue.len() <= i-1 {
					time.Sleep(time.Millisecond)
				}
			}
			time.Sleep(20 * time.Millisecond)
			close(hold)
			calls.Wait()
			steps := int(e.readers.version.Load() - before)
			if steps < c.steps || steps > c.steps+2 {
				t.Errorf("%d commits, want %d", steps, c.steps)
			}
		})
	}
}
