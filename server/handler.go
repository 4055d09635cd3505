// Package server puts Carillon together: one http.Handler over signatures,
// access, the wire protocol and the rules, and the process around it.
package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"carillon/access"
	"carillon/api"
	"carillon/chime"
	"carillon/sigv4"
	"carillon/wire"
)

// handler serves the API, the operator API and health.
type handler struct {
	service  api.Service
	webhooks webhookPoster
	keys     *access.Keys
	ready    func(context.Context) error
	log      *slog.Logger
	verifier *sigv4.Verifier
	router   *wire.Router
	limiter  limiter
	metrics  *metrics
	limits   *limits
	arrivals arrivals
	proxies  proxies
	stopping chan struct{} // closed: requests that have not come whole are dropped
	stopOnce sync.Once
}

// webhookPoster takes messages for rooms; see [chime.Service.PostWebhook] and
// [chime.Service.KnowsWebhook].
type webhookPoster interface {
	KnowsWebhook(webhookID, token string) bool
	PostWebhook(ctx context.Context, webhookID, token, content string) (*chime.Posted, error)
}

func newHandler(service api.Service, webhooks webhookPoster, keys *access.Keys, ready func(context.Context) error, o Options) *handler {
	stopping := make(chan struct{})
	h := &handler{
		service: service, webhooks: webhooks, keys: keys, ready: ready, log: o.Log,
		metrics:  newMetrics(),
		verifier: sigv4.NewVerifier("chime", time.Now), // real time, whatever clock the rules follow
		router:   wire.NewRouter(api.Ops, api.RemovedOps),
		limits:   newLimits(memoryLimit(), stopping), stopping: stopping,
	}
	h.arrivals.most = bodyMemory(memoryLimit())
	h.limiter.set(o.Throttle)
	h.proxies.set(o.TrustedProxies)
	return h
}

// exchange is one request with what is learned about it, for the log.
type exchange struct {
	id      string
	started time.Time
	remote  string // the client's address
	source  string // what it counts as
	op      *api.Op
	caller  *api.Caller
	status  int
	refusal *api.Error
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	remote := h.proxies.remote(r)
	x := &exchange{id: uuid.NewString(), started: time.Now(), remote: remote, source: source(remote)}
	wire.SetRequestID(w, x.id)
	if h.health(w, r) {
		hurry(w, r)
		return
	}
	defer h.finish(w, r, x)
	if err := h.serve(w, r, x); err != nil {
		hurry(w, r)
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
	if strings.HasPrefix(r.URL.EscapedPath(), webhookPath) {
		return h.webhook(w, r, x)
	}
	body, err := h.authenticate(w, r, x)
	if err != nil {
		return err
	}
	defer body.release()
	place := account{h.limits.callers, x.caller.AwsAccountID}
	if err := place.enter(r.Context()); err != nil {
		return err
	}
	defer place.leave()
	return h.operate(w, r, x, body.bytes())
}

// operate does what a verified request asks for.
func (h *handler) operate(w http.ResponseWriter, r *http.Request, x *exchange, body []byte) error {
	match, err := h.router.Match(r)
	x.op = match.Op
	if err != nil {
		return err
	}
	if err := access.Allow(x.caller, match.Op); err != nil {
		return err
	}
	if err := h.limiter.allow(x.caller, match.Op); err != nil {
		return err
	}
	in, err := match.Decode(body)
	if err != nil {
		return err
	}
	return h.run(w, r, x, in)
}

// run calls the operation and writes its answer. The store bounds the time that
// an operation takes.
func (h *handler) run(w http.ResponseWriter, r *http.Request, x *exchange, in api.Input) error {
	out, err := x.op.Call(api.WithCaller(r.Context(), x.caller), h.service, in)
	if err != nil {
		return err
	}
	x.status = x.op.Status
	if err := wire.WriteOutput(w, x.op, out); err != nil {
		h.log.Debug("client gone", "request_id", x.id, "error", err.Error())
	}
	return nil
}
