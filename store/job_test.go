package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"carillon/store"
)

// lease leases jobs that are due at a moment, until 100 in real time.
func (d *db) lease(owner string, dueMs, realMs int64, limit int) (list []store.Job) {
	d.Helper()
	d.write(func(r store.Records) (err error) {
		list, err = r.LeaseJobs(owner, dueMs, realMs, 100, limit)
		return err
	})
	return list
}

func (d *db) addJob(id string, dueMs int64) {
	d.Helper()
	d.write(func(r store.Records) error { return r.InsertJob(&store.Job{JobID: id, Kind: "k", DueMs: dueMs}) })
}

func jobIDs(list []store.Job) (ids []string) {
	for _, j := range list {
		ids = append(ids, j.JobID)
	}
	return ids
}

func job(d *db) {
	j := filled[store.Job](d, "+")
	d.write(func(r store.Records) error { return r.InsertJob(&j) })
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertJob(&j) })
	j.State, j.LeasedMs, j.Owner, j.Attempts, j.LastError = store.JobPending, 100, "me", 1, ""
	list := d.lease("me", j.DueMs, 1, 9)
	d.equal("leased", list, []store.Job{j})
	j.State, j.DueMs, j.LastError = store.JobPending, 7, "why 'é'\n"
	d.write(func(r store.Records) error { return r.ReturnJob(&j) })
	j.Owner, j.Attempts = "you", 2
	d.equal("leased again", d.lease("you", 7, 1, 9), []store.Job{j})
	d.equal("while it is leased", len(d.lease("she", 7, 99, 9)), 0)
	j.Owner, j.Attempts, j.LeasedMs = "she", 3, 100
	d.equal("after that", d.lease("she", 7, 100, 9), []store.Job{j})
	d.write(func(r store.Records) error { return r.FinishJob(&j) })
	d.equal("jobs left", d.count("jobs"), int64(0))
}

// Jobs come in the order of their times, and none too early.
func jobsDue(d *db) {
	for id, due := range map[string]int64{"a": 30, "c": 20, "b": 20, "d": 40} {
		d.addJob(id, due)
	}
	for dueMs, want := range map[int64]int{19: 0, 20: 2, 30: 3, 40: 4} {
		d.equal(fmt.Sprint("due at ", dueMs), d.dueJobs(dueMs, 1, 9), tenantJobs("", want))
	}
	d.equal("too early", len(d.lease("me", 19, 1, 9)), 0)
	d.equal("first", jobIDs(d.lease("me", 30, 1, 1)), []string{"b"})
	d.equal("second", jobIDs(d.lease("me", 30, 1, 9)), []string{"c", "a"})
	d.equal("leased ones", len(d.lease("me", 30, 99, 9)), 0)
	d.equal("leases that ended", jobIDs(d.lease("me", 39, 100, 9)), []string{"b", "c", "a"})
}

// dueJobs returns who has jobs of the kinds k and l.
func (d *db) dueJobs(dueMs, realMs int64, limit int) (list []store.TenantJobs) {
	d.Helper()
	d.read(func(r store.Records) (err error) {
		list, err = r.DueJobs(dueMs, realMs, limit, "k", "l")
		return err
	})
	return list
}

func tenantJobs(tenant string, n int) []store.TenantJobs {
	if n == 0 {
		return nil
	}
	return []store.TenantJobs{{AwsAccountID: tenant, Jobs: n}}
}

// Who has jobs is known without those that are leased, and each one's are
// leased apart.
func jobsOfTenants(d *db) {
	for i, j := range []store.Job{
		{AwsAccountID: "b", Kind: "k"},
		{AwsAccountID: "b", Kind: "k"},
		{AwsAccountID: "b", Kind: "l"},
		{AwsAccountID: "b", Kind: "other"},
		{AwsAccountID: "", Kind: "k"},
		{AwsAccountID: "c", Kind: "l"},
		{AwsAccountID: "later", Kind: "k", DueMs: 2},
	} {
		j.JobID = fmt.Sprint("j", i)
		d.write(func(r store.Records) error { return r.InsertJob(&j) })
	}
	all := []store.TenantJobs{{AwsAccountID: "", Jobs: 1}, {AwsAccountID: "b", Jobs: 3}, {AwsAccountID: "c", Jobs: 1}}
	d.equal("due", d.dueJobs(1, 1, 9), all)
	all[1].Jobs = 2 // one of a kind at most
	d.equal("due, counted up to 1", d.dueJobs(1, 1, 1), all)
	d.write(func(r store.Records) error {
		list, err := r.LeaseTenantJobs("b", "me", 1, 1, 100, 9, "k", "l")
		d.equal("b's", jobIDs(list), []string{"j0", "j1", "j2"})
		return err
	})
	d.equal("due without b's", d.dueJobs(1, 1, 9), []store.TenantJobs{{AwsAccountID: "", Jobs: 1}, {AwsAccountID: "c", Jobs: 1}})
	d.equal("due when the leases have ended", len(d.dueJobs(1, 100, 9)), 3)
}

// Only the owner of this very run ends a job or gives it back.
func jobOwner(d *db) {
	d.addJob("j", 1)
	mine := d.lease("me", 1, 1, 1)[0]
	yours := d.lease("you", 1, 100, 1)[0]
	again := mine
	again.Attempts = yours.Attempts // mine, but of another run
	for _, j := range []store.Job{mine, again} {
		d.refused(store.ErrNotFound, func(r store.Records) error { return r.FinishJob(&j) })
		d.refused(store.ErrNotFound, func(r store.Records) error { return r.ReturnJob(&j) })
	}
	yours.State = store.JobFailed
	d.write(func(r store.Records) error { return r.ReturnJob(&yours) })
	d.equal("failed ones", len(d.lease("me", 1000, 1000, 9)), 0)
}

func jobsCounted(d *db) {
	for i := range 3 {
		d.addJob(fmt.Sprint("j", i), int64(i))
	}
	j := d.lease("me", 0, 1, 1)[0]
	j.State, j.DueMs = store.JobFailed, 5
	d.write(func(r store.Records) error { return r.ReturnJob(&j) })
	counts := func() (list []store.JobCount) {
		d.read(func(r store.Records) (err error) {
			list, err = r.CountJobs()
			return err
		})
		return list
	}
	d.equal("counts", counts(), []store.JobCount{{Kind: "k", State: "Failed", Count: 1, FirstDueMs: 5}, {Kind: "k", State: "Pending", Count: 2, FirstDueMs: 1}})
	d.equal("purged", []int64{d.purgeFailed(5), d.purgeFailed(6), d.purgeFailed(6)}, []int64{0, 1, 0})
	d.equal("counts", counts(), []store.JobCount{{Kind: "k", State: "Pending", Count: 2, FirstDueMs: 1}})
}

func (d *db) purgeFailed(beforeMs int64) (n int64) {
	d.Helper()
	d.write(func(r store.Records) (err error) {
		n, err = r.PurgeFailedJobs(beforeMs, 1000)
		return err
	})
	return n
}

// Of several that lease at once each job is one's.
func jobsAtOnce(d *db) {
	const jobs = 60
	for i := range jobs {
		d.addJob(fmt.Sprintf("j%02d", i), 1)
	}
	var mu sync.Mutex
	owners := map[string]int{}
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			for n := 0; n < jobs; n++ {
				var list []store.Job
				err := d.update(func(r store.Records) (err error) {
					list, err = r.LeaseJobs(fmt.Sprint("owner ", i), 1, 1, 100, 7)
					return err
				})
				if err != nil {
					d.Error(err)
					return
				}
				mu.Lock()
				for _, j := range list {
					owners[j.JobID]++
				}
				mu.Unlock()
				if len(list) == 0 {
					return
				}
			}
		})
	}
	wg.Wait()
	if len(owners) != jobs {
		d.Errorf("%d jobs were leased, want %d", len(owners), jobs)
	}
	for id, n := range owners {
		if n != 1 {
			d.Errorf("%s was leased %d times", id, n)
		}
	}
}

// Who leases does not wait for another who is about to.
func TestLeaseJobs_skipLocked(t *testing.T) {
	d := newDB(t, openPostgres(t))
	d.must(d.Migrate(t.Context()))
	for i := range 5 {
		d.addJob(fmt.Sprint("j", i), 1)
	}
	d.must(d.Update(context.Background(), func(r store.Records) error {
		first, err := r.LeaseJobs("me", 1, 1, 100, 3)
		d.equal("first", jobIDs(first), []string{"j0", "j1", "j2"})
		d.equal("meanwhile", jobIDs(d.lease("you", 1, 1, 9)), []string{"j3", "j4"})
		return err
	}))
}

// Only a job that failed for good gets another chance.
func jobRevived(d *db) {
	d.addJob("failed", 1)
	d.addJob("waiting", 2)
	j := d.lease("me", 1, 1, 1)[0]
	j.State = store.JobFailed
	d.write(func(r store.Records) error { return r.ReturnJob(&j) })
	for _, id := range []string{"failed", "waiting", "ghost"} {
		d.write(func(r store.Records) error { return r.ReviveJob(id, 50) })
	}
	d.equal("due before", jobIDs(d.lease("me", 49, 1, 9)), []string{"waiting"})
	list := d.lease("you", 50, 1, 9)
	if len(list) != 1 || list[0].JobID != "failed" || list[0].Attempts != 1 {
		d.Errorf("due then: %+v", list)
	}
}

// failJob leaves a job that failed for good at a time.
func (d *db) failJob(id string, dueMs int64) {
	d.Helper()
	d.addJob(id, dueMs)
	j := d.lease("me", dueMs, 1, 1)[0]
	j.State, j.DueMs, j.LastError = store.JobFailed, dueMs, "why"
	d.write(func(r store.Records) error { return r.ReturnJob(&j) })
}

func (d *db) jobs(f store.JobFilter) (list []store.Job) {
	d.Helper()
	d.read(func(r store.Records) (err error) {
		list, err = r.Jobs(f)
		return err
	})
	return list
}

// The list has failed jobs first, by time, and never a payload.
func jobsListed(d *db) {
	d.failJob("f2", 20)
	d.failJob("f1", 20)
	d.failJob("f3", 10)
	d.addJob("p2", 5)
	d.write(func(r store.Records) error {
		return r.InsertJob(&store.Job{JobID: "p1", Kind: "secret", Payload: "secret", DueMs: 5, CreatedMs: 7})
	})
	all := []string{"f3", "f1", "f2", "p1", "p2"}
	for state, want := range map[string][]string{"": all, "Failed": all[:3], "Pending": all[3:], "Other": nil} {
		d.equal("all "+state, jobIDs(d.jobs(store.JobFilter{State: state, Limit: 9})), want)
		f := store.JobFilter{State: state, Limit: 1}
		var paged []string
		for list := d.jobs(f); len(list) > 0; list = d.jobs(f) {
			f.AfterState, f.AfterMs, f.AfterID = list[0].State, list[0].DueMs, list[0].JobID
			paged = append(paged, list[0].JobID)
		}
		d.equal("page by page "+state, paged, want)
	}
	d.equal("a failed one", d.jobs(store.JobFilter{Limit: 1})[0],
		store.Job{JobID: "f3", Kind: "k", State: "Failed", DueMs: 10, Owner: "me", Attempts: 1, LastError: "why"})
	d.equal("one that waits", d.jobs(store.JobFilter{State: "Pending", Limit: 1})[0],
		store.Job{JobID: "p1", Kind: "secret", State: "Pending", DueMs: 5, CreatedMs: 7})
}

func jobRetried(d *db) {
	d.failJob("f", 10)
	d.addJob("p", 90)
	d.write(func(r store.Records) error { return r.RetryJob("f", 50) })
	d.refused(store.ErrExists, func(r store.Records) error { return r.RetryJob("f", 60) })
	d.refused(store.ErrExists, func(r store.Records) error { return r.RetryJob("p", 60) })
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.RetryJob("ghost", 60) })
	j := d.lease("you", 50, 100, 9)
	d.equal("due", jobIDs(j), []string{"f"})
	d.equal("attempts", j[0].Attempts, int64(1))
	d.equal("waits still", d.jobs(store.JobFilter{State: "Pending", AfterState: "Pending", AfterMs: 50, AfterID: "f", Limit: 9})[0].DueMs, int64(90))
}
