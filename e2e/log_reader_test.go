package e2e

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// piped is a server whose log goes to a pipe, and the pipe's other end, from
// which the banner has been read.
func piped(t *testing.T, flags ...string) (*env, *os.File, *bufio.Reader) {
	t.Helper()
	startsServers(t)
	in, out, err := os.Pipe()
	succeed(t, err)
	s := &server{dir: t.TempDir(), flags: append(flags, "--root-access-key-id", "AKIAOPERATOR", "--root-secret-access-key", "s3cret-of-the-operator"), stderr: out}
	succeed(t, s.spawn())
	succeed(t, out.Close())
	t.Cleanup(func() { in.Close() })
	s.cleanup(t)
	reader := bufio.NewReader(in)
	for {
		line, err := reader.ReadString('\n')
		succeed(t, err)
		if m := bannerEndpoint.FindStringSubmatch(line); m != nil {
			s.endpoint = m[1]
		}
		if strings.HasPrefix(line, "Try: ") {
			break
		}
	}
	succeed(t, s.await())
	s.keys = aws.Credentials{AccessKeyID: "AKIAOPERATOR", SecretAccessKey: "s3cret-of-the-operator"}
	return newEnv(engines()[0], s), in, reader
}

// talk makes a server write many lines, and checks that none of them takes long.
func (e *env) talk(t *testing.T, requests int) {
	t.Helper()
	const callers = 8
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for range requests / callers {
				r := e.request(t, "GET", "/accounts", "")
				r.Header.Set("User-Agent", ofLength(500, "a"))
				signerOf(e.caller).sign(r, "")
				began := time.Now()
				if got := do(t, r); got.status != http.StatusOK || time.Since(began) > 20*time.Second {
					t.Errorf("%d after %s", got.status, time.Since(began))
				}
			}
		})
	}
	all.Wait()
}

// A reader of the log that stops stalls nobody. When it is back, it is told
// what it has missed.
func TestLog_reader_stalls(t *testing.T) {
	t.Parallel()
	metrics := freeAddress(t)
	e, _, reader := piped(t, "--metrics-listen", metrics)
	const requests = 4000 // of half a kibibyte each: more than pipe and buffer hold
	e.talk(t, requests)
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+metrics+"/metrics", nil)
	succeed(t, err)
	if text := do(t, r).body; strings.Contains(text, "carillon_log_lines_dropped_total 0\n") || !strings.Contains(text, "carillon_log_lines_dropped_total ") {
		t.Error("the metrics tell of no dropped lines")
	}
	lines, dropped := 0, 0
	for dropped == 0 {
		line, err := reader.ReadString('\n')
		succeed(t, err)
		entry := parseJSON[struct {
			Msg   string `json:"msg"`
			Lines int    `json:"lines"`
		}](t, line)
		if dropped = entry.Lines; entry.Msg == "request" {
			lines++
		}
	}
	if lines+dropped < requests {
		t.Errorf("of %d lines, %d came and %d were dropped", requests, lines, dropped)
	}
	go io.Copy(io.Discard, reader) //nolint:errcheck // until the server ends
	succeed(t, e.server.stop())
}

// A reader that goes ends nothing.
func TestLog_reader_gone(t *testing.T) {
	t.Parallel()
	e, in, _ := piped(t)
	succeed(t, in.Close())
	e.talk(t, 800)
	time.Sleep(300 * time.Millisecond)
	e.works(t, true)
	succeed(t, e.server.stop())
}

// A server whose log nobody reads ends as soon as any other.
func TestLog_reader_stalls_at_end(t *testing.T) {
	t.Parallel()
	e, _, _ := piped(t)
	e.talk(t, 800)
	began := time.Now()
	succeed(t, e.server.stop())
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("the server took %s to end", took)
	}
}

// Whatever a client sends, its line is short, and JSON.
func TestLog_short_lines(t *testing.T) {
	t.Parallel()
	e := ownServer(t, "--log-level", "debug")
	for _, agent := range []string{ofLength(60<<10, "a"), strings.Repeat("\xff", 60<<10), strings.Repeat(`"\`, 30<<10), strings.Repeat("\u2028", 20<<10)} {
		r := e.request(t, "GET", "/accounts", "")
		r.Header.Set("User-Agent", agent)
		signerOf(e.caller).sign(r, "")
		do(t, r)
		r = e.request(t, "GET", "/accounts/"+ofLength(50<<10, "b"), "")
		r.Header.Set("Authorization", ofLength(10<<10, "c"))
		do(t, r)
	}
	succeed(t, e.server.stop())
	_, log, _ := strings.Cut(readFile(filepath.Join(e.server.dir, "log")), "\n{")
	lines := 0
	for line := range strings.Lines("{" + log) {
		lines++
		parseJSON[map[string]any](t, line)
		if len(line) >= 2<<10 {
			t.Errorf("a line has %d bytes: %.300s", len(line), line)
		}
	}
	if lines < 8 {
		t.Errorf("%d lines", lines)
	}
}
