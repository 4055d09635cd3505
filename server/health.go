package server

import (
	"context"
	"net/http"
	"time"
)

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

// options answers "OPTIONS *", which asks whether there is a server at all.
func options(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodOptions || r.RequestURI != "*" {
		return false
	}
	w.Header().Set("Content-Length", "0")
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
