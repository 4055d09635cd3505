package server

import (
	"math"
	"testing"
	"testing/fstest"
)

func TestContainerLimit(t *testing.T) {
	const none = math.MaxInt64
	for name, test := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no groups": {nil, none},
		"version 2": {map[string]string{
			"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "134217728\n",
		}, 128 << 20},
		"version 2, no limit": {map[string]string{
			"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n",
		}, none},
		"version 2, limit above": {map[string]string{
			"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "1000\n", "sys/fs/cgroup/memory.max": "2000\n",
		}, 1000},
		"version 1, the host's path": {map[string]string{
			"proc/self/cgroup": "5:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "1000\n",
		}, 1000},
		"version 1, no limit": {map[string]string{
			"proc/self/cgroup": "4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
		}, none},
		"both": {map[string]string{
			"proc/self/cgroup": "4:hugetlb,memory:/a\n0::/a\n", "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "3000\n", "sys/fs/cgroup/memory.max": "4000\n",
		}, 3000},
		"nonsense": {map[string]string{"proc/self/cgroup": "memory\n0::/../..\n:", "sys/fs/cgroup/memory.max": "-1"}, none},
	} {
		root := fstest.MapFS{}
		for path, text := range test.files {
			root[path] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := containerLimit(root); got != test.want {
			t.Errorf("%s: got %d, want %d", name, got, test.want)
		}
	}
}

// The limits follow the memory, and leave room for at least one large body.
func TestNewLimits(t *testing.T) {
	for _, test := range []struct{ memory, places, bodies int64 }{
		{math.MaxInt64, 8192, 96 << 20}, {96 << 20, 1536, 9 << 20}, {16 << 20, 512, 4<<20 + 1<<19},
	} {
		l := newLimits(test.memory, nil)
		if l.gate.outside.total != test.places || l.callers.bodies.total != test.bodies {
			t.Errorf("%d: %d places, %d bytes", test.memory, l.gate.outside.total, l.callers.bodies.total)
		}
		if !l.strangers.bodies.fits("x", maxBody) {
			t.Errorf("%d: no large body fits", test.memory)
		}
	}
}

// The heap may become leastHeap large, and with much that lives it grows as ever.
func TestGrowth(t *testing.T) {
	for live, want := range map[uint64]int{0: 3200, 1 << 20: 3200, 4 << 20: 3200, 10 << 20: 1200, 25 << 20: 500, 32 << 20: 400, 1 << 30: 400, math.MaxUint64: 400} {
		if got := growth(live); got != want {
			t.Errorf("%d bytes: %d %%, want %d %%", live, got, want)
		}
	}
}
