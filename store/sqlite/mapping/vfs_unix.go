//go:build unix

package mapping

import (
	"runtime/debug"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// SQLite reaches files by a table of functions, its VFS. Ours is the default one of
// the platform, but for how the file of a database with a Sharing is read: xRead,
// xFetch and xUnfetch, and that the platform maps nothing by itself; see
// https://sqlite.org/c3ref/io_methods.html.

// Types of functions as SQLite calls them: addresses are those of its memory.
type (
	openFunc    = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32
	readFunc    = func(tls *libc.TLS, file, to uintptr, amount int32, offset int64) int32
	fetchFunc   = func(tls *libc.TLS, file uintptr, offset int64, amount int32, page uintptr) int32
	unfetchFunc = func(tls *libc.TLS, file uintptr, offset int64, page uintptr) int32
	controlFunc = func(tls *libc.TLS, file uintptr, op int32, argument uintptr) int32
)

var (
	platform uintptr // the VFS that there was
	shared   sqlite3.Tsqlite3_vfs
	name     = [...]byte{'s', 'h', 'a', 'r', 'e', 'd', 0}
)

// register makes ours the VFS of connections that are opened from now on.
var register = sync.OnceFunc(func() {
	tls := libc.NewTLS()
	defer tls.Close()
	platform = sqlite3.Xsqlite3_vfs_find(tls, 0)
	shared = *at[sqlite3.Tsqlite3_vfs](platform)
	shared.FzName = uintptr(unsafe.Pointer(&name))
	shared.FszOsFile = int32(tailOffset() + unsafe.Sizeof(tail{}))
	shared.FxOpen = pointer(openFunc(open))
	sqlite3.Xsqlite3_vfs_register(tls, uintptr(unsafe.Pointer(&shared)), 1)
})

// tail is what we keep of the file of one connection, behind what the platform's
// VFS keeps. It holds no pointer that the garbage collector would have to see.
type tail struct {
	methods sqlite3.Tsqlite3_io_methods
	read    uintptr // the platform's
	control uintptr // the platform's
	fd      int
	base    uintptr // where the mapping begins
	mapped  int64   // its size in bytes
	size    int64   // how much of that the file had when it was last looked at
	first   byte    // of the page that was lent last
}

// tailOffset is where the tail of a file is.
func tailOffset() uintptr {
	const align = unsafe.Alignof(tail{})
	return (uintptr(at[sqlite3.Tsqlite3_vfs](platform).FszOsFile) + align - 1) &^ (align - 1)
}

func tailOf(file uintptr) *tail { return at[tail](file + tailOffset()) }

// open opens a file as the platform does, and has it lend pages of the mapping
// if it is that of a database with a Sharing.
func open(tls *libc.TLS, _, name, file uintptr, flags int32, outFlags uintptr) int32 {
	rc := function[openFunc](at[sqlite3.Tsqlite3_vfs](platform).FxOpen)(tls, platform, name, file, flags, outFlags)
	if rc != sqlite3.SQLITE_OK || flags&sqlite3.SQLITE_OPEN_MAIN_DB == 0 {
		return rc
	}
	if found, ok := sharings.Load(libc.GoString(name)); ok {
		if s := found.(*Sharing); s.isAt() { // or else it is another file that was opened
			lend(file, s)
		}
	}
	return rc
}

// lend replaces the functions of a file.
func lend(file uintptr, s *Sharing) {
	f, t := at[sqlite3.Tsqlite3_file](file), tailOf(file)
	*t = tail{
		methods: *at[sqlite3.Tsqlite3_io_methods](f.FpMethods),
		fd:      int(s.file.Fd()), base: uintptr(unsafe.Pointer(&s.data[0])), mapped: int64(len(s.data)),
	}
	t.read, t.control = t.methods.FxRead, t.methods.FxFileControl
	t.methods.FxRead, t.methods.FxFileControl = pointer(readFunc(read)), pointer(controlFunc(control))
	t.methods.FxFetch, t.methods.FxUnfetch = pointer(fetchFunc(fetch)), pointer(unfetchFunc(unfetch))
	f.FpMethods = uintptr(unsafe.Pointer(t))
}

// read is xRead: it copies from the mapping, which takes no system call, what is there.
// Pages that are to be changed are read so.
func read(tls *libc.TLS, file, to uintptr, amount int32, offset int64) int32 {
	t := tailOf(file)
	if t.has(offset+int64(amount)) && t.copied(to, amount, offset) {
		return sqlite3.SQLITE_OK
	}
	return function[readFunc](t.read)(tls, file, to, amount, offset)
}

// copied reports false if what is mapped cannot be read: of a file that somebody has cut
// short, or on a disk that fails. Then reading it by the platform says what is wrong.
func (t *tail) copied(to uintptr, amount int32, offset int64) (ok bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // a fault ends the process otherwise
	defer func() { ok = recover() == nil }()
	copy(unsafe.Slice(at[byte](to), amount), unsafe.Slice(at[byte](t.base+uintptr(offset)), amount))
	return true
}

// overread is how much SQLite may look at behind a page that is damaged.
const overread = 256

// fetch is xFetch: it lends a page, or none if that is not mapped, and SQLite reads it.
func fetch(_ *libc.TLS, file uintptr, offset int64, amount int32, page uintptr) int32 {
	t, lent := tailOf(file), at[uintptr](page)
	*lent = 0
	if t.has(offset+int64(amount)+overread) && t.copied(uintptr(unsafe.Pointer(&t.first)), 1, offset) {
		*lent = t.base + uintptr(offset)
	}
	return sqlite3.SQLITE_OK
}

// has reports whether the file has so many bytes, all of them mapped. It has not shrunk
// since it was looked at: nothing cuts it while it is open.
func (t *tail) has(bytes int64) bool { return bytes <= t.size || t.grown(bytes) }

// grown looks whether the file now has so many bytes.
func (t *tail) grown(bytes int64) bool {
	var now unix.Stat_t
	if bytes > t.mapped || unix.Fstat(t.fd, &now) != nil {
		return false
	}
	t.size = min(now.Size, t.mapped)
	return bytes <= t.size
}

// unfetch is xUnfetch: it takes a page back, or ends the mapping, which goes on for
// others.
func unfetch(*libc.TLS, uintptr, int64, uintptr) int32 { return sqlite3.SQLITE_OK }

// control is xFileControl. The platform does not hear how much it may map.
func control(tls *libc.TLS, file uintptr, op int32, argument uintptr) int32 {
	if op == sqlite3.SQLITE_FCNTL_MMAP_SIZE {
		return sqlite3.SQLITE_OK
	}
	return function[controlFunc](tailOf(file).control)(tls, file, op, argument)
}

// at is what is at an address of SQLite's memory.
func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }

// pointer makes an address of a function for SQLite: that of where its code's is.
// It must be declared: a closure would be garbage soon.
func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// function is the reverse of pointer.
func function[F any](address uintptr) F { return *(*F)(unsafe.Pointer(&address)) }
