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

// sealed is a record in a batch.
type sealed struct {
	id, awsAccountID string
	record           []byte
}

func (p packer) pack(records []store.AuditRecord) ([]byte, error) {
	var plain []byte
	for i := range records {
		r := &records[i]
		id, ok := pack(r.EventID)
		if !ok {
			return nil, errors.New("trail: a record has no UUID as its id")
		}
		plain = append(plain, id[:]...)
		plain = binary.AppendUvarint(plain, uint64(len(r.AwsAccountID)))
		plain = append(plain, r.AwsAccountID...)
		plain = binary.AppendUvarint(plain, uint64(len(r.Record)))
		plain = append(plain, r.Record...)
	}
	return p.encoder.EncodeAll(plain, nil), nil
}

var errContent = errors.New("trail: the content of a batch cannot be read")

func (p packer) unpack(content []byte) (list []sealed, err error) {
	plain, err := p.decoder.DecodeAll(content, nil)
	for err == nil && len(plain) > 0 {
		if len(plain) < 16 {
			return nil, errContent
		}
		s := sealed{id: format((*[16]byte)(plain))}
		var account []byte
		if account, plain, err = field(plain[16:]); err != nil {
			return nil, err
		}
		s.awsAccountID = string(account)
		if s.record, plain, err = field(plain); err == nil {
			list = append(list, s)
		}
	}
	return list, err
}

// field cuts a text with its length before it off.
func field(b []byte) (text, rest []byte, err error) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return nil, nil, errContent
	}
	return b[size : size+int(n)], b[size+int(n):], nil
}
