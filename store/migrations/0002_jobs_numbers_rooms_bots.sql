-- Durable background work. due_ms follows the clock of the rules, leased_ms
-- the real one.
CREATE TABLE jobs (
	job_id KEYTEXT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	payload TEXT NOT NULL,
	state TEXT NOT NULL,
	due_ms BIGINT NOT NULL,
	leased_ms BIGINT NOT NULL,
	owner TEXT NOT NULL,
	attempts BIGINT NOT NULL,
	last_error TEXT NOT NULL,
	created_ms BIGINT NOT NULL
);

CREATE INDEX jobs_due ON jobs (state, due_ms, job_id);

-- What the operator offers for order, for all AWS accounts.
CREATE TABLE offered_numbers (
	e164 KEYTEXT NOT NULL PRIMARY KEY,
	country TEXT NOT NULL,
	number_type TEXT NOT NULL,
	area_code TEXT NOT NULL,
	city_key TEXT NOT NULL,
	city TEXT NOT NULL,
	state TEXT NOT NULL,
	product_types TEXT NOT NULL,
	created_ms BIGINT NOT NULL
);

CREATE TABLE phone_numbers (
	e164 KEYTEXT NOT NULL PRIMARY KEY,
	aws_account_id KEYTEXT NOT NULL,
	country TEXT NOT NULL,
	number_type TEXT NOT NULL,
	product_type TEXT NOT NULL,
	status TEXT NOT NULL,
	calling_name TEXT NOT NULL,
	calling_name_status TEXT NOT NULL,
	account_id KEYTEXT NOT NULL,
	user_id KEYTEXT NOT NULL,
	order_id KEYTEXT NOT NULL,
	associated_ms BIGINT NOT NULL,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL,
	deletion_ms BIGINT NOT NULL
);

CREATE INDEX phone_numbers_in_order ON phone_numbers (aws_account_id, created_ms, e164);

CREATE INDEX phone_numbers_of_user ON phone_numbers (account_id, user_id);

CREATE TABLE phone_number_orders (
	aws_account_id KEYTEXT NOT NULL,
	order_id KEYTEXT NOT NULL,
	product_type TEXT NOT NULL,
	status TEXT NOT NULL,
	items TEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL,
	PRIMARY KEY (aws_account_id, order_id)
);

CREATE INDEX phone_number_orders_newest ON phone_number_orders (aws_account_id, created_ms DESC, order_id DESC);

CREATE TABLE aws_account_settings (
	aws_account_id KEYTEXT NOT NULL PRIMARY KEY,
	calling_name TEXT NOT NULL,
	calling_name_ms BIGINT NOT NULL,
	business_calling_bucket TEXT NOT NULL,
	voice_connector_bucket TEXT NOT NULL
);

CREATE TABLE rooms (
	account_id KEYTEXT NOT NULL REFERENCES accounts (account_id),
	room_id KEYTEXT NOT NULL,
	aws_account_id KEYTEXT NOT NULL,
	name TEXT NOT NULL,
	created_by TEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL,
	PRIMARY KEY (account_id, room_id)
);

CREATE INDEX rooms_newest ON rooms (account_id, created_ms DESC, room_id DESC);

-- The idempotency tokens of CreateRoom; they live as long as the room.
CREATE TABLE room_tokens (
	account_id KEYTEXT NOT NULL,
	token KEYTEXT NOT NULL,
	room_id KEYTEXT NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (account_id, token)
);

CREATE INDEX room_tokens_of_room ON room_tokens (account_id, room_id);

CREATE TABLE room_memberships (
	account_id KEYTEXT NOT NULL,
	room_id KEYTEXT NOT NULL,
	member_id KEYTEXT NOT NULL,
	member_type TEXT NOT NULL,
	member_role TEXT NOT NULL,
	invited_by TEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL,
	PRIMARY KEY (account_id, room_id, member_id),
	FOREIGN KEY (account_id, room_id) REFERENCES rooms (account_id, room_id)
);

CREATE INDEX room_memberships_newest ON room_memberships (account_id, room_id, created_ms DESC, member_id DESC);

CREATE INDEX room_memberships_of_member ON room_memberships (account_id, member_id);

-- Messages of rooms (container_type Room) and conversations (Conversation).
CREATE TABLE messages (
	account_id KEYTEXT NOT NULL REFERENCES accounts (account_id),
	container_type TEXT NOT NULL,
	container_id KEYTEXT NOT NULL,
	message_id KEYTEXT NOT NULL,
	sender TEXT NOT NULL,
	content TEXT NOT NULL,
	redacted BOOLEAN NOT NULL,
	created_ms BIGINT NOT NULL,
	PRIMARY KEY (account_id, container_type, container_id, message_id)
);

CREATE INDEX messages_newest ON messages (account_id, container_type, container_id, created_ms DESC, message_id DESC);

CREATE INDEX messages_by_age ON messages (account_id, container_type, created_ms);

-- Inbound endpoints: a room's webhooks, and those that bot events carry
-- (bot_id is set; expires_ms 0: for good).
CREATE TABLE webhooks (
	webhook_id KEYTEXT NOT NULL PRIMARY KEY,
	aws_account_id KEYTEXT NOT NULL,
	account_id KEYTEXT NOT NULL,
	room_id KEYTEXT NOT NULL,
	bot_id KEYTEXT NOT NULL,
	name TEXT NOT NULL,
	created_by TEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL,
	posted_ms BIGINT NOT NULL
);

CREATE INDEX webhooks_of_room ON webhooks (account_id, room_id, created_ms, webhook_id);

CREATE TABLE bots (
	account_id KEYTEXT NOT NULL REFERENCES accounts (account_id),
	bot_id KEYTEXT NOT NULL,
	aws_account_id KEYTEXT NOT NULL,
	display_name TEXT NOT NULL,
	email TEXT NOT NULL,
	email_key KEYTEXT NOT NULL,
	disabled BOOLEAN NOT NULL,
	token_serial BIGINT NOT NULL,
	https_endpoint TEXT NOT NULL,
	lambda_arn TEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL,
	PRIMARY KEY (account_id, bot_id),
	UNIQUE (account_id, email_key)
);

CREATE INDEX bots_newest ON bots (account_id, created_ms DESC, bot_id DESC);

CREATE TABLE retention_settings (
	account_id KEYTEXT NOT NULL PRIMARY KEY REFERENCES accounts (account_id),
	room_days BIGINT NOT NULL,
	conversation_days BIGINT NOT NULL,
	set_ms BIGINT NOT NULL,
	deletion_ms BIGINT NOT NULL
);

-- How far the test clock is ahead of the real one, in a single row.
CREATE TABLE test_clock (
	id BIGINT NOT NULL PRIMARY KEY,
	offset_ms BIGINT NOT NULL
);
