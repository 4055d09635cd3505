package sqlite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// The write-ahead log; see the file format of SQLite.
const (
	walHeaderSize   = 32
	frameHeaderSize = 24
	walMagic        = 0x377f0682 // its last bit: checksums are of big-endian words
	// walChunk is how many frames are read at once.
	walChunk = 256
)

// errLogDamaged: a frame is not what was written.
var errLogDamaged = errors.New("sqlite: the write-ahead log is damaged")

// logFile reads the frames of a write-ahead log in order, with the checksums
// that SQLite gave them. SQLite itself looks at those only after a crash.
type logFile struct {
	file     *os.File
	order    binary.ByteOrder
	pageSize int
	salt     []byte    // of the generation: 8 bytes in its header and in all frames
	sum      [2]uint32 // of the header and the frames read
	frames   int64     // read
	buf      []byte
}

// frame is a page as a transaction has left it.
type frame struct {
	page uint32
	// size is that of the database in pages, of the last frame of a transaction;
	// 0: others follow.
	size uint32
	data []byte
}

func openLog(path string) (*logFile, error) {
	f, err := os.Open(path + "-wal")
	if err != nil {
		return nil, err
	}
	return &logFile{file: f}, nil
}

func (l *logFile) close() error { return l.file.Close() }

// begin reads the header and reports whether it is that of another generation
// than the frames before: then reading begins anew.
func (l *logFile) begin() (anew bool, err error) {
	h := make([]byte, walHeaderSize)
	if _, err := l.file.ReadAt(h, 0); err != nil {
		return false, fmt.Errorf("reading the header of the write-ahead log: %w", err)
	}
	if bytes.Equal(h[16:24], l.salt) {
		return false, nil
	}
	magic := binary.BigEndian.Uint32(h)
	l.order = binary.LittleEndian
	if magic&1 != 0 {
		l.order = binary.BigEndian
	}
	l.pageSize, l.salt, l.frames = int(binary.BigEndian.Uint32(h[8:])), h[16:24], 0
	l.sum = checksum(l.order, [2]uint32{}, h[:24])
	if magic&^1 != walMagic || l.pageSize < 512 || l.pageSize > 65536 || !fits(l.sum, h[24:]) {
		l.salt = nil
		return true, fmt.Errorf("%w: its header does not fit its checksum", errLogDamaged)
	}
	return true, nil
}

// read hands the frames up to the one of a number to each. An error that wraps
// errLogDamaged says that a frame is not what was written, io.EOF that the file
// ends before it.
func (l *logFile) read(until int64, each func(frame)) error {
	for l.frames < until {
		n := min(until-l.frames, walChunk)
		chunk, err := l.chunk(n)
		if err != nil {
			return err
		}
		for ; len(chunk) > 0; chunk = chunk[frameHeaderSize+l.pageSize:] {
			f, ok := l.next(chunk[:frameHeaderSize+l.pageSize])
			if !ok {
				return fmt.Errorf("%w: frame %d does not fit its checksum", errLogDamaged, l.frames+1)
			}
			l.frames++
			each(f)
		}
	}
	return nil
}

// chunk reads up to n whole frames, one at least.
func (l *logFile) chunk(n int64) ([]byte, error) {
	size := frameHeaderSize + l.pageSize
	if l.buf == nil {
		l.buf = make([]byte, walChunk*size)
	}
	got, err := l.file.ReadAt(l.buf[:n*int64(size)], walHeaderSize+l.frames*int64(size))
	if got -= got % size; got == 0 {
		return nil, err
	}
	return l.buf[:got], nil
}

// next takes a frame that follows those read; false: it does not fit.
func (l *logFile) next(raw []byte) (f frame, ok bool) {
	head, data := raw[:frameHeaderSize], raw[frameHeaderSize:]
	sum := checksum(l.order, checksum(l.order, l.sum, head[:8]), data)
	if !bytes.Equal(head[8:16], l.salt) || !fits(sum, head[16:]) {
		return f, false
	}
	l.sum = sum
	return frame{binary.BigEndian.Uint32(head), binary.BigEndian.Uint32(head[4:]), data}, true
}

// skip goes on behind a frame that does not fit, as if it were what was written.
func (l *logFile) skip() error {
	raw, err := l.chunk(1)
	if err == nil {
		l.sum = [2]uint32{binary.BigEndian.Uint32(raw[16:]), binary.BigEndian.Uint32(raw[20:])}
		l.frames++
	}
	return err
}

// checksum goes on with the checksum of the log over data, whose length is a
// multiple of 8.
func checksum(order binary.ByteOrder, sum [2]uint32, data []byte) [2]uint32 {
	a, b := sum[0], sum[1]
	if order == binary.LittleEndian { // without a call by way of the interface for each word
		for ; len(data) >= 16; data = data[16:] {
			d := data[:16:16]
			a = a + binary.LittleEndian.Uint32(d) + b
			b = b + binary.LittleEndian.Uint32(d[4:]) + a
			a = a + binary.LittleEndian.Uint32(d[8:]) + b
			b = b + binary.LittleEndian.Uint32(d[12:]) + a
		}
	}
	for ; len(data) >= 8; data = data[8:] {
		a = a + order.Uint32(data) + b
		b = b + order.Uint32(data[4:]) + a
	}
	return [2]uint32{a, b}
}

func fits(sum [2]uint32, stored []byte) bool {
	return sum[0] == binary.BigEndian.Uint32(stored) && sum[1] == binary.BigEndian.Uint32(stored[4:])
}

// brokenEnd looks at the log that a process has left. SQLite takes what comes
// before the first frame that does not fit, and nothing is said of what follows:
// what was torn when the process ended, or older frames. The text, if not empty,
// says that there were whole transactions among it.
func brokenEnd(path string) (string, error) {
	l, err := openLog(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	text, err := l.brokenEnd()
	return text, errors.Join(err, l.close())
}

func (l *logFile) brokenEnd() (string, error) {
	switch _, err := l.begin(); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "", nil // nothing was ever in it
	case errors.Is(err, errLogDamaged):
		return "its header is damaged, and nothing of it can be used", nil
	case err != nil:
		return "", err
	}
	good := int64(0) // the last frame of a whole transaction
	err := l.read(1<<62, func(f frame) {
		if f.size > 0 {
			good = l.frames
		}
	})
	if !errors.Is(err, errLogDamaged) {
		return "", ignoreEnd(err)
	}
	lost, err := l.commitsAfter()
	if lost == 0 || err != nil {
		return "", err
	}
	return fmt.Sprintf("frame %d is damaged; what follows frame %d cannot be used, with at least %d commits", l.frames+1, good, lost), nil
}

// commitsAfter counts the ends of transactions of this generation from the frame
// on that did not fit.
func (l *logFile) commitsAfter() (n int, err error) {
	for {
		chunk, err := l.chunk(walChunk)
		if err != nil {
			return n, ignoreEnd(err)
		}
		for ; len(chunk) > 0; chunk = chunk[frameHeaderSize+l.pageSize:] {
			l.frames++
			if bytes.Equal(chunk[8:16], l.salt) && binary.BigEndian.Uint32(chunk[4:]) > 0 {
				n++
			}
		}
	}
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
