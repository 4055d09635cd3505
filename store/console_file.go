package store

import "carillon/store/engine"

// ConsoleFilePart is a part of a file that was sent to the console.
type ConsoleFilePart struct {
	FileID                  string
	Part                    int64 // from 0
	AwsAccountID, AccountID string
	Content                 []byte
	// ExpiresMs is when nobody asks for it any more, in milliseconds since 1970 UTC.
	ExpiresMs int64
}

func (p *ConsoleFilePart) scan(row engine.Row) error {
	return row.Scan(&p.FileID, &p.Part, &p.AwsAccountID, &p.AccountID, &p.Content, &p.ExpiresMs)
}

const consoleFileColumns = `file_id, part, aws_account_id, account_id, content, expires_ms`

// InsertConsoleFilePart adds a part.
func (r Records) InsertConsoleFilePart(p *ConsoleFilePart) error {
	return r.insert(`INSERT INTO console_files (`+consoleFileColumns+`) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		p.FileID, p.Part, p.AwsAccountID, p.AccountID, p.Content, p.ExpiresMs)
}

// ConsoleFilePart returns a part, or ErrNotFound.
func (r Records) ConsoleFilePart(fileID string, part int64) (*ConsoleFilePart, error) {
	return get[ConsoleFilePart](r, noConsoleFile, `SELECT `+consoleFileColumns+` FROM console_files WHERE file_id = $1 AND part = $2`, fileID, part)
}

// FirstConsoleFiles returns the ids of the files of an AWS account, those that end
// first before the others, and up to limit.
func (r Records) FirstConsoleFiles(awsAccountID string, limit int) (ids []string, err error) {
	list, err := collect[consoleFileID](r, `SELECT file_id FROM console_files WHERE aws_account_id = $1 AND part = 0
		ORDER BY expires_ms, file_id LIMIT CAST($2 AS BIGINT)`, []any{awsAccountID, limit})
	for _, id := range list {
		ids = append(ids, string(id))
	}
	return ids, err
}

type consoleFileID string

func (id *consoleFileID) scan(row engine.Row) error { return row.Scan((*string)(id)) }

// KeepConsoleFile changes when a file ends.
func (r Records) KeepConsoleFile(fileID string, untilMs int64) error {
	_, err := r.tx.Exec(`UPDATE console_files SET expires_ms = $1 WHERE file_id = $2`, untilMs, fileID)
	return err
}

// DeleteConsoleFile removes up to limit parts of a file, the last ones first, and
// returns how many.
func (r Records) DeleteConsoleFile(fileID string, limit int) (int64, error) {
	return r.tx.Exec(`DELETE FROM console_files WHERE file_id = $1 AND part IN (
		SELECT part FROM console_files WHERE file_id = $1 ORDER BY part DESC LIMIT CAST($2 AS BIGINT))`, fileID, limit)
}

// PurgeConsoleFiles removes up to limit parts of files that ended before a moment
// and returns how many.
func (r Records) PurgeConsoleFiles(beforeMs int64, limit int) (int64, error) {
	return r.tx.Exec(`DELETE FROM console_files WHERE (file_id, part) IN (
		SELECT file_id, part FROM console_files WHERE expires_ms < $1 ORDER BY expires_ms, file_id, part LIMIT CAST($2 AS BIGINT))`, beforeMs, limit)
}
