package server

import (
	"math"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"carillon/store"
)

// scrape returns what the server tells of itself.
func (s *site) scrape() string {
	w := httptest.NewRecorder()
	promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP(w, request("GET", "/metrics", ""))
	return w.Body.String()
}

// wantMetrics waits until the server tells some lines: what it is busy with at a
// moment differs.
func (s *site) wantMetrics(lines ...string) {
	s.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		text := s.scrape()
		i := slices.IndexFunc(lines, func(line string) bool { return !strings.Contains(text, line) })
		if i < 0 {
			return
		}
		if time.Now().After(deadline) {
			s.Errorf("the metrics lack %s", lines[i])
			return
		}
	}
}

// Calls that policies deny are counted by action, whoever sends them; others are not.
func TestMetrics_denials(t *testing.T) {
	s := newSite(t)
	key := s.key()
	s.send(signedBy(key, "GET", "/accounts", ""))
	s.send(signedBy(key, "GET", "/carillon/v1/jobs", ""))
	s.send(signedBy(key, "GET", "/carillon/v1/jobs", ""))
	s.wantMetrics(`carillon_policy_denials_total{operation="ListJobs",service="carillon"} 2`)
	if text := s.scrape(); strings.Contains(text, `carillon_policy_denials_total{operation="ListAccounts"`) {
		t.Error("a call that was permitted is counted as denied")
	}
}

func TestMetrics_store(t *testing.T) {
	s := newSite(t)
	s.account()
	s.wantMetrics(
		`carillon_store_waiting{for="writer"} 0`, `carillon_store_waiting{for="reader"} 0`, `carillon_store_connections{state="busy"} `,
		"carillon_store_connections_max ", `carillon_store_commit_updates_bucket{le="+Inf"}`, "carillon_store_commit_duration_seconds_count ",
	)
	if strings.Contains(s.scrape(), "carillon_store_commit_duration_seconds_count 0\n") {
		t.Error("no commit is counted")
	}
}

// What should have been done an hour ago is an hour late, and what is due
// tomorrow is not.
func TestMetrics_overdue(t *testing.T) {
	s := newSite(t)
	now := time.Now()
	err := s.store.Update(t.Context(), func(r store.Records) error {
		for id, due := range map[string]time.Time{"late": now.Add(-time.Hour), "early": now.Add(time.Hour)} {
			if err := r.InsertJob(&store.Job{JobID: id, Kind: id, Payload: "{}", DueMs: due.UnixMilli()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.wantMetrics(`carillon_jobs_overdue_seconds{kind="late"} 36`, `carillon_jobs_overdue_seconds{kind="early"} 0`)
}

// A record is behind as long as it is not sealed.
func TestMetrics_audit(t *testing.T) {
	s := newSite(t)
	s.account()
	for deadline := time.Now().Add(time.Minute); !strings.Contains(s.scrape(), "carillon_audit_pending_records 0\n"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the record is not sealed")
		}
	}
	s.wantMetrics("carillon_audit_lag_seconds 0\n")
	b := backlog{s.store, s.audit, func() time.Time { return time.Now().Add(time.Hour) }, s.Server.log}
	if age := b.age(time.Now().UnixMilli()); math.Abs(age-3600) > 60 {
		t.Errorf("a record of an hour ago is %v s old", age)
	}
}

func TestMetrics_backup(t *testing.T) {
	const name = "carillon_backup_last_success_timestamp_seconds"
	at := time.UnixMilli(1_700_000_000_500)
	for _, c := range []struct {
		last func() time.Time
		want string
	}{
		{nil, "nan"},
		{func() time.Time { return time.Time{} }, "0"},
		{func() time.Time { return at }, "1.7000000005e+09"},
	} {
		r := prometheus.NewRegistry()
		r.MustRegister(lastBackup(c.last))
		families, err := r.Gather()
		if err != nil {
			t.Fatal(err)
		}
		if got := families[0].String(); !strings.Contains(got, name) || !strings.Contains(got, "value:"+c.want) {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
	newSite(t, func(o *Options) { o.Backup = BackupSchedule{Dir: t.TempDir(), Every: time.Hour} }).wantMetrics(name + " 0\n")
}
