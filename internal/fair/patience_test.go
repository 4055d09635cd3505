package fair_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"carillon/internal/fair"
)

// outcomes gathers what becomes of those who wait, in the order in which it does.
type outcomes struct {
	mu   sync.Mutex
	list []string
}

func (o *outcomes) add(name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, name)
}

// join has somebody wait, who is given a name and gives the permit back at once.
func (o *outcomes) join(s *fair.Semaphore, tenant, name string) {
	go func() {
		err := s.Acquire(context.Background(), tenant)
		switch {
		case err == nil:
			o.add(name)
			s.Release(tenant)
		case errors.Is(err, fair.ErrRefused):
			o.add("-" + name)
		}
	}()
	synctest.Wait()
}

// Those who wait are served as they came as long as that is quick, then the latest
// first.
func TestPatience_order(t *testing.T) {
	for name, test := range map[string]struct {
		patience fair.Patience
		waited   time.Duration // by the first, when the permit is there
		want     string
	}{
		"none":                                {fair.Patience{}, time.Hour, "1 2 3"},
		"in time":                             {fair.Patience{Orderly: time.Second}, time.Second, "1 2 3"},
		"for too long":                        {fair.Patience{Orderly: time.Second}, time.Second + 1, "3 2 1"},
		"not so long that anybody is refused": {fair.Patience{Orderly: time.Second, Most: time.Minute}, time.Minute, "3 2 1"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := fair.NewSemaphore(1, 1)
				s.Patience = test.patience
				s.TryAcquire("a")
				var o outcomes
				for i := range 3 {
					o.join(s, "a", fmt.Sprint(i+1))
				}
				time.Sleep(test.waited)
				s.Release("a")
				synctest.Wait()
				if got := strings.Join(o.list, " "); got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
			})
		})
	}
}

// Who has waited for too long is refused, the first first, but only one for so many
// that are served, and nobody of another tenant.
func TestPatience_refusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fair.NewSemaphore(1, 1)
		s.Patience = fair.Patience{Orderly: time.Millisecond, Most: time.Second}
		s.TryAcquire("a")
		var o outcomes
		for i := range 3 {
			o.join(s, "a", fmt.Sprint("old", i))
		}
		o.join(s, "b", "other")
		time.Sleep(time.Minute)
		const others = 20
		for i := range others {
			o.join(s, "a", fmt.Sprint(i))
		}
		s.Release("a")
		synctest.Wait()
		if !slices.Contains(o.list[:2], "other") { // in its turn
			t.Errorf("another tenant had to wait: %v", o.list)
		}
		refused := slices.DeleteFunc(slices.Clone(o.list), func(name string) bool { return name[0] != '-' })
		if !slices.Equal(refused, []string{"-old0", "-old1"}) {
			t.Errorf("refused were %v of %v", refused, o.list)
		}
		if n := len(o.list); n != 3+1+others || s.Waiting() > 0 {
			t.Errorf("%d of all have an outcome, %d still wait", n, s.Waiting())
		}
	})
}
