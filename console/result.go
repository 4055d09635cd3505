package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"carillon/api"
	"carillon/internal/userlist"
)

// resultParam is the parameter of URLs that tells what became of a form. It is
// sealed for its reader, so that nobody can make a page say what it should not.
const resultParam = "result"

// result is what became of a form.
type result struct {
	Text string `json:"t"`
	Bad  bool   `json:"b,omitempty"`
	// Form names the form, Values what was put into it, to be put right.
	Form   string            `json:"f,omitempty"`
	Values map[string]string `json:"v,omitempty"`
	Lines  []string          `json:"l,omitempty"`
}

// maxResult is the longest text that a URL tells of values and lines, in bytes.
const maxResult = 3 << 10

func (p *page) resultScope() []byte {
	if p.visit.Credential == nil {
		return []byte("console result")
	}
	return []byte("console result of " + p.visit.session.ID)
}

// tell answers a form: it sends to a page that shows the result.
func (p *page) tell(to string, r result) error {
	text, err := json.Marshal(r)
	if err == nil && len(text) > maxResult {
		r.Values, r.Lines = nil, nil
		r.Text = clipped(r.Text, maxResult/2)
		text, err = json.Marshal(r)
	}
	if err != nil {
		return err
	}
	mark := "?"
	if strings.Contains(to, "?") {
		mark = "&"
	}
	return p.redirect(to + mark + resultParam + "=" + p.c.box.Seal(p.resultScope(), text))
}

// result returns what the URL tells of a form; nil: nothing.
func (p *page) result() *result {
	sealed := p.r.URL.Query().Get(resultParam)
	if sealed == "" {
		return nil
	}
	r := new(result)
	text, ok := p.c.box.Open(p.resultScope(), sealed)
	if !ok || json.Unmarshal(text, r) != nil {
		return nil
	}
	return r
}

// done answers a form after its operation: with what was done, or with what was
// wrong with it. What the visitor may not do, and what is not there, has a page of
// its own.
func (p *page) done(to, form string, err error, text string) error {
	var e *api.Error
	switch {
	case err == nil:
		return p.tell(to, result{Text: text})
	case !errors.As(err, &e):
		return err
	}
	switch e.Kind.Status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusNotFound, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		p.refusal = e // for the log
		return p.tell(to, result{Text: userlist.Plain(e.Message), Bad: true, Form: form, Values: p.values()})
	}
	return err
}

// values are what was put into a form.
func (p *page) values() map[string]string {
	values := map[string]string{}
	for name := range p.r.PostForm {
		values[name] = p.r.PostFormValue(name)
	}
	return values
}
