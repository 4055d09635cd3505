package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"carillon/access"
	"carillon/api"
	cloudtrailapi "carillon/api/cloudtrail"
	iamapi "carillon/api/iam"
	stsapi "carillon/api/sts"
	"carillon/chime"
	"carillon/dispatch"
	"carillon/iam"
	"carillon/invitations"
	"carillon/jobs"
	"carillon/mail"
	"carillon/outbound"
	"carillon/store"
	"carillon/store/engine"
	"carillon/store/postgres"
	"carillon/work"
)

// Server is a running store with the handler over it.
type Server struct {
	// Handler serves everything that Carillon listens for.
	Handler http.Handler
	// Root is the operator's key that counted at the start.
	Root access.RootKey
	// RootGenerated tells that this start made the root key.
	RootGenerated bool

	store    *store.Store
	dispatch *dispatch.Dispatcher
	reads    *store.Store // nil: the same
	log      *slog.Logger
	metrics  *metrics
	commits  *commitMetrics
	traces   *traces // nil: nobody asks for them
	audit    *audit
	backups  *backups
	exports  *exports
	jobs     []*jobs.Runner
	stop     context.CancelFunc
	tasks    sync.WaitGroup // what runs until stop, besides jobs
	closers  []func()       // what to call when nothing runs any more

	lean         bool         // LeanHTTP
	mail         *mail.Sender // nil: there is none
	handler      *handler
	certificates certificates
}

// Open opens the database, brings its schema up to date and returns a server
// that is ready to serve.
func Open(ctx context.Context, o Options) (*Server, error) {
	commits := newCommitMetrics()
	o.committed = commits.committed
	st, err := OpenStore(ctx, o)
	if err != nil {
		return nil, err
	}
	srv := &Server{Root: o.Root, store: st, commits: commits, log: o.Log, lean: o.LeanHTTP}
	if err := st.SetSearchIndex(ctx, o.SearchIndex); err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	if err := srv.assemble(ctx, o); err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	return srv, nil
}

// OpenStore opens the database of a server and brings its schema up to date. Until
// it is closed nobody can have the database alone.
func OpenStore(ctx context.Context, o Options) (*store.Store, error) {
	e, err := openEngine(ctx, o)
	if err != nil {
		return nil, err
	}
	st := store.New(e)
	st.Log = o.Log
	if err := occupy(ctx, e); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	if err := st.Migrate(ctx); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return st, nil
}

// occupy keeps those off a database who need it alone.
func occupy(ctx context.Context, e engine.Engine) error {
	if o, ok := e.(engine.Occupier); ok {
		return o.Occupy(ctx)
	}
	return nil
}

func openEngine(ctx context.Context, o Options) (engine.Engine, error) {
	switch {
	case o.Database == "":
		if err := os.MkdirAll(o.Data, 0o700); err != nil {
			return nil, fmt.Errorf("creating the data directory: %w", err)
		}
		return openEmbedded(ctx, o)
	case isURL(o.Database):
		return postgres.Open(ctx, o.Database, postgres.Options{Startup: o.StartupTimeout, Logger: o.Log, Committed: o.committed})
	}
	return nil, errors.New("the database must be a URL that begins with postgres://")
}

// isURL tells the URL of a database from a directory.
func isURL(place string) bool {
	return strings.HasPrefix(place, "postgres://") || strings.HasPrefix(place, "postgresql://")
}

// assemble puts the server together over its store. What it has opened when it
// fails, Close closes.
func (s *Server) assemble(ctx context.Context, o Options) error {
	st := s.store
	if err := s.openTraces(o); err != nil {
		return err
	}
	secrets, err := access.LoadSecrets(ctx, st, o.Root)
	if err != nil {
		return err
	}
	s.metrics = newMetrics()
	s.Root, s.RootGenerated = secrets.Root, secrets.Generated
	if err := s.openReplica(ctx, o); err != nil {
		return err
	}
	clk, err := s.newClock(ctx, o)
	if err != nil {
		return err
	}
	if err := s.openKeepers(o, secrets.Master, clk); err != nil {
		return err
	}
	keys := access.NewKeys(st, secrets.Master, s.Root)
	keys.RootChanged, keys.Now = o.RootChanged, clk.Now
	rules := chime.New(s.rules(o, secrets.Master, keys))
	principals := iam.New(iam.Config{Keys: keys, MarkerKey: access.Derive(secrets.Master, "iam markers"), Now: clk.Now})
	double := s.newTestDouble(clk, keys, rules)
	s.dispatch = s.newDispatcher(o, clk, double.hook(), joined(
		api.Bind[*work.Unit](s.backups, rules, rules, rules, rules, clk, s.exports, principals.Operator(), keys, s.newStatus(o, clk), double, s.audit, s.audit),
		iamapi.Bind[*work.Unit](principals), stsapi.Bind[*work.Unit](principals), cloudtrailapi.Bind[*work.Unit](s.audit)))
	if err := s.openDoors(o, secrets.Master, rules, keys); err != nil {
		return err
	}
	s.register(o, clk)
	if err := s.schedule(ctx, rules, clk); err != nil {
		return err
	}
	s.start(clk, s.remembering(rules, keys), joined(rules.JobHandlers(), principals.JobHandlers()), rules.DeliveryHandlers(), rules.MailHandlers())
	return nil
}

// remembering keeps what rules and keys remember up to date, in the background.
func (s *Server) remembering(rules *chime.Service, keys *access.Keys) func(context.Context) {
	return func(ctx context.Context) {
		s.tasks.Go(func() { rules.KeepRanks(ctx, s.store.View) })
		keys.Follow(ctx)
	}
}

// openDoors makes what answers requests.
func (s *Server) openDoors(o Options, master []byte, rules *chime.Service, keys *access.Keys) (err error) {
	h := newHandler(s.dispatch, s.metrics, rules.KnowsWebhook, keys, s.ready, o)
	h.traces = s.traces
	h.guests = guests{door: invitations.New(o.PublicURL), knows: rules.KnowsInvitation}
	s.mail = o.Mail
	h.scimRequests = newScimRequests(s.store)
	s.closers = append(s.closers, h.scimRequests.close)
	h.console, err = s.newConsole(o, access.Derive(master, "console"), keys)
	s.Handler, s.handler = h, h
	return err
}

// openKeepers makes what keeps records and copies.
func (s *Server) openKeepers(o Options, master []byte, clk *clock) (err error) {
	s.audit, err = s.newAudit(o, access.Derive(master, "audit seal"), access.Derive(master, "audit tokens"), clk.Now)
	if err == nil {
		s.backups, err = newBackups(o, s.store, clk.Now)
	}
	if err == nil {
		s.exports = newExports(o, s.store, s.audit.Trail)
	}
	return err
}

func (s *Server) newDispatcher(o Options, clk *clock, faults *dispatch.Faults, rules map[*api.Op]dispatch.Rule) *dispatch.Dispatcher {
	return dispatch.New(dispatch.Config{
		Rules: s.followed(rules),
		Store: s.store, Reads: s.reads, Now: clk.Now, NewID: newID, Throttle: o.Throttle, Faults: faults, Wake: s.wake, Log: o.Log,
		Audit: s.audit.hook(), Denied: s.metrics.denied,
	})
}

// register adds what the metrics tell of the parts of the server.
func (s *Server) register(o Options, clk *clock) {
	s.metrics.registry.MustRegister(s.commits.duration, s.commits.updates, storeStats{s.store}, backlog{s.store, s.audit, clk.Now, o.Log},
		droppedLines(o.LogDropped), lastBackup(s.backups.lastScheduled()), damagedPages(s.store))
	s.metrics.registry.MustRegister(s.handler.limits.gate.collectors()...)
	s.audit.register(s.metrics.registry)
	s.traces.register(s.metrics.registry)
}

// joined are several tables in one.
func joined[K comparable, V any](tables ...map[K]V) map[K]V {
	all := map[K]V{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

func (s *Server) openReplica(ctx context.Context, o Options) error {
	if o.ReadReplica == "" {
		return nil
	}
	engine, err := postgres.Open(ctx, o.ReadReplica, postgres.Options{Startup: o.StartupTimeout, Logger: o.Log})
	if err != nil {
		return fmt.Errorf("opening the read replica: %w", err)
	}
	s.reads = store.New(engine)
	if s.traces != nil {
		s.reads.Wrap(s.traces.around)
	}
	return nil
}

func (s *Server) newClock(ctx context.Context, o Options) (*clock, error) {
	c := &clock{store: s.store, enabled: o.TestClock, base: o.Now, wake: s.wake}
	if c.base == nil {
		c.base = time.Now
	}
	return c, c.load(ctx)
}

// wake makes the runners look for jobs; before they are there, there is no need.
func (s *Server) wake() {
	for _, r := range s.jobs {
		r.Wake()
	}
}

// rules collects what the rules need.
func (s *Server) rules(o Options, master []byte, keys *access.Keys) chime.Config {
	webhooks, operator := outbound.New(o.PrivateWebhooks), outbound.New(true)
	s.closers = append(s.closers, webhooks.Close, operator.Close)
	toWebhooks, toOperator := s.followedPosts(webhooks.Post, operator.Post)
	return chime.Config{
		Fidelity: o.Fidelity, Quotas: o.Quotas,
		TokenKey:  access.Derive(master, "page tokens"),
		SecretKey: access.Derive(master, "bots and webhooks"),
		PublicURL: strings.TrimRight(o.PublicURL, "/"),
		Mail:      mailer(o.Mail),
		Webhooks:  toWebhooks,
		Operator:  toOperator, DialOutURL: o.DialOutURL, LambdaURL: o.LambdaURL, DialOutSecret: keys.RootSecret,
	}
}

// schedule leaves the job that cleans up every day.
func (s *Server) schedule(ctx context.Context, rules *chime.Service, c *clock) error {
	err := s.store.Update(ctx, func(r store.Records) error { return scheduleJobs(r, rules, c.Now()) })
	if err != nil {
		return fmt.Errorf("scheduling the daily cleaning: %w", err)
	}
	return nil
}

// scheduleJobs leaves the jobs that every server has.
func scheduleJobs(r store.Records, rules *chime.Service, now time.Time) error {
	return rules.ScheduleHousekeeping(&work.Unit{Records: r, Caller: &api.Caller{}, Now: now, NewID: newID})
}

// start begins the work in the background: what follows others, and a runner for
// each of some sorts of jobs.
func (s *Server) start(c *clock, follow func(context.Context), sorts ...map[string]jobs.Handler) {
	background, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.tasks.Go(func() { follow(background) })
	if c.enabled {
		s.tasks.Go(func() { c.follow(background) })
	}
	s.startAudit(background)
	s.tasks.Go(func() { s.packUsers(background) })
	if s.store.CanBackup() {
		s.tasks.Go(func() { s.backups.run(background) })
	}
	s.tasks.Go(func() { s.exports.run(background) })
	for _, handlers := range sorts {
		s.jobs = append(s.jobs, jobs.Start(jobs.Config{
			Store: s.store, Handlers: handlers, Now: c.Now, NewID: newID, Owner: newID(), Log: s.log, Observe: s.metrics.job,
			Audit: s.audit.steps(), Follow: s.followJobs(),
		}))
	}
}

// newID returns an id that grows with time, so that inserts stay local.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// Close ends the work in the background, waits for it, and closes the database;
// call it after the last request.
func (s *Server) Close() error {
	if s.dispatch != nil {
		s.dispatch.Close()
	}
	if s.stop != nil {
		s.stop()
	}
	s.tasks.Wait()
	for _, r := range s.jobs {
		r.Stop()
	}
	for _, end := range s.closers {
		end()
	}
	if s.audit != nil && s.audit.file != nil {
		s.audit.file.close()
	}
	s.traces.close()
	if s.reads != nil {
		return errors.Join(s.reads.Close(), s.store.Close())
	}
	return s.store.Close()
}
