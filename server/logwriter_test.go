package server

import (
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// reader is a reader of the log that can stop, or be gone.
type reader struct {
	mu   sync.Mutex
	text strings.Builder
	err  error
}

func (r *reader) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return 0, r.err
	}
	return r.text.Write(p)
}

func (r *reader) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

func (r *reader) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

// A reader that stops holds nobody up; when it is back, it is told how many
// lines it has missed, and the count is right.
func TestLog_readerStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{}
		l := NewLog(r, "", slog.LevelInfo)
		r.mu.Lock() // it reads no more
		const lines = 5000
		for range lines {
			l.Info("request", "fill", strings.Repeat("x", 1000))
		}
		r.mu.Unlock()
		time.Sleep(time.Second)
		l.Close()
		got := strings.Count(r.String(), `"msg":"request"`)
		if l.Dropped() == 0 || got+int(l.Dropped()) != lines {
			t.Errorf("of %d lines, %d were written and %d dropped", lines, got, l.Dropped())
		}
		wantMissing(t, r.String(), l.Dropped())
	})
}

// wantMissing checks that a log tells once of lines that are missing.
func wantMissing(t *testing.T, text string, want int64) {
	t.Helper()
	var told []int64
	for line := range strings.Lines(text) {
		var entry struct {
			Msg   string
			Lines int64
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("a line is not whole: %v", err)
		}
		if entry.Msg == "log lines dropped" {
			told = append(told, entry.Lines)
		}
	}
	if len(told) != 1 || told[0] != want {
		t.Errorf("told of %v lines, want %d", told, want)
	}
}

// Lines that could not be written count as dropped, and the log goes on.
func TestLog_readerGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &reader{}
		l := NewLog(r, "json", slog.LevelInfo)
		r.fail(syscall.EPIPE)
		l.Info("1")
		l.Info("2")
		time.Sleep(time.Second)
		if l.Dropped() != 2 {
			t.Errorf("%d lines dropped", l.Dropped())
		}
		r.fail(nil)
		l.Info("3")
		time.Sleep(time.Second)
		l.Close()
		if !strings.Contains(r.String(), `"msg":"3"`) {
			t.Errorf("logged %s", r)
		}
		wantMissing(t, r.String(), 2)
	})
}

// Closing writes what is left, and does not wait for a reader that stalls.
func TestLog_close(t *testing.T) {
	r := &reader{}
	l := NewLog(r, "json", slog.LevelInfo)
	l.Info("last")
	l.Close()
	if !strings.Contains(r.String(), "last") {
		t.Errorf("logged %s", r)
	}
	l.Info("too late")
	if l.Dropped() != 1 || strings.Contains(r.String(), "late") {
		t.Errorf("%d lines dropped, logged %s", l.Dropped(), r)
	}

	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close()
	l = NewLog(out, "json", slog.LevelInfo)
	for range 200 {
		l.Info("fill", "text", strings.Repeat("x", 1000)) // more than a pipe holds
	}
	began := time.Now()
	if l.Close(); time.Since(began) > 5*closeTimeout {
		t.Errorf("closing took %s", time.Since(began))
	}
}

func TestLog_formatAndLevel(t *testing.T) {
	for format, start := range map[string]string{"": `{"`, "json": `{"`, "text": "time="} {
		r := &reader{}
		l := NewLog(r, format, slog.LevelWarn)
		l.Info("dropped")
		l.Warn("kept", "key", "value")
		l.SetLevel(slog.LevelDebug)
		l.Debug("now kept too")
		l.Close()
		if got := r.String(); !strings.HasPrefix(got, start) || strings.Contains(got, "dropped") || strings.Count(got, "kept") != 2 {
			t.Errorf("%q: logged %s", format, got)
		}
	}
}

func TestClip(t *testing.T) {
	for _, test := range []struct{ given, want string }{
		{"", ""},
		{"aws-cli/2.0", "aws-cli/2.0"},
		{"naïve €", "naïve €"},
		{"a\xffb", `a\xffb`},
		{"a\nb\x00\x7f", `a\x0ab\x00\x7f`},
		{"\u2028\u200b", `\xe2\x80\xa8\xe2\x80\x8b`},
		{"\ufffd", "\ufffd"},
		{`say "x\y"`, `say "x\y"`},
		{strings.Repeat("x", 256), strings.Repeat("x", 256)},
		{strings.Repeat("x", 257), strings.Repeat("x", 253) + "…"},
		{strings.Repeat("é", 200), strings.Repeat("é", 126) + "…"},
		{strings.Repeat("\xff", 60_000), strings.Repeat(`\xff`, 50) + "…"},
	} {
		if got := clip(test.given, maxField); got != test.want {
			t.Errorf("%.20q: got %q, want %q", test.given, got, test.want)
		}
	}
}

// However a text is escaped, it is no longer in the log than it may be.
func FuzzClip(f *testing.F) {
	f.Add("curl/8")
	f.Add(strings.Repeat("\xff", 300))
	f.Add(strings.Repeat(`"\`, 300))
	f.Add(strings.Repeat("\u2028\U0001f600", 300))
	f.Fuzz(func(t *testing.T, text string) {
		r := &reader{}
		slog.New(slog.NewJSONHandler(r, nil)).Info("", "", "")
		empty := len(r.String())
		r = &reader{}
		slog.New(slog.NewJSONHandler(r, nil)).Info("", "", clip(text, maxField))
		const slack = 8 // times differ in their length
		if got := len(r.String()) - empty; got > maxField+slack {
			t.Errorf("%d bytes: %s", got, r)
		}
	})
}

// A line is short, whatever the client sends.
func TestLog_shortLines(t *testing.T) {
	s := newSite(t)
	for _, agent := range []string{strings.Repeat("a", 60<<10), strings.Repeat("\xff", 60<<10), strings.Repeat(`"`, 60<<10)} {
		r := s.signed("GET", "/accounts/"+strings.Repeat("%ff", 1000), "")
		r.Header.Set("User-Agent", agent)
		r.RemoteAddr = strings.Repeat("\xff", 3000)
		s.send(r)
	}
	for line := range strings.Lines(s.log.String()) {
		if len(line) >= 2<<10 {
			t.Errorf("%d bytes: %s", len(line), line)
		}
	}
}
