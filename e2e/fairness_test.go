package e2e

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// What a tenant keeps beside any neighbour, of what one that asks for as much in
// an ordinary way leaves it. The goal is 0.4 and 1 s; a machine that does other
// things meanwhile, the callers among them, needs some room.
const (
	fairShare   = 0.25
	fairP99     = 2 * time.Second
	fairRounds  = 3                      // a neighbour is unfair if it was in each of them
	fairPhase   = 800 * time.Millisecond // for which a tenant is looked at
	fairHeadway = 150 * time.Millisecond // for which its neighbour is there already
)

// How many ask at the same time.
const (
	victims = 16 // for each operation of the tenant that is looked at
	crowd   = 64 // of its neighbour
)

// No tenant makes another wait. The test runs before those that are parallel,
// alone.
func TestFairness(t *testing.T) {
	waits(t, "half a minute an engine")
	for _, e := range engines() {
		t.Run(e.name, func(t *testing.T) {
			s := newFairSite(t, e.startSending(t, "--allow-private-webhooks"))
			for _, n := range s.neighbours(t) {
				s.beside(t, n)
			}
			s.besideHangingBots(t)
			s.staysReady(t)
		})
	}
}

// fairSite is a server with a tenant to look at and one beside it.
type fairSite struct {
	*env
	tenant, other *caller
	usual         []load    // of the tenant
	ordinary      neighbour // asks for the same
	ready         *running
	serial        atomic.Int64
}

// neighbour is a tenant that asks for much.
type neighbour struct {
	name  string
	loads []load
	// before, if not nil, readies it; what it returns is called after the phase.
	before func(t testing.TB) (after func())
}

func newFairSite(t *testing.T, e *env) *fairSite {
	t.Helper()
	s := &fairSite{env: e, tenant: e.tenant(t), other: e.tenant(t)}
	s.usual = s.ordinaryLoads(t, s.tenant, victims)
	s.ordinary = neighbour{name: "an ordinary one", loads: s.ordinaryLoads(t, s.other, crowd/2)}
	probe := load{caller: e.caller, callers: 1, want: http.StatusOK, bearer: true, next: func(int) (method, target, body string) {
		time.Sleep(20 * time.Millisecond)
		return "GET", "/readyz", ""
	}}
	s.ready = probe.start(context.Background(), 0)
	return s
}

// ordinaryLoads are what ordinary tenants ask for.
func (s *fairSite) ordinaryLoads(t testing.TB, c *caller, callers int) []load {
	t.Helper()
	account := c.team(t)
	ids := c.users(t, account, 100)
	get := load{name: "GetUser", caller: c, callers: callers, want: http.StatusOK, next: func(n int) (method, target, body string) {
		return "GET", "/accounts/" + account + "/users/" + ids[n%len(ids)], ""
	}}
	create := load{name: "CreateUser", caller: c, callers: callers, want: http.StatusCreated, next: func(int) (method, target, body string) {
		return "POST", "/accounts/" + account + "/users?operation=create", fmt.Sprintf(`{"Email":%q}`, s.address())
	}}
	return []load{get, create}
}

// address is one that nobody has.
func (s *fairSite) address() string {
	return fmt.Sprintf("somebody-%d@example.com", s.serial.Add(1))
}

func (s *fairSite) staysReady(t testing.TB) {
	t.Helper()
	p := s.ready.stop()
	t.Logf("/readyz: %d answers, the slowest after %.0f ms", p.done, ms(p.max))
	if p.others > 0 || p.done == 0 {
		t.Errorf("/readyz failed %d times of %d, at last with %s", p.others, p.others+p.done, p.refusal)
	}
}

// beside looks at what the tenant keeps beside a neighbour, once if that is
// enough.
func (s *fairSite) beside(t *testing.T, n neighbour) {
	t.Helper()
	for range fairRounds {
		if s.round(t, n) {
			return
		}
	}
	t.Errorf("beside %s: unfair %d times", n.name, fairRounds)
}

func (s *fairSite) round(t *testing.T, n neighbour) bool {
	t.Helper()
	usual, kept := s.measure(t, s.ordinary), s.measure(t, n)
	fair := true
	for i, l := range s.usual {
		share := kept[i].perSec / usual[i].perSec
		t.Logf("%-28s %-10s %s, usually %s: %.2f", n.name, l.name, kept[i], usual[i], share)
		if kept[i].others > 0 {
			t.Errorf("%s beside %s: %d failed, at last with %s", l.name, n.name, kept[i].others, kept[i].refusal)
		}
		fair = fair && share >= fairShare && kept[i].p99 <= fairP99
	}
	return fair
}

// measure lets the tenant and a neighbour ask at the same time, and returns how
// the loads of the tenant fared.
func (s *fairSite) measure(t *testing.T, n neighbour) []pace {
	t.Helper()
	if n.before != nil {
		defer n.before(t)()
	}
	beside := startAll(t.Context(), 0, n.loads)
	time.Sleep(fairHeadway)
	var kept []pace
	for _, r := range startAll(t.Context(), fairPhase, s.usual) {
		kept = append(kept, r.wait())
	}
	for _, r := range beside {
		if theirs := r.stop(); theirs.others > 0 {
			t.Errorf("%s: %d answers were not as they should be, at last %s", n.name, theirs.others, theirs.refusal)
		}
	}
	return kept
}

func startAll(ctx context.Context, d time.Duration, loads []load) (list []*running) {
	for _, l := range loads {
		list = append(list, l.start(ctx, d))
	}
	return list
}

// The events of a tenant whose endpoint hangs keep nobody else's waiting,
// whoever caused them.
func (s *fairSite) besideHangingBots(t *testing.T) {
	t.Helper()
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	theirs, h := s.addressedBot(t, s.other, 60)
	h.answerDeliveries(func(http.ResponseWriter, int) { <-release })
	mine, prompt := s.addressedBot(t, s.tenant, 1)
	for _, url := range theirs {
		say(t, url, "@Helper, are you there?")
	}
	h.await(t, 7) // they have had their turn
	began := time.Now()
	say(t, mine[0], "@Helper, wake up")
	prompt.awaitWith(t, "wake up")
	took := time.Since(began)
	t.Logf("%-28s Mention    delivered after %.0f ms", "a hanging endpoint", ms(took))
	if took > 4*time.Second {
		t.Errorf("the event of another tenant was delivered after %s", took)
	}
}

// addressedBot makes a bot that is in some rooms, and returns the addresses of
// the webhooks in these.
func (s *fairSite) addressedBot(t *testing.T, c *caller, webhooks int) (urls []string, h *hook) {
	t.Helper()
	account := c.enterprise(t)
	bot, h := c.hookedBot(t, account, "Helper")
	for len(urls) < webhooks {
		room := c.room(t, account, fmt.Sprint("Room ", len(urls))).RoomId
		c.join(t, account, *room, *bot.BotId)
		for i := 0; i < 10 && len(urls) < webhooks; i++ {
			urls = append(urls, c.webhook(t, account, room, fmt.Sprint("Hook ", i)).Url)
		}
	}
	return urls, h
}
