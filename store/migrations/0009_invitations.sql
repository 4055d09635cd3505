-- compatible: 8
-- Programs of the version before know invited users by what users say of them, and
-- send no mail.

-- Invitations by e-mail. They are found by their id alone, which the link has.
CREATE TABLE invitations (
	invite_id KEYTEXT NOT NULL PRIMARY KEY,
	account_id KEYTEXT NOT NULL,
	aws_account_id KEYTEXT NOT NULL,
	user_id KEYTEXT NOT NULL,
	email TEXT NOT NULL,
	invited_by TEXT NOT NULL,
	languages TEXT NOT NULL,
	status KEYTEXT NOT NULL,
	email_status TEXT NOT NULL,
	serial BIGINT NOT NULL,
	attempts BIGINT NOT NULL,
	last_error TEXT NOT NULL,
	created_ms BIGINT NOT NULL,
	invited_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL
);

CREATE INDEX invitations_of_account ON invitations (account_id, created_ms, invite_id);
CREATE INDEX invitations_of_user ON invitations (account_id, user_id);

-- Those who were invited before: their links are good for 30 days.
INSERT INTO invitations (invite_id, account_id, aws_account_id, user_id, email, invited_by, languages, status, email_status,
		serial, attempts, last_error, created_ms, invited_ms, expires_ms)
	SELECT invite_id, account_id, aws_account_id, user_id, email, '', '', invitation, 'NotSent',
		1, 0, '', invited_ms, invited_ms, invited_ms + 2592000000
	FROM users WHERE invite_id <> '' AND registered_ms = 0;

-- When users acted, and what they did, by weeks that begin on Sunday, 0:00 UTC.
CREATE TABLE user_activity (
	account_id KEYTEXT NOT NULL,
	user_id KEYTEXT NOT NULL,
	week_ms BIGINT NOT NULL,
	active_ms BIGINT NOT NULL,
	messages BIGINT NOT NULL,
	PRIMARY KEY (account_id, user_id, week_ms)
);
