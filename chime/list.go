package chime

import (
	"slices"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// Page sizes of lists without MaxResults: those whose limit is 200, those whose
// limit is 99, the search and the bots.
const (
	profilePageSize = 100
	resultPageSize  = 99
	searchPageSize  = 100
	botPageSize     = 10
)

// maxPageBytes ends a page early, so that no answer is much larger.
const maxPageBytes = 1 << 20

// list says how the rows of one kind are listed.
type list[T, V any] struct {
	pageSize int // without MaxResults
	// at is where a row is in the list.
	at func(*T) store.Position
	// shape sets an item to what the list shows of a row.
	shape func(item *V, row *T)
	// atMost, if not nil, is a quick bound for what size says.
	atMost func(*V) int
	// size is how many bytes an item takes in the answer.
	size func(*V) int
}

// listing is what one caller asks of a list.
type listing struct {
	// in is the input; the members that its path carries choose the list.
	in         api.RESTInput
	token      api.Opt[string]
	maxResults api.Opt[int]
	// filters of the input. Later pages may leave them out; they are set then.
	filters []*api.Opt[string]
	// single lists have one item at most.
	single bool
}

// scope names the one list that a page token belongs to.
func (l *listing) scope(w *work.Unit) []byte {
	path := l.in.Label(0)
	for i := 1; l.in.Label(i) != ""; i++ {
		path += "/" + l.in.Label(i)
	}
	return scope(w.Op.Name, w.Caller.AwsAccountID, path)
}

// open returns where the page begins, and sets the filters. No token, or an
// empty one, is the first page.
func (l *listing) open(t *tokens, w *work.Unit) (store.Position, error) {
	if l.token.V == "" {
		return store.Position{}, nil
	}
	c, err := t.open(l.scope(w), l.token.V, l.filters)
	return store.Position{Ms: c.Ms, ID: c.ID}, err
}

// seal returns the token of the page after a position.
func (l *listing) seal(t *tokens, w *work.Unit, last store.Position) string {
	return t.seal(l.scope(w), cursor{Filters: encodeFilters(l.filters), Ms: last.Ms, ID: last.ID})
}

// page returns a page of a list and the token of the next. read is called with
// the filters set; it returns up to limit rows after a position.
func (l *list[T, V]) page(s *Service, w *work.Unit, q listing, read func(after store.Position, limit int) ([]T, error)) ([]V, api.Opt[string], error) {
	return l.stream(s, w, q, l.shape, func(after store.Position, limit int, each func(*T)) error {
		rows, err := read(after, limit)
		for i := range rows {
			each(&rows[i])
		}
		return err
	})
}

// stream is page for rows that come one by one, each of which each has seen the
// last of when it returns. It takes the shape from those whose items have
// something in common.
func (l *list[T, V]) stream(s *Service, w *work.Unit, q listing, shape func(*V, *T), read func(after store.Position, limit int, each func(*T)) error) ([]V, api.Opt[string], error) {
	after, err := q.open(s.tokens, w)
	if err != nil {
		return nil, api.Opt[string]{}, err
	}
	p := page[T, V]{list: l, show: shape, limit: q.maxResults.Or(l.pageSize), items: []V{}} // nil would be null
	if !q.single {
		p.items = make([]V, 0, min(p.limit, l.pageSize))
	}
	if err := read(after, p.limit+1, p.add); err != nil {
		return nil, api.Opt[string]{}, err
	}
	if !p.full {
		return p.items, api.Opt[string]{}, nil
	}
	return p.items, api.Some(q.seal(s.tokens, w, p.last)), nil
}

// page collects the items of a page.
type page[T, V any] struct {
	*list[T, V]
	show  func(*V, *T)
	limit int
	items []V
	last  store.Position // of the last item
	full  bool           // there is more
	bytes int            // of the items, at most; exactly if so said
	exact bool
}

// add appends a row, unless the page is full. The first row always has a place.
func (p *page[T, V]) add(row *T) {
	if p.full = p.full || len(p.items) == p.limit; p.full {
		return
	}
	last := len(p.items)
	p.items = slices.Grow(p.items, 1)[:last+1]
	p.show(&p.items[last], row)
	if p.full = p.overflows(&p.items[last]) && last > 0; p.full {
		p.items = p.items[:last]
		return
	}
	p.last = p.at(row)
}

// overflows reports whether the last item is too much for the page, and counts it.
func (p *page[T, V]) overflows(last *V) bool {
	if p.exact || p.atMost == nil {
		p.bytes += p.size(last)
		return p.bytes > maxPageBytes
	}
	if p.bytes += p.atMost(last); p.bytes <= maxPageBytes {
		return false
	}
	p.exact, p.bytes = true, 0
	for i := range p.items {
		p.bytes += p.size(&p.items[i])
	}
	return p.bytes > maxPageBytes
}

// jsonSize is the size of a shape.
func jsonSize[V any, P interface {
	*V
	api.JSONOutput
}](v *V) int {
	return len(P(v).AppendJSON(nil)) + len(",")
}

// value is the shape of a list that takes it from an answer's.
func value[T, V any](shape func(*T) *V) func(*V, *T) {
	return func(item *V, row *T) { *item = *shape(row) }
}

// shapes turns rows into what a list without pages shows; never nil, since that
// would be null.
func shapes[T, V any](rows []T, shape func(*T) *V) []V {
	list := make([]V, len(rows))
	for i := range rows {
		list[i] = *shape(&rows[i])
	}
	return list
}
