package dispatch

import (
	"context"
	"errors"

	"carillon/api"
	"carillon/internal/gather"
	"carillon/store"
	"carillon/store/engine"
	"carillon/work"
)

// Calls of a shared operation that come at the same time share a transaction and
// its statements: for a database at the other end of a network that is most of
// the cost.
const (
	// turns is how many such transactions of an AWS account go on at once. With
	// more of them each would have less to share.
	turns = 2
	// distributedTurns is that for a database in which each has one account only.
	distributedTurns = 16
	// perTurn is how many calls are in one at most, which bounds how long the
	// others of a database wait for it.
	perTurn = 64
)

type (
	item     = api.Item[*work.Unit, api.Input, api.Output]
	together = gather.Group[*shared]
)

// shared is a call with what became of it.
type shared struct {
	call *Call
	item
}

// together returns the group in which the calls of an operation meet.
func (d *Dispatcher) together(rule func([]*item) error) *together {
	o := gather.Options[*shared]{Turns: turns, Most: perTurn, Key: func(s *shared) string { return s.call.Caller.AwsAccountID }}
	if d.Store.Distributed() {
		o.Turns = distributedTurns
		o.Match = func(first, other *shared) bool { return account(first.call.In) == account(other.call.In) }
	}
	return gather.New(o, func(awsAccountID string, take func() []*shared) error {
		return d.transact(engine.WithTenant(context.Background(), awsAccountID), "", func(r store.Records) error {
			if batch := take(); len(batch) > 0 {
				return d.runTogether(r, rule, batch)
			}
			return nil
		})
	})
}

// share runs a call together with others. What ails these must not keep it from
// being done: then it is tried alone.
func (d *Dispatcher) share(ctx context.Context, c *Call, b *bound) (api.Output, error) {
	s := &shared{call: c}
	err := b.together.Do(ctx, s)
	if err != nil && !errors.Is(err, store.ErrUnavailable) && ctx.Err() == nil {
		err = d.transact(ctx, c.Request.ID, func(r store.Records) error { return d.runTogether(r, b.Share, []*shared{s}) })
	}
	if err == nil {
		err = s.Err
	}
	d.end(s.Work, err)
	return s.Out, err
}

// transact is an Update in which a panic is a failure.
func (d *Dispatcher) transact(ctx context.Context, requestID string, fn func(store.Records) error) error {
	return d.protected(requestID, func() error { return d.write(ctx, fn) })
}

// runTogether runs a batch, of which each may be refused on its own.
func (d *Dispatcher) runTogether(r store.Records, rule func([]*item) error, batch []*shared) error {
	items := make([]*item, len(batch))
	for i, s := range batch {
		s.item = item{Work: d.newUnit(r, s.call), In: s.call.In}
		items[i] = &s.item
	}
	if err := rule(items); err != nil {
		return err
	}
	var done []work.Event
	for _, it := range items {
		if it.Err == nil {
			done = append(done, work.Event{Unit: it.Work, In: it.In, Out: it.Out})
		}
	}
	return d.record(done...)
}
