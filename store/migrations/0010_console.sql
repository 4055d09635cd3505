-- compatible: 8

-- What the console keeps for a while: which sessions were ended, and how far the
-- work of bulk actions has come. A note has lines, each written once.
CREATE TABLE console_notes (
	note_id KEYTEXT NOT NULL,
	line BIGINT NOT NULL,
	body TEXT NOT NULL,
	expires_ms BIGINT NOT NULL,
	PRIMARY KEY (note_id, line)
);

CREATE INDEX console_notes_by_end ON console_notes (expires_ms, note_id, line);
