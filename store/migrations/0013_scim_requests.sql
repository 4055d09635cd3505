-- compatible: 8

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
