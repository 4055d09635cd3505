-- Programs before this version ask no policy what a key may do. So there is no
-- line about compatibility: they must not serve beside those that do.

CREATE TABLE iam_users (
	aws_account_id KEYTEXT NOT NULL,
	name_key KEYTEXT NOT NULL,
	user_id KEYTEXT NOT NULL,
	user_name TEXT NOT NULL,
	path KEYTEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	PRIMARY KEY (aws_account_id, name_key)
);

CREATE UNIQUE INDEX iam_users_by_id ON iam_users (user_id);

CREATE TABLE iam_user_policies (
	user_id KEYTEXT NOT NULL,
	policy_name KEYTEXT NOT NULL,
	document TEXT NOT NULL,
	PRIMARY KEY (user_id, policy_name)
);

CREATE TABLE iam_policies (
	aws_account_id KEYTEXT NOT NULL,
	name_key KEYTEXT NOT NULL,
	policy_id KEYTEXT NOT NULL,
	policy_name TEXT NOT NULL,
	path KEYTEXT NOT NULL,
	description TEXT NOT NULL,
	default_version BIGINT NOT NULL,
	newest_version BIGINT NOT NULL,
	created_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL,
	PRIMARY KEY (aws_account_id, name_key)
);

CREATE TABLE iam_policy_versions (
	policy_id KEYTEXT NOT NULL,
	version BIGINT NOT NULL,
	document TEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	PRIMARY KEY (policy_id, version)
);

CREATE TABLE iam_attachments (
	user_id KEYTEXT NOT NULL,
	policy_arn KEYTEXT NOT NULL,
	aws_account_id KEYTEXT NOT NULL,
	PRIMARY KEY (user_id, policy_arn)
);

CREATE INDEX iam_attachments_of_policy ON iam_attachments (aws_account_id, policy_arn, user_id);

-- How often the users, keys or policies of an AWS account have changed: what
-- others remember of them is good until this moves, and it is the lock under
-- which they change.
CREATE TABLE iam_changes (
	aws_account_id KEYTEXT NOT NULL PRIMARY KEY,
	changes BIGINT NOT NULL
);

-- When keys were used last. It is written often, and apart from the keys.
CREATE TABLE access_key_uses (
	access_key_id KEYTEXT NOT NULL PRIMARY KEY,
	used_ms BIGINT NOT NULL,
	service TEXT NOT NULL,
	region TEXT NOT NULL
);

-- Keys so far had a name of a user and could do everything in their AWS
-- account. Each name becomes a user; its id is made of that of its first key.
INSERT INTO iam_users (aws_account_id, name_key, user_id, user_name, path, created_ms)
	SELECT aws_account_id, LOWER(user_name), 'AIDA' || SUBSTR(MIN(access_key_id), 5), MIN(user_name), '/', MIN(created_ms)
	FROM access_keys GROUP BY aws_account_id, LOWER(user_name);

INSERT INTO iam_attachments (user_id, policy_arn, aws_account_id)
	SELECT user_id, 'arn:aws:iam::aws:policy/AmazonChimeFullAccess', aws_account_id FROM iam_users;

ALTER TABLE access_keys ADD COLUMN user_id KEYTEXT NOT NULL DEFAULT '';

UPDATE access_keys SET user_id = (
	SELECT 'AIDA' || SUBSTR(MIN(k.access_key_id), 5) FROM access_keys k
	WHERE k.aws_account_id = access_keys.aws_account_id AND LOWER(k.user_name) = LOWER(access_keys.user_name));

ALTER TABLE access_keys DROP COLUMN user_name;

CREATE INDEX access_keys_of_user ON access_keys (user_id, created_ms, access_key_id);
