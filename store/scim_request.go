package store

import "carillon/store/engine"

// ScimRequest is a request of an identity provider, without anything of what it
// held: of the path only ids.
type ScimRequest struct {
	AccountID, RequestID string
	AtUs                 int64 // microseconds since 1970 UTC: many come in a millisecond
	Method, Path         string
	Status               int64
	ScimType, Detail     string // of a refusal; else empty
	DurationMs           int64
	TokenID              string
}

func (q *ScimRequest) scan(row engine.Row) error {
	return row.Scan(&q.AccountID, &q.RequestID, &q.AtUs, &q.Method, &q.Path, &q.Status, &q.ScimType, &q.Detail, &q.DurationMs, &q.TokenID)
}

const scimRequestColumns = `account_id, request_id, at_us, method, path, status, scim_type, detail, duration_ms, token_id`

// InsertScimRequest adds a request.
func (r Records) InsertScimRequest(q *ScimRequest) error {
	return r.insert(`INSERT INTO scim_requests (`+scimRequestColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
		q.AccountID, q.RequestID, q.AtUs, q.Method, q.Path, q.Status, q.ScimType, q.Detail, q.DurationMs, q.TokenID)
}

// ScimRequests returns up to limit requests to an account, the newest first.
func (r Records) ScimRequests(accountID string, limit int) ([]ScimRequest, error) {
	return collect[ScimRequest](r, `SELECT `+scimRequestColumns+` FROM scim_requests WHERE account_id = $1
		ORDER BY at_us DESC, request_id DESC LIMIT CAST($2 AS BIGINT)`, []any{accountID, limit})
}

// maxForgotten is how many requests one statement forgets at most.
const maxForgotten = 1000

// ForgetScimRequests removes all requests to an account but the newest ones.
func (r Records) ForgetScimRequests(accountID string, most int) error {
	_, err := r.tx.Exec(`DELETE FROM scim_requests WHERE account_id = $1 AND request_id IN (
		SELECT request_id FROM scim_requests WHERE account_id = $1
		ORDER BY at_us DESC, request_id DESC LIMIT CAST($2 AS BIGINT) OFFSET CAST($3 AS BIGINT))`, accountID, maxForgotten, most)
	return err
}

// PurgeScimRequests removes up to limit requests from before a moment and returns
// how many.
func (r Records) PurgeScimRequests(beforeUs int64, limit int) (int64, error) {
	return r.tx.Exec(`DELETE FROM scim_requests WHERE (request_id, account_id) IN (
		SELECT request_id, account_id FROM scim_requests WHERE at_us < $1 ORDER BY at_us, account_id, request_id LIMIT CAST($2 AS BIGINT))`, beforeUs, limit)
}
