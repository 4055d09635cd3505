package trail

import (
	"encoding/binary"
	"errors"
	"sync"

	"github.com/klauspost/compress/zstd"

	"carillon/store"
)

// packer makes the content of batches: records one after the other, compressed,
// since they have much in common.
type packer struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
}

// maxContent bounds what a batch takes in memory, whatever its content says.
const maxContent = 64 << 20

func newPacker() packer {
	// The settings are good: neither can fail.
	encoder, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(256<<10), zstd.WithEncoderCRC(false))
	decoder, _ := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(maxContent), zstd.WithDecoderLowmem(true))
	return packer{encoder, decoder}
}

// plainRoom has room for contents before they are compressed.
var plainRoom = sync.Pool{New: func() any { return new([]byte) }}

// maxPlain keeps rare large contents from staying in memory.
const maxPlain = 256 << 10

// pack returns the content of a batch.
func (p packer) pack(records []store.AuditRecord) ([]byte, error) {
	room := plainRoom.Get().(*[]byte)
	plain, err := appendRecords((*room)[:0], records)
	if err != nil {
		return nil, err
	}
	content := p.encoder.EncodeAll(plain, make([]byte, 0, len(plain)/4))
	if cap(plain) <= maxPlain {
		*room = plain
		plainRoom.Put(room)
	}
	return content, nil
}

// appendRecords appends records one after the other.
func appendRecords(plain []byte, records []store.AuditRecord) ([]byte, error) {
	for i := range records {
		r := &records[i]
		id, ok := pack(r.EventID)
		if !ok {
			return nil, errors.New("trail: a record has no UUID as its id")
		}
		plain = append(plain, id[:]...)
		plain = appendField(plain, r.AwsAccountID)
		plain = appendField(plain, r.AccountID)
		plain = appendField(plain, r.Record)
	}
	return plain, nil
}

func appendField[T ~string | ~[]byte](b []byte, field T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(field))), field...)
}

var errContent = errors.New("trail: the content of a batch cannot be read")

// unpack returns the records of a batch.
func (p packer) unpack(content []byte) (list []store.AuditRecord, err error) {
	var last store.AuditRecord
	list = make([]store.AuditRecord, 0, maxBatch)
	_, err = p.read(content, nil, func(r *packed) {
		last = r.record(&last)
		list = append(list, last)
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// packed is a record as a batch has it.
type packed struct {
	id                               *[16]byte
	awsAccountID, accountID, content []byte
}

// record returns the record, whose content is still that of the batch. It shares
// the texts that the one before has too.
func (p *packed) record(last *store.AuditRecord) store.AuditRecord {
	return store.AuditRecord{
		EventID: format(p.id), AwsAccountID: shared(last.AwsAccountID, p.awsAccountID), AccountID: shared(last.AccountID, p.accountID), Record: p.content,
	}
}

// read reads the records of a batch one by one, in a buffer, which it returns for
// the next batch.
func (p packer) read(content, buffer []byte, each func(*packed)) ([]byte, error) {
	buffer, err := p.decoder.DecodeAll(content, buffer[:0])
	for plain := buffer; err == nil && len(plain) > 0; {
		if len(plain) < 16 {
			return buffer, errContent
		}
		r := packed{id: (*[16]byte)(plain)}
		plain = plain[16:]
		for _, f := range []*[]byte{&r.awsAccountID, &r.accountID, &r.content} {
			if *f, plain, err = field(plain); err != nil {
				return buffer, err
			}
		}
		each(&r)
	}
	return buffer, err
}

// shared is a text, without memory of its own if the last one was the same.
func shared(last string, text []byte) string {
	if last == string(text) {
		return last
	}
	return string(text)
}

// field cuts a text with its length before it off.
func field(b []byte) (text, rest []byte, err error) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return nil, nil, errContent
	}
	return b[size : size+int(n)], b[size+int(n):], nil
}
