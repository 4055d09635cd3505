package sqlite

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// scrubChunk is how many pages are read between two pauses: 1 MiB, which
	// makes 16 MiB a second, for 1 % of a processor.
	scrubChunk = 256
	scrubPause = time.Second / 16
	// Between two rounds over the whole database is a rest as long as the first of
	// them was, within these.
	scrubLeastRest = time.Second
	scrubMostRest  = 30 * time.Second
	// scrubStart is how long a start waits for the first round, which goes on in
	// the background then. It is enough for about 2 GB.
	scrubStart = 2 * time.Second
	// maxDamaged is how many damaged pages are told of each by itself.
	maxDamaged = 100
)

// scrubber compares the pages of a database with their sums, again and again. It
// reads what views read: the pages in the memory of the operating system.
type scrubber struct {
	file *os.File
	sums *sums
	log  *slog.Logger
	// owner names the tables and indexes of pages.
	owner func(pages []uint32) (map[uint32]string, error)

	quit, ended chan struct{}
	walk        sync.Mutex // held by a step
	next        uint32     // page of the round
	room        []byte     // for the pages of a step
	began       time.Time  // when the round began

	mu      sync.Mutex
	damaged map[uint32]bool // pages known to be
}

// startScrubber looks at as many pages as it can within a time, and then at the
// others, and all of them again, until it is stopped.
func startScrubber(file *os.File, sums *sums, owner func([]uint32) (map[uint32]string, error), opts Options) *scrubber {
	s := &scrubber{
		file: file, sums: sums, owner: owner, log: opts.Logger, next: 1, room: sums.room(), damaged: map[uint32]bool{},
		quit: make(chan struct{}), ended: make(chan struct{}),
	}
	began, more := time.Now(), true
	for more && time.Since(began) < scrubStart {
		more = s.step()
	}
	go s.run(s.restAfter(more))
	return s
}

func (s *scrubber) stop() {
	close(s.quit)
	<-s.ended
}

// restAfter is the time until the next step: a round may go on.
func (s *scrubber) restAfter(more bool) time.Duration {
	if more {
		return scrubPause
	}
	s.walk.Lock()
	defer s.walk.Unlock()
	return min(max(time.Since(s.began), scrubLeastRest), scrubMostRest)
}

func (s *scrubber) run(rest time.Duration) {
	defer close(s.ended)
	for {
		select {
		case <-s.quit:
			return
		case <-time.After(rest):
		}
		rest = s.restAfter(s.step())
	}
}

// step looks at some pages and reports whether the round goes on.
func (s *scrubber) step() (more bool) {
	s.walk.Lock()
	defer s.walk.Unlock()
	if s.next == 1 {
		s.began = time.Now()
	}
	end := s.next + scrubChunk
	last := s.next
	bad, err := s.between(s.next, end, &last)
	if err != nil {
		s.log.Error("sqlite: pages cannot be read", "from", s.next, "error", err.Error())
	}
	s.note(bad)
	if more = last+1 == end && err == nil; more {
		s.next = end
	} else {
		s.next = 1
	}
	return more
}

// between returns the pages from one on and before another that are not what was
// written, and sets last to the last one that there is.
func (s *scrubber) between(from, end uint32, last *uint32) (bad []uint32, err error) {
	err = eachPage(s.file, s.sums.pageSize, s.room, from, func(page uint32, data []byte) bool {
		*last = page
		if !s.sums.fits(page, data) {
			bad = append(bad, page)
		}
		return page+1 < end
	})
	if err != nil || len(bad) == 0 {
		return nil, err
	}
	return s.again(bad)
}

// again looks once more at pages, while none is copied. Those in the log may
// differ until they are.
func (s *scrubber) again(pages []uint32) (bad []uint32, err error) {
	s.sums.copying.Lock()
	defer s.sums.copying.Unlock()
	data := make([]byte, s.sums.pageSize)
	for _, page := range pages {
		if _, err := s.file.ReadAt(data, int64(page-1)*int64(len(data))); err != nil {
			return bad, err
		}
		if _, logged := s.sums.logged[page]; !logged && !s.sums.fits(page, data) {
			bad = append(bad, page)
		}
	}
	return bad, nil
}

// all looks at all pages at once and returns those that are not what was written.
func (s *scrubber) all() ([]uint32, error) {
	var last uint32
	bad, err := s.between(1, ^uint32(0), &last)
	s.note(bad)
	return bad, err
}

// note tells of pages that nobody knew to be damaged: first which, at once, and
// then what is in them.
func (s *scrubber) note(pages []uint32) {
	s.mu.Lock()
	pages = slices.DeleteFunc(slices.Clone(pages), func(page uint32) bool { return s.damaged[page] })
	for _, page := range pages {
		s.damaged[page] = true
	}
	s.mu.Unlock()
	if len(pages) == 0 {
		return
	}
	for _, page := range pages[:min(len(pages), maxDamaged)] {
		s.log.Error("sqlite: a page of the database is not what was written: what is read from it may be wrong", "page", page, "offset", int64(page-1)*int64(s.sums.pageSize))
	}
	owners, err := s.owner(pages)
	if err != nil {
		s.log.Error("sqlite: whose the damaged pages are cannot be found out", "pages", len(pages), "error", err.Error())
	}
	s.log.Error("sqlite: the database is damaged; \"carillon restore\" brings a backup back", "pages", len(pages), "of", strings.Join(namesOf(owners), ", "))
}

func namesOf(owners map[uint32]string) (names []string) {
	for _, name := range owners {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// count is how many pages are known to be damaged.
func (s *scrubber) count() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.damaged))
}

// ownersOf returns an owner function that asks a connection of its own. It reads
// the whole database, and finds nothing for pages that damage has cut off.
func ownersOf(path string) func([]uint32) (map[uint32]string, error) {
	return func(pages []uint32) (map[uint32]string, error) {
		c, err := openConn(path, ownerWait, "PRAGMA query_only = ON")
		if err != nil {
			return nil, err
		}
		owners := map[uint32]string{}
		err = c.owners(pages, owners)
		return owners, errors.Join(err, c.close())
	}
}

func (c *conn) owners(pages []uint32, owners map[uint32]string) error {
	list := strings.Trim(strings.ReplaceAll(fmt.Sprint(pages), " ", ","), "[]")
	s, err := c.prepare("SELECT pageno, name FROM dbstat WHERE pageno IN (" + list + ")")
	if err != nil {
		return err
	}
	defer s.reset()
	for {
		more, err := s.next()
		if err != nil || !more {
			return err
		}
		owners[uint32(s.ColumnInt64(0))] = s.ColumnText(1)
	}
}
