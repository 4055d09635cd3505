-- compatible: 3
-- Programs before version 3 write e-mail keys of another form, and count no
-- accounts.

-- The oldest version of the program that can serve with a version of the
-- schema, and where its data migration goes on ('': it is done). Both count
-- from this version on.
ALTER TABLE schema_version ADD COLUMN compatible BIGINT NOT NULL DEFAULT 0;

ALTER TABLE schema_version ADD COLUMN unfinished TEXT NOT NULL DEFAULT '';

-- How many Chime accounts an AWS account has, so that a quota need not count.
CREATE TABLE account_counts (
	aws_account_id KEYTEXT NOT NULL PRIMARY KEY,
	accounts BIGINT NOT NULL
);

INSERT INTO account_counts (aws_account_id, accounts)
	SELECT aws_account_id, COUNT(*) FROM accounts GROUP BY aws_account_id;

-- Accounts whose names begin with something: by name when they are few, else in
-- the order of the list, looking at nothing but the index.
CREATE INDEX accounts_by_name ON accounts (aws_account_id, name_key, created_ms, account_id);

DROP INDEX accounts_newest;

CREATE INDEX accounts_newest ON accounts (aws_account_id, created_ms DESC, account_id DESC, name_key);
