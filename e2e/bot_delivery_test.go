package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// statuses answers deliveries with one status after the other; the last one
// stays.
func statuses(list ...int) func(http.ResponseWriter, int) {
	return func(w http.ResponseWriter, n int) { w.WriteHeader(list[min(n, len(list))-1]) }
}

// invitedBot joins a new bot to a new room and returns it with its endpoint, which
// answers deliveries as the test wants.
func (e *env) invitedBot(t testing.TB, answer func(http.ResponseWriter, int)) (token string, h *hook) {
	t.Helper()
	id := e.enterprise(t)
	bot, h := e.hookedBot(t, id, "Helper")
	h.answerDeliveries(answer)
	e.join(t, id, *e.room(t, id, "Kitchen").RoomId, *bot.BotId)
	return *bot.SecurityToken, h
}

// attempts checks that all deliveries are attempts at one event, each with its
// own timestamp and signature and the pause that it should have.
func attempts(t testing.TB, got []delivery, token string) {
	t.Helper()
	var stamps []string
	for i, d := range got {
		d.signedBy(t, token)
		equal(t, "body", d.body, got[0].body)
		stamps = append(stamps, d.header.Get("Chime-Request-Timestamp"))
		if i == 0 {
			continue
		}
		if pause, least := d.at.Sub(got[i-1].at), time.Duration(i)*200*time.Millisecond; pause < least-5*time.Millisecond {
			t.Errorf("the pause before attempt %d was %s, want at least %s", i+1, pause, least)
		}
	}
	equal(t, "timestamps that are not later", len(stamps)-len(slices.Compact(slices.Sorted(slices.Values(stamps)))), 0)
}

func TestBotDelivery_retries(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		token, h := e.invitedBot(t, statuses(500, 503, 200))
		got := h.await(t, 3)
		attempts(t, got, token)
		equal(t, "outcome", e.server.jobEnds(t, "bot-event", got[0].event(t).EventId).Outcome, "done")
		equal(t, "attempts", len(h.received()), 3)
	})
}

func TestBotDelivery_retries_end(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		for _, answer := range []func(http.ResponseWriter, int){statuses(500), func(http.ResponseWriter, int) { panic(http.ErrAbortHandler) }} {
			token, h := e.invitedBot(t, answer)
			got := h.await(t, 3)
			attempts(t, got, token)
			last := e.server.jobEnds(t, "bot-event", got[0].event(t).EventId)
			equal(t, "outcome", last.Outcome, "failed")
			if !strings.Contains(last.Cause, "undeliverable") || strings.Contains(last.Cause, h.url) {
				t.Errorf("the log says %q", last.Cause)
			}
			equal(t, "attempts", len(h.received()), 3)
		}
	})
}

func TestBotDelivery_time_out(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		token, h := e.invitedBot(t, func(_ http.ResponseWriter, n int) {
			if n < 3 {
				time.Sleep(2500 * time.Millisecond)
			}
		})
		attempts(t, h.await(t, 3), token)
		equal(t, "outcome", e.server.jobEnds(t, "bot-event", h.received()[0].event(t).EventId).Outcome, "done")
	})
}

// What the endpoint refuses is not sent again.
func TestBotDelivery_refused(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		for _, status := range []int{201, 204, 400, 403, 404, 429} {
			_, h := e.invitedBot(t, statuses(status))
			last := e.server.jobEnds(t, "bot-event", h.await(t, 1)[0].event(t).EventId)
			equal(t, "outcome", last.Outcome, "failed")
			equal(t, "attempts", len(h.received()), 1)
		}
	})
}

func TestBotDelivery_redirect(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		target := newHook(t)
		_, h := e.invitedBot(t, func(w http.ResponseWriter, _ int) {
			w.Header().Set("Location", target.url)
			w.WriteHeader(http.StatusTemporaryRedirect)
		})
		last := e.server.jobEnds(t, "bot-event", h.await(t, 1)[0].event(t).EventId)
		equal(t, "outcome", last.Outcome, "failed")
		equal(t, "attempts", len(h.received()), 1)
		equal(t, "deliveries at the target", len(target.received()), 0)
	})
}

// The guard holds when an event goes out, whatever was allowed before.
func TestBotDelivery_private_address(t *testing.T) {
	forEachSending(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		bot, h := e.hookedBot(t, id, "Helper")
		succeed(t, e.server.stop())
		e.server.flags = slices.DeleteFunc(e.server.flags, func(flag string) bool { return flag == "--allow-private-webhooks" })
		guarded := e.restart(t)
		guarded.join(t, id, *guarded.room(t, id, "Kitchen").RoomId, *bot.BotId)
		eventually(t, "end of the job", func() bool { return len(guarded.server.jobLines("bot-event")) > 0 })
		last := guarded.server.jobLines("bot-event")[0]
		equal(t, "outcome", last.Outcome, "failed")
		if !strings.Contains(last.Cause, "private") {
			t.Errorf("the log says %q", last.Cause)
		}
		equal(t, "deliveries", len(h.received()), 0)
	}, "--allow-private-webhooks")
}

// Slow endpoints are a matter of those who chose them: the orders of others run
// at once, as ever.
func TestBotDelivery_slow_endpoints_and_orders(t *testing.T) {
	const bots = 48
	forEachSending(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room, h := e.room(t, id, "Kitchen"), newHook(t)
		release := make(chan struct{})
		defer close(release)
		h.answerDeliveries(func(http.ResponseWriter, int) {
			select {
			case <-release:
			case <-time.After(3 * time.Second):
			}
		})
		for i := range bots {
			bot := e.bot(t, id, fmt.Sprint("Bot ", i))
			_, err := e.tryHook(t, id, bot.BotId, h.url)
			succeed(t, err)
			e.join(t, id, *room.RoomId, *bot.BotId)
		}
		h.await(t, 1)
		began := time.Now()
		e.own(t, businessCalling, 1)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("the order took %s", took)
		}
	}, "--allow-private-webhooks", "--quota-bots", "50")
}

// A server that is stopped finishes what it is delivering.
func TestBotDelivery_server_stopped(t *testing.T) {
	forEachSending(t, func(t *testing.T, e *env) {
		_, h := e.invitedBot(t, func(http.ResponseWriter, int) { time.Sleep(1500 * time.Millisecond) })
		id := h.await(t, 1)[0].event(t).EventId
		succeed(t, e.server.stop())
		equal(t, "outcome", e.server.jobEnds(t, "bot-event", id).Outcome, "done")
		e.restart(t)
		steadily(t, "the event is not delivered again", func() bool { return len(h.received()) == 1 })
	}, "--allow-private-webhooks")
}

// An event that a server was killed over is delivered by the next one, with
// the same id. All engines wait at once: a lease takes half a minute.
func TestBotDelivery_server_killed(t *testing.T) {
	waits(t, "half a minute")
	t.Parallel()
	type crash struct {
		hook *hook
		next *env
	}
	var crashes []crash
	for _, engine := range engines() {
		e := engine.startSending(t, "--allow-private-webhooks", "--public-url", "https://chime.example.com")
		release := make(chan struct{})
		_, h := e.invitedBot(t, func(_ http.ResponseWriter, n int) {
			if n == 1 {
				<-release
			}
		})
		h.await(t, 1)
		e.server.kill()
		close(release)
		crashes = append(crashes, crash{h, e.restart(t)})
	}
	for _, c := range crashes {
		eventuallyWithin(t, time.Minute, "delivery by the next server", func() bool { return len(c.hook.received()) == 2 })
		got := c.hook.received()
		first, second := got[0].event(t), got[1].event(t)
		equal(t, "event", second, first)
		last := c.next.server.jobEnds(t, "bot-event", first.EventId)
		equal(t, "attempt", last.Attempt, 2)
		equal(t, "outcome", last.Outcome, "done")
	}
}
