-- compatible: 8

-- Tokens of identity providers, each good for one Chime account.
CREATE TABLE scim_tokens (
	token_id KEYTEXT NOT NULL PRIMARY KEY,
	aws_account_id KEYTEXT NOT NULL,
	account_id KEYTEXT NOT NULL,
	name TEXT NOT NULL,
	hash BYTEA NOT NULL,
	created_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL,
	used_ms BIGINT NOT NULL
);

CREATE INDEX scim_tokens_of_account ON scim_tokens (account_id, created_ms, token_id);

-- What SCIM knows of a user beyond what Amazon Chime does. The columns left_… are
-- of one who was taken out of the account and stays visible, inactive; else empty.
CREATE TABLE scim_users (
	account_id KEYTEXT NOT NULL,
	user_id KEYTEXT NOT NULL,
	aws_account_id KEYTEXT NOT NULL,
	external_id KEYTEXT NOT NULL,
	attributes TEXT NOT NULL,
	changed_ms BIGINT NOT NULL,
	left_email TEXT NOT NULL,
	left_key KEYTEXT NOT NULL,
	left_name TEXT NOT NULL,
	left_license TEXT NOT NULL,
	left_type TEXT NOT NULL,
	left_created_ms BIGINT NOT NULL,
	PRIMARY KEY (user_id, account_id)
);

CREATE INDEX scim_users_by_external_id ON scim_users (account_id, external_id, user_id);

CREATE INDEX scim_users_left ON scim_users (account_id, left_key, user_id);

-- Addresses of users other than that by which they sign in.
CREATE TABLE scim_emails (
	account_id KEYTEXT NOT NULL,
	email_key KEYTEXT NOT NULL,
	user_id KEYTEXT NOT NULL,
	PRIMARY KEY (account_id, email_key, user_id)
);

CREATE INDEX scim_emails_of_user ON scim_emails (user_id, account_id, email_key);

-- license is what members get; empty: nothing.
CREATE TABLE scim_groups (
	account_id KEYTEXT NOT NULL,
	group_id KEYTEXT NOT NULL,
	aws_account_id KEYTEXT NOT NULL,
	name TEXT NOT NULL,
	name_key KEYTEXT NOT NULL,
	external_id KEYTEXT NOT NULL,
	license TEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	changed_ms BIGINT NOT NULL,
	PRIMARY KEY (group_id, account_id),
	UNIQUE (name_key, account_id)
);

CREATE INDEX scim_groups_in_order ON scim_groups (account_id, created_ms, group_id);

CREATE TABLE scim_members (
	account_id KEYTEXT NOT NULL,
	group_id KEYTEXT NOT NULL,
	user_id KEYTEXT NOT NULL,
	PRIMARY KEY (account_id, group_id, user_id)
);

CREATE INDEX scim_members_of_user ON scim_members (user_id, account_id, group_id);
