package server

import (
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Log is the log of the process. Nobody who writes a line waits for the one who
// reads it: lines that find the buffer full are dropped, counted, and told of
// when the reader is back.
type Log struct {
	*slog.Logger
	level   slog.LevelVar
	dropped atomic.Int64
	writer  *logWriter
}

// NewLog returns a log that writes to w. A format of "text" or "json"; empty:
// text on a terminal, else JSON. Call Close at the end.
func NewLog(w io.Writer, format string, level slog.Level) *Log {
	l := &Log{}
	l.level.Set(level)
	l.writer = newLogWriter(w, !IsTerminal(w), l.lost)
	l.Logger = slog.New(newHandlerOf(format, w, l.writer, &l.level))
	l.writer.start(l.missing)
	return l
}

func newHandlerOf(format string, w, buffered io.Writer, level slog.Leveler) slog.Handler {
	options := &slog.HandlerOptions{Level: level}
	if format == "text" || format == "" && IsTerminal(w) {
		return slog.NewTextHandler(buffered, options)
	}
	return newJSONLines(buffered, options)
}

// Print writes a text that is no line of the log, after those before it. Nobody
// waits for the reader here either.
func (l *Log) Print(text string) {
	_, _ = l.writer.Write([]byte(text)) // it never fails
	l.writer.nudge()
}

// SetLevel changes which lines are written from now on.
func (l *Log) SetLevel(level slog.Level) { l.level.Set(level) }

// Dropped is how many lines were dropped so far.
func (l *Log) Dropped() int64 { return l.dropped.Load() }

// Close writes what is left, if the reader takes it within a second. What is
// logged afterwards is dropped.
func (l *Log) Close() { l.writer.close() }

func (l *Log) lost(lines int64) { l.dropped.Add(lines) }

// missing tells the reader of lines that it has missed.
func (l *Log) missing(lines int64) { l.Warn("log lines dropped", "lines", lines) }

// logWriter collects lines for one goroutine that writes them, so that those
// who log neither wait nor make a system call each. A process that is killed
// loses the lines of the last interval.
type logWriter struct {
	out   io.Writer
	lazy  bool        // lines may wait for the interval
	most  int         // bytes that may wait
	lost  func(int64) // is told of lines that were dropped
	wake  chan struct{}
	ended chan struct{}

	mu      sync.Mutex
	pending []byte
	missed  int64 // lines dropped that the reader does not know of
	closed  bool
}

// The pace of a logWriter and its size.
const (
	flushInterval = 100 * time.Millisecond
	flushSize     = 32 << 10 // bytes that do not wait for the interval
	maxPending    = 1 << 20  // bytes
	closeTimeout  = time.Second
)

func newLogWriter(out io.Writer, lazy bool, lost func(int64)) *logWriter {
	return &logWriter{out: out, lazy: lazy, most: maxPending, lost: lost, wake: make(chan struct{}, 1), ended: make(chan struct{})}
}

// start begins to write; told is called after a write if lines were dropped
// before it.
func (l *logWriter) start(told func(int64)) { go l.run(told) }

// Write implements io.Writer for one line. It never fails.
func (l *logWriter) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(l.pending)+len(line) > l.most {
		l.missed++
		l.lost(1)
		return len(line), nil
	}
	l.pending = append(l.pending, line...)
	if !l.lazy || len(l.pending) >= flushSize {
		l.nudge()
	}
	return len(line), nil
}

func (l *logWriter) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *logWriter) run(told func(int64)) {
	defer close(l.ended)
	ticker := time.NewTicker(flushInterval)
	defer ticker.Stop()
	var spare []byte
	for {
		select {
		case <-l.wake:
		case <-ticker.C:
		}
		batch, closed := l.take(spare)
		l.write(batch, told)
		if closed {
			return
		}
		spare = batch[:0]
	}
}

// take returns the pending lines and leaves the spare buffer to those to come.
func (l *logWriter) take(spare []byte) (batch []byte, closed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	batch, l.pending = l.pending, spare
	return batch, l.closed
}

// write writes a batch. A log that cannot be written must not stop the server:
// its lines are lost like those that found no room.
func (l *logWriter) write(batch []byte, told func(int64)) {
	if len(batch) == 0 {
		return
	}
	n, err := l.out.Write(batch)
	if err != nil {
		l.miss(countLines(batch[n:]))
		return
	}
	if missed := l.heard(); missed > 0 {
		told(missed)
	}
}

func countLines(text []byte) (n int64) {
	for _, c := range text {
		if c == '\n' {
			n++
		}
	}
	return n
}

func (l *logWriter) miss(lines int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.missed += lines
	l.lost(lines)
}

// heard returns how many lines the reader has yet to be told of.
func (l *logWriter) heard() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	missed := l.missed
	if !l.closed {
		l.missed = 0
	}
	return missed
}

// close ends the goroutine. One that is stuck in a write ends with the process.
func (l *logWriter) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.nudge()
	select {
	case <-l.ended:
	case <-time.After(closeTimeout):
	}
}
