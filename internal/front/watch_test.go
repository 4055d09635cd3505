package front

import (
	"slices"
	"testing"
	"time"
)

// Requests that take long are looked after within half a second and then less and
// less often.
func TestAttends(t *testing.T) {
	var got []time.Duration
	for age := range ticks(10 * time.Second) {
		if attends(age) {
			got = append(got, time.Duration(age)*tickTime)
		}
	}
	want := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second}
	if !slices.Equal(got, want) {
		t.Errorf("looked after at %v, want %v", got, want)
	}
}
