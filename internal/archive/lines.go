package archive

import (
	"bufio"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"
)

// EachLine calls each for every line of a stream as the server sends them, compressed.
func EachLine(stream io.Reader, each func(line []byte) error) error {
	plain, err := zstd.NewReader(stream, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return err
	}
	defer plain.Close()
	in := bufio.NewReaderSize(plain, bufferSize)
	for {
		line, err := in.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0:
			return nil
		case errors.Is(err, io.EOF):
			return io.ErrUnexpectedEOF
		case err != nil:
			return err
		}
		if err := each(line); err != nil {
			return err
		}
	}
}
