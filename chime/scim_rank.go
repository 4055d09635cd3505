package chime

import (
	"context"
	"slices"
	"sync"
	"time"

	"carillon/store"
	"carillon/work"
)

const (
	// rankStep is how many users are from one remembered place to the next.
	rankStep = 1000
	// rankTime is how long places are good without a look: other servers may share the
	// database.
	rankTime = 30 * time.Second
	// rankPause is how long it takes to look again if users moved during the look.
	rankPause = 5 * time.Second
	// rankLook bounds the look at one account.
	rankLook = time.Minute
	// maxRanked bounds the accounts that are remembered.
	maxRanked = 1000
	// maxForeseen is how many of them are looked at when the server starts.
	maxForeseen = 100
)

// ranks remembers where in large accounts about every thousandth user is, since an
// offset would be counted from the beginning for every page. What this server does to
// the users in between it knows; what others do it finds out beside the requests.
type ranks struct {
	mu sync.Mutex
	of map[string]*rank
	// wanted are accounts to look at.
	wanted chan string
}

func newRanks() *ranks { return &ranks{of: map[string]*rank{}, wanted: make(chan string, maxRanked)} }

// rank holds the places of an account, in their order.
type rank struct {
	places []rankPlace
	made   time.Time
	// changes counts users who moved, so that a look that may not have seen all of it is
	// soon followed by another one.
	changes int
	wanted  bool
}

// rankPlace is a user's position, and how many users are up to there.
type rankPlace struct {
	at   store.Position
	upTo int
}

// moved tells that a user came into an account or, by -1, left it.
func (r *ranks) moved(w *work.Unit, u *store.User, by int) {
	at, accountID := store.Position{Ms: u.CreatedMs, ID: u.UserID}, u.AccountID
	w.After(func(err error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		have := r.of[accountID]
		if have == nil {
			return
		}
		if err != nil { // nobody knows
			have.made = time.Now().Add(rankPause - rankTime)
			return
		}
		first, _ := slices.BinarySearchFunc(have.places, at, func(p rankPlace, at store.Position) int { return p.at.Compare(at) })
		if first == len(have.places) {
			return
		}
		have.changes++
		have.places = slices.Clone(have.places) // readers have the others
		for i := first; i < len(have.places); i++ {
			have.places[i].upTo += by
		}
	})
}

// doubt makes somebody look again soon: users came in between.
func (r *ranks) doubt(w *work.Unit, accountID string) {
	w.After(func(error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if have := r.of[accountID]; have != nil {
			have.changes++
			have.made = time.Time{}
		}
	})
}

// get returns the places of an account. If they are old, somebody looks again, beside
// the request.
func (r *ranks) get(accountID string) (places []rankPlace, changes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	have := r.of[accountID]
	if have == nil {
		return nil, 0
	}
	if !have.wanted && time.Since(have.made) > rankTime {
		select {
		case r.wanted <- accountID:
			have.wanted = true
		default: // the next one asks
		}
	}
	return have.places, have.changes
}

// keep looks where the users of accounts are that were asked for, until the context
// ends, which every look has to obey.
func (r *ranks) keep(ctx context.Context, view viewer) {
	for {
		select {
		case <-ctx.Done():
			return
		case accountID := <-r.wanted:
			r.look(ctx, view, accountID)
		}
	}
}

// look looks at one account.
func (r *ranks) look(ctx context.Context, view viewer, accountID string) {
	bounded, cancel := context.WithTimeout(ctx, rankLook)
	defer cancel()
	err := view(bounded, func(rec store.Records) error { return r.renew(rec, accountID) })
	r.looked(accountID, err)
}

// foresee looks at the accounts that identity providers have asked for before, so that
// the first request after a start does not wait for it. Whom it fails for, waits.
func (r *ranks) foresee(ctx context.Context, view viewer) {
	var accounts []string
	_ = view(ctx, func(rec store.Records) (err error) {
		accounts, err = rec.ScimAccounts(maxForeseen)
		return err
	})
	for _, accountID := range accounts {
		if places, _ := r.get(accountID); places == nil && ctx.Err() == nil {
			r.look(ctx, view, accountID)
		}
	}
}

// viewer shows the store.
type viewer = func(context.Context, func(store.Records) error) error

// KeepRanks keeps what the service remembers of the order of users up to date, until
// the context ends. view shows the store.
func (s *Service) KeepRanks(ctx context.Context, view func(context.Context, func(store.Records) error) error) {
	s.ranks.foresee(ctx, view)
	s.ranks.keep(ctx, view)
}

// renew looks where the users of an account are now.
func (r *ranks) renew(rec store.Records, accountID string) error {
	_, changes := r.get(accountID)
	places, err := extended(rec, accountID, nil)
	if err == nil {
		r.put(accountID, places, changes, true)
	}
	return err
}

// looked notes the end of a look. A failed one is made again later.
func (r *ranks) looked(accountID string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if have := r.of[accountID]; have != nil {
		have.wanted = false
		if err != nil {
			have.made = time.Now()
		}
	}
}

// put remembers places that were looked up when so many changes had been told: all of
// them, or more of those that are known.
func (r *ranks) put(accountID string, places []rankPlace, changes int, whole bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.of) >= maxRanked {
		clear(r.of)
	}
	have := r.of[accountID]
	if have == nil {
		have, whole, changes = &rank{}, true, 0
		r.of[accountID] = have
	}
	current := have.changes == changes
	if !whole && !current {
		return // the next one adds to what is right
	}
	have.places = places
	switch {
	case whole && current:
		have.made = time.Now()
	case whole:
		have.made = time.Now().Add(rankPause - rankTime)
	}
}

// places returns those of an account, the last ones looked up now: users come at the
// end.
func (r *ranks) places(w *work.Unit, accountID string) ([]rankPlace, error) {
	known, changes := r.get(accountID)
	places, err := extended(w.Records, accountID, known)
	if err == nil && len(places) > len(known) {
		r.put(accountID, places, changes, len(known) == 0)
	}
	return places, err
}

// extended adds the places behind those that are known.
func extended(rec store.Records, accountID string, known []rankPlace) ([]rankPlace, error) {
	places := known[:len(known):len(known)]
	for {
		last := lastPlace(places)
		next, err := rec.UserAt(accountID, last.at, rankStep-1)
		if err != nil || next.ID == "" {
			return places, err
		}
		places = append(places, rankPlace{next, last.upTo + rankStep})
	}
}

func lastPlace(places []rankPlace) (last rankPlace) {
	if len(places) > 0 {
		last = places[len(places)-1]
	}
	return last
}

// total returns how many users an account has.
func (r *ranks) total(w *work.Unit, accountID string) (int, error) {
	places, err := r.places(w, accountID)
	if err != nil {
		return 0, err
	}
	last := lastPlace(places)
	rest, err := w.CountUsersAfter(accountID, last.at)
	return last.upTo + int(rest), err
}

// after returns the position of user number skip, which a page continues.
func (r *ranks) after(w *work.Unit, accountID string, skip int) (at store.Position, err error) {
	if skip == 0 {
		return at, nil
	}
	places, err := r.places(w, accountID)
	if err != nil {
		return at, err
	}
	n, _ := slices.BinarySearchFunc(places, skip+1, func(p rankPlace, n int) int { return p.upTo - n })
	base := lastPlace(places[:n])
	if rest := skip - base.upTo; rest > 0 {
		return w.UserAt(accountID, base.at, rest-1)
	}
	return base.at, nil
}
