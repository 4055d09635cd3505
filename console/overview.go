package console

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"carillon/api"
)

// counts remember how many users AWS accounts have: counting looks at all of them.
type counts struct {
	mu    sync.Mutex
	known map[string]*counted
}

// counted is what is known of an AWS account.
type counted struct {
	last, next *count // the one that is shown, and the one that is being made; may be nil
}

// count is one look at the users of an AWS account.
type count struct {
	done chan struct{} // closed when the rest counts
	at   time.Time     // when it began
	took time.Duration
	out  *api.CountUsersOutput
	err  error
}

const (
	// countAge is how old numbers are when they are counted again; meanwhile those are
	// shown until they are countEnd old.
	countAge = time.Minute
	countEnd = 10 * time.Minute
	// countPatience is how long a page waits for them, unless the last look took longer,
	// or this one has already; then it is countGlance.
	countPatience = 35 * time.Millisecond
	countGlance   = 20 * time.Millisecond
	// countTime bounds the counting.
	countTime = 15 * time.Second
	// maxCounts bounds how many AWS accounts are remembered.
	maxCounts = 1000
)

func newCounts() *counts { return &counts{known: map[string]*counted{}} }

// look returns the look at an AWS account's users that can be shown, or else the one
// that is being made, and how long to wait for that. It begins one where it is time.
func (c *counts) look(awsAccountID string, run func() (*api.CountUsersOutput, error)) (look *count, patience time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.known[awsAccountID]
	if known == nil {
		if len(c.known) >= maxCounts {
			clear(c.known)
		}
		known = &counted{}
		c.known[awsAccountID] = known
	}
	if known.next == nil && (known.last == nil || time.Since(known.last.at) >= countAge) {
		known.next = &count{done: make(chan struct{}), at: time.Now()}
		go c.run(awsAccountID, known, known.next, run)
	}
	if known.last != nil && (known.next == nil || time.Since(known.last.at) < countEnd) {
		return known.last, 0
	}
	if known.last != nil && known.last.took > countPatience || time.Since(known.next.at) > countPatience {
		return known.next, countGlance
	}
	return known.next, countPatience
}

// run makes a look.
func (c *counts) run(awsAccountID string, known *counted, next *count, run func() (*api.CountUsersOutput, error)) {
	out, err := run()
	c.mu.Lock()
	defer c.mu.Unlock()
	next.out, next.err, next.took = out, err, time.Since(next.at)
	close(next.done)
	if known.next = nil; err == nil {
		known.last = next
	} else if c.known[awsAccountID] == known {
		delete(c.known, awsAccountID)
	}
}

func (c *counts) forget(awsAccountID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, awsAccountID)
}

// users returns how many users there are, and when that was; nil: they are being
// counted.
func (p *page) users() (*api.CountUsersOutput, time.Time, error) {
	visit := *p.visit // the request may end before
	visit.Place = nil
	request := *p.visit.Request
	visit.Request = &request
	background := &page{c: p.c, visit: &visit, r: p.r}
	ctx := context.WithoutCancel(p.r.Context())
	look, patience := p.c.counts.look(visit.Credential.Caller.AwsAccountID, func() (*api.CountUsersOutput, error) {
		ctx, cancel := context.WithTimeout(ctx, countTime)
		defer cancel()
		return background.calls().CountUsers(ctx, &api.CountUsersInput{})
	})
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	select {
	case <-look.done:
	default:
		select {
		case <-look.done:
		case <-timeout.C:
			return nil, time.Time{}, nil
		}
	}
	return look.out, look.at, look.err
}

// summary is what the overview shows. What the visitor may not see is nil.
type summary struct {
	Counting                 bool
	Users, Accounts          int
	Counted                  api.Timestamp
	Status, License, Largest []bar
	First                    bool // there are no accounts yet
	MayCreate, MayMakeKeys   bool
	Changes                  []api.AuditEvent
	ShowChanges              bool
	FailedJobs               []api.Job
	ShowJobs, MoreJobs       bool
	Backups                  bool
	LastBackup               api.Timestamp
}

func overview(p *page) error {
	s := &summary{MayCreate: p.may("CreateAccount"), MayMakeKeys: p.may("iam:CreateUser")}
	v := view{Title: "Overview", Commands: []string{awsChime("list-accounts"), command("carillon", "audit", "list")}, Body: s}
	for _, add := range []func(*summary) error{p.addCounts, p.addChanges, p.addServer} {
		if err := add(s); err != nil {
			return err
		}
	}
	if s.Counting {
		v.Refresh = 1
	}
	if s.First && s.MayCreate {
		v.Commands = []string{awsChime("create-account", "--name", "Example"), command("carillon", "key", "create", "--user", "script")}
	}
	return p.show(http.StatusOK, "overview", v)
}

func (p *page) addCounts(s *summary) error {
	if !p.may("CountUsers") {
		return nil
	}
	out, at, err := p.users()
	if err != nil {
		return err
	}
	if s.Counting = out == nil; s.Counting {
		return nil
	}
	s.Users, s.Accounts, s.Counted = out.Users.V, out.Accounts.V, api.TimestampOf(at)
	s.Status, s.License, s.Largest = bars(out.ByStatus), bars(out.ByLicense), bars(out.Largest)
	if s.Accounts == 0 { // perhaps not any more
		list, err := p.calls().ListAccounts(p.r.Context(), &api.ListAccountsInput{MaxResults: api.Some(1)})
		if s.First = err == nil && len(list.Accounts) == 0; !s.First {
			p.c.counts.forget(p.visit.Credential.Caller.AwsAccountID)
			s.Counting = true
		}
	}
	return nil
}

// recentChanges is how far back the overview looks, shownChanges how many it shows
// of the readChanges that it gets: sign-ins change nothing.
const (
	recentChanges = 7 * 24 * time.Hour
	shownChanges  = 10
	readChanges   = 3 * shownChanges
)

func (p *page) addChanges(s *summary) error {
	if s.ShowChanges = p.may("ListAuditEvents"); !s.ShowChanges {
		return nil
	}
	since := p.c.Dispatch.Now().Add(-recentChanges).UTC().Format(time.RFC3339)
	out, err := p.calls().ListAuditEvents(p.r.Context(), &api.ListAuditEventsInput{StartTime: api.Some(since), MaxResults: api.Some(readChanges)})
	if err != nil {
		return err
	}
	changes := slices.DeleteFunc(out.Events, func(e api.AuditEvent) bool { return e.EventName.V == "ConsoleLogin" })
	s.Changes = changes[:min(len(changes), shownChanges)]
	return nil
}

// addServer adds what only the operator may see.
func (p *page) addServer(s *summary) error {
	if s.ShowJobs = p.may("ListJobs"); !s.ShowJobs {
		return nil
	}
	if last := p.c.LastBackup; last != nil {
		s.Backups = true
		if at := last(); !at.IsZero() {
			s.LastBackup = api.TimestampOf(at)
		}
	}
	out, err := p.calls().ListJobs(p.r.Context(), &api.ListJobsInput{State: api.Some(api.JobStateFailed), MaxResults: api.Some(5)})
	s.FailedJobs, s.MoreJobs = out.Jobs, out.NextToken.V != ""
	return err
}
