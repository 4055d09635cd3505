package policy

import (
	"testing"
	"time"
)

// The standard library counts the days as we do.
func TestParseInstant(t *testing.T) {
	day := time.Date(-1200, 1, 1, 12, 34, 56, 789_000_000, time.UTC)
	for range 40_000 {
		s := day.Format("2006-01-02T15:04:05.000Z")
		if day.Year() >= 0 {
			got, ok := parseInstant(s)
			if !ok || got.seconds != day.Unix() || got.nanos != day.Nanosecond() {
				t.Fatalf("%s: got %v, %v", s, got, ok)
			}
			usual := s[:len("2006-01-02T15:04:05")] + "Z"
			if got, ok := parseInstant(usual); !ok || got != (instant{seconds: day.Unix()}) {
				t.Fatalf("%s: got %v, %v", usual, got, ok)
			}
		}
		day = day.AddDate(0, 0, 53)
	}
	for s, want := range map[string]int64{
		"1970": 0 + 1970, "1970-01": 0, "1970-01-01T": 0, "1970-01-01T01": 3600, "1970-01-01T00:00:01": 1, "1970-1-1t1:2:3z": 3723,
		"1970-01-01T00:00:00+01:30": -5400, "1970-01-01T00:00-01:00": 3600, "1970-01-01T00:00:00.5+01": -3600,
		"2000-02-29": 951782400, "-1-01-01": -62198755200, "0": 0, "9223372036854775807": 1<<63 - 1,
	} {
		if got, ok := parseInstant(s); !ok || got.seconds != want {
			t.Errorf("%s: got %v, %v, want %d", s, got, ok, want)
		}
	}
	for _, s := range []string{
		"1900-02-29", "2100-02-29", "2023-04-31", "2023-12-32", "2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z",
		"2023-00-01T00:00:00Z", "2023-01-00T00:00:00Z", "2023-01-01T24:00:00Z", "2023-01-01T00:60:00Z", "2023-01-01T00:00:60Z", "2023-01-01T00:00:00X",
	} {
		if got, ok := parseInstant(s); ok {
			t.Errorf("%s is no day and gives %v", s, got)
		}
	}
}
