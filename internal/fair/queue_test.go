package fair_test

import (
	"fmt"
	"slices"
	"testing"

	"carillon/internal/fair"
)

// push adds n items of a tenant, named after it and numbered.
func push(q *fair.Queue[string], tenant string, n int) {
	for i := range n {
		q.Push(tenant, fmt.Sprint(tenant, i))
	}
}

// drain pops n items, each of which costs its tenant's price, 1 if none is given.
func drain(q *fair.Queue[string], n int, price map[string]int64) (items []string) {
	for range n {
		tenant, item, ok := q.Pop()
		if !ok {
			break
		}
		items = append(items, item)
		q.Charge(tenant, max(1, price[tenant]))
	}
	return items
}

func TestQueue_order(t *testing.T) {
	tests := map[string]struct {
		push  func(*fair.Queue[string])
		price map[string]int64
		want  []string
	}{
		"one tenant: first in, first out": {
			push: func(q *fair.Queue[string]) { push(q, "a", 4) },
			want: []string{"a0", "a1", "a2", "a3"},
		},
		"who asks for much waits for nobody who asks for little": {
			push: func(q *fair.Queue[string]) { push(q, "a", 5); push(q, "b", 2); push(q, "c", 1) },
			want: []string{"a0", "b0", "c0", "a1", "b1", "a2", "a3", "a4"},
		},
		"dear items count": {
			push:  func(q *fair.Queue[string]) { push(q, "a", 3); push(q, "b", 5) },
			price: map[string]int64{"a": 3},
			want:  []string{"a0", "b0", "b1", "b2", "a1", "b3", "b4", "a2"},
		},
		"background work has a quarter": {
			push: func(q *fair.Queue[string]) { push(q, fair.Background, 2); push(q, "b", 6) },
			want: []string{"0", "b0", "b1", "b2", "b3", "1", "b4", "b5"},
		},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			q := new(fair.Queue[string])
			c.push(q)
			if got := drain(q, 100, c.price); !slices.Equal(got, c.want) {
				t.Errorf("order %q, want %q", got, c.want)
			}
			if _, _, ok := q.Pop(); ok || q.Len() != 0 {
				t.Errorf("there is more, length %d", q.Len())
			}
		})
	}
}

// Who was away has saved up nothing.
func TestQueue_afterPause(t *testing.T) {
	q := new(fair.Queue[string])
	push(q, "a", 100)
	push(q, "b", 1)
	drain(q, 50, nil)
	push(q, "b", 10)
	got := drain(q, 10, nil)
	if n := count(got, 'b'); n < 4 || n > 6 {
		t.Errorf("%d of 10 are b's: %q", n, got)
	}
}

// Who had a lot at once goes without for a while, but not for long.
func TestQueue_debt(t *testing.T) {
	for debt, want := range map[int64]int{0: 50, 10: 10} {
		q := &fair.Queue[string]{Debt: debt}
		push(q, "a", 2)
		push(q, "b", 50)
		tenant, _, _ := q.Pop()
		q.Charge(tenant, 1000)
		got := drain(q, 60, nil)
		if n := slices.Index(got, "a1"); n != want {
			t.Errorf("with a debt of %d at most, a's second came after %d of b's, want %d", debt, n, want)
		}
	}
}

func TestQueue_shared(t *testing.T) {
	q := new(fair.Queue[string])
	check := func(when string, a, b bool) {
		t.Helper()
		if q.Shared("a") != a || q.Shared("b") != b {
			t.Errorf("%s: shared %t for a and %t for b, want %t and %t", when, q.Shared("a"), q.Shared("b"), a, b)
		}
	}
	check("empty", false, false)
	push(q, "a", 2)
	check("a waits", false, true)
	push(q, "b", 1)
	check("both wait", true, true)
	drain(q, 2, nil)
	check("a waits again", false, true)
	drain(q, 1, nil)
	check("empty again", false, false)
}

// Many tenants that come once leave little behind.
func TestQueue_forgets(t *testing.T) {
	q := new(fair.Queue[string])
	for i := range 1000 {
		q.Push(fmt.Sprint(i), "item")
		if got := drain(q, 2, nil); len(got) != 1 {
			t.Fatalf("popped %q", got)
		}
	}
	if n := q.Known(); n > 300 {
		t.Errorf("%d tenants are kept", n)
	}
}

func count(items []string, tenant byte) (n int) {
	for _, item := range items {
		if item[0] == tenant {
			n++
		}
	}
	return n
}

// Long items let those go first that may come any moment, and short ones not.
func TestQueue_yields(t *testing.T) {
	const long = 10
	for cost, want := range map[int64]bool{5: false, 100: true} {
		q := new(fair.Queue[string])
		push(q, "a", 9)
		push(q, "b", 1)
		if q.Yields(long) {
			t.Error("it yields to nobody")
		}
		drain(q, 2, map[string]int64{"a": cost}) // one each
		if got := q.Yields(long); got != want {
			t.Errorf("with items that cost %d it yields: %t, want %t", cost, got, want)
		}
		drain(q, 1, map[string]int64{"a": cost})
		if q.Yields(long) {
			t.Errorf("with items that cost %d it yields to who does not come", cost)
		}
	}
}

// What is shared is owed, and says nothing of items.
func TestQueue_share(t *testing.T) {
	q := new(fair.Queue[string])
	push(q, "a", 3)
	push(q, "b", 3)
	q.Share("a", 2)
	if got := drain(q, 3, nil); got[0] != "b0" || got[1] != "b1" {
		t.Errorf("order %q", got)
	}
	if q.Yields(1) {
		t.Error("it yields for what was shared")
	}
}
