package trail

import (
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"carillon/store"
)

// Verification is how far a chain was verified, and what was found.
type Verification struct {
	// Batch and Hash are the last batch looked at; Begun tells that there was one,
	// or that the beginning was.
	Begun bool
	Batch int64
	Hash  []byte
	// Batches and Records were good, or counted at least.
	Batches, Records int
	Problems         []string
	// Head is the end of the chain, once it is reached.
	Head string
	Done bool
}

// maxProblems bounds what is told of.
const maxProblems = 100

// The work of one step of verification.
const (
	verifyRead = 16
	verifyTime = 500 * time.Millisecond
)

func (v *Verification) problem(format string, args ...any) {
	if len(v.Problems) < maxProblems {
		v.Problems = append(v.Problems, fmt.Sprintf(format, args...))
	}
}

// Verify goes on with a verification for a while. It finds batches that were
// changed, removed, inserted, moved or cut off, and what the index lacks. Keep is
// a head that the operator has kept, which must be in the chain; empty: none.
func (t *Trail) Verify(r store.Records, v *Verification, keep string) error {
	for began := time.Now(); !v.Done && time.Since(began) < verifyTime; {
		if err := t.verifySome(r, v, keep); err != nil {
			return err
		}
	}
	return nil
}

func (t *Trail) verifySome(r store.Records, v *Verification, keep string) error {
	if !v.Begun {
		if err := t.verifyBeginning(r, v); err != nil {
			return err
		}
	}
	head, err := t.head(r) // before the batches: it is never ahead of them
	if err != nil {
		return err
	}
	batches, err := r.AuditBatches(v.Batch, verifyRead)
	if err != nil {
		return err
	}
	for i := range batches {
		if err := t.verifyBatch(r, v, &batches[i], keep); err != nil {
			return err
		}
	}
	if len(batches) < verifyRead {
		return t.verifyEnd(r, v, head, keep)
	}
	return nil
}

// verifyBeginning begins behind what retention has removed.
func (t *Trail) verifyBeginning(r store.Records, v *Verification) error {
	v.Begun, v.Hash = true, t.begin().Hash
	anchor, err := r.AuditEnd(store.AuditAnchor)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !hmac.Equal(anchor.Seal, t.seal("anchor", anchor.Batch, anchor.Hash)) {
		v.problem("the seal of the anchor, the last batch that was removed, does not fit")
	}
	v.Batch, v.Hash = anchor.Batch, anchor.Hash
	return nil
}

func (t *Trail) verifyBatch(r store.Records, v *Verification, b *store.AuditBatch, keep string) error {
	if b.Batch != v.Batch+1 {
		moved, err := t.moved(r, b)
		if err != nil {
			return err
		}
		if moved == nil {
			v.problem("batch %d: missing%s", v.Batch+1, upTo(b.Batch-v.Batch-1))
		}
		v.Hash = moved
	}
	switch {
	case v.Hash != nil && !bytes.Equal(b.Hash, hash(v.Hash, b)):
		v.problem("batch %d: changed, or not in its place: its hash does not fit its content and the batch before it", b.Batch)
	case !hmac.Equal(b.Seal, t.seal("batch", b.Batch, b.Hash)):
		v.problem("batch %d: its seal does not fit: it was not sealed by this server", b.Batch)
	default:
		if err := t.verifyContent(r, v, b); err != nil {
			return err
		}
	}
	if at, kept, ok := parseHead(keep); ok && at == b.Batch && !bytes.Equal(kept, b.Hash) {
		v.problem("batch %d: not the one whose hash was kept", b.Batch)
	}
	v.Batches++
	v.Batch, v.Hash = b.Batch, b.Hash
	return nil
}

func upTo(missing int64) string {
	if missing == 1 {
		return ""
	}
	return fmt.Sprintf(", and %d after it", missing-1)
}

// moved returns the hash before a batch if retention has removed what comes before
// it since the verification began; nil: it has not.
func (t *Trail) moved(r store.Records, b *store.AuditBatch) ([]byte, error) {
	anchor, err := r.AuditEnd(store.AuditAnchor)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil || anchor.Batch != b.Batch-1 || !hmac.Equal(anchor.Seal, t.seal("anchor", anchor.Batch, anchor.Hash)) {
		return nil, err
	}
	return anchor.Hash, nil
}

// verifyContent checks what is in a batch whose hash is right, and that look-ups
// find it.
func (t *Trail) verifyContent(r store.Records, v *Verification, b *store.AuditBatch) error {
	records, err := t.packer.unpack(b.Content)
	if err != nil || len(records) != int(b.Records) {
		v.problem("batch %d: its content cannot be read", b.Batch)
		return nil //nolint:nilerr // it is told
	}
	v.Records += len(records)
	for i := range records {
		if ms := msOf(records[i].EventID); ms < b.FirstMs || ms > b.LastMs {
			v.problem("batch %d: a record is not of the time of the batch", b.Batch)
			break
		}
	}
	return t.verifyIndex(r, v, b, keysOf(b, records))
}

// verifyIndex checks that the index has all lines for a batch.
func (t *Trail) verifyIndex(r store.Records, v *Verification, b *store.AuditBatch, keys []store.AuditKey) error {
	alike := map[store.AuditKey][]string{} // values by what else is in a line
	for _, k := range keys {
		value := k.Value
		k.Value = ""
		alike[k] = append(alike[k], value)
	}
	for k, values := range alike {
		n, err := r.CountAuditKeys(&k, values)
		if err != nil {
			return err
		}
		if n != int64(len(values)) {
			v.problem("batch %d: the index lacks it: look-ups miss records", b.Batch)
			return nil
		}
	}
	return nil
}

// verifyEnd compares the last batch with the head, as it was before.
func (t *Trail) verifyEnd(r store.Records, v *Verification, head store.AuditEnd, keep string) error {
	now, err := t.head(r)
	if err != nil {
		return err
	}
	switch {
	case !hmac.Equal(head.Seal, t.seal("head", head.Batch, head.Hash)):
		v.problem("the seal of the head does not fit")
	case head.Batch > v.Batch:
		v.problem("batch %d: missing%s: the end of the chain is cut off", v.Batch+1, upTo(head.Batch-v.Batch))
	case now.Batch < v.Batch:
		v.problem("batch %d: the head of the chain does not know it", v.Batch)
	case now.Batch == v.Batch && !bytes.Equal(now.Hash, v.Hash):
		v.problem("batch %d: not the one that the head of the chain knows", v.Batch)
	}
	at, _, ok := parseHead(keep)
	if ok && at > v.Batch {
		v.problem("batch %d: missing: its hash was kept, but the chain ends before it", at)
	}
	v.Head, v.Done = formatHead(v.Batch, v.Hash), true
	return nil
}

// formatHead writes the head of a chain for people to keep.
func formatHead(batch int64, hash []byte) string {
	return strconv.FormatInt(batch, 10) + ":" + hex.EncodeToString(hash)
}

// parseHead reads what formatHead wrote.
func parseHead(text string) (batch int64, hash []byte, ok bool) {
	number, sum, found := strings.Cut(text, ":")
	batch, err := strconv.ParseInt(number, 10, 64)
	hash, hexErr := hex.DecodeString(sum)
	return batch, hash, found && err == nil && hexErr == nil && len(hash) == 32
}
