package policy

import (
	"runtime"
	"strings"
	"testing"
)

// What a set says that it takes is near to what it takes, whatever is in it.
func TestSet_Size(t *testing.T) {
	if n := (*Set)(nil).Size(); n != 0 {
		t.Errorf("nothing takes %d", n)
	}
	for name, statements := range map[string]string{
		"ordinary":  ten,
		"questions": `"Action":"s3:*","Resource":"arn:aws:s3:::` + strings.Repeat("a?", 2500) + `"`,
		"numbers":   `"Condition":{"NumericEquals":{"a:b":[` + strings.Repeat("1,", 2500) + `1]}}`,
		"networks":  `"Condition":{"IpAddress":{"a:b":[` + strings.Repeat(`"::",`, 1000) + `"::"]}}`,
		"booleans":  `"Condition":{"Bool":{"a:b":[` + strings.Repeat(`true,`, 1000) + `true]}}`,
		"arns":      `"Condition":{"ArnLike":{"a:b":[` + strings.Repeat(`"a:b:c:d:e:?",`, 400) + `"a"]}}`,
		"folded":    `"Condition":{"StringEqualsIgnoreCase":{"a:b":[` + strings.Repeat(`"${a:c}",`, 500) + `"a"]}}`,
		"actions":   `"Action":[` + strings.Repeat(`"a:b","c:*",`, 400) + `"a:b"]`,
	} {
		d := must(t, policyOf(statements))
		const sets = 200
		var list [sets]*Set
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range list {
			list[i] = Compile(Source{Document: d})
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		took, said := int(after.HeapAlloc-before.HeapAlloc)/sets, list[0].Size()
		if said*2 < took || said > took*2 {
			t.Errorf("%s: takes %d bytes and says %d", name, took, said)
		}
		runtime.KeepAlive(list)
	}
}
