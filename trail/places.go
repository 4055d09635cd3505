package trail

import (
	"slices"

	"carillon/store"
)

// places are the batches that a look-up may have to read, in the order in which
// they can begin to matter: by their last time if the newest come first, else by
// their first one.
type places struct {
	search *search
	last   store.AuditPlace // the last one asked for
	queue  []store.AuditPlace
	all    bool // there are no more to be asked for
	// read are contents that were asked for together.
	read     map[int64][]byte
	together int
}

// peek returns the next place without taking it.
func (p *places) peek() (store.AuditPlace, bool, error) {
	for !p.all && !p.certain() {
		if err := p.fill(); err != nil {
			return store.AuditPlace{}, false, err
		}
	}
	if len(p.queue) == 0 {
		return store.AuditPlace{}, false, nil
	}
	return p.queue[0], true, nil
}

// certain reports whether no place that was not asked for comes before the next.
// The store has them by their last time, and none spans more than maxSpan.
func (p *places) certain() bool {
	if len(p.queue) == 0 {
		return false
	}
	return !p.search.OldestFirst || p.queue[0].FirstMs <= p.last.LastMs-maxSpan
}

// fill asks for some more places.
func (p *places) fill() error {
	rows, err := p.search.records.AuditPlaces(p.filter())
	if err != nil {
		return err
	}
	p.all = len(rows) < placesStep
	for _, row := range rows {
		p.last = row
		if p.matters(row) {
			p.queue = append(p.queue, row)
		}
	}
	if p.search.OldestFirst {
		slices.SortFunc(p.queue, func(a, b store.AuditPlace) int { return int(a.FirstMs - b.FirstMs) })
	}
	return nil
}

// matters reports whether a batch may have a record that is looked for: time and
// position may be before all of it.
func (p *places) matters(row store.AuditPlace) bool {
	s := p.search
	if s.UntilMs != 0 && row.FirstMs > s.UntilMs {
		return false
	}
	return s.After == "" || s.OldestFirst || row.FirstMs <= msOf(s.After)
}

// filter asks for the places after the last one.
func (p *places) filter() store.AuditSearch {
	s := p.search
	best := s.best()
	f := store.AuditSearch{
		AwsAccountID: s.AwsAccountID, Attribute: int64(best.Attribute), Value: keyOf(best.Value),
		FromMs: s.FromMs, OldestFirst: s.OldestFirst, After: p.last, Limit: placesStep,
	}
	if s.UntilMs != 0 {
		f.UntilMs = s.UntilMs + maxSpan
	}
	switch {
	case s.After == "":
	case s.OldestFirst:
		f.FromMs = max(f.FromMs, msOf(s.After))
	case f.UntilMs == 0 || f.UntilMs > msOf(s.After)+maxSpan:
		f.UntilMs = msOf(s.After) + maxSpan
	}
	return f
}

// selective are the attributes of the index, those first that fewest records
// share.
var selective = []Attribute{ResourceName, AccessKeyID, Username, ErrorCode, EventName, ResourceType, EventSource, ReadOnly}

// best returns what is looked for in the index.
func (s *search) best() Match {
	for _, a := range selective {
		if i := slices.IndexFunc(s.Match, func(m Match) bool { return m.Attribute == a }); i >= 0 {
			return s.Match[i]
		}
	}
	return Match{Attribute: Everything}
}

// take takes the next place and returns the content of its batch; nil: it is gone.
func (p *places) take() ([]byte, error) {
	batch := p.queue[0].Batch
	if _, ok := p.read[batch]; !ok {
		if err := p.readSome(); err != nil {
			return nil, err
		}
	}
	content := p.read[batch]
	delete(p.read, batch)
	p.queue = p.queue[1:]
	return content, nil
}

// readSome reads the contents of the next places, one at first and more the
// longer the look-up goes on.
func (p *places) readSome() error {
	p.together = min(max(1, 2*p.together), maxTogether)
	p.read = map[int64][]byte{}
	var numbers []int64
	for _, place := range p.queue[:min(p.together, len(p.queue))] {
		numbers = append(numbers, place.Batch)
	}
	batches, err := p.search.records.AuditBatchesOf(numbers)
	for i := range batches {
		p.read[batches[i].Batch] = batches[i].Content
	}
	return err
}
