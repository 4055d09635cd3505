package server

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"carillon/store"
)

// commitMetrics count the commits of the database. They are there before it is
// opened.
type commitMetrics struct{ duration, updates prometheus.Histogram }

func newCommitMetrics() *commitMetrics {
	return &commitMetrics{
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "carillon_store_commit_duration_seconds", Help: "Time that commits take until they are durable.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
		}),
		updates: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "carillon_store_commit_updates", Help: "Updates that share a commit; on PostgreSQL always one.",
			Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256},
		}),
	}
}

// committed is told of each commit.
func (m *commitMetrics) committed(took time.Duration, updates int) {
	m.duration.Observe(took.Seconds())
	m.updates.Observe(float64(updates))
}

// storeStats tells, at each scrape, what the database is busy with.
type storeStats struct{ store *store.Store }

var (
	waitingDesc  = prometheus.NewDesc("carillon_store_waiting", "Views and updates that wait for their turn, by what they wait for: writer, reader or connection.", []string{"for"}, nil)
	connsDesc    = prometheus.NewDesc("carillon_store_connections", "Connections to the database that are open, by state: busy or idle.", []string{"state"}, nil)
	maxConnsDesc = prometheus.NewDesc("carillon_store_connections_max", "Connections to the database that there can be.", nil, nil)
)

// Describe implements prometheus.Collector.
func (storeStats) Describe(out chan<- *prometheus.Desc) {
	out <- waitingDesc
	out <- connsDesc
	out <- maxConnsDesc
}

// Collect implements prometheus.Collector.
func (c storeStats) Collect(out chan<- prometheus.Metric) {
	s := c.store.Stats()
	for what, n := range s.Waiting {
		out <- gauge(waitingDesc, float64(n), what)
	}
	out <- gauge(connsDesc, float64(s.Busy), "busy")
	out <- gauge(connsDesc, float64(s.Conns-s.Busy), "idle")
	out <- gauge(maxConnsDesc, float64(s.MaxConns))
}

func gauge(desc *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
}
