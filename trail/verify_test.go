package trail

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"carillon/store"
	"carillon/work"
)

// Every sort of tampering is found, and the batch is named.
func TestVerify_tampering(t *testing.T) {
	for name, test := range map[string]struct {
		tamper func(*world)
		want   string
	}{
		"nothing": {func(*world) {}, ""},
		"content": {func(w *world) {
			w.exec(`UPDATE audit_batches SET content = (SELECT content FROM audit_batches WHERE batch = 2) WHERE batch = 3`)
		}, "batch 3: changed"},
		"time":     {func(w *world) { w.exec(`UPDATE audit_batches SET last_ms = last_ms + 1 WHERE batch = 2`) }, "batch 2: changed"},
		"removed":  {func(w *world) { w.exec(`DELETE FROM audit_batches WHERE batch = 2`) }, "batch 2: missing"},
		"first":    {func(w *world) { w.exec(`DELETE FROM audit_batches WHERE batch = 1`) }, "batch 1: missing"},
		"cut off":  {func(w *world) { w.exec(`DELETE FROM audit_batches WHERE batch > 3`) }, "batch 4: missing"},
		"reorder":  {func(w *world) { swap(w, 2, 3) }, "batch 2: changed"},
		"inserted": {func(w *world) { insertForged(w) }, "batch 6: its seal does not fit"},
		"resealed": {func(w *world) { rehash(w) }, "batch 3: its seal does not fit"},
		"head":     {func(w *world) { w.exec(`UPDATE audit_chain SET batch = 4 WHERE name = 'head'`) }, "the seal of the head does not fit"},
		"index":    {func(w *world) { w.exec(`DELETE FROM audit_index WHERE batch = 4 AND value = 'u0200'`) }, "batch 4: the index lacks it"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				w.keep(names(0, 300)...)
				w.sealPending()
				test.tamper(w)
				got := w.problems()
				if test.want == "" && got != "" || !strings.Contains(got, test.want) {
					t.Errorf("got %q, want %q", got, test.want)
				}
			})
		})
	}
}

func swap(w *world, a, b int64) {
	for _, column := range []string{"content", "hash", "seal", "first_ms", "last_ms"} {
		w.exec(fmt.Sprintf(`UPDATE audit_batches SET %[1]s = (SELECT b.%[1]s FROM audit_batches b WHERE b.batch = $1 + $2 - audit_batches.batch) WHERE batch IN ($1, $2)`, column), a, b)
	}
}

// insertForged adds a batch as somebody can who does not have the key.
func insertForged(w *world) {
	w.update(func(r store.Records) error {
		list, err := r.AuditBatches(4, 1)
		if err != nil {
			return err
		}
		b := list[0]
		b.Batch++
		b.Hash = hash(list[0].Hash, &b)
		return r.InsertAuditBatches([]store.AuditBatch{b})
	})
}

// rehash changes a batch and makes all hashes after it right.
func rehash(w *world) {
	w.update(func(r store.Records) error {
		list, err := r.AuditBatches(1, 100)
		if err != nil {
			return err
		}
		before := list[0].Hash
		for _, b := range list[1:] {
			if err := r.DeleteAuditBatch(b.Batch); err != nil {
				return err
			}
			if b.Batch == 3 {
				b.Content = list[0].Content
			}
			b.Hash = hash(before, &b)
			before = b.Hash
			if err := r.InsertAuditBatches([]store.AuditBatch{b}); err != nil {
				return err
			}
		}
		return nil
	})
}

// A head that was kept elsewhere shows that the whole end was replaced.
func TestVerify_head(t *testing.T) {
	each(t, func(w *world) {
		w.equal("empty", w.problems(), "")
		w.keep(names(0, 10)...)
		w.sealPending()
		old, _ := w.store, 0
		v := w.verify("")
		w.equal("counts", []int{v.Batches, v.Records}, []int{1, 10})
		w.keep(names(10, 20)...)
		w.sealPending()
		kept := w.verify("").Head
		w.equal("kept", w.verify(kept).Problems, []string(nil))
		w.exec(`DELETE FROM audit_batches WHERE batch = 2`)
		at, sum, _ := parseHead(v.Head)
		w.must(old.Update(t.Context(), func(r store.Records) error {
			return r.PutAuditEnd(store.AuditHead, &store.AuditEnd{Batch: at, Hash: sum, Seal: w.Trail.seal("head", at, sum)})
		}))
		w.equal("rolled back", w.problems(), "") // as it was then
		if got := strings.Join(w.verify(kept).Problems, ""); !strings.Contains(got, "batch 2: missing") {
			t.Errorf("got %q", got)
		}
	})
}

// Retention removes whole batches and their lines of the index; the rest verifies.
func TestRemoveExpired(t *testing.T) {
	each(t, func(w *world) {
		w.keep(names(0, 640)...)
		w.sealPending()
		cut := w.now.Add(time.Second).UnixMilli()
		w.now = w.now.Add(time.Hour)
		w.keep(names(640, 700)...)
		w.sealPending()
		var found bool
		w.view(func(r store.Records) (err error) {
			found, err = w.HasExpired(r, cut)
			return err
		})
		w.equal("found", found, true)
		for more := true; more; {
			w.update(func(r store.Records) (err error) {
				more, err = w.RemoveExpired(r, cut)
				return err
			})
			w.equal("problems", w.problems(), "")
		}
		w.equal("left", w.users(Query{AwsAccountID: aws, Limit: 50}), reversed(names(640, 700)))
		w.view(func(r store.Records) error {
			list, err := r.AuditPlaces(store.AuditSearch{AwsAccountID: aws, Limit: 100})
			w.equal("lines", len(list), 1)
			return err
		})
		w.keep(names(700, 710)...)
		w.sealPending()
		w.equal("problems", w.problems(), "")
		w.exec(`UPDATE audit_chain SET batch = 5 WHERE name = 'anchor'`)
		if got := w.problems(); !strings.Contains(got, "anchor") {
			t.Errorf("got %q", got)
		}
	})
}

// Of two that seal the same, one does.
func TestSealing_once(t *testing.T) {
	each(t, func(w *world) {
		w.keep(names(0, 10)...)
		var a, b *Sealing
		w.view(func(r store.Records) (err error) {
			if a, err = w.PrepareSealing(r); err == nil {
				b, err = w.PrepareSealing(r)
			}
			return err
		})
		w.update(func(r store.Records) error { return a.Write(w.Trail, r) })
		if err := w.store.Update(t.Context(), func(r store.Records) error { return b.Write(w.Trail, r) }); err != ErrMoved {
			t.Errorf("got %v", err)
		}
		w.equal("found", w.users(Query{AwsAccountID: aws, Limit: 50}), reversed(names(0, 10)))
		w.equal("problems", w.problems(), "")
	})
}

// Many records of one transaction are sealed with it, whatever else waits or is
// about to be sealed.
func TestKeep_sealsAtOnce(t *testing.T) {
	each(t, func(w *world) {
		w.Exclusive = true
		w.keep(names(0, 10)...)
		var step *Sealing
		w.view(func(r store.Records) (err error) {
			step, err = w.PrepareSealing(r)
			return err
		})
		w.keep(names(10, 110)...)
		w.view(func(r store.Records) error {
			waiting, err := r.PendingAudit(store.AuditFilter{Limit: 1000})
			w.equal("waiting", len(waiting), 10)
			return err
		})
		w.equal("problems before", w.problems(), "")
		w.update(func(r store.Records) error { return step.Write(w.Trail, r) })
		w.keep(names(110, 112)...)
		w.equal("problems", w.problems(), "")
		w.equal("newest first", w.users(Query{AwsAccountID: aws, Limit: 7}), reversed(names(0, 112)))
		w.equal("oldest first", w.users(Query{AwsAccountID: aws, Limit: 50, OldestFirst: true}), names(0, 112))
		w.equal("one", w.users(Query{AwsAccountID: aws, Limit: 50, Match: []Match{{ResourceName, "u0042"}}}), names(42, 43))
	})
}

// The clock of the rules may go back between the calls that share a transaction.
func TestKeep_sealsInOrder(t *testing.T) {
	each(t, func(w *world) {
		w.Exclusive = true
		w.update(func(r store.Records) error {
			var events []work.Event
			for i, name := range names(0, 20) {
				e := w.event(r, name)
				e.Now = moment0.Add(-time.Duration(i) * time.Minute)
				events = append(events, e)
			}
			return w.Keep(events...)
		})
		w.equal("problems", w.problems(), "")
		w.equal("oldest first", w.users(Query{AwsAccountID: aws, Limit: 50, OldestFirst: true}), reversed(names(0, 20)))
	})
}
