package server

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics count what the server does.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	jobs     *prometheus.CounterVec
	jobTime  *prometheus.HistogramVec
	denials  *prometheus.CounterVec

	mu    sync.RWMutex
	known map[outcome]series
}

// outcome is what requests are counted by, series what they are counted in:
// finding that by labels takes longer than counting.
type (
	outcome struct {
		op     string
		status int
	}
	series struct {
		requests prometheus.Counter
		duration prometheus.Observer
	}
)

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(), known: map[outcome]series{},
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "carillon_requests_total", Help: "Requests by operation and HTTP status.",
		}, []string{"operation", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "carillon_request_duration_seconds", Help: "Time to answer by operation.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
		}, []string{"operation"}),
	}
	m.jobs = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "carillon_jobs_total", Help: "Runs of background jobs by kind and outcome: done, retried, failed or lost.",
	}, []string{"kind", "outcome"})
	m.jobTime = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "carillon_job_duration_seconds", Help: "Time that runs of background jobs take by kind.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 25},
	}, []string{"kind"})
	m.denials = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "carillon_policy_denials_total", Help: "Calls that were not permitted, by the service and name of the action.",
	}, []string{"service", "operation"})
	m.registry.MustRegister(m.requests, m.duration, m.jobs, m.jobTime, m.denials, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe counts one request.
func (m *metrics) observe(x *exchange) {
	s := m.series(outcome{opName(x), x.status})
	s.requests.Inc()
	s.duration.Observe(time.Since(x.started).Seconds())
}

func (m *metrics) series(o outcome) series {
	m.mu.RLock()
	s, ok := m.known[o]
	m.mu.RUnlock()
	if ok {
		return s
	}
	s = series{m.requests.WithLabelValues(o.op, strconv.Itoa(o.status)), m.duration.WithLabelValues(o.op)}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known[o] = s
	return s
}

// droppedLines tells how many lines of the log found no reader.
func droppedLines(count func() int64) prometheus.Collector {
	return prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "carillon_log_lines_dropped_total", Help: "Lines of the log that were dropped because nobody read it.",
	}, func() float64 {
		if count == nil {
			return 0
		}
		return float64(count())
	})
}

// ServeMetrics answers /metrics and, with profiles, /debug/pprof on a listener
// until stop is called. They are not signed: keep the address private.
func (s *Server) ServeMetrics(l net.Listener, profiles bool) (stop func()) {
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	if profiles {
		addProfiles(mux)
	}
	hs := &http.Server{Handler: mux, ReadHeaderTimeout: readHeaderTimeout, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)}
	var serving sync.WaitGroup
	serving.Go(func() { _ = hs.Serve(&loudListener{Listener: l, log: s.log}) }) // ends with Close
	return func() {
		_ = hs.Close()
		serving.Wait()
	}
}

// addProfiles adds what pprof offers but the command line, which may have
// secrets.
func addProfiles(mux *http.ServeMux) {
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.Handle("/debug/pprof/cmdline", http.NotFoundHandler())
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
}
