package trail

import (
	"testing"
	"time"

	"carillon/api"
	"carillon/api/cloudtrail"
	"carillon/store"
	"carillon/work"
)

// An event is found by the whole second that look-ups show of it, and by its
// moment.
func TestLookupEvents_end(t *testing.T) {
	each(t, func(w *world) {
		w.keep("u0000")
		begin := moment0.Truncate(time.Second)
		for _, test := range []struct {
			start, end time.Time
			want       int
		}{
			{begin, begin, 1},
			{time.Time{}, begin, 1},
			{time.Time{}, begin.Add(-time.Second), 0},
			{time.Time{}, time.Unix(0, 0), 0},
			{begin, begin.Add(500 * time.Millisecond), 0},
			{begin, begin.Add(900 * time.Millisecond), 1},
			{begin.Add(900 * time.Millisecond), begin.Add(time.Second), 0},
		} {
			in := &cloudtrail.LookupEventsInput{EndTime: api.Some(api.TimestampOf(test.end))}
			list := &api.ListAuditEventsInput{EndTime: api.Some(test.end.Format(time.RFC3339Nano))}
			if !test.start.IsZero() {
				in.StartTime = api.Some(api.TimestampOf(test.start))
				list.StartTime = api.Some(test.start.Format(time.RFC3339Nano))
			}
			w.view(func(r store.Records) error {
				out, err := w.LookupEvents(&work.Unit{Records: r, Caller: alice, Op: cloudtrail.Operation("LookupEvents")}, in)
				w.must(err)
				w.equal("events", len(out.Events), test.want)
				listed, err := w.ListAuditEvents(&work.Unit{Records: r, Caller: alice, Op: api.Operation("ListAuditEvents")}, list)
				w.must(err)
				w.equal("events of the list", len(listed.Events), test.want)
				return nil
			})
		}
	})
}
