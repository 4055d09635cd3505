package trail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"carillon/store"
)

// The sizes of sealing.
const (
	// sealStep is how many records one transaction seals: others wait for it.
	sealStep = 256
	// maxBatch is how many records are in a batch: a look-up reads all of them to
	// show one.
	maxBatch      = 64
	maxBatchBytes = 512 << 10
	// maxSpan is the time from the first to the last record of a batch, at most. It
	// is how far look-ups see beyond a moment to find all batches of that.
	maxSpan = 5000 // ms
)

// sealAtOnce is how many records of one transaction are worth a batch of their
// own: they need not wait then.
const sealAtOnce = 16

// batch is one that has no place in the chain yet.
type batch struct {
	store.AuditBatch
	keys []store.AuditKey
}

// Sealing is a step of sealing that is ready to be written.
type Sealing struct {
	batches []batch
	ids     []string
}

// Records is how many records are sealed by the step.
func (s *Sealing) Records() int { return len(s.ids) }

// Full reports whether there may be more to be sealed.
func (s *Sealing) Full() bool { return len(s.ids) == sealStep }

// PrepareSealing makes batches of the oldest records that are in none. It only
// reads.
func (t *Trail) PrepareSealing(r store.Records) (*Sealing, error) {
	records, err := r.PendingAudit(store.AuditFilter{OldestFirst: true, Limit: sealStep})
	if err != nil {
		return nil, err
	}
	s := new(Sealing)
	for i := range records {
		s.ids = append(s.ids, records[i].EventID)
	}
	s.batches, err = t.batches(records)
	return s, err
}

// batches makes batches of records that are in the order of their ids.
func (t *Trail) batches(records []store.AuditRecord) (list []batch, err error) {
	for len(records) > 0 {
		n := batchSize(records)
		b, err := t.batch(records[:n])
		if err != nil {
			return nil, err
		}
		list = append(list, b)
		records = records[n:]
	}
	return list, nil
}

// OldestPending is when the oldest record that is in no batch yet was made, in
// milliseconds since 1970 by the clock of the rules; 0: there is none.
func (t *Trail) OldestPending(r store.Records) (ms int64, err error) {
	oldest, err := r.PendingAudit(store.AuditFilter{OldestFirst: true, Limit: 1})
	if err != nil || len(oldest) == 0 {
		return 0, err
	}
	return msOf(oldest[0].EventID), nil
}

// batchSize is how many records are in the next batch.
func batchSize(records []store.AuditRecord) int {
	first, size := msOf(records[0].EventID), 0
	for i := range records {
		size += len(records[i].Record)
		if i > 0 && (i == maxBatch || size > maxBatchBytes || msOf(records[i].EventID)-first > maxSpan) {
			return i
		}
	}
	return len(records)
}

func (t *Trail) batch(records []store.AuditRecord) (b batch, err error) {
	b.FirstMs, b.LastMs = msOf(records[0].EventID), msOf(records[len(records)-1].EventID)
	b.Records = int64(len(records))
	if b.Content, err = t.packer.pack(records); err != nil {
		return b, err
	}
	b.keys = keysOf(&b.AuditBatch, records)
	return b, nil
}

// hash is the hash of a batch, which covers all batches before it.
func hash(before []byte, b *store.AuditBatch) []byte {
	h := sha256.New()
	h.Write(before)
	var numbers []byte
	for _, n := range []int64{b.Batch, b.FirstMs, b.LastMs, b.Records} {
		numbers = binary.BigEndian.AppendUint64(numbers, uint64(n))
	}
	h.Write(numbers)
	h.Write(b.Content)
	return h.Sum(nil)
}

// seal proves that who has the key has seen a hash in a role.
func (t *Trail) seal(role string, batch int64, hash []byte) []byte {
	h := hmac.New(sha256.New, t.SealKey[:])
	fmt.Fprintf(h, "%s %d ", role, batch)
	h.Write(hash)
	return h.Sum(nil)
}

// begin is the head of a chain without batches.
func (t *Trail) begin() store.AuditEnd {
	zero := make([]byte, sha256.Size)
	return store.AuditEnd{Hash: zero, Seal: t.seal("head", 0, zero)}
}

func (t *Trail) head(r store.Records) (store.AuditEnd, error) {
	head, err := r.AuditEnd(store.AuditHead)
	if errors.Is(err, store.ErrNotFound) {
		return t.begin(), nil
	}
	return head, err
}

// ErrMoved says that somebody else has sealed these records meanwhile.
var ErrMoved = errors.New("trail: the records are sealed already")

// Write puts the batches of a step into the chain and takes their records from
// those that wait. With [ErrMoved] the transaction must not commit.
func (s *Sealing) Write(t *Trail, r store.Records) error {
	deleted, err := r.DeletePendingAudit(s.ids)
	if err != nil {
		return err
	}
	if deleted != int64(len(s.ids)) {
		return ErrMoved
	}
	return t.link(r, s.batches)
}

// link puts batches at the end of the chain.
func (t *Trail) link(r store.Records, list []batch) error {
	begin := t.begin()
	head, err := r.LockAuditHead(&begin)
	if err != nil {
		return err
	}
	rows, keys := make([]store.AuditBatch, len(list)), []store.AuditKey{}
	for i, b := range list {
		b.Batch = head.Batch + 1
		b.Hash = hash(head.Hash, &b.AuditBatch)
		b.Seal = t.seal("batch", b.Batch, b.Hash)
		head = store.AuditEnd{Batch: b.Batch, Hash: b.Hash}
		for _, k := range b.keys {
			k.Batch = b.Batch
			keys = append(keys, k)
		}
		rows[i] = b.AuditBatch
	}
	head.Seal = t.seal("head", head.Batch, head.Hash)
	if err := r.InsertAuditBatches(rows); err != nil {
		return err
	}
	if err := r.InsertAuditKeys(keys); err != nil {
		return err
	}
	return r.PutAuditEnd(store.AuditHead, &head)
}

// sealNow seals records in the transaction that they tell of.
func (t *Trail) sealNow(r store.Records, list []store.AuditRecord) error {
	sorted := slices.SortedFunc(slices.Values(list), func(a, b store.AuditRecord) int { return strings.Compare(a.EventID, b.EventID) })
	batches, err := t.batches(sorted)
	if err != nil {
		return err
	}
	return t.link(r, batches)
}

// keysOf returns the lines of the index for a batch, each once.
func keysOf(b *store.AuditBatch, records []store.AuditRecord) []store.AuditKey {
	k := keys{batch: b, seen: make(map[line]bool, 2*len(records))}
	for i := range records {
		r := &records[i]
		e := eventOf(r)
		for a, value := range [...]string{EventName: e.Name, EventSource: e.Source, ReadOnly: boolText(e.ReadOnly), Username: e.UserName, AccessKeyID: e.AccessKeyID, ErrorCode: e.ErrorCode} {
			if value != "" || Attribute(a) == Everything {
				k.add(r.AwsAccountID, Attribute(a), value)
			}
		}
		for _, t := range e.Touched {
			k.add(r.AwsAccountID, ResourceType, t.Type)
			if t.Name != hiddenName {
				k.add(r.AwsAccountID, ResourceName, t.Name)
			}
		}
	}
	return k.list
}

// line is what a line of the index says, beside the batch.
type line struct {
	awsAccountID string
	attribute    Attribute
	value        string
}

// keys collects the lines of a batch.
type keys struct {
	batch *store.AuditBatch
	last  [ErrorCode + 1]line // added last: most records have the same
	seen  map[line]bool
	list  []store.AuditKey
}

func (k *keys) add(awsAccountID string, a Attribute, value string) {
	l := line{awsAccountID, a, value}
	if k.last[a] == l || k.seen[l] {
		return
	}
	k.last[a], k.seen[l] = l, true
	k.list = append(k.list, store.AuditKey{
		AwsAccountID: awsAccountID, Attribute: int64(a), Value: keyOf(value), FirstMs: k.batch.FirstMs, LastMs: k.batch.LastMs, Batch: k.batch.Batch,
	})
}

// maxKey is the longest value that is in the index as it is.
const maxKey = 64

// keyOf is a value as the index has it: short, and in the order of the value, so
// that what is new together is together.
func keyOf(value string) string {
	if len(value) <= maxKey {
		return value
	}
	sum := sha256.Sum256([]byte(value))
	return cut(value, maxKey/2) + fmt.Sprintf("%x", sum[:maxKey/4])
}

// expired returns the batches at the beginning of the chain whose records are all
// older than a moment, up to a number.
func expired(batches []store.AuditBatch, beforeMs int64) []store.AuditBatch {
	n := slices.IndexFunc(batches, func(b store.AuditBatch) bool { return b.LastMs >= beforeMs })
	if n < 0 {
		return batches
	}
	return batches[:n]
}

// removeStep is how many batches one transaction removes.
const removeStep = 4

// RemoveExpired removes some of the oldest batches whose records are all older
// than a moment, and notes where the chain begins now. It reports whether there
// may be more.
func (t *Trail) RemoveExpired(r store.Records, beforeMs int64) (more bool, err error) {
	begin := t.begin()
	if _, err := r.LockAuditHead(&begin); err != nil {
		return false, err
	}
	batches, err := r.AuditBatches(0, removeStep)
	if err != nil {
		return false, err
	}
	old := expired(batches, beforeMs)
	for i := range old {
		if err := t.remove(r, &old[i]); err != nil {
			return false, err
		}
	}
	if len(old) == 0 {
		return false, nil
	}
	last := old[len(old)-1]
	anchor := store.AuditEnd{Batch: last.Batch, Hash: last.Hash, Seal: t.seal("anchor", last.Batch, last.Hash)}
	return len(old) == removeStep, r.PutAuditEnd(store.AuditAnchor, &anchor)
}

// remove removes a batch with its lines of the index. Of one that cannot be read
// these stay, and lead nowhere.
func (t *Trail) remove(r store.Records, b *store.AuditBatch) error {
	records, err := t.packer.unpack(b.Content)
	if err == nil {
		for _, k := range keysOf(b, records) {
			if err := r.DeleteAuditKey(&k); err != nil {
				return err
			}
		}
	}
	return r.DeleteAuditBatch(b.Batch)
}

// HasExpired reports whether RemoveExpired has anything to do. It only reads.
func (t *Trail) HasExpired(r store.Records, beforeMs int64) (bool, error) {
	places, err := r.AuditBatches(0, 1)
	return err == nil && len(expired(places, beforeMs)) > 0, err
}
