package server

import (
	"io"
	"sync"
	"time"
)

// LogBuffer collects log lines, so that requests do not each wait for a system
// call. Lines reach the writer within flushInterval, in order; a process that
// is killed loses those of that time.
type LogBuffer struct {
	mu     sync.Mutex
	buf    []byte
	out    io.Writer
	closed chan struct{}
	once   sync.Once
}

// The pace of a LogBuffer.
const (
	flushInterval = 100 * time.Millisecond
	flushSize     = 32 << 10 // bytes
)

// NewLogBuffer returns a buffer before w. Call Close at the end.
func NewLogBuffer(w io.Writer) *LogBuffer {
	l := &LogBuffer{out: w, closed: make(chan struct{})}
	go l.run()
	return l
}

func (l *LogBuffer) run() {
	ticker := time.NewTicker(flushInterval)
	defer ticker.Stop()
	for {
		select {
		case <-l.closed:
			return
		case <-ticker.C:
			l.mu.Lock()
			_ = l.flush() // a log that cannot be written must not stop the server
			l.mu.Unlock()
		}
	}
}

// Write implements io.Writer.
func (l *LogBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf = append(l.buf, p...)
	if len(l.buf) < flushSize {
		return len(p), nil
	}
	return len(p), l.flush()
}

func (l *LogBuffer) flush() error {
	if len(l.buf) == 0 {
		return nil
	}
	_, err := l.out.Write(l.buf)
	l.buf = l.buf[:0]
	return err
}

// Close writes what is left. Use the buffer no more after it.
func (l *LogBuffer) Close() error {
	l.once.Do(func() { close(l.closed) })
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flush()
}
