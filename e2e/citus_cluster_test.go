package e2e

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/jackc/pgx/v5"

	"carillon/internal/pgtest"
)

// growth is users being created in several accounts, by callers that go on whatever
// the answer is.
type growth struct {
	c        *caller
	accounts []string
	stop     context.CancelFunc
	callers  sync.WaitGroup

	mu      sync.Mutex
	made    map[string]int // acknowledged, by account
	refused int
	slowest time.Duration
}

// grow begins to create users in n new accounts.
func (c *caller) grow(t *testing.T, n, callers int) *growth {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	g := &growth{c: c, stop: stop, made: map[string]int{}}
	for range n {
		g.accounts = append(g.accounts, c.team(t))
	}
	for i := range callers {
		g.callers.Go(func() {
			for j := 0; ctx.Err() == nil; j++ {
				g.create(g.accounts[(i+j)%n], fmt.Sprintf("u-%d-%d@example.com", i, j))
			}
		})
	}
	t.Cleanup(func() { stop(); g.callers.Wait() })
	return g
}

func (g *growth) create(account, email string) {
	begun := time.Now()
	in := &chime.CreateUserInput{AccountId: &account, Email: &email}
	_, err := g.c.CreateUser(context.Background(), in, func(o *chime.Options) { o.Retryer = aws.NopRetryer{} })
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil {
		g.refused++
	} else {
		g.made[account]++
	}
	g.slowest = max(g.slowest, time.Since(begun))
}

// total returns how many users were acknowledged, and how many refused.
func (g *growth) total() (made, refused int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, n := range g.made {
		made += n
	}
	return made, g.refused
}

// end stops the callers and checks that all acknowledged users are there.
func (g *growth) end(t *testing.T) {
	t.Helper()
	g.stop()
	g.callers.Wait()
	for account, made := range g.made {
		if there := len(g.c.allUsers(t, chime.ListUsersInput{AccountId: &account})); there < made {
			t.Errorf("%d users of %s, of %d acknowledged", there, account, made)
		}
	}
	made, refused := g.total()
	t.Logf("%d users acknowledged, %d refused, the slowest answer after %s", made, refused, g.slowest)
}

// More users than before: that many must come to be, whatever else happens.
const someMore = 50

// grows waits until more users were acknowledged.
func (g *growth) grows(t *testing.T, when string) {
	t.Helper()
	before, _ := g.total()
	eventuallyWithin(t, time.Minute, "growth "+when, func() bool {
		made, _ := g.total()
		return made >= before+someMore
	})
}

// A worker that is killed takes its accounts along, and no others; when it is back
// all is there.
func TestCitus_worker_killed(t *testing.T) {
	t.Parallel()
	startsServers(t)
	cluster := pgtest.StartCitus(t, 2, pgtest.Options{})
	e := citus.startOn(t, []string{"--database", cluster.URL(t)})
	g := e.grow(t, 16, 8)
	g.grows(t, "before")
	cluster.Nodes[2].Kill(t)
	killed := time.Now()
	_, before := g.total()
	eventuallyWithin(t, time.Minute, "refusal", func() bool {
		_, refused := g.total()
		return refused > before
	})
	g.grows(t, "without the worker")
	equal(t, "readyz without the worker", e.health(t, "/readyz"), 200)
	_, refused := g.total()
	cluster.Nodes[2].Restart(t)
	t.Logf("the worker was away for %s, %d requests refused", time.Since(killed).Round(time.Millisecond), refused-before)
	for _, account := range g.accounts {
		eventuallyWithin(t, time.Minute, "creation in every account", func() bool {
			_, err := e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &account, Email: aws.String("after@example.com")})
			return err == nil
		})
	}
	g.end(t)
}

// A worker that comes new gets a part of the accounts, while they are served.
func TestCitus_rebalanced(t *testing.T) {
	t.Parallel()
	startsServers(t)
	cluster := pgtest.StartCitus(t, 1, pgtest.Options{})
	database := cluster.URL(t)
	e := citus.startOn(t, []string{"--database", database})
	g := e.grow(t, 16, 8)
	g.grows(t, "before")
	cluster.Grow(t, database)
	conn, err := pgx.Connect(t.Context(), database)
	succeed(t, err)
	defer conn.Close(context.Background())
	begun := time.Now()
	for _, function := range []string{"citus_rebalance_start", "citus_rebalance_wait"} { // a transaction each
		_, err = conn.Exec(t.Context(), "SELECT "+function+"()")
		succeed(t, err)
	}
	t.Logf("rebalanced in %s", time.Since(begun).Round(time.Millisecond))
	var workers int64
	succeed(t, conn.QueryRow(t.Context(), "SELECT COUNT(DISTINCT nodename || nodeport) FROM citus_shards WHERE table_name = 'accounts'::regclass").Scan(&workers))
	equal(t, "workers with accounts", workers, int64(2))
	g.grows(t, "afterwards")
	g.end(t)
	_, refused := g.total()
	equal(t, "refused", refused, 0)
}
