package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
)

// crowds are the numbers of connections of the closed loop: each sends its next
// request when it has an answer, whatever that is.
var crowds = []int{64, 256, 1024, 4096}

// rates are those of the open loop, in multiples of what the server answers at
// its best, over as many connections as the largest crowd has.
var rates = []int{1, 2, 10}

// overload measures what is answered when more is asked for than fits, and how
// soon the server says meanwhile that it lives. The server has one processor, the
// generator another: neither takes what the other needs.
func (b *bench) overload(ctx context.Context) error {
	if !b.wants("overload") {
		return nil
	}
	if runtime.NumCPU() < 2 {
		b.skip("overload: it takes two processors")
		return nil
	}
	d := dataset{b.users, b.accounts}
	dir, err := b.database(ctx, d)
	if err != nil {
		return err
	}
	s, err := b.servePinned(ctx, dir)
	if err != nil {
		return err
	}
	defer s.stop()
	free, err := pin(self, 0)
	if err != nil {
		return err
	}
	defer free()
	return errors.Join(b.crowded(ctx, s, "get", reading(d.get)), b.crowded(ctx, s, "create", writing(d.create)))
}

// servePinned starts a server that keeps to the second processor.
func (b *bench) servePinned(ctx context.Context, dir string) (*server, error) {
	free, err := pin(thread, 1)
	if err != nil {
		return nil, err
	}
	defer free()
	return b.serve(ctx, "overload", "--data", dir)
}

// crowded measures one sort of requests: crowds first, in turns, and then rates.
func (b *bench) crowded(ctx context.Context, s *server, name string, supply func(time.Duration) *batch) error {
	closed := make([]*crowd, len(crowds))
	for i, n := range crowds {
		closed[i] = newCrowd(crowdName(name, fmt.Sprintf("%d connections", n)), s, supply, n)
	}
	if err := b.inTurns(ctx, closed); err != nil {
		return err
	}
	best := 0.0
	for _, c := range closed {
		best = max(best, c.goodput())
	}
	open := make([]*crowd, len(rates))
	for i, n := range rates {
		open[i] = newCrowd(crowdName(name, fmt.Sprintf("%d × the best rate", n)), s, supply, slices.Max(crowds))
		open[i].rate = best * float64(n)
	}
	if err := b.inTurns(ctx, open); err != nil {
		return err
	}
	for _, c := range append(closed, open...) {
		b.keepCrowd(c, best)
	}
	return nil
}

// inTurns measures crowds, each for as many slices as a cell has seconds.
func (b *bench) inTurns(ctx context.Context, list []*crowd) error {
	for round := range b.seconds {
		for i := range list {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			c := list[(i+round)%len(list)]
			if err := c.slice(b.logFile(proberMode)); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	return nil
}

// keepCrowd stores what was measured.
func (b *bench) keepCrowd(c *crowd, best float64) {
	c.share = c.goodput() / best
	b.crowds = append(b.crowds, c)
	progress("overload: %s", strings.Join(c.row(), "  "))
}

// The names of what the targets are about.
var (
	atMost  = fmt.Sprintf("%d connections", slices.Max(crowds))
	tenfold = fmt.Sprintf("%d × the best rate", slices.Max(rates))
)

func crowdName(work, load string) string { return work + ", " + load }

// crowdShare is the share of the best rate of its sort that a crowd was served at.
func crowdShare(work, load string) func(*bench) (float64, bool) {
	return func(b *bench) (float64, bool) {
		i := slices.IndexFunc(b.crowds, func(c *crowd) bool { return c.name == crowdName(work, load) })
		if i < 0 {
			return 0, false
		}
		return b.crowds[i].share, true
	}
}

// slowest is the longest p99 of all crowds, in ms.
func slowest(of func(*crowd) []time.Duration) func(*bench) (float64, bool) {
	return func(b *bench) (float64, bool) {
		var longest time.Duration
		for _, c := range b.crowds {
			longest = max(longest, percentile(of(c), 99))
		}
		return longest.Seconds() * 1000, len(b.crowds) > 0
	}
}

// crowdsHead tells what the table of crowds is.
const crowdsHead = `Overload: server and generator have a processor each, closed loops come first (nobody backs off), then open ones over as many connections as the
largest crowd has. Answers and refusals a second, the share of the best rate of a closed loop, answers for each second of the server's processor,
latencies of answers and of health checks in ms:

`

func (b *bench) crowdRows() [][]string {
	rows := [][]string{{"load", "answers", "× best", "of CPU", "refused", "p50", "p99", "health p99"}}
	for _, c := range b.crowds {
		rows = append(rows, c.row())
	}
	return rows
}

// row returns the cells of a crowd's row.
func (c *crowd) row() []string {
	return []string{
		c.name, fmt.Sprintf("%.0f", c.goodput()), figure(c.share), fmt.Sprintf("%.0f", c.yield()), fmt.Sprintf("%.0f", float64(c.refused)/c.busy.Seconds()),
		ms(percentile(c.good, 50)), ms(percentile(c.good, 99)), ms(percentile(c.health, 99)),
	}
}
