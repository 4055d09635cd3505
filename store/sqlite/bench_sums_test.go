//go:build unix

package sqlite

import (
	"path/filepath"
	"syscall"
	"testing"

	"carillon/store/engine"
)

// BenchmarkSum reads a log and sums its pages, as a checkpoint does first: the price of
// a frame.
func BenchmarkSum(b *testing.B) {
	e, err := Open(b.Context(), filepath.Join(b.TempDir(), "carillon.db"), Options{walPages: 1 << 40})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	err = e.Update(b.Context(), func(tx engine.Tx) error {
		_, err := tx.Exec("CREATE TABLE things (data BLOB)")
		return err
	})
	for range 10 {
		if err == nil {
			err = e.Update(b.Context(), func(tx engine.Tx) error {
				_, err := tx.Exec("INSERT INTO things (data) VALUES (randomblob(2000000))")
				return err
			})
		}
	}
	if err != nil {
		b.Fatal(err)
	}
	frames, before := int64(0), processorTime()
	for b.Loop() {
		l, err := openLog(e.readers.path)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := l.begin(); err != nil {
			b.Fatal(err)
		}
		fresh := map[uint32]uint32{}
		if err := l.read(1<<62, func(f frame) { fresh[f.page] = pageSum(f.page, f.data) }); ignoreEnd(err) != nil {
			b.Fatal(err)
		}
		frames += l.frames
		if err := l.close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(processorTime()-before)/float64(frames), "cpu-ns/frame")
}

// processorTime is what the process has had of processors, in nanoseconds.
func processorTime() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
