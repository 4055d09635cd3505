package server

import (
	"time"

	"carillon/api"
	"carillon/work"
)

// status tells the operator what runs here.
type status struct {
	version string
	engine  api.DatabaseEngine
	started time.Time
	server  *Server
	clock   *clock
}

func (s *Server) newStatus(o Options, c *clock) *status {
	engine := api.DatabaseEngineSQLite
	if o.Database != "" {
		engine = api.DatabaseEnginePostgreSQL
	}
	return &status{version: o.Version, engine: engine, started: time.Now(), server: s, clock: c}
}

var _ api.StatusRootOnly[*work.Unit] = (*status)(nil)

// GetServerStatus tells how server and database are. StartedOn is by the real
// clock, everything else by that of the rules.
func (s *status) GetServerStatus(w *work.Unit, _ *api.GetServerStatusInput) (*api.GetServerStatusOutput, error) {
	database, err := s.server.store.Status(w.Records)
	if err != nil {
		return nil, err
	}
	out := &api.GetServerStatusOutput{
		Version: api.NonZero(s.version), StartedOn: api.TimestampOf(s.started), Now: api.TimestampOf(w.Now), TestClock: api.Some(s.clock.enabled),
		DatabaseEngine: api.Some(s.engine), DatabaseBytes: api.NonZero(int(database.Bytes)),
		SchemaVersion: api.Some(int(database.Version)), SupportedSchemaVersion: api.Some(int(database.Supported)),
		BackupSupported: api.Some(s.server.store.CanBackup()),
	}
	last := s.server.backups.lastScheduled()
	out.BackupScheduled = api.Some(last != nil)
	if last != nil && !last().IsZero() {
		out.LastBackupOn = api.TimestampOf(last())
	}
	return out, nil
}
