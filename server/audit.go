package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"carillon/dispatch"
	"carillon/store"
	"carillon/trail"
	"carillon/work"
)

// DefaultAuditRetention is how long records are kept unless the operator says
// otherwise.
const DefaultAuditRetention = 365 * 24 * time.Hour

// The pace of the work for the audit.
const (
	sealInterval   = 3 * time.Second // for records that no look-up has waited for
	sealLease      = 4 * time.Second // after that another replica may seal
	sealPause      = time.Second     // after a failure
	expireInterval = time.Minute
	tellInterval   = 10 * time.Second // between lines of the log about drops
)

// audit does the work in the background that the records need: it writes those
// that came without a transaction, seals and removes.
type audit struct {
	*trail.Trail
	store     *store.Store
	log       *slog.Logger
	now       func() time.Time // of the rules
	owner     string
	retention time.Duration
	file      *auditFile // nil: there is none
	wake      chan struct{}
	told      int64     // drops that the log knows of
	leased    time.Time // until when this process seals
}

func (s *Server) newAudit(o Options, sealKey, tokenKey [32]byte, now func() time.Time) (*audit, error) {
	a := &audit{store: s.store, log: o.Log, now: now, owner: newID(), retention: o.AuditRetention, wake: make(chan struct{}, 1)}
	c := trail.Config{Level: o.Audit, SealKey: sealKey, TokenKey: tokenKey, Exclusive: s.store.Exclusive(), Wake: a.nudge}
	if c.Level == "" {
		c.Level = trail.Changes
	}
	if o.AuditFile != "" {
		file, err := openAuditFile(o.AuditFile, o.Log)
		if err != nil {
			return nil, fmt.Errorf("opening the audit file: %w", err)
		}
		a.file, c.Committed = file, file.append
	}
	a.Trail = trail.New(c)
	return a, nil
}

// hook is what dispatch tells of calls; nil if nothing is recorded.
func (a *audit) hook() dispatch.Audit {
	if a.Level == trail.Off {
		return nil
	}
	return a.Trail
}

// steps is what keeps the records of jobs; nil if nothing is recorded.
func (a *audit) steps() func(*work.Unit) error {
	if a.Level == trail.Off {
		return nil
	}
	return a.KeepSteps
}

// nudge has the sealer look now.
func (a *audit) nudge() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// start begins the work, which ends with ctx.
func (s *Server) startAudit(ctx context.Context) {
	a := s.audit
	s.tasks.Go(func() { a.writeNotes(ctx) })
	s.tasks.Go(func() { a.seal(ctx) })
	if a.retention > 0 {
		s.tasks.Go(func() { a.expire(ctx) })
	}
}

// writeNotes writes the notes as they come, and at the end those that are left.
func (a *audit) writeNotes(ctx context.Context) {
	ticker := time.NewTicker(tellInterval)
	defer ticker.Stop()
	for {
		select {
		case <-a.Noted():
			a.writeAll(ctx)
		case <-ticker.C:
			a.tellDrops()
			a.writeAll(ctx)
		case <-ctx.Done():
			a.writeAll(ctx)
			a.tellDrops()
			return
		}
	}
}

// writeAll writes notes until there are none, or the database cannot take them:
// then they wait for the next time.
func (a *audit) writeAll(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	for more, err := true, error(nil); more; {
		more, err = a.WriteNotes(func(fn func(store.Records) error) error { return a.store.Update(ctx, fn) })
		if err != nil {
			a.log.Warn("audit: records wait to be written", "error", err.Error())
			return
		}
	}
}

// tellDrops tells the log of records that found no room.
func (a *audit) tellDrops() {
	if n := a.Dropped(); n > a.told {
		a.log.Error("audit: records of denials, bad signatures or reads dropped", "records", n-a.told)
		a.told = n
	}
}

// seal seals what is pending, in steps, every now and then and when there is much.
func (a *audit) seal(ctx context.Context) {
	ticker := time.NewTicker(sealInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		case <-ticker.C:
		}
		if err := a.sealAll(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("audit: records wait to be sealed", "error", err.Error())
			pause(ctx, sealPause)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// sealAll seals until little is pending. Of several replicas one seals at a time.
func (a *audit) sealAll(ctx context.Context) error {
	for more := true; more && ctx.Err() == nil; {
		var step *trail.Sealing
		err := a.store.View(ctx, func(r store.Records) (err error) {
			step, err = a.PrepareSealing(r)
			return err
		})
		if err != nil || step.Records() == 0 {
			return err
		}
		mine, err := a.lease(ctx)
		if err != nil || !mine {
			return err
		}
		err = a.store.Update(ctx, func(r store.Records) error { return step.Write(a.Trail, r) })
		if err != nil && !errors.Is(err, trail.ErrMoved) {
			return err
		}
		more = step.Full()
	}
	return nil
}

// lease reports whether this process may seal.
func (a *audit) lease(ctx context.Context) (mine bool, err error) {
	now := time.Now()
	if a.store.Exclusive() || now.Before(a.leased.Add(-sealLease/2)) {
		return true, nil
	}
	err = a.store.Update(ctx, func(r store.Records) error {
		mine, err = r.LeaseAudit(a.owner, now.UnixMilli(), now.Add(sealLease).UnixMilli())
		return err
	})
	if err == nil && mine {
		a.leased = now.Add(sealLease)
	}
	return mine && err == nil, err
}

// expire removes what is too old, once in a while by the clock that says how old it
// is: soon when that was moved.
func (a *audit) expire(ctx context.Context) {
	var last time.Time
	for ctx.Err() == nil {
		if now := a.now(); now.Sub(last).Abs() >= expireInterval {
			last = now
			if err := a.removeExpired(ctx); err != nil && ctx.Err() == nil {
				a.log.Warn("audit: old records not removed", "error", err.Error())
			}
		}
		pause(ctx, time.Second)
	}
}

func (a *audit) removeExpired(ctx context.Context) error {
	before := a.now().Add(-a.retention).UnixMilli()
	more := false
	err := a.store.View(ctx, func(r store.Records) (err error) {
		more, err = a.HasExpired(r, before)
		return err
	})
	for more && err == nil && ctx.Err() == nil {
		err = a.store.Update(ctx, func(r store.Records) (err error) {
			more, err = a.RemoveExpired(r, before)
			return err
		})
	}
	return err
}

// register adds what the metrics tell of the audit.
func (a *audit) register(registry *prometheus.Registry) {
	registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "carillon_audit_records_dropped_total", Help: "Records of denials, bad signatures and reads that found no room.",
	}, func() float64 { return float64(a.Dropped()) }))
	if a.file != nil {
		registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "carillon_audit_file_lines_dropped_total", Help: "Records that the audit file lacks.",
		}, func() float64 { return float64(a.file.dropped.Load()) }))
	}
}
