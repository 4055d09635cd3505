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
