package server

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"carillon/api"
)

// fill takes ones for somebody until no more are to be had, and counts them.
func fill(s *shares, who string) (n int64) {
	for s.take(context.Background(), who, 1) == nil {
		n++
	}
	return n
}

// Whoever is there leaves as much to the others as they have themselves.
func TestShares_sharedOut(t *testing.T) {
	s := newShares(120, 0, nil)
	var got []int64
	for _, who := range []string{"a", "b", "c"} {
		got = append(got, fill(s, who))
	}
	if !slices.Equal(got, []int64{60, 30, 15}) {
		t.Errorf("one after another got %v", got)
	}
	for range 60 {
		s.give("a", 1)
	}
	if more := fill(s, "c"); more != 30 { // 45, as much as is left
		t.Errorf("when the first had left, the third got %d more", more)
	}
}

// However much others hold, there is something for whoever comes.
func TestShares_newcomer(t *testing.T) {
	s := newShares(64, 0, nil)
	for _, who := range []string{"a", "b", "c", "d"} {
		if fill(s, who) == 0 {
			t.Errorf("%s got nothing", who)
		}
	}
	if s.used > s.total {
		t.Errorf("%d are given out of %d", s.used, s.total)
	}
}

func TestShares_refusal(t *testing.T) {
	s := newShares(2, 0, nil)
	fill(s, "a")
	err := s.take(t.Context(), "a", 1)
	if e, ok := err.(*api.Error); !ok || e.Kind.Status != 503 || e.RetryAfter <= 0 {
		t.Errorf("got %v", err)
	}
	s.give("a", 1)
	if len(s.held)+len(s.waiting) != 0 || s.used != 0 {
		t.Errorf("left: %+v", s)
	}
}

// One who waits gets what is given back, before those who come later, however
// little these want.
func TestShares_wait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShares(16, time.Minute, nil)
		if err := s.take(t.Context(), "a", 8); err != nil {
			t.Fatal(err)
		}
		in := make(chan int64, 3)
		for i, n := range []int64{8, 1, 2} {
			go func() {
				time.Sleep(time.Duration(i) * time.Second)
				if err := s.take(t.Context(), "a", n); err != nil {
					t.Error(err)
				}
				in <- n
			}()
		}
		time.Sleep(5 * time.Second)
		if len(in) > 0 {
			t.Errorf("%d did not wait", <-in)
		}
		if err := s.take(t.Context(), "b", 1); err != nil {
			t.Errorf("another does not get in beside those who wait: %v", err)
		}
		s.give("b", 1)
		s.give("a", 8)
		synctest.Wait()
		if n := <-in; n != 8 || len(in) > 0 {
			t.Errorf("first got in %d", n)
		}
		s.give("a", 8)
		synctest.Wait()
		if len(in) != 2 || <-in+<-in != 3 {
			t.Error("the others did not get in")
		}
	})
}

// Nobody waits longer than is bearable, than the client does, or than the
// server runs; and who has left holds nobody up.
func TestShares_waitEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := make(chan struct{})
		s := newShares(16, time.Minute, stop)
		for s.used < 8 {
			if err := s.take(t.Context(), "a", 1); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		if err := s.take(t.Context(), "a", 1); err == nil || time.Since(began) != time.Minute {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		gone, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		if err := s.take(gone, "a", 4); err == nil {
			t.Error("got in although gone")
		}
		s.give("a", 1)
		if err := s.take(t.Context(), "a", 1); err != nil {
			t.Errorf("still behind one who left: %v", err)
		}
		time.AfterFunc(time.Second, func() { close(stop) })
		if began = time.Now(); s.take(t.Context(), "a", 1) == nil || time.Since(began) != time.Second {
			t.Errorf("waited %s although the server stops", time.Since(began))
		}
	})
}

func TestProofs(t *testing.T) {
	p := newProofs()
	now := time.Now()
	if p.has("AKIA", "192.0.2.1") {
		t.Error("believes without proof")
	}
	p.add("AKIA", "192.0.2.1", now)
	if !p.has("AKIA", "192.0.2.1") || p.has("AKIA", "192.0.2.2") || p.has("OTHER", "192.0.2.1") {
		t.Error("a proof counts for its key and its address")
	}
	p.add("OTHER", "192.0.2.1", now.Add(proofLifetime+1)) // the first is old now
	if !p.has("AKIA", "192.0.2.1") {
		t.Error("forgotten too early")
	}
	p.add("OTHER", "192.0.2.1", now.Add(2*proofLifetime+2))
	if p.has("AKIA", "192.0.2.1") || !p.has("OTHER", "192.0.2.1") {
		t.Error("what is not used again is not forgotten, or what is used is")
	}
	for i := range 3 * maxProofs {
		p.add("AKIA", string(rune(i)), now)
	}
	if n := len(p.recent) + len(p.older); n > 2*maxProofs {
		t.Errorf("remembers %d", n)
	}
}
