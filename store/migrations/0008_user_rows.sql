-- Programs before this version look for users where they are no more. So there is
-- no line about compatibility.

ALTER TABLE users RENAME TO users_before;

-- Users, those of an account one behind the other in the order of the list. place
-- is a UUID of version 7, whose time that order is; for any other id the time
-- of creation, 6 bytes, and other_id. That is empty or, for an id that does not tell
-- its place, the id: 1 and the 16 bytes of a UUID, or 2 and the text. data holds what
-- no query asks for; members that have their usual value are left out. The step
-- moves the rows and then makes the unique index by email_key and account_id.
CREATE TABLE user_rows (
	account_id KEYTEXT NOT NULL REFERENCES accounts (account_id),
	place BYTEA NOT NULL,
	other_id BYTEA NOT NULL,
	email_key KEYTEXT NOT NULL,
	shared_device BOOLEAN NOT NULL,
	data JSON NOT NULL,
	PRIMARY KEY (account_id, place)
) WITHOUT ROWID;

CREATE UNIQUE INDEX user_rows_by_other_id ON user_rows (account_id, other_id) WHERE LENGTH(other_id) > 0;

CREATE INDEX user_rows_shared_devices ON user_rows (account_id, place) WHERE shared_device;

-- For operators: the program does not read it. Times in data count from created_ms.
CREATE VIEW users AS
SELECT account_id,
	COALESCE(data ->> 'u', SUBSTR(hex_id, 1, 8) || '-' || SUBSTR(hex_id, 9, 4) || '-' || SUBSTR(hex_id, 13, 4) || '-' || SUBSTR(hex_id, 17, 4) || '-' || SUBSTR(hex_id, 21)) AS user_id,
	aws_account_id,
	COALESCE(data ->> 'e', CASE WHEN INSTR(email_key, ' ') > 0 THEN SUBSTR(email_key, 1, INSTR(email_key, ' ') - 1) ELSE email_key END) AS email,
	email_key,
	COALESCE(data ->> 'n', '') AS display_name,
	COALESCE(data ->> 'l', 'Pro') AS license,
	COALESCE(data ->> 't', 'PrivateUser') AS user_type,
	COALESCE(data ->> 'g', 'Registered') AS registration,
	COALESCE(data ->> 'i', '') AS invitation,
	COALESCE(data ->> 'j', '') AS invite_id,
	COALESCE(data ->> 'm', '') AS email_status,
	COALESCE(data ->> 'p', '') AS personal_pin,
	COALESCE(data ->> 'h', '') AS phone_number,
	data ->> 'a' IS NOT NULL AS alexa_enabled,
	COALESCE(data ->> 'w', '') AS alexa_room_arn,
	data ->> 'c' IS NOT NULL AS inbound_calling,
	data ->> 'o' IS NOT NULL AS outbound_calling,
	data ->> 's' IS NOT NULL AS sms,
	created_ms,
	COALESCE(created_ms + CAST(data ->> 'r' AS BIGINT), 0) AS registered_ms,
	COALESCE(created_ms + CAST(data ->> 'd' AS BIGINT), 0) AS invited_ms,
	COALESCE(created_ms + CAST(data ->> 'x' AS BIGINT), 0) AS signed_out_ms
FROM (
	SELECT account_id, aws_account_id, email_key, data, LOWER(HEX(id)) AS hex_id,
		(INSTR('123456789ABCDEF', SUBSTR(hex_place, 1, 1)) * 17592186044416 + INSTR('123456789ABCDEF', SUBSTR(hex_place, 2, 1)) * 1099511627776
		+ INSTR('123456789ABCDEF', SUBSTR(hex_place, 3, 1)) * 68719476736 + INSTR('123456789ABCDEF', SUBSTR(hex_place, 4, 1)) * 4294967296
		+ INSTR('123456789ABCDEF', SUBSTR(hex_place, 5, 1)) * CAST(268435456 AS BIGINT) + INSTR('123456789ABCDEF', SUBSTR(hex_place, 6, 1)) * 16777216
		+ INSTR('123456789ABCDEF', SUBSTR(hex_place, 7, 1)) * 1048576 + INSTR('123456789ABCDEF', SUBSTR(hex_place, 8, 1)) * 65536
		+ INSTR('123456789ABCDEF', SUBSTR(hex_place, 9, 1)) * 4096 + INSTR('123456789ABCDEF', SUBSTR(hex_place, 10, 1)) * 256
		+ INSTR('123456789ABCDEF', SUBSTR(hex_place, 11, 1)) * 16 + INSTR('123456789ABCDEF', SUBSTR(hex_place, 12, 1))) AS created_ms
	FROM (
		SELECT r.account_id, a.aws_account_id, r.email_key, r.data, UPPER(HEX(place)) AS hex_place,
			CASE WHEN LENGTH(r.other_id) = 0 THEN r.place ELSE SUBSTR(r.other_id, 2) END AS id
		FROM user_rows r JOIN accounts a ON a.account_id = r.account_id
	) placed
) timed;
