package store_test

import (
	"context"
	"syscall"
	"testing"
	"time"
)

// cpu returns how much processor time this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// create64 creates users by 64 callers, and returns the processor time of one; the
// packing of those who are due is part of it.
func (c *crowd) create64(b *testing.B, users int, indexed bool) time.Duration {
	b.Helper()
	begun := cpu(b)
	done := make(chan error)
	for range 64 {
		go func() {
			for range users / 64 {
				if err := c.create(); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 64 {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	if indexed {
		packer := c.NewPacker()
		for more := true; more; {
			var err error
			if more, err = packer.Step(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	}
	return (cpu(b) - begun) / time.Duration(users)
}

// BenchmarkSearchIndex measures what packed users cost a durable create, in turns with
// a database that has none.
func BenchmarkSearchIndex(b *testing.B) {
	const users, each = 100_000, 32_000
	plain, _ := newCrowd(b, users)
	indexed, _ := newCrowd(b, users)
	if err := indexed.SetSearchIndex(b.Context(), true); err != nil {
		b.Fatal(err)
	}
	indexed.create64(b, 64, true) // packs those who are there
	for b.Loop() {
		b.Log("µs of CPU a create: ", plain.create64(b, each, false).Nanoseconds()/1000, "plain, ", indexed.create64(b, each, true).Nanoseconds()/1000, "indexed")
	}
}
