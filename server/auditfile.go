package server

import (
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
)

// auditFile takes records as JSON lines when they are committed. It is no part of
// the transaction: who works waits for no disk here, what finds the buffer full or
// the file failing is counted and told of, and a process that is killed loses the
// lines of the last moment. The records in the database are what counts.
type auditFile struct {
	path    string
	log     *slog.Logger
	writer  *logWriter
	dropped atomic.Int64

	mu   sync.Mutex
	file *os.File
	torn bool // the last line is not whole
}

// auditBuffer is how many bytes may wait for the file.
const auditBuffer = 16 << 20

func openAuditFile(path string, log *slog.Logger) (*auditFile, error) {
	f := &auditFile{path: path, log: log}
	if err := f.reopen(); err != nil {
		return nil, err
	}
	f.writer = newLogWriter(f, true, func(n int64) { f.dropped.Add(n) })
	f.writer.most = auditBuffer
	f.writer.start(func(n int64) { log.Error("audit: the file lacks records", "file", path, "records", n) })
	return f, nil
}

// reopen opens the file anew, where it may have been moved away.
func (f *auditFile) reopen() error {
	file, err := os.OpenFile(f.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file != nil {
		_ = f.file.Close() // what was written is written
	}
	f.file, f.torn = file, false
	return nil
}

// reopen opens the audit file anew, if there is one.
func (a *audit) reopen() {
	if a.file == nil {
		return
	}
	if err := a.file.reopen(); err != nil {
		a.log.Error("audit: the file cannot be opened anew; the one before stays", "file", a.file.path, "error", err.Error())
	}
}

// append adds a record.
func (f *auditFile) append(record []byte) {
	_, _ = f.writer.Write(append(record, '\n')) // it never fails
}

// Write implements io.Writer for whole lines.
func (f *auditFile) Write(lines []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.torn {
		if _, err := f.file.WriteString("\n"); err != nil {
			return 0, err
		}
		f.torn = false
	}
	n, err := f.file.Write(lines)
	if err != nil {
		f.torn = n > 0 && lines[n-1] != '\n'
		f.log.Error("audit: the file cannot be written", "file", f.path, "error", err.Error())
	}
	return n, err
}

func (f *auditFile) close() {
	f.writer.close()
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = f.file.Close() // what was written is written
}
