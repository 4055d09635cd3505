package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"carillon/access"
	"carillon/api"
	"carillon/console"
	"carillon/store"
)

// newConsole returns the pages, or nil where there are to be none.
func (s *Server) newConsole(o Options, key [32]byte, keys *access.Keys) (*console.Console, error) {
	if o.NoConsole {
		return nil, nil
	}
	pages, err := console.New(console.Config{
		Dispatch: s.dispatch, Keys: keys, Key: key, Notes: notes{s.store}, Files: files{s.store}, PublicURL: o.PublicURL, Classify: classify, NewID: newID,
		LastBackup: s.backups.lastScheduled(),
	})
	if err == nil {
		s.closers = append(s.closers, pages.Close)
	}
	return pages, err
}

// page answers a request for a page. Who has no session is a stranger, as far as
// anybody can know.
func (h *handler) page(w http.ResponseWriter, r *http.Request, x *exchange) error {
	if h.console == nil {
		return api.UnknownPath.Errorf("There are no pages here: the server runs without --console")
	}
	x.page = true
	visit := &console.Visit{Request: &x.request, Source: x.source, Place: x}
	err := h.visitor(r, x, visit)
	if err == nil {
		err = h.showPage(w, r, x, visit)
	}
	if err != nil {
		hurry(w, r)
		x.status, x.refusal = h.console.Refuse(w, r, &x.request, err)
	}
	return nil
}

// visitor finds out who asks, in a stranger's place.
func (h *handler) visitor(r *http.Request, x *exchange, visit *console.Visit) (err error) {
	who := h.stranger(x)
	if err := who.enter(r.Context()); err != nil {
		return err
	}
	defer who.leave()
	visit.Visitor, err = h.console.Visitor(r.Context(), r)
	if c := visit.Credential; c != nil {
		x.caller, x.policies = &c.Caller, c.Policies
	}
	return err
}

// showPage answers, in the place of the visitor's AWS account, or still in a
// stranger's.
func (h *handler) showPage(w http.ResponseWriter, r *http.Request, x *exchange, visit *console.Visit) error {
	x.seat.account = h.stranger(x)
	if x.caller != nil {
		x.seat.account = account{h.limits.callers, x.caller.AwsAccountID}
	}
	if x.caller != nil && console.Uploads(r) {
		u := h.arrivals.upload(w, r, console.MaxUpload)
		defer u.end()
		visit.Upload = u
	} else {
		body, err := h.receive(w, r, x.seat.account)
		if err != nil {
			return err
		}
		defer body.release()
		visit.Body = body.bytes()
	}
	if err := h.enter(r.Context(), &x.seat); err != nil {
		return err
	}
	defer x.seat.free()
	x.status, x.refusal = h.console.Serve(w, r, visit)
	if c := visit.Credential; c != nil { // somebody may have signed in
		x.caller = &c.Caller
	}
	return nil
}

// notes are the console's, in the store.
type notes struct{ store *store.Store }

// Add implements console.Notes.
func (n notes) Add(ctx context.Context, expires time.Time, lines ...console.Line) (added bool, err error) {
	err = n.store.Update(ctx, func(r store.Records) error {
		for _, l := range lines {
			err := r.InsertConsoleLine(&store.ConsoleLine{NoteID: l.Note, Line: l.Number, Body: l.Body, ExpiresMs: expires.UnixMilli()})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, store.ErrExists) {
		return false, nil
	}
	return err == nil, err
}

// Read implements console.Notes.
func (n notes) Read(ctx context.Context, noteID string, from int64, limit int) (lines []console.Line, err error) {
	err = n.store.View(ctx, func(r store.Records) error {
		list, err := r.ConsoleNote(noteID, from, limit)
		lines = make([]console.Line, len(list))
		for i := range list {
			lines[i] = console.Line{Note: noteID, Number: list[i].Line, Body: list[i].Body}
		}
		return err
	})
	return lines, err
}

// Last implements console.Notes.
func (n notes) Last(ctx context.Context, noteID string) (line console.Line, err error) {
	err = n.store.View(ctx, func(r store.Records) error {
		l, err := r.LastConsoleLine(noteID)
		line = console.Line{Note: noteID, Number: l.Line, Body: l.Body}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return console.Line{Note: noteID, Number: -1}, nil
	}
	return line, err
}
