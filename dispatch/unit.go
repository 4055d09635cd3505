package dispatch

import (
	"context"
	"fmt"
	"runtime/debug"

	"carillon/store"
	"carillon/work"
)

// transaction is the View or Update of a store.
type transaction func(context.Context, func(store.Records) error) error

// unit runs fn in a unit of work for a call, a new one each time that the
// transaction runs, and tells the last one how that ended.
func (d *Dispatcher) unit(ctx context.Context, c *Call, run transaction, fn func(*work.Unit) error) error {
	c.unit = nil
	err := d.try(ctx, c, run, fn)
	d.end(c.unit, err)
	return err
}

func (d *Dispatcher) try(ctx context.Context, c *Call, run transaction, fn func(*work.Unit) error) (err error) {
	defer d.recovered(c.Request.ID, &err)
	return run(ctx, func(r store.Records) error {
		c.unit = d.newUnit(r, c)
		return fn(c.unit)
	})
}

func (d *Dispatcher) newUnit(r store.Records, c *Call) *work.Unit {
	return &work.Unit{Records: r, Caller: c.Caller, Op: c.Op, Request: c.Request, May: func(action string) bool { return d.may(c, action) }, Now: d.Now(), NewID: d.NewID}
}

// end tells a unit, if there is one, how its transaction ended.
func (d *Dispatcher) end(w *work.Unit, err error) {
	if w != nil && w.End(err) {
		d.Wake()
	}
}

// protected runs fn. A panic is a failure like others.
func (d *Dispatcher) protected(requestID string, fn func() error) (err error) {
	defer d.recovered(requestID, &err)
	return fn()
}

// recovered, deferred, makes a panic, which has ended its transaction, an error;
// the log has its place.
func (d *Dispatcher) recovered(requestID string, err *error) {
	if p := recover(); p != nil {
		d.Log.Error("panic", "request_id", requestID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		*err = fmt.Errorf("panic: %v", p)
	}
}
