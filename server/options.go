package server

import (
	"log/slog"
	"net/netip"
	"time"

	"carillon/access"
	"carillon/chime"
	"carillon/dispatch"
	"carillon/mail"
	"carillon/tracing"
	"carillon/trail"
)

// Options are the settings of a server.
type Options struct {
	// Data is the directory of the embedded database.
	Data string
	// Database is the URL of a PostgreSQL database; empty: embedded SQLite in Data.
	Database string
	// StartupTimeout is how long Open waits for PostgreSQL; 0: not at all.
	StartupTimeout time.Duration
	// Init begins anew in a data directory that has lost its database.
	Init bool
	// Throwaway says that nobody keeps the embedded database: nothing waits for the
	// disk.
	Throwaway bool
	// ReadReplica is the URL of a PostgreSQL database that follows Database; what
	// Get, List and Search operations show may come from it and lag behind.
	// Empty: Database serves everything.
	ReadReplica string
	// Root is the operator's key; with an id it replaces the one of the database
	// for good. An empty id stands for that one, which the first start generates.
	Root access.RootKey
	// RootChanged, if not nil, is told when another root key counts: it was
	// rotated, or replaced by another replica.
	RootChanged func(access.RootKey)
	// Fidelity chooses between documented and observed behaviour.
	Fidelity chime.Fidelity
	// Throttle limits the rate of requests.
	Throttle dispatch.Throttle
	// TrustedProxies are the networks of proxies whose X-Forwarded-For counts.
	TrustedProxies []netip.Prefix
	// Log receives one line per request and what goes wrong.
	Log *slog.Logger
	// LogDropped tells how many lines of the log were dropped; nil: none.
	LogDropped func() int64
	// Quotas limit accounts, numbers, rooms, memberships and bots.
	Quotas chime.Quotas
	// PublicURL is where webhooks and invitations reach this server.
	PublicURL string
	// Mail sends invitations; nil: nothing does.
	Mail *mail.Sender
	// DialOutURL and LambdaURL are the operator's endpoints for dial-outs and
	// for events of Lambda bots; empty: none.
	DialOutURL, LambdaURL string
	// PrivateWebhooks allows bot endpoints to have private addresses.
	PrivateWebhooks bool
	// SearchIndex keeps users packed once more, for searches.
	SearchIndex bool
	// NoConsole leaves out the pages for people.
	NoConsole bool
	// Audit says what is recorded; empty: changes.
	Audit trail.Level
	// AuditRetention is how long records are kept; 0: for ever.
	AuditRetention time.Duration
	// AuditFile, if not empty, takes the records as JSON lines too.
	AuditFile string
	// LeanHTTP has plain requests of HTTP/1.1 served without net/http.
	LeanHTTP bool
	// Backup is when and where backups are made without anybody asking.
	Backup BackupSchedule
	// Tracing says where traces go; nil: nowhere, and nothing is followed.
	Tracing *tracing.Settings
	// Version is what the server calls itself in traces, Program what backups say
	// of it: the commit too.
	Version, Program string
	// TestClock lets the clock of rules and jobs be moved ahead.
	TestClock bool
	// Now is the clock of rules and jobs; nil: real time.
	Now func() time.Time

	// committed is told of each commit.
	committed func(took time.Duration, updates int)
}
