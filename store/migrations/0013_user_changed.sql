-- compatible: 8

-- When a user was last written after they were added; 0: never. What programs of
-- before write leaves it as it is.
ALTER TABLE user_rows ADD COLUMN changed_ms BIGINT NOT NULL DEFAULT 0;
