// Package server puts Carillon together: one http.Handler over signatures,
// access, the wire protocol and the rules, and the process around it.
package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"carillon/access"
	"carillon/api"
	"carillon/console"
	"carillon/dispatch"
	"carillon/invitations"
	"carillon/policy"
	"carillon/sigv4"
	"carillon/wire"
	"carillon/work"
)

// handler serves the API, incoming webhooks and health.
type handler struct {
	dispatch *dispatch.Dispatcher
	keys     *access.Keys
	ready    probe
	log      *slog.Logger
	verifier *sigv4.Verifier
	doors                 // of what is signed
	bearer   *wire.Router // operations that are not signed
	knowsWebhook
	guests       guests
	console      *console.Console // nil: there are no pages
	scimRequests *scimRequests
	metrics      *metrics
	traces       *traces // nil: nobody asks for them
	limits       *limits
	arrivals     arrivals
	proxies      proxies
	stopping     chan struct{} // closed: requests that have not come whole are dropped
	stopOnce     sync.Once
}

func newHandler(d *dispatch.Dispatcher, m *metrics, knows knowsWebhook, keys *access.Keys, ready func(context.Context) error, o Options) *handler {
	stopping := make(chan struct{})
	h := &handler{
		dispatch: d, knowsWebhook: knows, keys: keys, ready: probe{look: ready, log: o.Log}, log: o.Log, metrics: m,
		verifier: sigv4.NewVerifier(time.Now, services()...), // real time, whatever clock the rules follow
		doors:    newDoors(),
		bearer:   wire.NewRouter(func(op *api.Op) bool { return op.Audience == api.Bearer }, api.Ops),
		limits:   newLimits(memoryLimit(), stopping), stopping: stopping,
	}
	h.arrivals.most = bodyMemory(memoryLimit())
	h.proxies.set(o.TrustedProxies)
	return h
}

// exchange is one request with what is learned about it, for the log.
type exchange struct {
	request work.Request
	started time.Time
	source  string // what the client's address counts as
	query   string // with the meaning that was signed
	door    wire.Door
	match   wire.Match
	body    *body
	seat    seat // of the caller, whom it was given for
	call    dispatch.Call
	page    bool // it is for a person
	op      *api.Op
	caller  *api.Caller
	// policies say what the caller may do
	policies *policy.Set
	input    api.Input // once it is known to be good
	status   int
	refusal  *api.Error
	followed *followed // nil: it is in no trace
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	remote := h.proxies.remote(r)
	x := &exchange{request: h.asked(r, remote), started: time.Now(), source: source(remote), door: h.doors.guess(r)}
	wire.SetRequestID(w, x.request.ID)
	if h.health(w, r) || options(w, r) {
		hurry(w, r)
		return
	}
	if h.traces != nil {
		r = h.traces.begin(r, x)
	}
	defer h.finish(w, r, x)
	if err := h.serve(w, r, x); err != nil {
		hurry(w, r)
		x.refuse(w, err)
	}
}

// asked returns what is known of a request before it is verified.
func (h *handler) asked(r *http.Request, remote string) work.Request {
	q := work.Request{ID: newRequestID(), SourceIP: remote, UserAgent: r.UserAgent(), Languages: r.Header.Get("Accept-Language"), Host: r.Host, Secure: h.proxies.secure(r)}
	if r.TLS != nil {
		q.TLSVersion = strings.Replace(tls.VersionName(r.TLS.Version), "TLS ", "TLSv", 1)
		q.CipherSuite = tls.CipherSuiteName(r.TLS.CipherSuite)
	}
	return q
}

// finish turns a panic into an answer and writes the log line.
func (h *handler) finish(w http.ResponseWriter, r *http.Request, x *exchange) {
	if p := recover(); p != nil {
		h.log.Error("panic", "request_id", x.request.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		x.refuse(w, fmt.Errorf("panic: %v", p))
	}
	h.metrics.observe(x)
	h.logExchange(r, x)
	if x.followed != nil {
		x.followed.end(r, x)
	}
}

// refuse answers with an error.
func (x *exchange) refuse(w http.ResponseWriter, err error) {
	x.refusal = x.door.WriteError(w, classify(err))
	x.status = x.refusal.Kind.Status
}

// serve runs one operation. The order of judgement is that of the contract:
// signature, operation, permission, shape, and then the rules.
func (h *handler) serve(w http.ResponseWriter, r *http.Request, x *exchange) error {
	path := r.URL.EscapedPath()
	switch {
	case strings.HasPrefix(path, webhookPath):
		return h.webhook(w, r, x)
	case strings.HasPrefix(path, invitations.Path):
		return h.invitation(w, r, x)
	case isScim(path):
		return h.scim(w, r, x)
	case console.Covers(r.URL.Path):
		return h.page(w, r, x)
	case h.console != nil && console.Welcomes(r):
		hurry(w, r)
		w.Header().Set("Location", console.Root)
		w.WriteHeader(http.StatusSeeOther)
		x.status, x.page = http.StatusSeeOther, true
		return nil
	}
	body, err := h.authenticate(w, r, x)
	if err != nil {
		return err
	}
	defer body.release()
	x.seat.account = account{h.limits.callers, x.caller.AwsAccountID}
	if err := h.enter(r.Context(), &x.seat); err != nil {
		return err
	}
	defer x.seat.free()
	x.body = body
	if x.match, err = x.door.Match(r, x.query, body.bytes()); err != nil {
		return err
	}
	return h.run(w, r, x)
}

// enter takes a place.
func (h *handler) enter(ctx context.Context, place *seat) error {
	ctx, end := h.traces.step(ctx, "place")
	defer end()
	return place.take(ctx)
}

// run has an operation run and writes its answer. The store bounds the time that
// an operation takes.
func (h *handler) run(w http.ResponseWriter, r *http.Request, x *exchange) error {
	x.op = x.match.Op
	x.call = dispatch.Call{Op: x.op, Caller: x.callerOrNobody(), Policies: x.policies, Request: &x.request, In: x.match.In, Rest: x, Place: x}
	out, err := h.dispatch.Do(r.Context(), &x.call)
	if x.followed != nil {
		h.traces.shared(r.Context(), x.followed)
	}
	if err != nil {
		return err
	}
	x.status, x.input = x.op.Status, x.match.In
	if err := x.door.WriteOutput(w, x.op, out); err != nil {
		h.log.Debug("client gone", "request_id", x.request.ID, "error", err.Error())
	}
	return nil
}

// Idle implements dispatch.Place.
func (x *exchange) Idle(ctx context.Context, wait func() error) error {
	return x.seat.without(ctx, wait)
}

// Read implements dispatch.Rest.
func (x *exchange) Read() error {
	err := x.match.Read(x.body.bytes())
	if x.followed != nil {
		x.followed.ready = time.Now()
	}
	return err
}

// callerOrNobody returns the caller, for operations that are not signed one who
// owns nothing.
func (x *exchange) callerOrNobody() *api.Caller {
	if x.caller == nil {
		return &api.Caller{}
	}
	return x.caller
}
