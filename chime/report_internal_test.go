package chime

import "testing"

func TestWeekStart(t *testing.T) {
	for week, want := range map[string]string{
		"2026-W47": "2026-11-15", "2026-W01": "2025-12-28", "2026-W53": "2026-12-27", "2024-W01": "2023-12-31", "2021-W01": "2021-01-03",
	} {
		got, err := weekStart(week)
		if err != nil || got.Format("2006-01-02") != want || got.Weekday() != 0 {
			t.Errorf("%s: %s, %v, want %s", week, got, err, want)
		}
	}
	for _, week := range []string{"2026-W00", "2026-W54", "2025-W53", "0000-W01"} {
		if got, err := weekStart(week); err == nil {
			t.Errorf("%s: %s", week, got)
		}
	}
}
