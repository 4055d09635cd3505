// Package server puts Carillon together: one http.Handler over signatures,
// access, the wire protocol and the rules, and the process around it.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"

	"carillon/access"
	"carillon/api"
	"carillon/dispatch"
	"carillon/sigv4"
	"carillon/store"
	"carillon/wire"
)

// Limits of one request.
const (
	// maxBody is the largest body that is read, in bytes.
	maxBody = 1 << 20
	// maxInFlight is how many requests may be under way at once; the rest is
	// told to come back.
	maxInFlight = 4096
)

// handler serves the API, the operator API and health.
type handler struct {
	dispatch *dispatch.Dispatcher
	keys     *access.Keys
	ready    func(context.Context) error
	log      *slog.Logger
	verifier *sigv4.Verifier
	signed   *wire.Router
	bearer   *wire.Router // operations that are not signed
	metrics  *metrics
	inFlight chan struct{}
}

func newHandler(d *dispatch.Dispatcher, keys *access.Keys, ready func(context.Context) error, o Options) *handler {
	return &handler{
		dispatch: d, keys: keys, ready: ready, log: o.Log, metrics: newMetrics(),
		verifier: sigv4.NewVerifier("chime", time.Now), // real time, whatever clock the rules follow
		signed:   wire.NewRouter(func(op *api.Op) bool { return op.Audience != api.Bearer }, api.Ops, api.RemovedOps),
		bearer:   wire.NewRouter(func(op *api.Op) bool { return op.Audience == api.Bearer }, api.Ops),
		inFlight: make(chan struct{}, maxInFlight),
	}
}

// bearerPath begins the paths of operations that are not signed: the input holds
// the secret that lets them.
const bearerPath = "/incomingwebhooks/"

// exchange is one request with what is learned about it, for the log.
type exchange struct {
	id      string
	started time.Time
	op      *api.Op
	caller  *api.Caller
	status  int
	refusal *api.Error
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{id: uuid.NewString(), started: time.Now()}
	wire.SetRequestID(w, x.id)
	if h.health(w, r) {
		return
	}
	defer h.finish(w, r, x)
	if err := h.serve(w, r, x); err != nil {
		x.refuse(w, err)
	}
}

// finish turns a panic into an answer and writes the log line.
func (h *handler) finish(w http.ResponseWriter, r *http.Request, x *exchange) {
	if p := recover(); p != nil {
		h.log.Error("panic", "request_id", x.id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		x.refuse(w, fmt.Errorf("panic: %v", p))
	}
	h.metrics.observe(x)
	h.logExchange(r, x)
}

// refuse answers with an error.
func (x *exchange) refuse(w http.ResponseWriter, err error) {
	x.refusal = wire.WriteError(w, classify(err))
	x.status = x.refusal.Kind.Status
}

// serve runs one operation. The order of judgement is that of the contract:
// signature, operation, permission, shape, and then the rules.
func (h *handler) serve(w http.ResponseWriter, r *http.Request, x *exchange) error {
	select {
	case h.inFlight <- struct{}{}:
		defer func() { <-h.inFlight }()
	default:
		return &api.Error{Kind: api.ServiceUnavailable, Message: "The server is busy", RetryAfter: time.Second}
	}
	if strings.HasPrefix(r.URL.EscapedPath(), bearerPath) {
		return h.serveBearer(w, r, x)
	}
	body, err := h.authenticate(w, r, x)
	if err != nil {
		return err
	}
	defer body.release()
	return h.run(w, r, x, h.signed, body)
}

func (h *handler) serveBearer(w http.ResponseWriter, r *http.Request, x *exchange) error {
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	defer body.release()
	return h.run(w, r, x, h.bearer, body)
}

// run finds the operation, has it run and writes its answer. The store bounds
// the time that an operation takes.
func (h *handler) run(w http.ResponseWriter, r *http.Request, x *exchange, router *wire.Router, body *body) error {
	match, err := router.Match(r)
	if err != nil {
		return err
	}
	x.op = match.Op
	out, err := h.dispatch.Do(r.Context(), &dispatch.Call{
		Op: match.Op, Caller: x.callerOrNobody(), RequestID: x.id, In: match.In,
		Read: func() error { return match.Read(body.bytes()) },
	})
	if err != nil {
		return err
	}
	x.status = x.op.Status
	if err := wire.WriteOutput(w, x.op, out); err != nil {
		h.log.Debug("client gone", "request_id", x.id, "error", err.Error())
	}
	return nil
}

// callerOrNobody returns the caller, for operations that are not signed one who
// owns nothing.
func (x *exchange) callerOrNobody() *api.Caller {
	if x.caller == nil {
		return &api.Caller{}
	}
	return x.caller
}

// authenticate verifies the signature over the whole request and sets the
// caller. The body is read, within its limit, but not looked at before that.
func (h *handler) authenticate(w http.ResponseWriter, r *http.Request, x *exchange) (*body, error) {
	auth, err := h.verifier.Parse(r)
	if err != nil {
		return nil, refusal(err)
	}
	if auth.SessionToken != "" {
		return nil, unrecognized("The security token was not issued by this server")
	}
	credential, err := h.keys.Find(r.Context(), auth.AccessKeyID)
	if errors.Is(err, access.ErrUnknownKey) {
		return nil, unrecognized("The access key is unknown or disabled")
	}
	if err != nil {
		return nil, err
	}
	b, err := readBody(w, r)
	if err != nil {
		return nil, err
	}
	if err := h.verifier.Verify(r, auth, b.bytes(), credential.Secret); err != nil {
		b.release()
		return nil, refusal(err)
	}
	x.caller = &credential.Caller
	return b, nil
}

func unrecognized(message string) error {
	return refusal(&sigv4.Error{Kind: sigv4.UnrecognizedClient, Message: message})
}

// refusal is the API's form of what sigv4 refuses. These errors are not in the
// model, so their bodies have no Code.
func refusal(err error) error {
	var e *sigv4.Error
	if !errors.As(err, &e) {
		return err
	}
	return api.Kind{Name: string(e.Kind), Status: http.StatusForbidden}.Errorf("%s", e.Message)
}

// classify tells an overloaded or lost database, which a retry may overcome,
// from failures of the server itself.
func classify(err error) error {
	var e *api.Error
	switch {
	case errors.As(err, &e):
		return err
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &api.Error{Kind: api.ServiceUnavailable, Message: "The database cannot serve the request now; nothing was changed that was not acknowledged", RetryAfter: time.Second, Err: err}
	}
	return err
}

// health answers the two unsigned probes.
func (h *handler) health(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	switch r.URL.EscapedPath() {
	case "/healthz":
		w.WriteHeader(http.StatusOK)
	case "/readyz":
		w.WriteHeader(h.readiness(r))
	default:
		return false
	}
	return true
}

// readyTimeout bounds the look at the database behind /readyz.
const readyTimeout = 2 * time.Second

func (h *handler) readiness(r *http.Request) int {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if err := h.ready(ctx); err != nil {
		h.log.Warn("not ready", "error", err.Error())
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}
