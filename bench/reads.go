package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
)

// readPrefix begins the names of what is measured of the other reads.
const readPrefix = "read-"

// otherReads are reads beside those that have cells of their own.
func (d dataset) otherReads() map[string]func() string {
	account := func() string { return "/accounts/" + d.account(rand.IntN(d.accounts)) }
	fixed := func(path string) func() string { return func() string { return path } }
	return map[string]func() string{
		"account":          account,
		"account-settings": func() string { return account() + "/settings" },
		"accounts":         fixed("/accounts"),
		"user-settings":    func() string { return d.userPath() + "/settings" },
		"settings":         fixed("/settings"),
		"number-settings":  fixed("/settings/phone-number"),
		"numbers":          fixed("/phone-numbers"),
		"orders":           fixed("/phone-number-orders"),
	}
}

// reads measures the other reads in turns with the floor.
func (b *bench) reads(ctx context.Context, d dataset, s *server) error {
	if !b.wants("reads") {
		return nil
	}
	key, err := s.newKey(ctx)
	if err != nil {
		return err
	}
	var subjects []*subject
	for name, path := range d.otherReads() {
		read := func(s *signer) request { return s.request("GET", path(), "", "", 200) }
		subject := loaded(readPrefix+name, b.connections, reading(signedBy(key, read)), s)
		defer subject.close()
		subjects = append(subjects, subject)
	}
	slices.SortFunc(subjects, func(a, b *subject) int { return strings.Compare(a.name, b.name) })
	return b.withFloor(ctx, subjects...)
}

// medianRead is the cost of the read in the middle.
func medianRead(b *bench) (float64, bool) {
	var costs []float64
	for _, m := range b.results {
		if strings.HasPrefix(m.Name, readPrefix) {
			costs = append(costs, m.CPU/m.Floor)
		}
	}
	if len(costs) == 0 {
		return 0, false
	}
	slices.Sort(costs)
	return costs[len(costs)/2], true
}
