package sqlite

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"carillon/store/engine"
)

// write adds about n pages to the log, from several goroutines.
func write(t *testing.T, e *Engine, n int) {
	t.Helper()
	var calls sync.WaitGroup
	const callers, pages = 8, 16
	for range callers {
		calls.Go(func() {
			for range n / callers / pages {
				mustRun(t, e, "INSERT INTO things (id, data) VALUES (hex(randomblob(16)), zeroblob(65536))")
			}
		})
	}
	calls.Wait()
}

// walPages looks at the log through a connection of its own.
func walPages(t *testing.T, path string) int64 {
	t.Helper()
	c, err := openCheckpointer(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	l, err := (&checkpointer{conn: c}).checkpoint("NOOP")
	if err != nil {
		t.Fatal(err)
	}
	return l.pages
}

func TestCheckpoint_boundsTheLog(t *testing.T) {
	e := openTestWith(t, Options{walPages: 500})
	path := e.readers.path
	const pages = 60_000
	write(t, e, pages)
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Size() / pageSize; got > pages/2 {
		t.Errorf("after %d pages the log has %d", pages, got)
	}
}

// TestCheckpoint_whileReading checks that readers, who stay in a transaction as
// long as nothing is written, do not keep the log from starting again.
func TestCheckpoint_whileReading(t *testing.T) {
	e := openTestWith(t, Options{walPages: 500})
	mustRun(t, e, "INSERT INTO things (id) VALUES ('a')")
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for ctx.Err() == nil {
				_ = e.View(t.Context(), func(tx engine.Tx) error {
					_, err := tx.Exec("SELECT id FROM things WHERE id = 'a'")
					return err
				})
			}
		})
	}
	defer readers.Wait()
	defer stop()
	deadline := time.Now().Add(time.Minute)
	for range 3 {
		write(t, e, 600)
		for walPages(t, e.readers.path) >= 500 { // nobody writes now
			if time.Now().After(deadline) {
				t.Fatal("the log does not start again")
			}
			mustRun(t, e, "UPDATE things SET data = randomblob(10) WHERE id = 'a'")
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// TestCheckpoint_lull checks that a short log is copied when nobody writes.
func TestCheckpoint_lull(t *testing.T) {
	e := openTestWith(t, Options{})
	write(t, e, 600)
	c, err := openCheckpointer(e.readers.path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	deadline := time.Now().Add(time.Minute)
	for {
		l, err := (&checkpointer{conn: c}).checkpoint("NOOP")
		if err != nil {
			t.Fatal(err)
		}
		if l.pages > 0 && l.remaining() == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d pages are not copied", l.remaining(), l.pages)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestCheckpoint_longView checks that a view that reads for long does not stop
// the writers, and that the log starts again after it.
func TestCheckpoint_longView(t *testing.T) {
	e := openTestWith(t, Options{walPages: 500})
	path := e.readers.path
	mustRun(t, e, "INSERT INTO things (id) VALUES ('a'), ('b')")
	err := e.View(t.Context(), func(tx engine.Tx) error {
		return tx.Query("SELECT id FROM things", nil, func(engine.Row) error {
			write(t, e, 1000)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := walPages(t, path); n < 1500 {
		t.Errorf("the log has %d pages, although a view has held it", n)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for walPages(t, path) >= 500 {
		if ctx.Err() != nil {
			t.Fatal("the log does not start again")
		}
		write(t, e, 128)
		time.Sleep(50 * time.Millisecond)
	}
}
