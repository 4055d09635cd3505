package server

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"carillon/api"
	"carillon/work"
)

const (
	// offerPart is how many bytes of a file go into one answer.
	offerPart = 2 << 20
	// offerKept is how long a file waits for somebody to read on.
	offerKept = 2 * time.Minute
	// offerLook is how often it is looked for what is left.
	offerLook = time.Second
)

var (
	// errOfferTaken says that the owner has another file, which is being made or read.
	errOfferTaken = errors.New("another one is being made or read")
	// errOffersFull says that too many others have files.
	errOffersFull = errors.New("too many are being made or read")
)

// offers are files that are made for whoever asks, and handed out part by part: one at
// a time for an owner. A file that was read goes, and so does one that nobody reads on.
// T is what else is told of a file.
type offers[T any] struct {
	dir     string        // where the files are
	most    int           // how many there are at a time
	reading time.Duration // how long after a part somebody is taken to read on
	asked   chan *offer[T]

	mu  sync.Mutex
	all map[string]*offer[T] // by owner
}

// offer is a file that somebody has asked for.
type offer[T any] struct {
	id, owner, path string
	about           T // set when it is asked for, or made
	// These are set when it is ready, under the lock of offers.
	ready   bool
	size    int64
	sum     string
	err     error
	touched time.Time // when somebody has last asked for it
}

// newOffers returns what keeps up to most files in a directory of its own.
func newOffers[T any](dir string, most int, reading time.Duration) *offers[T] {
	return &offers[T]{dir: dir, most: most, reading: reading, asked: make(chan *offer[T], most), all: map[string]*offer[T]{}}
}

// clear removes all files, such as those that a process has left that was killed.
func (f *offers[T]) clear() error { return os.RemoveAll(f.dir) }

// admits returns nil if an owner can have a file made, or else one of the errors above.
func (f *offers[T]) admits(owner string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.room(owner)
}

func (f *offers[T]) room(owner string) error {
	have := f.all[owner]
	switch {
	case have != nil && (!have.ready || have.err == nil && time.Since(have.touched) < f.reading):
		return errOfferTaken
	case have == nil && f.unread() >= f.most:
		return errOffersFull
	}
	return nil
}

// unread returns how many files are not there yet, or not read to their ends.
func (f *offers[T]) unread() (n int) {
	for _, o := range f.all {
		if !o.ready || !o.touched.IsZero() {
			n++
		}
	}
	return n
}

// order has a file made once the transaction is committed, unless somebody else is
// faster, and returns its id. It takes the place of one that nobody reads.
func (f *offers[T]) order(w *work.Unit, owner string, about T) (id string) {
	id = w.NewID()
	w.After(func(err error) {
		if err == nil {
			f.ask(&offer[T]{id: id, owner: owner, about: about})
		}
	})
	return id
}

func (f *offers[T]) ask(o *offer[T]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.room(o.owner) != nil {
		return
	}
	if have := f.all[o.owner]; have != nil {
		f.remove(have)
	}
	o.path = filepath.Join(f.dir, o.id)
	f.all[o.owner] = o
	f.asked <- o // there is room: one for each that is not made
}

// make makes the file of an offer, which goes at once if that fails: the disk may be
// full.
func (f *offers[T]) make(o *offer[T], write func(io.Writer) error) error {
	sum := sha256.New()
	var size int64
	err := f.write(o.path, func(file io.Writer) error { return write(io.MultiWriter(file, sum, (*byteCount)(&size))) })
	f.mu.Lock()
	defer f.mu.Unlock()
	o.ready, o.size, o.sum, o.err, o.touched = true, size, hex.EncodeToString(sum.Sum(nil)), err, time.Now()
	return err
}

func (f *offers[T]) write(path string, write func(io.Writer) error) error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// byteCount counts what is written to it.
type byteCount int64

func (c *byteCount) Write(p []byte) (int, error) {
	*c += byteCount(len(p))
	return len(p), nil
}

// forget removes the files that nobody has asked for since a moment.
func (f *offers[T]) forget(since time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range f.all {
		if o.ready && o.touched.Before(since) {
			f.remove(o)
		}
	}
}

func (f *offers[T]) remove(o *offer[T]) {
	delete(f.all, o.owner)
	_ = os.Remove(o.path) // it failed, or the next start removes it
}

// offered is what somebody is told of a file, with some of it.
type offered[T any] struct {
	state   api.BackupState
	err     error // of one that failed
	about   T
	size    int
	sum     string
	content string // in base64
}

// read tells how far an owner's file is and, if it is ready, returns what there is from
// an offset; nil: there is no such file. With its last part it goes.
func (f *offers[T]) read(owner, id string, offset int64) (*offered[T], error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	o := f.all[owner]
	if o == nil || o.id != id {
		return nil, nil
	}
	told := o.told()
	if told.state != api.BackupStateReady {
		return told, nil
	}
	part, err := readPart(o.path, offset)
	if err != nil {
		return nil, err
	}
	if offset+int64(len(part)) >= o.size {
		o.touched = time.Time{} // the next look removes it
	}
	told.content = base64.StdEncoding.EncodeToString(part)
	return told, nil
}

// look is read without a part.
func (f *offers[T]) look(owner, id string) *offered[T] {
	f.mu.Lock()
	defer f.mu.Unlock()
	if o := f.all[owner]; o != nil && o.id == id {
		return o.told()
	}
	return nil
}

// told tells of an offer, which somebody reads then.
func (o *offer[T]) told() *offered[T] {
	switch {
	case !o.ready:
		return &offered[T]{state: api.BackupStateRunning}
	case o.err != nil:
		return &offered[T]{state: api.BackupStateFailed, err: o.err}
	}
	o.touched = time.Now()
	return &offered[T]{state: api.BackupStateReady, about: o.about, size: int(o.size), sum: o.sum}
}

func readPart(path string, offset int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	part := make([]byte, offerPart)
	n, err := f.ReadAt(part, offset)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return part[:n], errors.Join(err, f.Close())
}
