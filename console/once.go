package console

import (
	"encoding/json"
	"net/http"
	"time"
)

// once is a page that is shown once: it has a secret that the server keeps nowhere.
// The form that made the secret sends to it, and its URL is the page itself, sealed
// for the session.
type once struct {
	ID    string // of the note that it was shown
	Title string
	Text  string // what was done
	// Values are what to copy, the secret among them.
	Values  []labelled
	Back    link
	Command string

	ExpiresMs int64 // by the clock of the rules
}

// labelled is a text with its name.
type labelled struct{ Label, Value string }

const (
	oncePath = Root + "once/"
	// onceTime is how long a browser has to follow the form: nobody else gets to
	// the page later.
	onceTime = 2 * time.Minute
)

func (p *page) onceScope() []byte { return []byte("console page of " + p.visit.session.ID) }

// showOnce answers a form: it sends to a page that is shown once.
func (p *page) showOnce(o once) error {
	o.ID, o.ExpiresMs = p.c.NewID(), p.c.Dispatch.Now().Add(onceTime).UnixMilli()
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return p.redirect(oncePath + p.c.box.Seal(p.onceScope(), text))
}

// showSecret shows such a page the first time that its session asks for it.
func showSecret(p *page) error {
	var o once
	text, ok := p.c.box.Open(p.onceScope(), p.r.PathValue("page"))
	if !ok || json.Unmarshal(text, &o) != nil {
		return notFound(p)
	}
	first := p.c.Dispatch.Now().UnixMilli() < o.ExpiresMs
	if first && p.r.Method != http.MethodHead {
		var err error
		if first, err = p.c.Notes.Add(p.r.Context(), time.UnixMilli(o.ExpiresMs), Line{Note: "shown/" + o.ID}); err != nil {
			return err
		}
	}
	if !first {
		return p.show(http.StatusGone, "error", view{Title: "Shown already", Body: "The page with the secret was shown, and is shown once only. Who has not copied the secret makes a new one."})
	}
	return p.show(http.StatusOK, "once", view{Title: o.Title, Crumbs: []link{o.Back, {Label: o.Title, Current: true}}, Commands: []string{o.Command}, Body: o})
}
