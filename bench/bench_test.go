package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestReadHTTP(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       answer
		rest       string
		fails      bool
	}{
		{name: "body", text: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP", want: answer{status: 200}, rest: "HTTP"},
		{name: "other spelling", text: "HTTP/1.1 404 Not Found\r\ncontent-length:0\r\n\r\n", want: answer{status: 404}},
		{name: "last", text: "HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 1\r\n\r\na", want: answer{status: 201, last: true}},
		{name: "no content", text: "HTTP/1.1 204 No Content\r\n\r\nHTTP", want: answer{status: 204}, rest: "HTTP"},
		{name: "no length", text: "HTTP/1.1 200 OK\r\n\r\n", fails: true},
		{name: "cut off", text: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", fails: true},
		{name: "not HTTP", text: "hello\r\n", fails: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := bufio.NewReader(strings.NewReader(c.text))
			got, err := readHTTP(r)
			if c.fails != (err != nil) {
				t.Fatalf("error %v", err)
			}
			rest := make([]byte, r.Buffered())
			_, _ = r.Read(rest)
			if !c.fails && (got != c.want || string(rest) != c.rest) {
				t.Errorf("got %+v and left %q", got, rest)
			}
		})
	}
}

func TestReadLDAP(t *testing.T) {
	number, entry := element(tagInteger, []byte{1}), element(0x64, make([]byte, 300))
	done := element(tagDone, element(tagEnumerated, []byte{0}), element(tagOctets), element(tagOctets))
	end := string(element(tagSequence, number, done))
	for text, want := range map[string]int{
		string(element(tagSequence, number, entry)) + end: 0,
		end: -1,
	} {
		if got, err := readLDAP(bufio.NewReader(strings.NewReader(text))); err != nil || got.status != want {
			t.Errorf("got %+v, %v; want status %d", got, err, want)
		}
	}
}

// TestDataset checks that what requests ask for is what the database holds.
func TestDataset(t *testing.T) {
	d := dataset{users: 100, accounts: 7}
	seen := map[string]bool{}
	for i := range d.users {
		u := d.user(i)
		if u.AccountID != d.accountOf(i) || u.UserID != userID(i) || u.Email != email(i) {
			t.Errorf("user %d is %+v", i, u)
		}
		if seen[u.UserID] || seen[u.Email] || len(u.UserID) != len("01a20062-d742-74dd-9fa3-358c8e40332b") {
			t.Errorf("user %d has the id %s, the address %s", i, u.UserID, u.Email)
		}
		seen[u.UserID], seen[u.Email] = true, true
	}
}

func TestRecorder(t *testing.T) {
	left := 10
	s := &subject{name: "s", pids: []int{self}, prepare: func(time.Duration) error { return nil }, workers: []func() error{func() error {
		if left--; left < 0 {
			return errDone
		}
		return nil
	}}}
	r := recorder{subject: s}
	if err := r.slice(time.Minute); err != nil {
		t.Fatal(err)
	}
	if m, err := r.result(); err != nil || m.Requests != 10 || m.CPU <= 0 || m.P99 < m.P50 {
		t.Errorf("got %+v, %v", m, err)
	}
}

func TestReplaceSection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "performance.md")
	section := func(text string) string { return sectionBegin + text + sectionEnd }
	for _, step := range []struct{ old, want string }{
		{"", "# Performance\n\n" + section("1\n")},
		{"# Mine\n", "# Mine\n\n" + section("1\n")},
		{"# Mine\n" + section("old\n") + "more\n", "# Mine\n" + section("1\n") + "more\n"},
	} {
		if err := os.WriteFile(path, []byte(step.old), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := replaceSection(path, section("1\n")); err != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(path); string(got) != step.want {
			t.Errorf("%q became %q, want %q", step.old, got, step.want)
		}
	}
	if err := os.WriteFile(path, []byte(sectionBegin), 0o600); err != nil {
		t.Fatal(err)
	}
	if replaceSection(path, section("")) == nil {
		t.Error("a section without an end was replaced")
	}
}

func TestVerdict(t *testing.T) {
	goal := target{work: "GetUser", cell: "get", value: overFloor("get"), unit: "× floor", most: 2}
	for cpu, want := range map[float64]string{40: "ok", 41: "**miss**", 0: "–"} {
		b := &bench{}
		if cpu > 0 {
			b.results = []measurement{{Name: "get", CPU: cpu, Floor: 20}}
		}
		if row := goal.row(b); row[3] != want {
			t.Errorf("%v µs: %v, want %s", cpu, row, want)
		}
	}
}
