package server

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Many who ask at once cost one look at the database, and who comes later gets
// another one.
func TestReadyz_oneLookForAll(t *testing.T) {
	var looks atomic.Int64
	open := make(chan struct{})
	p := probe{log: slog.New(slog.DiscardHandler), look: func(context.Context) error {
		looks.Add(1)
		<-open
		return nil
	}}
	var asked sync.WaitGroup
	for range 50 {
		asked.Go(func() {
			if got := p.status(); got != http.StatusOK {
				t.Errorf("status %d", got)
			}
		})
	}
	for looks.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond) // so that the others have asked
	close(open)
	asked.Wait()
	if n := looks.Load(); n > 5 {
		t.Errorf("%d looks for 50 who asked at once", n)
	}
	before := looks.Load()
	p.status()
	if looks.Load() != before+1 {
		t.Error("who comes later is told what was")
	}
}
