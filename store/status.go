package store

import "carillon/store/engine"

// Status is what a database tells of itself.
type Status struct {
	// Version is that of its schema, Supported the one that this program makes: a
	// newer one may be compatible.
	Version, Supported int64
	// Bytes is its size; 0: the engine does not know.
	Bytes int64
}

// Status looks how the database is, within a transaction of its.
func (s *Store) Status(r Records) (Status, error) {
	have, err := s.schema(r.tx)
	status := Status{Version: have.version, Supported: s.version()}
	if sizer, ok := s.engine.(engine.Sizer); ok && err == nil {
		status.Bytes, err = sizer.Size(r.tx)
	}
	return status, err
}
