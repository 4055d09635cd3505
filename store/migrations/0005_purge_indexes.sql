-- compatible: 3

-- What housekeeping looks for every day, among all that it leaves alone.
CREATE INDEX webhooks_expiring ON webhooks (expires_ms) WHERE expires_ms > 0;

CREATE INDEX deleted_accounts_by_age ON deleted_accounts (deleted_ms);
