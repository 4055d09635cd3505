-- compatible: 8
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
