package sqlite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"sync"
)

// sumsSuffix makes the name of the file with the sums of a database's pages.
const sumsSuffix = "-sums"

// The file of sums: a block with the header, and then four bytes for each page,
// big-endian.
const (
	sumsMagic = "carillon sums 1\n"
	sumsBlock = 4096
	sumsEach  = sumsBlock / 4 // sums in a block
	cleanAt   = 24            // where the header tells of a clean end
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// pageSum is the sum of a page in its place. A CRC finds each change within 32
// bits in a row, as of a byte. It is never 0, which stands for a page whose sum
// nobody knows.
func pageSum(page uint32, data []byte) uint32 {
	var number [4]byte
	binary.BigEndian.PutUint32(number[:], page)
	return max(crc32.Update(crc32.Update(0, castagnoli, number[:]), castagnoli, data), 1)
}

// sums are the checksums of all pages of a database, in a file beside it.
//
// A page changes in the write-ahead log first, which has checksums of its own. The
// sum is written when the page is about to be copied from there into the
// database, and is on the disk before the log may start again. So each page has
// its sum, or is in the log: whoever crashes anywhere leaves it so.
type sums struct {
	pageSize int
	file     *os.File
	unsynced bool // under copying

	// copying is held while sums are written and pages copied: who holds it sees
	// both as of one moment.
	copying sync.Mutex
	logged  map[uint32]struct{} // pages whose sums are those of the log already, while it is not all copied; under copying

	mu   sync.Mutex
	list []uint32 // by page number less 1
}

// sumsBefore is what was there before the database was opened.
type sumsBefore struct {
	logged   bool // there was a log
	unlogged bool // the file was set to another journal, as other programs may leave it
}

// openSums opens the sums of an open database. It makes them where there are
// none, and takes those of pages anew that another program has copied from the
// log: then the number of these is returned.
func openSums(path string, db *os.File, before sumsBefore) (s *sums, made bool, adopted int, err error) {
	s = &sums{logged: map[uint32]struct{}{}}
	if s.pageSize, err = pageSizeOf(db); err != nil {
		return nil, false, 0, err
	}
	if before.unlogged {
		if err := removeIfThere(path + sumsSuffix); err != nil {
			return nil, false, 0, err
		}
	}
	if s.file, err = os.OpenFile(path+sumsSuffix, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, false, 0, err
	}
	clean, err := s.load()
	switch {
	case errors.Is(err, errNoSums):
		made = true
		_, err = s.adopt(db)
	case err == nil && !clean && !before.logged:
		adopted, err = s.adopt(db)
	}
	if err == nil {
		err = s.mark(false)
	}
	if err != nil {
		return nil, false, 0, errors.Join(fmt.Errorf("the sums of pages: %w", err), s.file.Close())
	}
	return s, made, adopted, nil
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func pageSizeOf(db *os.File) (int, error) {
	h := make([]byte, headerSize)
	if _, err := db.ReadAt(h, 0); err != nil {
		return 0, err
	}
	if n := int(binary.BigEndian.Uint16(h[16:])); n != 1 {
		return n, nil
	}
	return 65536, nil
}

// errNoSums: the file has none, or not those of this database.
var errNoSums = errors.New("there are no sums")

// load reads the file, and whether it was left by a clean end.
func (s *sums) load() (clean bool, err error) {
	all, err := io.ReadAll(s.file)
	if err != nil {
		return false, err
	}
	if len(all) < sumsBlock || !bytes.HasPrefix(all, s.header(false)[:cleanAt]) {
		return false, errNoSums
	}
	list := all[sumsBlock:]
	s.list = make([]uint32, len(list)/4)
	for i := range s.list {
		s.list[i] = binary.BigEndian.Uint32(list[4*i:])
	}
	return all[cleanAt] == 1, nil
}

func (s *sums) header(clean bool) []byte {
	h := make([]byte, sumsBlock)
	copy(h, sumsMagic)
	binary.BigEndian.PutUint32(h[len(sumsMagic):], uint32(s.pageSize))
	if clean {
		h[cleanAt] = 1
	}
	return h
}

// mark notes whether there may be a log.
func (s *sums) mark(clean bool) error {
	_, err := s.file.WriteAt(s.header(clean), 0)
	return err
}

// adopt takes the sums of the pages as they lie, and counts those that were known
// to be others.
func (s *sums) adopt(db *os.File) (changed int, err error) {
	known, fresh := s.list, map[uint32]uint32{}
	err = eachPage(db, s.pageSize, s.room(), 1, func(page uint32, data []byte) bool {
		sum := pageSum(page, data)
		if int(page) > len(known) || known[page-1] != sum {
			fresh[page] = sum
		}
		return true
	})
	if err != nil {
		return 0, err
	}
	for page := range fresh {
		if int(page) <= len(known) && known[page-1] != 0 {
			changed++
		}
	}
	return changed, errors.Join(s.write(fresh, 0), s.sync())
}

// room returns a buffer for pages that are read one after the other.
func (s *sums) room() []byte { return make([]byte, walChunk*s.pageSize) }

// eachPage reads the pages of a database from one on into a buffer, as many at once
// as that has room for, as long as each says so.
func eachPage(db *os.File, pageSize int, buf []byte, from uint32, each func(page uint32, data []byte) bool) error {
	for page := from; ; {
		n, err := db.ReadAt(buf, int64(page-1)*int64(pageSize))
		for at := 0; at+pageSize <= n; at += pageSize {
			if !each(page, buf[at:at+pageSize]) {
				return nil
			}
			page++
		}
		if err != nil {
			return ignoreEnd(err)
		}
	}
}

// write writes sums; sync makes them durable. size, if not 0, is how many pages
// the database has.
func (s *sums) write(fresh map[uint32]uint32, size uint32) error {
	s.unsynced = true
	blocks := s.put(fresh)
	for block := range blocks {
		if err := s.writeBlock(block); err != nil {
			return err
		}
	}
	if size > 0 {
		return s.cut(size)
	}
	return nil
}

func (s *sums) sync() error {
	if !s.unsynced {
		return nil
	}
	err := s.file.Sync()
	s.unsynced = err != nil
	return err
}

// put changes the list, and returns the blocks that have changed.
func (s *sums) put(fresh map[uint32]uint32) map[int]struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	blocks := map[int]struct{}{}
	for page, sum := range fresh {
		if need := int(page) - len(s.list); need > 0 {
			s.list = append(s.list, make([]uint32, need)...)
		}
		s.list[page-1] = sum
		blocks[int(page-1)/sumsEach] = struct{}{}
	}
	return blocks
}

func (s *sums) writeBlock(block int) error {
	s.mu.Lock()
	part := s.list[block*sumsEach : min((block+1)*sumsEach, len(s.list))]
	raw := make([]byte, 0, sumsBlock)
	for _, sum := range part {
		raw = binary.BigEndian.AppendUint32(raw, sum)
	}
	s.mu.Unlock()
	_, err := s.file.WriteAt(raw, sumsBlock*int64(block+1))
	return err
}

// inLog notes that the sums of pages are those of the log.
func (s *sums) inLog(pages map[uint32]uint32) {
	for page := range pages {
		s.logged[page] = struct{}{}
	}
}

// cut forgets pages that the database has no longer, lest others come in their
// places that are never written.
func (s *sums) cut(size uint32) error {
	s.mu.Lock()
	more := len(s.list) > int(size)
	if more {
		s.list = s.list[:size]
	}
	s.mu.Unlock()
	if !more {
		return nil
	}
	return s.file.Truncate(sumsBlock + 4*int64(size))
}

// of returns the sum of a page; 0: nobody knows it.
func (s *sums) of(page uint32) uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if int(page) > len(s.list) {
		return 0
	}
	return s.list[page-1]
}

// fits reports whether a page is as it was written, as far as is known.
func (s *sums) fits(page uint32, data []byte) bool {
	known := s.of(page)
	return known == 0 || known == pageSum(page, data)
}

// close writes down whether the log was copied whole.
func (s *sums) close(clean bool) error {
	var err error
	if clean {
		err = errors.Join(s.mark(true), s.file.Sync())
	}
	return errors.Join(err, s.file.Close())
}
