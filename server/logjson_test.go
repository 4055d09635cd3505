package server

import (
	"bytes"
	"errors"
	"log/slog"
	"math"
	"testing"
	"time"
)

// Whatever a record has, its line is that of package slog.
func TestJSONLines(t *testing.T) {
	now := time.Now()
	for _, at := range []time.Time{now, now.UTC(), now.Truncate(time.Second), {}, time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		for _, message := range []string{"request", "", `"quoted"`, "Grüße", "a\nb", "bad \xff"} {
			sameLine(t, logRecord(at, slog.LevelInfo, message, "k", "v"))
		}
	}
	for _, value := range []any{
		"", "plain", `back\slash`, "<&>", "tab\t", "\u2028", "\x7f", 0, -5, math.MaxInt64, true, nil, errors.New("an error"),
		0.0, math.Copysign(0, -1), 0.001, 0.0000001, 12.345, 1e15, 1e21, 1e300, -1.5, math.NaN(), math.Inf(1),
		time.Second, now,
		[]string{"a"},
		slog.GroupValue(slog.Int("a", 1)), uint64(7),
	} {
		sameLine(t, logRecord(now, slog.LevelError, "m", "key", value, "other", 1))
		sameLine(t, logRecord(now, slog.LevelError+2, "m", "first", 1, "key", value))
	}
	sameLine(t, logRecord(now, slog.LevelDebug, "m", "", 1))
	sameLine(t, logRecord(now, slog.LevelDebug, "m", "odd\"key", 1))
	many := []any{}
	for range 12 {
		many = append(many, "k", "v")
	}
	sameLine(t, logRecord(now, slog.LevelWarn, "m", many...))
}

func logRecord(at time.Time, level slog.Level, message string, args ...any) slog.Record {
	r := slog.NewRecord(at, level, message, 0)
	r.Add(args...)
	return r
}

func sameLine(t *testing.T, r slog.Record) {
	t.Helper()
	var got, want bytes.Buffer
	options := &slog.HandlerOptions{Level: slog.LevelDebug}
	for _, h := range []slog.Handler{newJSONLines(&got, options), newJSONLines(&got, options).WithGroup("g"), newJSONLines(&got, options).WithAttrs([]slog.Attr{slog.Int("n", 1)})} {
		if err := h.Handle(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for _, h := range []slog.Handler{slog.NewJSONHandler(&want, options), slog.NewJSONHandler(&want, options).WithGroup("g"), slog.NewJSONHandler(&want, options).WithAttrs([]slog.Attr{slog.Int("n", 1)})} {
		if err := h.Handle(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if got.String() != want.String() {
		t.Errorf("%s\nwant %s", &got, &want)
	}
}
