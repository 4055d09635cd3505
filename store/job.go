package store

import (
	"errors"

	"carillon/store/engine"
)

// Job is durable background work. DueMs follows the clock of the rules,
// LeasedMs the real one: until then another process leaves the job alone.
type Job struct {
	JobID string
	// AwsAccountID is for whom the job works; "": for nobody in particular.
	AwsAccountID string
	Kind         string
	Payload      string
	State        string // JobPending or JobFailed
	DueMs        int64
	LeasedMs     int64
	Owner        string
	Attempts     int64
	LastError    string
	CreatedMs    int64
}

// The states of a job. One that is done is deleted.
const (
	JobPending = "Pending"
	// JobFailed is kept for the operator to see; it does not run again.
	JobFailed = "Failed"
)

const jobColumns = `job_id, aws_account_id, kind, payload, state, due_ms, leased_ms, owner, attempts, last_error, created_ms`

func (j *Job) scan(row engine.Row) error {
	return row.Scan(&j.JobID, &j.AwsAccountID, &j.Kind, &j.Payload, &j.State, &j.DueMs, &j.LeasedMs, &j.Owner, &j.Attempts, &j.LastError, &j.CreatedMs)
}

// InsertJob adds a job that waits for its time.
func (r Records) InsertJob(j *Job) error {
	return r.insert(`INSERT INTO jobs (`+jobColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
		j.JobID, j.AwsAccountID, j.Kind, j.Payload, JobPending, j.DueMs, 0, "", 0, "", j.CreatedMs)
}

// LeaseJobs takes up to limit jobs that are due at dueMs and whose lease, if
// any, has ended at realMs, and leases them to owner until untilMs. kinds, if
// given, are those that the owner can run.
func (r Records) LeaseJobs(owner string, dueMs, realMs, untilMs int64, limit int, kinds ...string) ([]Job, error) {
	return r.lease(dueJobs(dueMs, realMs, kinds), owner, untilMs, limit)
}

// LeaseTenantJobs is LeaseJobs for the jobs of one AWS account.
func (r Records) LeaseTenantJobs(awsAccountID, owner string, dueMs, realMs, untilMs int64, limit int, kinds ...string) ([]Job, error) {
	q := dueJobs(dueMs, realMs, kinds)
	q.add(` AND aws_account_id = ?`, awsAccountID)
	return r.lease(q, owner, untilMs, limit)
}

func (r Records) lease(q *query, owner string, untilMs int64, limit int) ([]Job, error) {
	q.add(` ORDER BY due_ms, job_id LIMIT CAST(? AS BIGINT) FOR UPDATE SKIP LOCKED`, limit)
	list, err := collect[Job](r, q.String(), q.args)
	if err != nil {
		return nil, err
	}
	for i := range list {
		j := &list[i]
		j.Owner, j.LeasedMs, j.Attempts = owner, untilMs, j.Attempts+1
		if err := r.changed(noJob, `UPDATE jobs SET owner = $1, leased_ms = $2, attempts = $3 WHERE job_id = $4`,
			j.Owner, j.LeasedMs, j.Attempts, j.JobID); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// FinishJob removes a job that its owner has done. ErrNotFound says that the
// lease ended and another process has the job: nothing of this run may count.
func (r Records) FinishJob(j *Job) error {
	return r.changed(noJob, `DELETE FROM jobs WHERE job_id = $1 AND owner = $2 AND attempts = $3`, j.JobID, j.Owner, j.Attempts)
}

// ReturnJob gives a leased job back with a new state and time, or returns
// ErrNotFound as FinishJob does.
func (r Records) ReturnJob(j *Job) error {
	return r.changed(noJob, `UPDATE jobs SET state = $1, due_ms = $2, leased_ms = $3, last_error = $4, payload = $5
		WHERE job_id = $6 AND owner = $7 AND attempts = $8`,
		j.State, j.DueMs, 0, j.LastError, j.Payload, j.JobID, j.Owner, j.Attempts)
}

// ReviveJob gives a job that failed for good another chance; others stay as they are.
func (r Records) ReviveJob(jobID string, dueMs int64) error {
	_, err := r.tx.Exec(`UPDATE jobs SET state = $1, due_ms = $2, attempts = $3 WHERE job_id = $4 AND state = $5`, JobPending, dueMs, 0, jobID, JobFailed)
	return err
}

// RetryJob gives a job that failed for good another chance. ErrNotFound says
// that there is none, ErrExists that it has not failed.
func (r Records) RetryJob(jobID string, dueMs int64) error {
	err := r.changed(noJob, `UPDATE jobs SET state = $1, due_ms = $2, attempts = $3 WHERE job_id = $4 AND state = $5`,
		JobPending, dueMs, 0, jobID, JobFailed)
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	return r.one(noJob, `SELECT job_id FROM jobs WHERE job_id = $1`, []any{jobID}, func(engine.Row) error { return ErrExists })
}

// JobFilter selects jobs by state and position.
type JobFilter struct {
	State string // empty: any
	// The last job of the page before; an empty state: the first page.
	AfterState string
	AfterMs    int64
	AfterID    string
	Limit      int
}

// Jobs returns a page of the jobs without their payloads, by state (failed ones
// first), due time and id.
func (r Records) Jobs(f JobFilter) ([]Job, error) {
	var q query
	q.add(`SELECT job_id, aws_account_id, kind, '', state, due_ms, leased_ms, owner, attempts, last_error, created_ms FROM jobs WHERE `)
	switch {
	case f.State != "" && f.AfterState != "":
		q.add(`state = ? AND (due_ms, job_id) > (?, ?)`, f.State, f.AfterMs, f.AfterID)
	case f.State != "":
		q.add(`state = ?`, f.State)
	default:
		q.add(`(state, due_ms, job_id) > (?, ?, ?)`, f.AfterState, f.AfterMs, f.AfterID)
	}
	q.add(` ORDER BY state, due_ms, job_id LIMIT CAST(? AS BIGINT)`, f.Limit)
	return collect[Job](r, q.String(), q.args)
}

// JobCount is how many jobs of a kind are in a state.
type JobCount struct {
	Kind  string
	State string
	Count int64
	// FirstDueMs is when the first of them is, or was, due.
	FirstDueMs int64
}

// CountJobs counts the jobs by kind and state.
func (r Records) CountJobs() (list []JobCount, err error) {
	err = r.tx.Query(`SELECT kind, state, COUNT(*), MIN(due_ms) FROM jobs GROUP BY kind, state ORDER BY kind, state`, nil, func(row engine.Row) error {
		var c JobCount
		err := row.Scan(&c.Kind, &c.State, &c.Count, &c.FirstDueMs)
		list = append(list, c)
		return err
	})
	return list, err
}

func dueJobs(dueMs, realMs int64, kinds []string) *query {
	q := new(query)
	q.add(`SELECT `+jobColumns+` FROM jobs WHERE state = ? AND due_ms <= ? AND leased_ms <= ?`, JobPending, dueMs, realMs)
	before := ` AND (`
	for _, kind := range kinds {
		q.add(before+`kind = ?`, kind)
		before = ` OR `
	}
	if len(kinds) > 0 {
		q.add(`)`)
	}
	return q
}

// TenantJobs is how many jobs an AWS account has.
type TenantJobs struct {
	AwsAccountID string
	Jobs         int
}

// DueJobs returns who has jobs of some kinds that LeaseJobs would find, and how
// many, counting up to a limit for each kind. It locks none.
func (r Records) DueJobs(dueMs, realMs int64, limit int, kinds ...string) (list []TenantJobs, err error) {
	at := map[string]int{}
	for _, kind := range kinds {
		q := dueTenants(kind, dueMs, realMs, limit)
		err := r.tx.Query(q.String(), q.args, func(row engine.Row) error {
			var tenant string
			var jobs int64
			err := row.Scan(&tenant, &jobs)
			if jobs == 0 {
				return err
			}
			if _, ok := at[tenant]; !ok {
				at[tenant] = len(list)
				list = append(list, TenantJobs{AwsAccountID: tenant})
			}
			list[at[tenant]].Jobs += int(jobs)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// dueTenants goes from one tenant to the next by the index, however many jobs
// there are between them.
func dueTenants(kind string, dueMs, realMs int64, limit int) *query {
	q := new(query)
	q.add(`WITH RECURSIVE tenants (id) AS (
			SELECT MIN(aws_account_id) FROM jobs WHERE state = ? AND kind = ?`, JobPending, kind)
	q.add(` UNION ALL SELECT (
				SELECT MIN(aws_account_id) FROM jobs WHERE state = ? AND kind = ? AND aws_account_id > tenants.id
			) FROM tenants WHERE tenants.id IS NOT NULL
		)`, JobPending, kind)
	q.add(` SELECT id, (SELECT COUNT(*) FROM (
			SELECT 1 FROM jobs WHERE state = ? AND kind = ? AND aws_account_id = tenants.id
				AND due_ms <= ? AND leased_ms <= ? LIMIT CAST(? AS BIGINT)
		) tenants_jobs) FROM tenants WHERE id IS NOT NULL`, JobPending, kind, dueMs, realMs, limit)
	return q
}

// PurgeFailedJobs forgets up to limit jobs that failed for good before a moment,
// and returns how many.
func (r Records) PurgeFailedJobs(beforeMs int64, limit int) (int64, error) {
	return r.tx.Exec(`DELETE FROM jobs WHERE job_id IN
		(SELECT job_id FROM jobs WHERE state = $1 AND due_ms < $2 LIMIT CAST($3 AS BIGINT))`, JobFailed, beforeMs, limit)
}
