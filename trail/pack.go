package trail

import (
	"encoding/binary"
	"errors"

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

// rowSize is what a record usually takes besides itself.
const rowSize = 80

// pack returns the content of a batch.
func (p packer) pack(records []store.AuditRecord) ([]byte, error) {
	size := 0
	for i := range records {
		size += len(records[i].Record) + rowSize
	}
	plain := make([]byte, 0, size)
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
	return p.encoder.EncodeAll(plain, make([]byte, 0, size/4)), nil
}

func appendField[T ~string | ~[]byte](b []byte, field T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(field))), field...)
}

var errContent = errors.New("trail: the content of a batch cannot be read")

// unpack returns the records of a content.
func (p packer) unpack(content []byte) (list []store.AuditRecord, err error) {
	plain, err := p.decoder.DecodeAll(content, nil)
	var last store.AuditRecord
	list = make([]store.AuditRecord, 0, maxBatch)
	for err == nil && len(plain) > 0 {
		if len(plain) < 16 {
			return nil, errContent
		}
		r := store.AuditRecord{EventID: format((*[16]byte)(plain))}
		var fields [3][]byte
		plain = plain[16:]
		for i := range fields {
			if fields[i], plain, err = field(plain); err != nil {
				return nil, err
			}
		}
		r.AwsAccountID, r.AccountID, r.Record = shared(last.AwsAccountID, fields[0]), shared(last.AccountID, fields[1]), fields[2]
		list, last = append(list, r), r
	}
	return list, err
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
