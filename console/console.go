// Package console is the door for people: pages under /ui/ that a browser shows.
// Whatever they show or change they ask [dispatch.Dispatcher] for, as any other
// client would, with the policies of who has signed in.
//
// Pages are made here, work without a script, and say in the URL what they show.
// Forms are posted and answered by a redirection to a page that says what became
// of it. docs/decisions/2026-11-27-console.md says why so.
package console

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"carillon/access"
	"carillon/api"
	"carillon/dispatch"
	"carillon/internal/sealed"
	"carillon/work"
)

// Root is where the pages begin.
const Root = "/ui/"

// Config is what a Console needs.
type Config struct {
	Dispatch *dispatch.Dispatcher
	Keys     *access.Keys
	// Key seals sessions and what URLs say of results; replicas share it.
	Key [32]byte
	// Notes keep what replicas have to know, Files what was sent.
	Notes Notes
	Files Files
	// PublicURL is where people reach this server, with its scheme; empty: wherever
	// they say that they have found it.
	PublicURL string
	// Classify tells failures that a retry may overcome from others.
	Classify func(error) error
	// NewID returns a new unique identifier.
	NewID func() string
	// LastBackup tells when the last backup was made by itself, which may be never;
	// nil: none are asked for.
	LastBackup func() time.Time
}

// Notes are texts that all replicas read, for a while. A note has lines, numbered
// from 0, each written once.
type Notes interface {
	// Add writes lines, all or none, and reports whether none of them was there yet.
	Add(ctx context.Context, expires time.Time, lines ...Line) (added bool, err error)
	// Read returns up to limit lines from one on; none: there is no more.
	Read(ctx context.Context, noteID string, from int64, limit int) ([]Line, error)
	// Last returns the last line; its number is -1 if there is no such note.
	Last(ctx context.Context, noteID string) (Line, error)
}

// Line is a line of a note.
type Line struct {
	Note   string
	Number int64
	Body   string
}

// Files are what people have sent, in parts, for a while, and for all replicas.
type Files interface {
	// Add adds a part.
	Add(ctx context.Context, p *FilePart) error
	// Part returns the content of a part; nil: there is none.
	Part(ctx context.Context, fileID string, part int64) ([]byte, error)
	// First returns up to limit files of an AWS account, those that end first.
	First(ctx context.Context, awsAccountID string, limit int) (fileIDs []string, err error)
	// Keep changes when a file ends, Remove ends it now.
	Keep(ctx context.Context, fileID string, until time.Time) error
	Remove(ctx context.Context, fileID string) error
}

// FilePart is a part of a file.
type FilePart struct {
	FileID                  string
	Part                    int64 // from 0
	AwsAccountID, AccountID string
	Content                 []byte
	Expires                 time.Time
}

// Console answers requests for pages. It is safe for concurrent use.
type Console struct {
	Config
	box     *sealed.Box
	guard   *guard
	counts  *counts
	tasks   *tasks
	uploads *slots
	forgery *http.CrossOriginProtection
	mux     *http.ServeMux
}

// New returns a Console; an error says that the public URL is none.
func New(c Config) (*Console, error) {
	console := &Console{Config: c, box: sealed.New(c.Key), guard: newGuard(), counts: newCounts(), uploads: newSlots(maxUploads), forgery: http.NewCrossOriginProtection()}
	console.tasks = newTasks()
	if origin := originOf(c.PublicURL); origin != "" {
		if err := console.forgery.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	console.mux = console.routes()
	return console, nil
}

// Close ends the work in the background and waits for it; it can go on elsewhere.
func (c *Console) Close() { c.tasks.close() }

// Covers reports whether a path is one of pages.
func Covers(path string) bool { return path == Root[:len(Root)-1] || strings.HasPrefix(path, Root) }

// Welcomes reports whether somebody with a browser asks for the root of the server.
func Welcomes(r *http.Request) bool {
	return r.URL.Path == "/" && (r.Method == http.MethodGet || r.Method == http.MethodHead) && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// Visit is a request for a page.
type Visit struct {
	Visitor
	Request *work.Request
	// Source is what the client's address counts as where clients share something.
	Source string
	Body   []byte
	// Upload is the body of a request that [Uploads]; else nil.
	Upload io.Reader
	// Place is what the request holds of what is scarce.
	Place dispatch.Place
}

// Serve answers a request. It returns the status of the answer, and the refusal if
// it is one, for the log.
func (c *Console) Serve(w http.ResponseWriter, r *http.Request, v *Visit) (status int, refusal *api.Error) {
	p := &page{c: c, visit: v, r: r, w: &answer{ResponseWriter: w}}
	setHeaders(w.Header())
	v.Request.Console = true
	r.Body = http.NoBody
	switch {
	case v.Upload != nil:
		r.Body = io.NopCloser(v.Upload)
	case len(v.Body) > 0:
		r.Body = io.NopCloser(bytes.NewReader(v.Body))
	}
	if err := c.checkOrigin(r); err != nil {
		p.refuse(forged())
		return p.w.status, p.refusal
	}
	c.mux.ServeHTTP(p.w, r.WithContext(context.WithValue(r.Context(), pageKey{}, p)))
	return p.w.status, p.refusal
}

// Refuse answers a request that was not begun.
func (c *Console) Refuse(w http.ResponseWriter, r *http.Request, q *work.Request, err error) (status int, refusal *api.Error) {
	p := &page{c: c, visit: &Visit{Request: q}, r: r, w: &answer{ResponseWriter: w}}
	setHeaders(w.Header())
	p.refuse(err)
	return p.w.status, p.refusal
}

// checkOrigin refuses what another site has sent. Where a browser tells that neither
// by Sec-Fetch-Site nor by Origin, a Referer does.
func (c *Console) checkOrigin(r *http.Request) error {
	h := r.Header
	if from := h.Get("Referer"); from != "" && h.Get("Origin") == "" && h.Get("Sec-Fetch-Site") == "" {
		r = r.WithContext(r.Context())
		r.Header = http.Header{"Origin": {cmp.Or(originOf(from), "null")}}
	}
	return c.forgery.Check(r)
}

func forged() error {
	return api.Forbidden.Errorf("The form was sent from another site. Nothing was changed; open the page here and send it again")
}

// originOf returns scheme and host of a URL.
func originOf(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// pageKey is the context's key of the page that is being made.
type pageKey struct{}

// public makes a handler of a page for everybody.
func public(show func(*page) error) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		p := r.Context().Value(pageKey{}).(*page)
		p.r = r // with what the pattern has found
		if err := show(p); err != nil {
			p.refuse(err)
		}
	}
}

// private makes a handler of a page for those who have signed in.
func private(show func(*page) error) http.HandlerFunc {
	return public(func(p *page) error {
		if p.visit.Credential == nil {
			return p.toSignIn()
		}
		return show(p)
	})
}

// answer is a response whose status is remembered.
type answer struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// asRefusal returns the refusal that an error is, for the person and the log.
func (c *Console) asRefusal(err error) *api.Error {
	var refusal *api.Error
	if errors.As(c.Classify(err), &refusal) {
		return refusal
	}
	return api.ServiceFailure.Wrap(err, "Something went wrong in the server. Its log tells more under the number of this request")
}
