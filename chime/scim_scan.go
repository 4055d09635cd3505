package chime

import (
	"errors"
	"slices"
	"time"

	"carillon/scim/filter"
	"carillon/scim/schema"
	"carillon/store"
	"carillon/work"
)

const (
	// scanStep is how many users one statement reads.
	scanStep = 1000
	// scanTime is how long users are looked at for a filter that no index serves: a
	// request has five seconds.
	scanTime = 4 * time.Second
)

// userScan finds the users that meet a filter, counts them, and keeps a page: by an
// index where the filter names one user, else by looking at everybody.
type userScan struct {
	w           *work.Unit
	accountID   string
	filter      filter.Filter // nil: all
	by          string        // what they are sorted by; empty: in the order of the list
	descending  bool
	skip, limit int
	begun       time.Time

	reads map[string]bool // what of a user filter and order look at
	total int
	page  []string // the resources of the page
	// sorted has of all that meet the filter what they are sorted by.
	sorted []map[string]any
}

func (s *userScan) run() error {
	s.reads = map[string]bool{}
	filter.Names(s.filter, s.reads)
	if s.by != "" {
		p, ok := schema.Users.Find(s.by)
		if !ok || p.Attribute == nil {
			return unknownSort()
		}
		s.reads["id"], s.reads[p.Member()] = true, true
	}
	ids, exact, err := candidates(s.w, s.accountID, s.filter)
	if err != nil {
		return err
	}
	look := s.everybody
	if exact {
		look = func() error { return s.named(ids) }
	}
	if err := look(); err != nil || s.by == "" {
		return err
	}
	return s.sort()
}

// keep notes a user if they meet the filter.
func (s *userScan) keep(u *scimUser) error {
	raw := u.raw()
	r := raw.Read(s.reads)
	if s.filter != nil && !s.filter.Match(r) {
		return nil
	}
	s.total++
	switch {
	case s.by != "" && len(s.sorted) == maxScimSorted:
		return scimRefuse("tooMany", "More than %d users meet the filter, too many to be sorted", maxScimSorted)
	case s.by != "":
		s.sorted = append(s.sorted, schema.Users.Show(r, s.by, ""))
	case s.total > s.skip && len(s.page) < s.limit:
		s.page = append(s.page, scimText(raw))
	}
	return nil
}

func (s *userScan) keepAll(users []scimUser) error {
	for i := range users {
		if err := s.keep(&users[i]); err != nil {
			return err
		}
	}
	return nil
}

// sort makes a page of those who were found.
func (s *userScan) sort() error {
	if err := sortScim(schema.Users, s.sorted, s.by, s.descending); err != nil {
		return err
	}
	for _, r := range cut(s.sorted, s.skip, s.limit) {
		u, err := scimUserByID(s.w, s.accountID, textOf(r, "id"), s.w.User)
		switch {
		case errors.Is(err, store.ErrNotFound): // just now
		case err != nil:
			return err
		default:
			s.page = append(s.page, u.text())
		}
	}
	return nil
}

// named looks at some users.
func (s *userScan) named(ids []string) error {
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		u, err := scimUserByID(s.w, s.accountID, id, s.w.User)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := s.keep(u); err != nil {
			return err
		}
	}
	return nil
}

// everybody looks at all users of the account, then at those who left.
func (s *userScan) everybody() error {
	for after, more := (store.Position{}), true; more; {
		if err := s.inTime(); err != nil {
			return err
		}
		var err error
		if after, more, err = s.step(after); err != nil {
			return err
		}
	}
	for skip := 0; ; skip += scanStep {
		left, err := leftUsers(s.w, s.accountID, skip, scanStep)
		if err != nil || len(left) == 0 {
			return err
		}
		if err := errors.Join(s.inTime(), s.keepAll(left)); err != nil {
			return err
		}
	}
}

func (s *userScan) inTime() error {
	if time.Since(s.begun) > scanTime {
		return scimRefuse("tooMany", "The account has too many users to look at each: filter by userName, externalId, emails or id")
	}
	return nil
}

// step looks at the next users. What only the row of a user decides needs no more.
func (s *userScan) step(after store.Position) (end store.Position, more bool, err error) {
	var users []scimUser
	seen, row := 0, map[string]any{}
	err = s.w.Users(store.UserFilter{AwsAccountID: s.w.Caller.AwsAccountID, AccountID: s.accountID, After: after, Limit: scanStep}, func(u *store.User) {
		seen++
		end = store.Position{Ms: u.CreatedMs, ID: u.UserID}
		if s.filter == nil || filter.May(s.filter, rowOf(u, row), inRow) {
			users = append(users, scimUser{User: *u})
		}
	})
	if err != nil {
		return end, false, err
	}
	more = seen == scanStep
	if s.by != "" || s.filter != nil && !filter.Asks(s.filter, inRow) {
		return end, more, s.show(users)
	}
	from := min(max(s.skip-s.total, 0), len(users))
	to := min(from+s.limit-len(s.page), len(users))
	s.total += from
	err = s.show(users[from:to])
	s.total += len(users) - to
	return end, more, err
}

// show keeps those of some users who meet the filter.
func (s *userScan) show(users []scimUser) error {
	for part := range slices.Chunk(users, maxScimPage) {
		err := addScim(s.w, s.accountID, part)
		if err == nil {
			err = s.keepAll(part)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inRow reports whether the row of a user tells an attribute.
func inRow(p schema.Path) bool {
	return p.URN == "" && p.Part == nil && slices.Contains([]string{"id", "userName", "displayName", "active"}, p.Attribute.Name)
}

// rowOf puts what the row of a user tells into a resource.
func rowOf(u *store.User, r map[string]any) map[string]any {
	s := scimUser{User: *u}
	r["id"], r["userName"], r["displayName"], r["active"] = u.UserID, u.Email, s.shownName(), s.active()
	return r
}
