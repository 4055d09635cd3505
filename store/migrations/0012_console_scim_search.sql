-- compatible: 8

-- Files that somebody has sent to the console, in parts, until what they were sent
-- for is done.
CREATE TABLE console_files (
	file_id KEYTEXT NOT NULL,
	part BIGINT NOT NULL,
	aws_account_id KEYTEXT NOT NULL,
	account_id KEYTEXT NOT NULL,
	content BYTEA NOT NULL,
	expires_ms BIGINT NOT NULL,
	PRIMARY KEY (file_id, part)
);

CREATE INDEX console_files_of_owner ON console_files (aws_account_id, part, expires_ms, file_id);

CREATE INDEX console_files_of_account ON console_files (account_id, file_id, part);

CREATE INDEX console_files_by_end ON console_files (expires_ms, file_id, part);

-- The last requests of identity providers to an account, and what came of them: but
-- nothing of what they held.
CREATE TABLE scim_requests (
	account_id KEYTEXT NOT NULL,
	at_us BIGINT NOT NULL,
	request_id KEYTEXT NOT NULL,
	method TEXT NOT NULL,
	path TEXT NOT NULL,
	status BIGINT NOT NULL,
	scim_type TEXT NOT NULL,
	detail TEXT NOT NULL,
	duration_ms BIGINT NOT NULL,
	token_id TEXT NOT NULL,
	PRIMARY KEY (request_id, account_id)
);

CREATE INDEX scim_requests_in_order ON scim_requests (account_id, at_us, request_id);

CREATE INDEX scim_requests_by_age ON scim_requests (at_us, account_id, request_id);

-- Programs of the versions before write users as ever. What has changed since it was
-- packed, the database notes itself, if --search-index asks for that.

-- The users of an account once more, packed by a thousand or so in the order of the
-- list: what searches look at. place is that of the first one.
CREATE TABLE user_blocks (
	account_id KEYTEXT NOT NULL REFERENCES accounts (account_id),
	place BYTEA NOT NULL,
	users BIGINT NOT NULL,
	meta BYTEA NOT NULL,
	texts BYTEA NOT NULL,
	PRIMARY KEY (account_id, place)
);

-- Of which users the blocks do not tell the truth; added is 1 for one whom they do not
-- have, -1 for one who is no more.
CREATE TABLE user_changes (
	account_id KEYTEXT NOT NULL,
	place BYTEA NOT NULL,
	added BIGINT NOT NULL,
	PRIMARY KEY (account_id, place)
) WITHOUT ROWID;

-- How far the first packing has come, behind which user. No row: nothing is packed.
CREATE TABLE user_packing (
	format BIGINT NOT NULL PRIMARY KEY,
	phase BIGINT NOT NULL,
	account_id KEYTEXT NOT NULL,
	place BYTEA NOT NULL
);

-- Invitations of an account by status.
CREATE INDEX invitations_by_status ON invitations (account_id, status, created_ms, invite_id);
