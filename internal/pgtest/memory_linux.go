package pgtest

import "syscall"

const (
	memory = "/dev/shm"
	// tmpfs is the type of a file system in memory.
	tmpfs = 0x01021994
	// room is what must be free there: a server takes less than a GiB.
	room = 3 << 30
)

// inMemory returns a directory for files that are kept in memory, or "" if
// there is none with enough room for several servers. Containers often have
// 64 MiB.
func inMemory() string {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(memory, &fs); err != nil || fs.Type != tmpfs || fs.Bavail*uint64(fs.Bsize) < room {
		return ""
	}
	return memory
}
