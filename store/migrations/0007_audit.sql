-- Programs before this version change things without a record. So there is no
-- line about compatibility: they must not serve beside those that do.

-- Records of the audit that are in no batch yet, each from the transaction of
-- what it tells of. Records without a Chime account have the AWS account in its
-- place.
CREATE TABLE audit_pending (
	account_id KEYTEXT NOT NULL,
	event_id KEYTEXT NOT NULL,
	aws_account_id KEYTEXT NOT NULL,
	record BYTEA NOT NULL,
	PRIMARY KEY (event_id, account_id)
) WITHOUT ROWID;

-- Sealed records. Each batch's hash covers the hash of the one before it.
CREATE TABLE audit_batches (
	batch BIGINT NOT NULL PRIMARY KEY,
	first_ms BIGINT NOT NULL,
	last_ms BIGINT NOT NULL,
	records BIGINT NOT NULL,
	content BYTEA NOT NULL,
	hash BYTEA NOT NULL,
	seal BYTEA NOT NULL
);

CREATE INDEX audit_batches_by_time ON audit_batches (last_ms, batch, first_ms);

-- Which batches have records of an AWS account with a value.
CREATE TABLE audit_index (
	aws_account_id KEYTEXT NOT NULL,
	attribute BIGINT NOT NULL,
	value KEYTEXT NOT NULL,
	last_ms BIGINT NOT NULL,
	batch BIGINT NOT NULL,
	first_ms BIGINT NOT NULL,
	PRIMARY KEY (aws_account_id, attribute, value, last_ms, batch)
) WITHOUT ROWID;

-- The ends of the chain: its head, the last batch, and its anchor, the last
-- batch that was removed; and who seals.
CREATE TABLE audit_chain (
	name KEYTEXT NOT NULL PRIMARY KEY,
	batch BIGINT NOT NULL,
	hash BYTEA NOT NULL,
	seal BYTEA NOT NULL,
	owner TEXT NOT NULL,
	leased_ms BIGINT NOT NULL
);
