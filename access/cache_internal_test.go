package access

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carillon/api"
)

func TestCache(t *testing.T) {
	var c cache
	cred := &Credential{Secret: "s", Caller: api.Caller{AwsAccountID: "a"}}
	if _, ok := c.get("k"); ok {
		t.Error("something in an empty cache")
	}
	c.put("k", cred, 1, c.now())
	if got, ok := c.get("k"); !ok || got != cred {
		t.Errorf("got %v, %v", got, ok)
	}
	c.forget("other")
	if _, ok := c.get("k"); !ok {
		t.Error("forgetting the keys of one AWS account forgot another's")
	}
	c.forget("a")
	if _, ok := c.get("k"); ok {
		t.Error("not forgotten")
	}
}

// What was read before a change is not remembered after it.
func TestCache_lateReader(t *testing.T) {
	var c cache
	generation := c.now()
	c.forget("a")
	c.put("k", &Credential{}, 1, generation)
	if _, ok := c.get("k"); ok {
		t.Error("a reader that came late left what it had read")
	}
}

// Nor is it served for a moment: who asks after the change has been
// acknowledged must not get what a late reader is about to drop.
func TestCache_lateReaderUnseen(t *testing.T) {
	var c cache
	generation := c.now()
	c.forget("a") // the key is disabled, and its caller has been told
	var served atomic.Int64
	var wg sync.WaitGroup
	end := time.Now().Add(300 * time.Millisecond)
	wg.Go(func() {
		for time.Now().Before(end) {
			c.put("k", &Credential{}, 1, generation)
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

// Whoever has many credentials, or large ones, takes the place of nobody else's.
func TestCache_shares(t *testing.T) {
	var c cache
	put := func(id, account string, cost int) {
		c.put(id, &Credential{Caller: api.Caller{AwsAccountID: account}}, cost, c.now())
	}
	put("small", "a", 1000)
	put("other", "b", 5000)
	for i := range 200 {
		put(fmt.Sprint("large", i), "c", maxCacheCost/50)
	}
	for _, id := range []string{"small", "other", "large199"} {
		if _, ok := c.get(id); !ok {
			t.Errorf("%s is not remembered", id)
		}
	}
	put("all", "d", maxCacheCost)
	if _, ok := c.get("small"); !ok {
		t.Error("one that takes all has taken the place of another's")
	}
}

// It takes no more than it may, whatever is remembered, and all of it goes at once
// if need be.
func TestCache_cost(t *testing.T) {
	var c cache
	for i := range 100 {
		c.put(fmt.Sprint("k", i), &Credential{Caller: api.Caller{AwsAccountID: fmt.Sprint(i % 3)}}, maxCacheCost/10, c.now())
		if c.cost > maxCacheCost {
			t.Fatalf("it takes %d", c.cost)
		}
	}
	if _, ok := c.get("k99"); !ok {
		t.Error("the last one has no place")
	}
	c.put("large", &Credential{}, maxCacheCost+1, c.now())
	if _, ok := c.get("large"); ok {
		t.Error("something too large is remembered")
	}
	c.clear()
	if _, ok := c.get("k99"); ok || c.cost != 0 || len(c.byAccount) != 0 {
		t.Errorf("it is empty and takes %d", c.cost)
	}
}
