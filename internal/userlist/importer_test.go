package userlist_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"carillon/internal/userlist"
)

// fakeServer has the users that it was sent, and refuses requests with a poisoned one.
type fakeServer struct {
	there map[string]string // ids by address in lower case
	calls []int             // the number of users of each
	fails int               // the call that fails, from 1 on
}

var errGone = errors.New("the server has gone")

func (s *fakeServer) ImportUsers(_ context.Context, account string, users []json.RawMessage, o userlist.Options) ([]userlist.Result, error) {
	if s.calls = append(s.calls, len(users)); len(s.calls) == s.fails {
		return nil, errGone
	}
	if account == "gone" {
		return nil, &userlist.Refusal{Problem: userlist.Problem{Member: "AccountId", Rule: "be there"}, Account: true}
	}
	if slices.ContainsFunc(users, func(u json.RawMessage) bool { return strings.Contains(string(u), "poison") }) {
		return nil, &userlist.Refusal{Problem: userlist.Problem{Rule: "hold no poison"}}
	}
	results := make([]userlist.Result, len(users))
	for i, text := range users {
		results[i] = s.add(text, o)
	}
	return results, nil
}

// add judges as the server does, which in a dry run does not know the rows before.
func (s *fakeServer) add(text []byte, o userlist.Options) userlist.Result {
	var u struct{ UserId, PrimaryEmail string }
	_ = json.Unmarshal(text, &u)
	key := strings.ToLower(u.PrimaryEmail)
	id, known := s.there[key]
	switch {
	case known && u.UserId != "" && u.UserId != id:
		return userlist.Result{Outcome: userlist.Rejected, Problem: &userlist.Problem{Rule: "be another"}, Taken: true}
	case known && o.Update:
		return userlist.Result{Outcome: userlist.Updated}
	case known:
		return userlist.Result{Outcome: userlist.Unchanged}
	}
	if !o.DryRun {
		s.there[key] = u.UserId
	}
	return userlist.Result{Outcome: userlist.Created}
}

// imported imports a list; rejects are the lines that were refused.
func imported(t *testing.T, s *fakeServer, text string, o userlist.Options) (counts userlist.Counts, rejects []int, err error) {
	t.Helper()
	l, err := open(t, text, userlist.Auto)
	if err != nil {
		t.Fatal(err)
	}
	if s.there == nil {
		s.there = map[string]string{}
	}
	m := userlist.Importer{Caller: s, Options: o, Reject: func(r *userlist.Row) error {
		rejects = append(rejects, r.Line)
		return nil
	}}
	counts, err = m.Import(t.Context(), l)
	return counts, rejects, err
}

func TestImporter(t *testing.T) {
	a := userlist.Options{AccountID: "a"}
	for name, test := range map[string]struct {
		text    string
		options userlist.Options
		counts  userlist.Counts
		rejects []int
	}{
		"all":          {"email\na@b.c\nb@b.c\n", a, userlist.Counts{Rows: 2, Created: 2}, nil},
		"bad between":  {"email\na@b.c\n\"\"\nx,y\nb@b.c\n", a, userlist.Counts{Rows: 3, Created: 2, Rejected: 1}, []int{4}},
		"poison":       {"email\na@b.c\npoison@b.c\nb@b.c\nc@b.c\npoison@b.c\n", a, userlist.Counts{Rows: 5, Created: 3, Rejected: 2}, []int{3, 6}},
		"no address":   {"email,name\n,x\na@b.c,\n", a, userlist.Counts{Rows: 2, Created: 1, Rejected: 1}, []int{2}},
		"no account":   {"email,AccountId\na@b.c,\nb@b.c,b\n", userlist.Options{}, userlist.Counts{Rows: 2, Created: 1, Rejected: 1}, []int{2}},
		"gone account": {"email,AccountId\na@b.c,gone\nb@b.c,b\nc@b.c,gone\n", userlist.Options{}, userlist.Counts{Rows: 3, Created: 1, Rejected: 2}, []int{2, 4}},
		"twice":        {"email\na@b.c\nA@b.c\n", a, userlist.Counts{Rows: 2, Created: 1, Unchanged: 1}, nil},
		"twice, other": {"email,id\na@b.c,1\nA@b.c,2\n", a, userlist.Counts{Rows: 2, Created: 1, Unchanged: 1}, nil},
		"updated":      {"email,id\na@b.c,1\nA@b.c,2\n", userlist.Options{AccountID: "a", Update: true}, userlist.Counts{Rows: 2, Created: 1, Updated: 1}, nil},
		"foreseen":     {"email\na@b.c\nA@b.c\n", userlist.Options{AccountID: "a", DryRun: true}, userlist.Counts{Rows: 2, Created: 1, Unchanged: 1}, nil},
		"id foreseen":  {"email,id\na@b.c,1\nb@b.c,1\n", userlist.Options{AccountID: "a", DryRun: true}, userlist.Counts{Rows: 2, Created: 1, Rejected: 1}, []int{3}},
	} {
		for _, size := range []int{1, 2, 1000} {
			test.options.BatchSize = size
			counts, rejects, err := imported(t, &fakeServer{}, test.text, test.options)
			if err != nil || counts != test.counts || !slices.Equal(rejects, test.rejects) {
				t.Errorf("%s by %d: got %+v, refused %v, %v; want %+v, refused %v", name, size, counts, rejects, err, test.counts, test.rejects)
			}
		}
	}
}

// What is wrong in one of many users is found in few requests.
func TestImporter_halves(t *testing.T) {
	s := &fakeServer{}
	counts, rejects, err := imported(t, s, numbered(1000, map[int]string{637: "poison@b.c"}), userlist.Options{AccountID: "a"})
	if err != nil || counts.Created != 999 || !slices.Equal(rejects, []int{639}) || len(s.calls) > 21 {
		t.Errorf("got %+v, refused %v, %v, with %d calls", counts, rejects, err, len(s.calls))
	}
}

// numbered is a list of many users, some of them others.
func numbered(n int, others map[int]string) string {
	var text strings.Builder
	text.WriteString("email\n")
	for i := range n {
		if other, ok := others[i]; ok {
			fmt.Fprintln(&text, other)
			continue
		}
		fmt.Fprintf(&text, "u%d@b.c\n", i)
	}
	return text.String()
}

// An import that has failed adds the rest when it is run again.
func TestImporter_again(t *testing.T) {
	s, text := &fakeServer{fails: 3}, numbered(10, nil)
	o := userlist.Options{AccountID: "a", BatchSize: 3}
	counts, _, err := imported(t, s, text, o)
	if !errors.Is(err, errGone) || counts.Created != 6 {
		t.Fatalf("got %+v, %v", counts, err)
	}
	counts, _, err = imported(t, s, text, o)
	if err != nil || counts != (userlist.Counts{Rows: 10, Created: 4, Unchanged: 6}) || len(s.there) != 10 {
		t.Errorf("got %+v, %v", counts, err)
	}
}

// An account that the caller has named, and that is not there, ends the import.
func TestImporter_unknownAccount(t *testing.T) {
	var refusal *userlist.Refusal
	if _, _, err := imported(t, &fakeServer{}, "email\na@b.c\n", userlist.Options{AccountID: "gone"}); !errors.As(err, &refusal) {
		t.Errorf("got %v", err)
	}
}

// An import that was interrupted, and that goes on after the rows that are done,
// counts as one that was not, duplicates across the interruption included.
func TestImporter_before(t *testing.T) {
	text := "email,id\na@b.c,1\nx,y,z\nb@b.c,2\nA@b.c,3\nc@b.c,1\n"
	for _, dry := range []bool{false, true} {
		o := userlist.Options{AccountID: "a", DryRun: dry, BatchSize: 1}
		want, lines, err := imported(t, &fakeServer{}, text, o)
		if err != nil {
			t.Fatal(err)
		}
		for stop := 1; stop < want.Rows; stop++ {
			s := &fakeServer{there: map[string]string{}}
			first, before := interrupted(t, s, text, o, stop)
			got, after := resumed(t, s, text, o, first, before)
			if got != want || !slices.Equal(append(before, after...), lines) {
				t.Errorf("dry %v, after %d requests: got %+v, refused %v and %v; want %+v, refused %v", dry, stop, got, before, after, want, lines)
			}
		}
	}
}

// interrupted imports a list until the server has answered some requests.
func interrupted(t *testing.T, s *fakeServer, text string, o userlist.Options, requests int) (counts userlist.Counts, rejects []int) {
	t.Helper()
	s.fails = requests + 1
	counts, rejects, err := imported(t, s, text, o)
	if err != nil && !errors.Is(err, errGone) {
		t.Fatal(err)
	}
	return counts, rejects
}

// resumed goes on with an import.
func resumed(t *testing.T, s *fakeServer, text string, o userlist.Options, before userlist.Counts, refused []int) (counts userlist.Counts, rejects []int) {
	t.Helper()
	l, err := open(t, text, userlist.Auto)
	if err != nil {
		t.Fatal(err)
	}
	m := userlist.Importer{Caller: s, Options: o, Before: before, WasRefused: func(index int) bool { return slices.Contains(refused, index+2) }}
	m.Reject = func(r *userlist.Row) error {
		rejects = append(rejects, r.Line)
		return nil
	}
	if counts, err = m.Import(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	return counts, rejects
}
