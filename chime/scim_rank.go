package chime

import (
	"sync"
	"time"

	"carillon/store"
	"carillon/work"
)

const (
	// rankStep is how many users are from one remembered place to the next.
	rankStep = 1000
	// rankTime is how long places are good if other servers share the database.
	rankTime = 30 * time.Second
	// maxRanked bounds the accounts that are remembered.
	maxRanked = 1000
)

// ranks remembers where in large accounts every thousandth user is, since an offset
// would be counted from the beginning for every page.
type ranks struct {
	mu sync.Mutex
	of map[string]*rank
}

// rank holds the places of an account. places[i] is that of user number (i+1)×1000.
type rank struct {
	places []store.Position
	made   time.Time
}

// forget makes the next one look again, when users were removed, or added before others.
func (r *ranks) forget(w *work.Unit, accountID string) {
	w.After(func(error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.of, accountID)
	})
}

func (r *ranks) get(accountID string) []store.Position {
	r.mu.Lock()
	defer r.mu.Unlock()
	if have := r.of[accountID]; have != nil && time.Since(have.made) < rankTime {
		return have.places
	}
	return nil
}

func (r *ranks) put(accountID string, places []store.Position, fresh bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of == nil || len(r.of) >= maxRanked {
		r.of = map[string]*rank{}
	}
	made := time.Now()
	if have := r.of[accountID]; have != nil && !fresh {
		made = have.made
	}
	r.of[accountID] = &rank{places, made}
}

// places returns those of an account, the last ones looked up now: users come at the
// end.
func (r *ranks) places(w *work.Unit, accountID string) ([]store.Position, error) {
	known := r.get(accountID)
	places := known[:len(known):len(known)]
	for {
		var last store.Position
		if len(places) > 0 {
			last = places[len(places)-1]
		}
		next, err := w.UserAt(accountID, last, rankStep-1)
		if err != nil {
			return nil, err
		}
		if next.ID == "" {
			break
		}
		places = append(places, next)
	}
	if len(places) > len(known) {
		r.put(accountID, places, len(known) == 0)
	}
	return places, nil
}

// total returns how many users an account has.
func (r *ranks) total(w *work.Unit, accountID string) (int, error) {
	places, err := r.places(w, accountID)
	if err != nil {
		return 0, err
	}
	var last store.Position
	if len(places) > 0 {
		last = places[len(places)-1]
	}
	rest, err := w.CountUsersAfter(accountID, last)
	return len(places)*rankStep + int(rest), err
}

// after returns the position of user number skip, which a page continues.
func (r *ranks) after(w *work.Unit, accountID string, skip int) (at store.Position, err error) {
	places, err := r.places(w, accountID)
	if err != nil {
		return at, err
	}
	whole := min(skip/rankStep, len(places))
	if whole > 0 {
		at = places[whole-1]
	}
	if rest := skip - whole*rankStep; rest > 0 {
		return w.UserAt(accountID, at, rest-1)
	}
	return at, nil
}
