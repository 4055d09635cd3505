package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// TLSFiles names a certificate and its key in PEM; both empty: no TLS.
type TLSFiles struct{ Cert, Key string }

// certificates is the certificate that connections get, which may be replaced
// while the server serves.
type certificates struct {
	log     *slog.Logger
	current atomic.Pointer[tls.Certificate] // nil: no TLS

	mu    sync.Mutex // guards what follows, and loading
	files TLSFiles
	seen  [2]fileState // of the last attempt to load
}

// fileState is what changes when a file does.
type fileState struct {
	modified time.Time
	size     int64
}

func stateOf(path string) (s fileState) {
	if info, err := os.Stat(path); err == nil {
		s = fileState{info.ModTime(), info.Size()}
	}
	return s
}

// loadCertificates loads what a server begins with.
func (s *Server) loadCertificates(files TLSFiles) (*certificates, error) {
	c := &s.certificates
	c.log = s.log
	if files.Cert == "" {
		return c, nil
	}
	return c, c.load(files)
}

// load replaces the certificate, unless the files are no good.
func (c *certificates) load(files TLSFiles) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.files, c.seen = files, files.states()
	pair, err := tls.LoadX509KeyPair(files.Cert, files.Key)
	if err == nil {
		c.current.Store(&pair)
	}
	return err
}

func (f TLSFiles) states() [2]fileState { return [2]fileState{stateOf(f.Cert), stateOf(f.Key)} }

// changed returns the files if they are others than at the last load.
func (c *certificates) changed() (TLSFiles, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.files, c.files.Cert != "" && c.files.states() != c.seen
}

// watchCertificates is the time between two looks at the files.
const watchCertificates = time.Second

// watch loads the files when they change, until ctx ends. Between the writing
// of the one and of the other they may not fit: the old ones stay meanwhile.
func (c *certificates) watch(ctx context.Context) {
	if c.current.Load() == nil {
		return
	}
	every(ctx, watchCertificates, func() {
		if files, changed := c.changed(); changed {
			c.reload(files)
		}
	})
}

// reload loads files, tells the log how it went, and reports whether there is
// another certificate now.
func (c *certificates) reload(files TLSFiles) (changed bool) {
	before := c.current.Load()
	if err := c.load(files); err != nil {
		c.log.Warn("the certificate on disk cannot be used; the one before stays", "error", err.Error())
		return false
	}
	changed = !slices.EqualFunc(before.Certificate, c.current.Load().Certificate, bytes.Equal)
	if changed {
		c.log.Info("certificate changed", "file", files.Cert)
	}
	return changed
}

func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.current.Load(), nil
}

// serve serves plain HTTP, or HTTPS if there is a certificate.
func (c *certificates) serve(hs *http.Server, plain web, l net.Listener) error {
	if c.current.Load() == nil {
		return plain.Serve(l)
	}
	hs.TLSConfig = &tls.Config{GetCertificate: c.get}
	return hs.ServeTLS(&plainListener{l, c.log}, "", "")
}
