package store

import "carillon/store/engine"

// ConsoleLine is one line of a note of the console.
type ConsoleLine struct {
	NoteID string
	Line   int64 // from 0
	Body   string
	// ExpiresMs is when nobody asks for it any more.
	ExpiresMs int64
}

func (l *ConsoleLine) scan(row engine.Row) error {
	return row.Scan(&l.NoteID, &l.Line, &l.Body, &l.ExpiresMs)
}

// InsertConsoleLine adds a line to a note. ErrExists says that somebody has
// written the line already.
func (r Records) InsertConsoleLine(l *ConsoleLine) error {
	return r.insert(`INSERT INTO console_notes (note_id, line, body, expires_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, l.NoteID, l.Line, l.Body, l.ExpiresMs)
}

// ConsoleNote returns up to limit lines of a note from one on, in their order; none:
// there is no such note, or no more of it.
func (r Records) ConsoleNote(noteID string, from int64, limit int) ([]ConsoleLine, error) {
	return collect[ConsoleLine](r, `SELECT note_id, line, body, expires_ms FROM console_notes WHERE note_id = $1 AND line >= $2
		ORDER BY line LIMIT CAST($3 AS BIGINT)`, []any{noteID, from, limit})
}

// LastConsoleLine returns the last line of a note, or ErrNotFound.
func (r Records) LastConsoleLine(noteID string) (*ConsoleLine, error) {
	return get[ConsoleLine](r, noConsoleNote, `SELECT note_id, line, body, expires_ms FROM console_notes WHERE note_id = $1 ORDER BY line DESC LIMIT 1`, noteID)
}

// PurgeConsoleNotes removes up to limit lines that ended before a moment and
// returns how many.
func (r Records) PurgeConsoleNotes(beforeMs int64, limit int) (int64, error) {
	return r.tx.Exec(`DELETE FROM console_notes WHERE (note_id, line) IN (
		SELECT note_id, line FROM console_notes WHERE expires_ms < $1 ORDER BY expires_ms, note_id, line LIMIT CAST($2 AS BIGINT))`, beforeMs, limit)
}
