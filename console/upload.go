package console

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"carillon/api"
)

const (
	// maxList is the longest list of users that is taken, and maxPlainList the
	// longest that a compressed one may become, in bytes.
	maxList      = 64 << 20
	maxPlainList = 256 << 20
	// MaxUpload is how much of a request that [Uploads] is read, in bytes. What is
	// more than a list may have is read and left, since a browser shows no answer
	// before it has sent all.
	MaxUpload = 4 * maxList
	// maxUploads bounds how many come in at the same time; of one AWS account half
	// of them.
	maxUploads = 8
	// filePart is how much of a file is kept in one record, in bytes.
	filePart = 256 << 10
	// fileTime is how long a file waits to be used, by the clock of the rules.
	fileTime = 24 * time.Hour
	// maxFiles is how many an AWS account may have; then the one goes that ends first.
	maxFiles = 10
	// maxUploadField is the longest of the fields beside the file, in bytes.
	maxUploadField = 256
)

// Uploads reports whether the body of a request is a file, which [Console.Serve]
// reads bit by bit.
func Uploads(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	below, isAccount := strings.CutPrefix(r.URL.Path, Root+"accounts/")
	_, page, _ := strings.Cut(below, "/")
	return r.Method == http.MethodPost && isAccount && page == "import" && kind == "multipart/form-data"
}

// received is a form with a file.
type received struct {
	fields map[string]string
	file   string // its id; empty: there was none
	bytes  int64
}

// receive reads a form with a file, and keeps the file. An error leaves none.
func (p *page) receive(accountID string) (got *received, err error) {
	aws := p.visit.Credential.Caller.AwsAccountID
	if p.visit.Upload == nil {
		return nil, api.BadRequest.Errorf("Choose a file")
	}
	if !p.c.uploads.enter(aws) {
		return nil, &api.Error{Kind: api.ServiceUnavailable, Message: "Too many files are coming in", RetryAfter: 5 * time.Second}
	}
	defer p.c.uploads.leave(aws)
	got = &received{fields: map[string]string{}}
	if err = p.receiveParts(got, accountID); err == nil && got.bytes == 0 {
		err = api.BadRequest.Errorf("Choose a file that is not empty")
	}
	if err != nil && got.file != "" {
		err = errors.Join(err, p.c.Files.Remove(context.WithoutCancel(p.r.Context()), got.file))
	}
	return got, err
}

func (p *page) receiveParts(got *received, accountID string) error {
	form, err := p.r.MultipartReader()
	if err != nil {
		return api.BadRequest.Wrap(err, "The form cannot be read")
	}
	for range 10 {
		part, err := form.NextPart()
		switch {
		case err == io.EOF: //nolint:errorlint // of a form that is cut off it is wrapped
			return nil
		case err != nil:
			return brokenOff(err)
		case part.FileName() == "":
			value, err := io.ReadAll(io.LimitReader(part, maxUploadField))
			if err != nil {
				return brokenOff(err)
			}
			got.fields[part.FormName()] = string(value)
		case got.file == "":
			if err := p.keepFile(got, accountID, part); err != nil {
				return err
			}
		}
	}
	return api.BadRequest.Errorf("The form has too many parts")
}

// brokenOff is what ails a body that has not come whole.
func brokenOff(err error) error {
	var e *api.Error
	if errors.As(err, &e) {
		return e
	}
	return api.BadRequest.Wrap(err, "The form ended early or cannot be read")
}

// keepFile keeps a file in parts.
func (p *page) keepFile(got *received, accountID string, in io.Reader) error {
	ctx, aws := p.r.Context(), p.visit.Credential.Caller.AwsAccountID
	if err := p.c.makeRoom(ctx, aws); err != nil {
		return err
	}
	got.file = p.c.NewID()
	expires := p.c.Dispatch.Now().Add(fileTime)
	content := make([]byte, filePart)
	for part := int64(0); ; part++ {
		n, last, err := p.readPart(in, content)
		if err != nil {
			return err
		}
		switch got.bytes += int64(n); {
		case got.bytes > maxList:
			err = tooLong()
		case n > 0:
			err = p.c.Files.Add(ctx, &FilePart{got.file, part, aws, accountID, content[:n], expires})
		}
		if err != nil {
			_, _ = io.Copy(io.Discard, in) // whoever has sent it should see why it is refused
		}
		if err != nil || last {
			return err
		}
	}
}

// readPart reads a part of a file, or what is left of it. While it waits for it,
// others have its place.
func (p *page) readPart(in io.Reader, content []byte) (n int, last bool, err error) {
	var ended error
	err = p.visit.Place.Idle(p.r.Context(), func() error {
		for n < len(content) && ended == nil {
			var more int
			more, ended = in.Read(content[n:])
			n += more
		}
		return nil
	})
	switch {
	case err != nil:
	case errors.Is(ended, io.EOF): // a form that is cut off ends in another way
		last = true
	case ended != nil:
		err = brokenOff(ended)
	}
	return n, last, err
}

func tooLong() error {
	return api.EntityTooLarge.Errorf("A list may have %d MiB, and %d MiB when it is not compressed. Import a longer one in parts, or by carillon user import", maxList>>20, maxPlainList>>20)
}

// makeRoom removes the file that ends first where there are as many as may be.
func (c *Console) makeRoom(ctx context.Context, awsAccountID string) error {
	ids, err := c.Files.First(ctx, awsAccountID, maxFiles)
	if err != nil || len(ids) < maxFiles {
		return err
	}
	return c.Files.Remove(ctx, ids[0])
}

// file reads a file that was kept. It may end while somebody reads it: then it is
// not taken for whole.
type file struct {
	ctx  context.Context
	c    *Console
	id   string
	part int64
	left []byte // of the part
	rest int64  // bytes of the file that were not read yet
}

var errNoFile = api.NotFound.Errorf("The file is not here any more. Send it again")

// open returns a reader of a file with that many bytes.
func (c *Console) open(ctx context.Context, id string, bytes int64) (io.ReadCloser, error) {
	f := &file{ctx: ctx, c: c, id: id, rest: bytes}
	return f, f.fill()
}

func (f *file) fill() (err error) {
	if f.left, err = f.c.Files.Part(f.ctx, f.id, f.part); err != nil {
		return &failure{err}
	}
	if len(f.left) == 0 {
		return errNoFile
	}
	f.part++
	return nil
}

// failure is what ails the server, and not what somebody has sent.
type failure struct{ error }

// Unwrap implements errors.Unwrap.
func (f *failure) Unwrap() error { return f.error }

// Read implements io.Reader.
func (f *file) Read(b []byte) (int, error) {
	if f.rest == 0 {
		return 0, io.EOF
	}
	if len(f.left) == 0 {
		if err := f.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(b, f.left)
	f.left, f.rest = f.left[n:], f.rest-int64(n)
	return n, nil
}

// Close implements io.Closer.
func (*file) Close() error { return nil }

// checkPlain refuses a file that is too long when it is not compressed.
func (c *Console) checkPlain(ctx context.Context, got *received) error {
	f, err := c.open(ctx, got.file, got.bytes)
	if err != nil {
		return err
	}
	in := bufio.NewReader(f)
	if head, _ := in.Peek(2); !bytes.Equal(head, []byte("\x1f\x8b")) {
		return nil
	}
	plain, err := gzip.NewReader(in)
	if err != nil {
		return api.BadRequest.Errorf("The file is not as gzip makes them: %s", strings.TrimPrefix(err.Error(), "gzip: "))
	}
	n, err := io.Copy(io.Discard, io.LimitReader(plain, maxPlainList+1))
	switch {
	case n > maxPlainList:
		return tooLong()
	case err != nil && ctx.Err() == nil:
		return api.BadRequest.Errorf("The file is not as gzip makes them: %s", strings.TrimPrefix(err.Error(), "gzip: "))
	}
	return err
}
