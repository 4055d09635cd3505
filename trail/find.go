package trail

import (
	"bytes"
	"slices"
	"strings"

	"carillon/api"
	"carillon/store"
)

// Query says which records are looked for, and where to begin.
type Query struct {
	// AwsAccountID is whose records are looked for; empty: everybody's.
	AwsAccountID string
	// FromMs and UntilMs bound the time of the events, both included; 0: they do not.
	FromMs, UntilMs int64
	// Match are what all records found have.
	Match       []Match
	OldestFirst bool
	// After is the position after which the page begins; empty: the first page.
	After string
	Limit int
}

// Match is a value that a record must have.
type Match struct {
	Attribute Attribute
	Value     string
}

// Page are records that were found, in order.
type Page struct {
	Events []*Event
	// Next is the position after which the next page begins; empty: there is none.
	// A page may have few records, or none, and yet not be the last: the work for
	// one is limited.
	Next string
}

// Limits of the work for a page.
const (
	maxPageBytes  = 1 << 20
	maxLoaded     = 384  // batches that are read for a page
	placesStep    = 64   // places of batches that are asked for at once
	maxTogether   = 16   // batches that are asked for at once
	pendingStep   = 512  // pending records that are asked for at once
	maxPendingRow = 8192 // pending records that are looked at for a page
)

// Find looks records up, sealed and pending. Pending ones come first: what is
// sealed in between is then in a batch, and not missed.
func (t *Trail) Find(r store.Records, q Query) (Page, error) {
	s := newSearch(t, r, q)
	if err := s.readPending(); err != nil {
		return Page{}, err
	}
	for len(s.page.Events) <= q.Limit && !s.ended {
		if err := s.next(); err != nil {
			return Page{}, err
		}
	}
	return s.result(), nil
}

// search is one look-up under way.
type search struct {
	Query
	trail   *Trail
	records store.Records
	needles [][]byte // what the records found hold, as a quick look
	places  places
	loaded  int
	// candidates are the records that match and are not in the page yet, the next
	// one last.
	candidates []*Event
	// horizon, if not empty, is how far the records looked at reach.
	horizon string
	plain   []byte // of the batch that is read
	page    Page
	bytes   int
	ended   bool
	full    bool
}

func newSearch(t *Trail, r store.Records, q Query) *search {
	s := &search{Query: q, trail: t, records: r}
	for _, m := range q.Match {
		if m.Attribute == EventID { // which says when
			at := max(msOf(m.Value), 1)
			s.FromMs, s.UntilMs = max(s.FromMs, at), at
		}
		if n := needle(m); n != nil {
			s.needles = append(s.needles, n)
		}
	}
	s.places = places{search: s}
	return s
}

// needle is a text that is in the short form of every record that matches; nil:
// there is none.
func needle(m Match) []byte {
	switch {
	case m.Attribute == ReadOnly, m.Attribute == EventID, m.Attribute == Username && m.Value == "root", strings.HasPrefix(m.Value, "arn:"):
		return nil
	}
	text := api.AppendText(nil, m.Value)
	return text[1 : len(text)-1]
}

// mayMatch is a quick look at a record of a batch.
func (s *search) mayMatch(p *packed) bool {
	if s.AwsAccountID != "" && s.AwsAccountID != string(p.awsAccountID) {
		return false
	}
	return s.has(p.content, p.accountID)
}

// has reports whether a record holds all that is looked for, itself or as its
// account, which it may have left out.
func (s *search) has(record, accountID []byte) bool {
	for _, n := range s.needles {
		if !bytes.Equal(n, accountID) && !bytes.Contains(record, n) {
			return false
		}
	}
	return true
}

// matches returns the event of a record if it is looked for. It keeps nothing of
// its content.
func (s *search) matches(r *store.AuditRecord) *Event {
	if !s.within(r.EventID) {
		return nil
	}
	e := eventOf(r)
	for _, m := range s.Match {
		if m.Value == hiddenName || !slices.Contains(e.values(m.Attribute), m.Value) {
			return nil
		}
	}
	e.Record = expand(r)
	return e
}

// within reports whether an id is in the time that is asked for, and after the
// position.
func (s *search) within(id string) bool {
	ms := msOf(id)
	return (s.FromMs == 0 || ms >= s.FromMs) && (s.UntilMs == 0 || ms <= s.UntilMs) && (s.After == "" || s.less(s.After, id))
}

// less reports whether one id comes before another.
func (s *search) less(a, b string) bool {
	if s.OldestFirst {
		return a < b
	}
	return a > b
}

// bounds are the ids between which records are looked for.
func (s *search) bounds() (from, until string) {
	if s.FromMs > 0 {
		from = before(s.FromMs)
	}
	if s.UntilMs > 0 {
		until = before(s.UntilMs + 1)
	}
	switch {
	case s.After == "":
	case s.OldestFirst:
		from = max(from, s.After)
	case until == "":
		until = s.After
	default:
		until = min(until, s.After)
	}
	return from, until
}

// readPending reads the pending records that the page may have.
func (s *search) readPending() error {
	f := store.AuditFilter{AwsAccountID: s.AwsAccountID, OldestFirst: s.OldestFirst, Limit: pendingStep}
	f.From, f.Until = s.bounds()
	for looked := 0; len(s.candidates) <= s.Limit; {
		rows, err := s.records.PendingAudit(f)
		if err != nil {
			return err
		}
		for i := range rows {
			if !s.has(rows[i].Record, []byte(rows[i].AccountID)) {
				continue
			}
			if e := s.matches(&rows[i]); e != nil {
				s.candidates = append(s.candidates, e)
			}
		}
		if len(rows) < f.Limit {
			break
		}
		last := rows[len(rows)-1].EventID
		if s.OldestFirst {
			f.From = last
		} else {
			f.Until = last
		}
		if looked += len(rows); looked >= maxPendingRow {
			s.horizon = last
			break
		}
	}
	if n := len(s.candidates); n > s.Limit { // there may be more, beyond the last one
		s.horizon = s.candidates[n-1].ID
	}
	s.order()
	return nil
}

// order sorts the candidates and leaves each once: one that was sealed meanwhile
// is there twice.
func (s *search) order() {
	slices.SortFunc(s.candidates, func(a, b *Event) int {
		switch {
		case a.ID == b.ID:
			return 0
		case s.less(a.ID, b.ID):
			return 1
		}
		return -1
	})
	s.candidates = slices.CompactFunc(s.candidates, func(a, b *Event) bool { return a.ID == b.ID })
}

// next takes one record into the page, or reads on.
func (s *search) next() error {
	n := len(s.candidates)
	place, more, err := s.places.peek()
	if err != nil {
		return err
	}
	switch {
	case more && (n == 0 || s.mayPrecede(place, s.candidates[n-1].ID)):
		if s.loaded >= maxLoaded {
			s.stopBefore(place)
			return nil
		}
		s.loaded++
		return s.load()
	case n == 0:
		s.ended = true
	default:
		s.take(s.candidates[n-1])
		s.candidates = s.candidates[:n-1]
	}
	return nil
}

// mayPrecede reports whether a batch may have a record before an id.
func (s *search) mayPrecede(p store.AuditPlace, id string) bool {
	if s.OldestFirst {
		return p.FirstMs <= msOf(id)
	}
	return p.LastMs >= msOf(id)
}

// stopBefore ends the page where a batch begins that was not read.
func (s *search) stopBefore(p store.AuditPlace) {
	limit := before(p.LastMs + 1)
	if s.OldestFirst {
		limit = before(p.FirstMs)
	}
	if s.horizon == "" || s.less(limit, s.horizon) {
		s.horizon = limit
	}
	for n := len(s.candidates); n > 0 && !s.ended; n = len(s.candidates) {
		s.take(s.candidates[n-1])
		s.candidates = s.candidates[:n-1]
	}
	s.ended = true
}

// load reads the next batch.
func (s *search) load() error {
	content, err := s.places.take()
	if err != nil || content == nil {
		return err
	}
	found := len(s.candidates)
	var last store.AuditRecord
	s.plain, err = s.trail.packer.read(content, s.plain, func(p *packed) {
		if !s.mayMatch(p) {
			return
		}
		last = p.record(&last)
		if e := s.matches(&last); e != nil {
			s.candidates = append(s.candidates, e)
		}
	})
	if err != nil { // verification tells; the others are found all the same
		s.candidates = s.candidates[:found]
		return nil
	}
	if len(s.candidates) > found {
		s.order()
	}
	return nil
}

// take adds a record to the page, if there is room: the first has it always.
func (s *search) take(e *Event) {
	if s.horizon != "" && s.less(s.horizon, e.ID) {
		s.ended = true
		return
	}
	s.bytes += len(e.Record)
	if n := len(s.page.Events); n > 0 && (n == s.Limit || s.bytes > maxPageBytes) {
		s.full, s.ended = true, true
		return
	}
	s.page.Events = append(s.page.Events, e)
}

// result ends the page.
func (s *search) result() Page {
	n := len(s.page.Events)
	switch {
	case s.full:
		s.page.Next = s.page.Events[n-1].ID
	case s.horizon != "":
		s.page.Next = s.horizon
	}
	return s.page
}
