package server

import (
	"context"
	"maps"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"carillon/api"
	"carillon/chime"
	"carillon/dispatch"
	"carillon/jobs"
	"carillon/store"
	"carillon/store/engine"
	"carillon/work"
)

// around follows the views and updates of a store that belong to something that
// is followed.
func (t *traces) around(name string, run store.Transaction) store.Transaction {
	return func(ctx context.Context, fn func(engine.Tx) error) error {
		if !trace.SpanFromContext(ctx).IsRecording() {
			return run(ctx, fn)
		}
		ctx, span := t.tracer.Start(ctx, "store "+name)
		p := phases{started: time.Now()}
		err := run(ctx, func(tx engine.Tx) error {
			p.begin()
			defer p.end()
			return fn(tx)
		})
		t.phases(ctx, span, &p, name == "update")
		return err
	}
}

// phases are the times of a transaction: until its turn, in its last run, and
// from there to the end.
type phases struct {
	started, began, ended time.Time
	runs                  int
	calls                 int // that share it; 0: one
}

func (p *phases) begin() {
	p.began = time.Now()
	p.runs++
}

func (p *phases) end() { p.ended = time.Now() }

// phases ends the span of a transaction, with a part for each of its times.
func (t *traces) phases(ctx context.Context, span trace.Span, p *phases, commits bool) {
	over := time.Now()
	defer span.End(trace.WithTimestamp(over))
	if p.runs == 0 {
		t.part(ctx, "wait", p.started, over)
		return
	}
	t.part(ctx, "wait", p.started, p.began)
	t.part(ctx, "run", p.began, p.ended)
	if commits {
		t.part(ctx, "commit", p.ended, over)
	}
	if p.runs > 1 {
		span.SetAttributes(attribute.Int("carillon.runs", p.runs))
	}
	if p.calls > 0 {
		span.SetAttributes(attribute.Int("carillon.calls", p.calls))
	}
}

// rules tells the requests whose calls share a transaction when their rule ran:
// it has the context of none of them.
func (t *traces) rules(rules map[*api.Op]dispatch.Rule) map[*api.Op]dispatch.Rule {
	rules = maps.Clone(rules)
	for op, rule := range rules {
		share := rule.Share
		if share == nil {
			continue
		}
		rule.Share = func(items []*api.Item[*work.Unit, api.Input, api.Output]) error {
			run := work.SharedRun{Began: time.Now(), Calls: len(items)}
			err := share(items)
			run.Ended = time.Now()
			for _, it := range items {
				if trace := it.Work.Asked().Trace; trace != nil {
					trace.Shared(run)
				}
			}
			return err
		}
		rules[op] = rule
	}
	return rules
}

// shared adds the transaction that a request shared with others, if it did.
func (t *traces) shared(ctx context.Context, f *followed) {
	run := f.shared.Load()
	if run == nil || !f.span.IsRecording() {
		return
	}
	ctx, span := t.tracer.Start(ctx, "store update", trace.WithTimestamp(f.ready))
	t.phases(ctx, span, &phases{started: f.ready, began: run.Began, ended: run.Ended, runs: 1, calls: run.Calls}, true)
}

// job follows a run of a job, in a trace of its own.
func (t *traces) job(ctx context.Context, j *store.Job) (_ context.Context, end func(outcome string)) {
	ctx, span := t.tracer.Start(ctx, "job "+j.Kind, trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindConsumer), trace.WithAttributes(
		attribute.String("carillon.job.id", j.JobID), attribute.String("carillon.job.kind", j.Kind), attribute.Int64("carillon.job.attempt", j.Attempts),
		attribute.String("cloud.account.id", j.AwsAccountID)))
	return ctx, func(outcome string) {
		span.SetAttributes(attribute.String("carillon.job.outcome", outcome))
		if outcome != jobs.Done {
			span.SetStatus(codes.Error, outcome)
		}
		span.End()
	}
}

// post follows what is sent to endpoints outside, whose addresses are sensitive.
// Those of the operator are told of the trace; those that users of the API chose
// are not.
func (t *traces) post(send chime.Sender, own bool) chime.Sender {
	return func(ctx context.Context, url string, header map[string]string, body []byte) (status int, answer []byte, err error) {
		ctx, span := t.tracer.Start(ctx, "POST", trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attribute.String("http.request.method", http.MethodPost)))
		defer span.End()
		if own {
			header = maps.Clone(header)
			if header == nil {
				header = map[string]string{}
			}
			t.Propagator.Inject(ctx, propagation.MapCarrier(header))
		}
		status, answer, err = send(ctx, url, header, body)
		if err != nil {
			span.SetStatus(codes.Error, err.Error()) // it says what, and not where
		} else {
			span.SetAttributes(attribute.Int("http.response.status_code", status))
		}
		return status, answer, err
	}
}

// followed are rules that are followed if somebody asks for that.
func (s *Server) followed(rules map[*api.Op]dispatch.Rule) map[*api.Op]dispatch.Rule {
	if s.traces == nil {
		return rules
	}
	return s.traces.rules(rules)
}

// followedPosts does the same with what is posted to users' endpoints and to the
// operator's.
func (s *Server) followedPosts(webhooks, operator chime.Sender) (_, _ chime.Sender) {
	if s.traces == nil {
		return webhooks, operator
	}
	return s.traces.post(webhooks, false), s.traces.post(operator, true)
}

// followJobs is what follows jobs; nil: nobody asks for that.
func (s *Server) followJobs() func(context.Context, *store.Job) (context.Context, func(string)) {
	if s.traces == nil {
		return nil
	}
	return s.traces.job
}
