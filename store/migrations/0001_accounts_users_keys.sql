-- Columns are never NULL: '' and 0 stand for none. Times are milliseconds
-- since 1970 UTC. Keys and unique constraints of what belongs to a Chime
-- account hold the account, so that tables can be distributed by it.

CREATE TABLE accounts (
	account_id KEYTEXT NOT NULL PRIMARY KEY,
	aws_account_id KEYTEXT NOT NULL,
	name TEXT NOT NULL,
	name_key KEYTEXT NOT NULL,
	account_type TEXT NOT NULL,
	account_status TEXT NOT NULL,
	default_license TEXT NOT NULL,
	directory_id TEXT NOT NULL,
	delegate_groups TEXT NOT NULL,
	disable_remote_control BOOLEAN NOT NULL,
	enable_dial_out BOOLEAN NOT NULL,
	created_ms BIGINT NOT NULL
);

CREATE INDEX accounts_newest ON accounts (aws_account_id, created_ms DESC, account_id DESC);

CREATE TABLE deleted_accounts (
	account_id KEYTEXT NOT NULL PRIMARY KEY,
	aws_account_id KEYTEXT NOT NULL,
	name TEXT NOT NULL,
	account_type TEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	deleted_ms BIGINT NOT NULL
);

CREATE TABLE users (
	account_id KEYTEXT NOT NULL REFERENCES accounts (account_id),
	user_id KEYTEXT NOT NULL,
	aws_account_id KEYTEXT NOT NULL,
	email TEXT NOT NULL,
	email_key KEYTEXT NOT NULL,
	display_name TEXT NOT NULL,
	license TEXT NOT NULL,
	user_type TEXT NOT NULL,
	registration TEXT NOT NULL,
	invitation TEXT NOT NULL,
	invite_id TEXT NOT NULL,
	email_status TEXT NOT NULL,
	personal_pin TEXT NOT NULL,
	phone_number TEXT NOT NULL,
	alexa_enabled BOOLEAN NOT NULL,
	alexa_room_arn TEXT NOT NULL,
	inbound_calling BOOLEAN NOT NULL,
	outbound_calling BOOLEAN NOT NULL,
	sms BOOLEAN NOT NULL,
	created_ms BIGINT NOT NULL,
	registered_ms BIGINT NOT NULL,
	invited_ms BIGINT NOT NULL,
	signed_out_ms BIGINT NOT NULL,
	-- What differs most comes first, to compare little; and since ids grow
	-- with time, the new users of all accounts are neighbours.
	PRIMARY KEY (user_id, account_id),
	UNIQUE (email_key, account_id)
);

CREATE INDEX users_in_order ON users (account_id, created_ms, user_id);

CREATE INDEX users_shared_devices ON users (account_id, created_ms, user_id) WHERE user_type = 'SharedDevice';

-- Users that left a Team account, so that a new invitation gives them their
-- old identity back.
CREATE TABLE former_users (
	account_id KEYTEXT NOT NULL REFERENCES accounts (account_id),
	email_key KEYTEXT NOT NULL,
	user_id KEYTEXT NOT NULL,
	PRIMARY KEY (account_id, email_key)
);

CREATE TABLE domains (
	aws_account_id KEYTEXT NOT NULL,
	domain_name KEYTEXT NOT NULL,
	account_id KEYTEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	PRIMARY KEY (aws_account_id, domain_name)
);

CREATE INDEX domains_of_account ON domains (account_id, domain_name);

CREATE TABLE access_keys (
	access_key_id KEYTEXT NOT NULL PRIMARY KEY,
	aws_account_id KEYTEXT NOT NULL,
	user_name TEXT NOT NULL,
	sealed_secret BYTEA NOT NULL,
	active BOOLEAN NOT NULL,
	created_ms BIGINT NOT NULL
);

CREATE TABLE server_secrets (
	name KEYTEXT NOT NULL PRIMARY KEY,
	value BYTEA NOT NULL
);
