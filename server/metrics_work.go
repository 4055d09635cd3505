package server

import (
	"context"
	"log/slog"
	"math"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"carillon/api"
	"carillon/store"
)

// backlog tells, at each scrape, how much work in the background the database holds.
type backlog struct {
	store *store.Store
	audit *audit
	now   func() time.Time // of the rules, by which jobs are due and events happen
	log   *slog.Logger
}

var (
	jobsDesc    = prometheus.NewDesc("carillon_jobs", "Background jobs in the database by kind and state, of all replicas.", []string{"kind", "state"}, nil)
	overdueDesc = prometheus.NewDesc("carillon_jobs_overdue_seconds", "For how long the first of the pending jobs of a kind has been due; 0: none is.", []string{"kind"}, nil)
	pendingDesc = prometheus.NewDesc("carillon_audit_pending_records", "Records of the audit that are not sealed yet, up to 10000.", nil, nil)
	lagDesc     = prometheus.NewDesc("carillon_audit_lag_seconds", "Age of the oldest record of the audit that is not sealed yet; 0: there is none.", nil, nil)
)

// maxCountedPending is how many records that wait to be sealed are counted.
const maxCountedPending = 10000

// Describe implements prometheus.Collector.
func (backlog) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{jobsDesc, overdueDesc, pendingDesc, lagDesc} {
		out <- desc
	}
}

// Collect implements prometheus.Collector. Without the database there is
// nothing to tell.
func (b backlog) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
	defer cancel()
	err := b.store.View(ctx, func(r store.Records) error {
		if err := b.collectJobs(r, out); err != nil {
			return err
		}
		return b.collectAudit(r, out)
	})
	if err != nil {
		b.log.Warn("metrics: jobs and records not counted", "error", err.Error())
	}
}

func (b backlog) collectJobs(r store.Records, out chan<- prometheus.Metric) error {
	counts, err := r.CountJobs()
	for _, c := range counts {
		out <- gauge(jobsDesc, float64(c.Count), c.Kind, c.State)
		if c.State == store.JobPending {
			out <- gauge(overdueDesc, b.age(c.FirstDueMs), c.Kind)
		}
	}
	return err
}

func (b backlog) collectAudit(r store.Records, out chan<- prometheus.Metric) error {
	count, err := r.CountPendingAudit(maxCountedPending)
	if err != nil {
		return err
	}
	oldest, err := b.audit.OldestPending(r)
	if err != nil {
		return err
	}
	age := 0.0
	if oldest > 0 {
		age = b.age(oldest)
	}
	out <- gauge(pendingDesc, float64(count))
	out <- gauge(lagDesc, age)
	return nil
}

// age is how long ago a moment in milliseconds since 1970 was, in seconds; 0 if
// it is to come.
func (b backlog) age(ms int64) float64 {
	return max(0, b.now().Sub(time.UnixMilli(ms)).Seconds())
}

// damagedPages tells how many pages of the database are not what was written.
func damagedPages(s *store.Store) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "carillon_store_damaged_pages", Help: "Pages of the embedded database that are known not to be what was written; see the log.",
	}, func() float64 { return float64(s.DamagedPages()) })
}

// lastBackup tells when a scheduled backup last worked out. NaN: none are
// scheduled, so that no comparison with it is true; 0: none has yet.
func lastBackup(last func() time.Time) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "carillon_backup_last_success_timestamp_seconds", Help: "When the last scheduled backup was complete; 0: none yet, NaN: none are scheduled.",
	}, func() float64 {
		if last == nil {
			return math.NaN()
		}
		if at := last(); !at.IsZero() {
			return float64(at.UnixMilli()) / 1000
		}
		return 0
	})
}

// denied counts a call that policies did not permit.
func (m *metrics) denied(op *api.Op) {
	service, _, _ := strings.Cut(op.Action, ":")
	m.denials.WithLabelValues(service, op.Name).Inc()
}

// job counts one run of a job.
func (m *metrics) job(kind, outcome string, took time.Duration) {
	m.jobs.WithLabelValues(kind, outcome).Inc()
	m.jobTime.WithLabelValues(kind).Observe(took.Seconds())
}
