package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	// overloadCallers are more than may work and wait in a container of 128 MiB.
	overloadCallers = 1200
	// overloadTries is how often each tries to create its user.
	overloadTries = 20
)

// More callers than the server has room for, each on a connection of its own: what
// is acknowledged is there, what is refused was not begun, and says when to come
// again, and health is answered all the while.
func TestOverload_creates(t *testing.T) {
	waits(t, "several seconds")
	t.Parallel()
	e := newEnv(engines()[0], startWith(t, []string{"GOMEMLIMIT=96MiB"}))
	account := e.team(t)
	transport := &http.Transport{MaxIdleConnsPerHost: overloadCallers}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: time.Minute}
	got := &acknowledged{users: map[string]string{}}
	var refusals atomic.Int64
	var callers sync.WaitGroup
	for i := range overloadCallers {
		callers.Go(func() {
			for try := range overloadTries {
				if e.createOnce(t, client, account, fmt.Sprintf("crowd-%d@example.com", i), got) {
					return
				}
				refusals.Add(1)
				time.Sleep(time.Duration(try+1) * 50 * time.Millisecond)
			}
		})
	}
	answered := e.healthUntil(t, callers.Wait)
	t.Logf("%d users, %d refusals, %d health checks", len(got.users), refusals.Load(), answered)
	got.verify(t, e.caller, account)
	if len(got.users) == 0 {
		t.Error("nobody was served")
	}
	e.works(t, true)
}

// createOnce creates a user; false: the server was busy.
func (e *env) createOnce(t *testing.T, client *http.Client, account, email string, got *acknowledged) bool {
	t.Helper()
	body := fmt.Sprintf(`{"Email":%q}`, email)
	r := e.request(t, "POST", "/accounts/"+account+"/users?operation=create", body)
	signerOf(e.caller).sign(r, body)
	a := doBy(t, client, r)
	if a.status == http.StatusServiceUnavailable {
		a.refused(t, unavailable, "not begun")
		equal(t, "Retry-After", a.header.Get("Retry-After"), "1")
		return false
	}
	a.ok(t, http.StatusCreated) // also after refusals: those changed nothing
	got.add(email, parseJSON[struct{ User struct{ UserId string } }](t, a.body).User.UserId)
	return true
}

// healthUntil asks for health until wait returns, and counts the answers.
func (e *env) healthUntil(t *testing.T, wait func()) (answered int) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		wait()
		close(done)
	}()
	for ; ; answered++ {
		for _, path := range []string{"/healthz", "/readyz"} {
			equal(t, path, do(t, e.request(t, "GET", path, "")).status, http.StatusOK)
		}
		select {
		case <-done:
			return answered
		case <-time.After(20 * time.Millisecond):
		}
	}
}
