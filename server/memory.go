package server

import (
	"io/fs"
	"math"
	"os"
	"path"
	"runtime"
	"runtime/debug"
	runtimemetrics "runtime/metrics"
	"strconv"
	"strings"
)

// TuneMemory fits the memory of this process to its container, and trades
// memory for less work of the garbage collector: live data is small, requests
// make the garbage. The variables GOMEMLIMIT and GOGC come first.
func TuneMemory() {
	if os.Getenv("GOGC") == "" {
		new(pace).keep()
	}
	if limit := containerLimit(os.DirFS("/")); limit < math.MaxInt64 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit / 4 * 3) // the rest is for the database's caches, which the runtime does not see
	}
}

const (
	// leastHeap is how large the heap becomes, in bytes, before garbage is collected:
	// with as little as usually lives, that would be several times a second. The
	// memory limit comes before it.
	leastHeap = 128 << 20
	// leastGrowth is how much may be added to what lives, at least, in percent of that.
	leastGrowth = 400
	// leastLive is what the runtime counts as living at least, in bytes.
	leastLive = 4 << 20
)

// pace is the percentage by which the collector lets the heap grow.
type pace struct{ percent int }

// lap lives until the next collection. A smaller object might live on with others.
type lap struct{ _ [16]byte }

// keep sets the pace by what lives, now and after each collection.
func (p *pace) keep() {
	live := []runtimemetrics.Sample{{Name: "/gc/heap/live:bytes"}}
	runtimemetrics.Read(live)
	if percent := growth(live[0].Value.Uint64()); percent != p.percent {
		p.percent = percent
		debug.SetGCPercent(percent)
	}
	runtime.AddCleanup(new(lap), (*pace).keep, p)
}

// growth returns the percentage for so many bytes that live. It has few values: to
// set another one stops the world for a moment.
func growth(live uint64) int {
	return max(leastGrowth, int(leastHeap/max(live, leastLive))*100)
}

// memoryLimit is the limit that the Go runtime keeps to, in bytes.
func memoryLimit() int64 { return debug.SetMemoryLimit(-1) }

// containerLimit returns the memory that the control groups of this process
// allow, in bytes; math.MaxInt64: no limit. It understands both versions of
// control groups, mounted where everybody mounts them.
func containerLimit(root fs.FS) int64 {
	limit := int64(math.MaxInt64)
	text, _ := fs.ReadFile(root, "proc/self/cgroup") // elsewhere than on Linux there is none
	for line := range strings.Lines(string(text)) {
		// hierarchy:controllers:path; the second version has no controllers
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) < 3 {
			continue
		}
		switch {
		case parts[1] == "":
			limit = min(limit, groupLimit(root, "sys/fs/cgroup", parts[2], "memory.max"))
		case strings.Contains(","+parts[1]+",", ",memory,"):
			limit = min(limit, groupLimit(root, "sys/fs/cgroup/memory", parts[2], "memory.limit_in_bytes"))
		}
	}
	return limit
}

// groupLimit returns the smallest limit of a group and those that it is in. In
// a container the path may be that of the host: then only the last one exists.
func groupLimit(root fs.FS, mount, group, file string) int64 {
	limit := int64(math.MaxInt64)
	for group = path.Clean("/" + group); ; group = path.Dir(group) {
		text, _ := fs.ReadFile(root, path.Join(mount, group, file))
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 {
			limit = min(limit, n)
		}
		if group == "/" {
			break
		}
	}
	if limit >= math.MaxInt64>>12<<12 { // what the first version has for none
		return math.MaxInt64
	}
	return limit
}
