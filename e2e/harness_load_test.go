package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// load is what some callers of one AWS account ask for, over and over.
type load struct {
	name    string
	caller  *caller
	callers int
	want    int                                       // the status that counts
	next    func(n int) (method, target, body string) // the n-th request, of all callers together
	bearer  bool                                      // the requests are not signed
}

// pace is how a load fared.
type pace struct {
	done     int // answers with the right status that came in time
	others   int // those with another one
	refusal  string
	perSec   float64
	p99, max time.Duration
}

func (p pace) String() string {
	return fmt.Sprintf("%5.0f/s p99 %4.0f ms", p.perSec, ms(p.p99))
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// running is a load on its way.
type running struct {
	load
	http   *http.Client
	ctx    context.Context
	cancel context.CancelFunc
	began  time.Time
	until  time.Time
	sent   atomic.Int64
	group  sync.WaitGroup

	mu   sync.Mutex
	pace pace
	took []time.Duration
}

// start lets a load run for a time; 0: until it is stopped.
func (l load) start(ctx context.Context, d time.Duration) *running {
	if d == 0 {
		d = time.Hour
	}
	transport := &http.Transport{MaxIdleConnsPerHost: l.callers, DisableCompression: true}
	r := &running{load: l, http: &http.Client{Transport: transport, Timeout: time.Minute}, began: time.Now()}
	r.until = r.began.Add(d)
	r.ctx, r.cancel = context.WithCancel(ctx)
	for range l.callers {
		r.group.Go(r.loop)
	}
	return r
}

// wait waits for the last answers.
func (r *running) wait() pace {
	r.group.Wait()
	r.cancel()
	r.http.CloseIdleConnections()
	r.pace.perSec = float64(r.pace.done) / r.until.Sub(r.began).Seconds()
	if n := len(r.took); n > 0 {
		slices.Sort(r.took)
		r.pace.p99, r.pace.max = r.took[(n-1)*99/100], r.took[n-1]
	}
	return r.pace
}

// stop has the callers leave, also those who wait for an answer.
func (r *running) stop() pace {
	r.cancel()
	return r.wait()
}

func (r *running) loop() {
	for r.ctx.Err() == nil && time.Now().Before(r.until) {
		began := time.Now()
		status, body, err := r.ask(int(r.sent.Add(1)) - 1)
		if r.ctx.Err() == nil {
			r.note(began, status, body, err)
		}
	}
}

func (r *running) ask(n int) (status int, body string, err error) {
	method, target, text := r.next(n)
	request, err := http.NewRequestWithContext(r.ctx, method, r.caller.endpoint+target, strings.NewReader(text))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", "application/json")
	if !r.bearer {
		signerOf(r.caller).sign(request, text)
	}
	answer, err := r.http.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	all, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(all), err
}

func (r *running) note(began time.Time, status int, body string, err error) {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.took = append(r.took, now.Sub(began))
	switch {
	case err != nil || status != r.want:
		r.pace.others++
		r.pace.refusal = fmt.Sprintf("%d %.200s %v", status, body, err)
	case now.Before(r.until):
		r.pace.done++
	}
}
