-- compatible: 3

-- For whom a job works: an AWS account; '' for nobody in particular.
ALTER TABLE jobs ADD COLUMN aws_account_id KEYTEXT NOT NULL DEFAULT '';

-- Whose jobs are due, without reading all that one of them has left.
CREATE INDEX jobs_by_tenant ON jobs (state, kind, aws_account_id, due_ms, job_id);
