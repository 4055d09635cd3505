package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// logged is what a logger has written; it may be read while it grows.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// openLogging opens a database and returns what it tells the log.
func openLogging(t *testing.T, path string, opts Options) (*Engine, *logged) {
	t.Helper()
	l := &logged{}
	opts.Logger = slog.New(slog.NewTextHandler(l, nil))
	e, err := Open(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e, l
}

// fillPages makes a database with rows in about so many pages, and closes it.
func fillPages(t *testing.T, path string, pages int) {
	t.Helper()
	e, _ := openLogging(t, path, Options{})
	mustRun(t, e, "CREATE TABLE things (id TEXT PRIMARY KEY, data BLOB)")
	mustRun(t, e, "CREATE INDEX things_by_data ON things (substr(data, 1, 8))")
	mustRun(t, e, `INSERT INTO things WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < `+strconv.Itoa(pages*5)+`)
		SELECT printf('%08d', i), randomblob(700) FROM n`)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}

// rounds is a number that a variable of the environment raises for a test.
func rounds(t *testing.T, variable string, usual int) int {
	t.Helper()
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return usual
}

// flip changes one bit in each of n random pages, and returns them.
func flip(t *testing.T, path string, n int) (pages []uint32) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range rand.Perm(int(info.Size()/pageSize) - 1)[:n] { // not the first, without which nothing opens
		at := int64(page+1)*pageSize + rand.Int64N(pageSize)
		b := make([]byte, 1)
		if _, err := f.ReadAt(b, at); err != nil {
			t.Fatal(err)
		}
		b[0] ^= 1 << rand.IntN(8)
		if _, err := f.WriteAt(b, at); err != nil {
			t.Fatal(err)
		}
		pages = append(pages, uint32(page+2))
	}
	slices.Sort(pages)
	return pages
}

// TestSums_flippedBits flips a bit in each of many pages: a start says of each of
// them that it is not what was written, before anything is read, and a check does.
func TestSums_flippedBits(t *testing.T) {
	flips := rounds(t, "CARILLON_TEST_FLIPS", 50)
	path := filepath.Join(t.TempDir(), "carillon.db")
	fillPages(t, path, 2*flips+100)
	want := flip(t, path, flips)
	e, l := openLogging(t, path, Options{})
	got, err := e.scrubber.all()
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("pages %v differ (%v), want %v", got, err, want)
	}
	if n := e.DamagedPages(); n != int64(flips) {
		t.Errorf("%d pages are known to be damaged, want %d", n, flips)
	}
	for _, page := range want[:min(len(want), maxDamaged)] {
		if !strings.Contains(l.String(), " page="+strconv.Itoa(int(page))+" ") {
			t.Errorf("the log says nothing of page %d", page)
		}
	}
	problems, _, err := e.Check(t.Context())
	if err != nil || len(problems) < min(flips, maxProblems) {
		t.Errorf("check: %d problems, %v", len(problems), err)
	}
	if err := e.Backup(t.Context(), path+".copy"); err == nil {
		t.Error("a damaged database was copied")
	}
}

// TestSums_whileServing finds a page that changes under a running engine.
func TestSums_whileServing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "carillon.db")
	fillPages(t, path, 100)
	e, l := openLogging(t, path, Options{})
	if bad, err := e.scrubber.all(); err != nil || len(bad) > 0 {
		t.Fatalf("a good database has bad pages: %v, %v", bad, err)
	}
	want := flip(t, path, 1)
	for more := true; more || e.DamagedPages() == 0; {
		more = e.scrubber.step()
	}
	if !strings.Contains(l.String(), "page="+strconv.Itoa(int(want[0]))+" ") || !strings.Contains(l.String(), "things") {
		t.Errorf("the log does not tell of page %d of things:\n%s", want[0], l)
	}
}

// TestScrubber_rest: small databases are looked at often, large ones half of the time.
func TestScrubber_rest(t *testing.T) {
	for _, test := range []struct{ round, least, most time.Duration }{
		{0, scrubLeastRest, scrubLeastRest},
		{10 * time.Second, 10 * time.Second, 11 * time.Second},
		{time.Hour, scrubMostRest, scrubMostRest},
	} {
		s := &scrubber{began: time.Now().Add(-test.round)}
		if got := s.restAfter(false); got < test.least || got > test.most {
			t.Errorf("after a round of %s a rest of %s", test.round, got)
		}
		if got := s.restAfter(true); got != scrubPause {
			t.Errorf("amid a round a rest of %s", got)
		}
	}
}

// TestSums_noFalseAlarm writes, checkpoints, reads and checks at the same time, here
// and as another process would.
func TestSums_noFalseAlarm(t *testing.T) {
	e, l := openLogging(t, filepath.Join(t.TempDir(), "carillon.db"), Options{walPages: 300})
	mustRun(t, e, "CREATE TABLE things (id TEXT PRIMARY KEY, data BLOB)")
	g, err := OpenGuest(t.Context(), e.readers.path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	ctx, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() {
			for ctx.Err() == nil {
				mustRun(t, e, "INSERT INTO things SELECT hex(randomblob(16)), randomblob(9000)")
				mustRun(t, e, "DELETE FROM things WHERE id > 'B' AND rowid % 3 = 0")
			}
		})
	}
	for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline); {
		if bad, err := e.scrubber.all(); err != nil || len(bad) > 0 {
			t.Errorf("pages %v, %v", bad, err)
		}
		if bad, err := g.lookAtPages(t.Context()); err != nil || len(bad) > 0 {
			t.Errorf("as another process: pages %v, %v", bad, err)
		}
	}
	stop()
	work.Wait()
	if strings.Contains(l.String(), "ERROR") {
		t.Error(l)
	}
}

// crash copies the files of an open database, as a process leaves them that is
// killed.
func crash(t *testing.T, e *Engine) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "carillon.db")
	e.checkpointer.writeMu.Lock()
	defer e.checkpointer.writeMu.Unlock()
	for _, suffix := range []string{"", "-wal", sumsSuffix} {
		text, err := os.ReadFile(e.readers.path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+suffix, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// crashed returns the files of a database that was killed with rows in its log.
func crashed(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "carillon.db")
	fillPages(t, path, 50)
	e, _ := openLogging(t, path, Options{})
	for range 20 {
		mustRun(t, e, "UPDATE things SET data = randomblob(700) WHERE id IN (SELECT id FROM things ORDER BY random() LIMIT 3)")
	}
	return crash(t, e)
}

// TestSums_foreignCheckpoint has another program copy the log of a server that was
// killed: the pages are good, and somebody says so.
func TestSums_foreignCheckpoint(t *testing.T) {
	path := crashed(t)
	c, err := openConn(path, ownerWait)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.close(); err != nil { // which copies the log
		t.Fatal(err)
	}
	e, l := openLogging(t, path, Options{})
	if bad, err := e.scrubber.all(); err != nil || len(bad) > 0 || !strings.Contains(l.String(), "another program") {
		t.Errorf("pages %v, %v; log:\n%s", bad, err, l)
	}
}

// TestSums_anew makes the sums of a database that has none, once.
func TestSums_anew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "carillon.db")
	fillPages(t, path, 50)
	if err := os.Remove(path + sumsSuffix); err != nil {
		t.Fatal(err)
	}
	e, l := openLogging(t, path, Options{})
	if err := e.Close(); err != nil || !strings.Contains(l.String(), "have sums from now on") {
		t.Errorf("%v; log:\n%s", err, l)
	}
	want := flip(t, path, 1)
	e, l = openLogging(t, path, Options{})
	if e.DamagedPages() != 1 || strings.Contains(l.String(), "from now on") {
		t.Errorf("page %d was flipped; log:\n%s", want[0], l)
	}
}

// TestLog_damagedEnd changes a byte in the middle of a log that a crash has left.
func TestLog_damagedEnd(t *testing.T) {
	for _, test := range []struct {
		name, want string
		at         func(size int64) int64
	}{
		{"header", "its header is damaged", func(int64) int64 { return 12 }},
		{"middle", "with at least", func(size int64) int64 { return size / 2 }},
		{"last frame", "with at least 1 commits", func(size int64) int64 { return size - 10 }},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := crashed(t)
			if text, err := brokenEnd(path); text != "" || err != nil {
				t.Fatalf("before: %q, %v", text, err)
			}
			changeByte(t, path+"-wal", test.at)
			_, l := openLogging(t, path, Options{})
			if text := l.String(); !strings.Contains(text, "level=ERROR") || !strings.Contains(text, test.want) {
				t.Errorf("log: %s", text)
			}
		})
	}
}

func changeByte(t *testing.T, path string, at func(size int64) int64) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[at(int64(len(text)))] ^= 4
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestLog_damagedWhileServing changes a frame before it is copied: the log says so,
// and the page of the frame is found.
func TestLog_damagedWhileServing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "carillon.db")
	fillPages(t, path, 50)
	e, l := openLogging(t, path, Options{})
	for i := range 3 {
		mustRun(t, e, "UPDATE things SET data = zeroblob(700) WHERE id = '"+[]string{"00000007", "00000090", "00000200"}[i]+"'")
	}
	number, page := frameOfItsOwn(t, path)
	f, err := os.OpenFile(path+"-wal", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte("wrong"), walHeaderSize+(number-1)*(frameHeaderSize+pageSize)+frameHeaderSize+2000); err != nil {
		t.Fatal(err)
	}
	told := fmt.Sprintf("frame %d does not fit", number)
	for deadline := time.Now().Add(time.Minute); !strings.Contains(l.String(), told) && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond) // the idle log is copied
	}
	for deadline := time.Now().Add(time.Minute); e.DamagedPages() == 0 && time.Now().Before(deadline); {
		if _, err := e.scrubber.all(); err != nil {
			t.Fatal(err)
		}
	}
	if text := l.String(); !strings.Contains(text, told) || !strings.Contains(text, fmt.Sprintf(" page=%d ", page)) {
		t.Errorf("frame %d of page %d is wrong; log: %s", number, page, text)
	}
}

// frameOfItsOwn returns the number of a frame whose page is in no other frame.
func frameOfItsOwn(t *testing.T, path string) (number int64, page uint32) {
	t.Helper()
	l, err := openLog(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	if _, err := l.begin(); err != nil {
		t.Fatal(err)
	}
	frames := map[uint32][]int64{}
	if err := l.read(1<<62, func(f frame) { frames[f.page] = append(frames[f.page], l.frames) }); ignoreEnd(err) != nil {
		t.Fatal(err)
	}
	for page, numbers := range frames {
		if len(numbers) == 1 {
			return numbers[0], page
		}
	}
	t.Fatal("each page is in several frames")
	return 0, 0
}
