package store

import "carillon/store/engine"

// ScimToken lets an identity provider into one Chime account. Times are
// milliseconds since 1970 UTC, 0 for never.
type ScimToken struct {
	TokenID, AwsAccountID, AccountID string
	Name                             string
	Hash                             []byte // SHA-256 of the token
	CreatedMs, ExpiresMs, UsedMs     int64
}

const scimTokenColumns = `token_id, aws_account_id, account_id, name, hash, created_ms, expires_ms, used_ms`

func (t *ScimToken) scan(row engine.Row) error {
	return row.Scan(&t.TokenID, &t.AwsAccountID, &t.AccountID, &t.Name, &t.Hash, &t.CreatedMs, &t.ExpiresMs, &t.UsedMs)
}

// ScimToken returns a token by its id, or ErrNotFound.
func (r Records) ScimToken(tokenID string) (*ScimToken, error) {
	return get[ScimToken](r, noScimToken, `SELECT `+scimTokenColumns+` FROM scim_tokens WHERE token_id = $1`, tokenID)
}

// ScimTokens returns the tokens of an account, oldest first.
func (r Records) ScimTokens(accountID string) ([]ScimToken, error) {
	return collect[ScimToken](r, `SELECT `+scimTokenColumns+` FROM scim_tokens WHERE account_id = $1 ORDER BY created_ms, token_id`, []any{accountID})
}

// ScimAccounts returns up to limit accounts whose tokens have been used, the last used
// ones first.
func (r Records) ScimAccounts(limit int) ([]string, error) {
	return r.ids(`SELECT account_id FROM scim_tokens WHERE used_ms > 0 GROUP BY account_id ORDER BY MAX(used_ms) DESC, account_id LIMIT CAST($1 AS BIGINT)`, limit)
}

// InsertScimToken adds a token.
func (r Records) InsertScimToken(t *ScimToken) error {
	return r.insert(`INSERT INTO scim_tokens (`+scimTokenColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		t.TokenID, t.AwsAccountID, t.AccountID, t.Name, t.Hash, t.CreatedMs, t.ExpiresMs, t.UsedMs)
}

// TouchScimToken notes a use of a token, if none was noted after a moment.
func (r Records) TouchScimToken(tokenID string, nowMs, afterMs int64) error {
	_, err := r.tx.Exec(`UPDATE scim_tokens SET used_ms = $1 WHERE token_id = $2 AND used_ms < $3`, nowMs, tokenID, afterMs)
	return err
}

// DeleteScimToken removes a token of an account, or returns ErrNotFound.
func (r Records) DeleteScimToken(accountID, tokenID string) error {
	return r.changed(noScimToken, `DELETE FROM scim_tokens WHERE token_id = $1 AND account_id = $2`, tokenID, accountID)
}
