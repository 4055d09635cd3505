package access

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestCache(t *testing.T) {
	var c cache
	cred := &Credential{Secret: "s"}
	if _, ok := c.get("k"); ok {
		t.Error("something in an empty cache")
	}
	c.put("k", cred, c.now())
	if got, ok := c.get("k"); !ok || got != cred {
		t.Errorf("got %v, %v", got, ok)
	}
	c.forget("other")
	if _, ok := c.get("k"); !ok {
		t.Error("forgetting one key forgot another")
	}
	c.forget("k")
	if _, ok := c.get("k"); ok {
		t.Error("not forgotten")
	}
}

// What was read before a change is not remembered after it.
func TestCache_lateReader(t *testing.T) {
	var c cache
	generation := c.now()
	c.forget("k")
	c.put("k", &Credential{}, generation)
	if _, ok := c.get("k"); ok {
		t.Error("a reader that came late left what it had read")
	}
}

// Nor is it served for a moment: who asks after the change has been
// acknowledged must not get what a late reader is about to drop.
func TestCache_lateReaderUnseen(t *testing.T) {
	var c cache
	generation := c.now()
	c.forget("k") // the key is disabled, and its caller has been told
	var served atomic.Int64
	var wg sync.WaitGroup
	end := time.Now().Add(300 * time.Millisecond)
	wg.Go(func() {
		for time.Now().Before(end) {
			c.put("k", &Credential{}, generation)
		}
	})
	wg.Go(func() {
		for time.Now().Before(end) {
			if _, ok := c.get("k"); ok {
				served.Add(1)
			}
		}
	})
	wg.Wait()
	if n := served.Load(); n > 0 {
		t.Errorf("a disabled key was served %d times", n)
	}
}
