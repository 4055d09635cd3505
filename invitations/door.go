// Package invitations is the door for people who have the link of an invitation:
// pages that a browser shows, without script.
package invitations

import (
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"carillon/api"
	"carillon/wire"
)

// Path begins the addresses of the pages; a token follows.
const Path = "/invitations/"

// stylePath is where the one style sheet is.
const stylePath = Path + "style.css"

// maxForm is the largest form that is read, in bytes: a name of 256 characters,
// escaped, takes 3 KiB.
const maxForm = 8 << 10

//go:embed page.html style.css
var files embed.FS

var (
	pageTemplate = template.Must(template.ParseFS(files, "page.html"))
	style        = mustRead("style.css")

	getPage = api.Operation("GetInvitationPage")
	accept  = api.Operation("AcceptInvitation")
)

func mustRead(name string) []byte {
	text, err := files.ReadFile(name)
	if err != nil { // it is in the program
		panic(err)
	}
	return text
}

// Door makes the pages. It is safe for concurrent use.
type Door struct {
	origins *http.CrossOriginProtection
}

// New returns a Door for a server whose pages people know under a URL; forms that
// come from elsewhere are refused.
func New(publicURL string) *Door {
	d := &Door{http.NewCrossOriginProtection()}
	if u, err := url.Parse(publicURL); err == nil && u.Host != "" {
		_ = d.origins.AddTrustedOrigin(u.Scheme + "://" + u.Host) // else only the host that was asked counts
	}
	return d
}

// Page is the answer to one request. It implements [wire.Door].
type Page struct {
	door  *Door
	texts *texts
}

// Begin sets the headers that every page has and returns the page of a request.
func (d *Door) Begin(w http.ResponseWriter, r *http.Request) *Page {
	for name, value := range headers {
		w.Header().Set(name, value)
	}
	wanted, _, _ := language.ParseAcceptLanguage(r.Header.Get("Accept-Language")) // what cannot be read asks for nothing
	_, index, _ := matcher.Match(wanted...)
	return &Page{door: d, texts: &languages[index]}
}

// headers keep others from framing, keeping or changing a page, and browsers from
// telling its address to others.
var headers = map[string]string{
	"Cache-Control":           "no-store",
	"Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"Referrer-Policy":         "same-origin",
	"Vary":                    "Accept-Language",
	"X-Content-Type-Options":  "nosniff",
	"X-Frame-Options":         "DENY",
	"X-Robots-Tag":            "noindex",
}

// Style answers with the style sheet, if a request asks for it.
func (d *Door) Style(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.EscapedPath() != stylePath || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(style) // the client may be gone
	return true
}

// Token returns the token in the address of a request; empty: there is none.
func Token(r *http.Request) string {
	token, found := strings.CutPrefix(r.URL.EscapedPath(), Path)
	if !found || strings.ContainsAny(token, "/%") {
		return ""
	}
	return token
}

// Match implements [wire.Door]. Reading changes nothing, and so looking at a link
// does no harm.
func (p *Page) Match(r *http.Request, _ string, body []byte) (m wire.Match, err error) {
	token := Token(r)
	switch {
	case token == "":
		return m, api.NotFound.Errorf("There is no invitation with this address")
	case r.Method == http.MethodGet, r.Method == http.MethodHead:
		return wire.Match{Op: getPage, In: &api.GetInvitationPageInput{Token: token}}, nil
	case r.Method != http.MethodPost:
		return m, api.MethodNotAllowed.Errorf("This path does not take the method; it takes GET, POST")
	}
	if err := p.door.origins.Check(r); err != nil {
		return m, api.Forbidden.Errorf("The form comes from another site")
	}
	name, err := nameIn(body)
	return wire.Match{Op: accept, In: &api.AcceptInvitationInput{Token: token, DisplayName: api.Some(name)}}, err
}

// nameIn reads the form.
func nameIn(body []byte) (string, error) {
	if len(body) > maxForm {
		return "", api.EntityTooLarge.Errorf("The form has more than %d bytes", maxForm)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", api.BadRequest.Errorf("The form cannot be read")
	}
	return form.Get("name"), nil
}

// WriteOutput implements [wire.Door].
func (p *Page) WriteOutput(w http.ResponseWriter, _ *api.Op, out api.Output) error {
	switch out := out.(type) {
	case *api.GetInvitationPageOutput:
		return p.write(w, http.StatusOK, view{
			Title: p.texts.with(p.texts.Title, out.AccountName.V), Intro: p.invites(out),
			Address: out.EmailAddress.V, Form: true,
		})
	case *api.AcceptInvitationOutput:
		return p.write(w, http.StatusOK, view{
			Title: p.texts.with(p.texts.Welcome, out.AccountName.V), Intro: p.texts.with(p.texts.Registered, out.AccountName.V),
		})
	}
	return p.write(w, http.StatusOK, view{})
}

// invites says who invites to what.
func (p *Page) invites(out *api.GetInvitationPageOutput) string {
	if out.InvitedBy.V == "" {
		return p.texts.with(p.texts.Invited, out.AccountName.V)
	}
	return p.texts.with(p.texts.InvitedBy, out.AccountName.V, out.InvitedBy.V)
}

// WriteError implements [wire.Door]: a page that says what to do.
func (p *Page) WriteError(w http.ResponseWriter, err error) *api.Error {
	e := p.Told(err)
	if e.Kind.Status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", "GET, POST")
	}
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(e.RetryAfter.Seconds())+1))
	}
	t := p.texts.refusal(e)
	_ = p.write(w, e.Kind.Status, view{Title: t.title, Intro: t.advice, Back: e.Kind.Status == http.StatusBadRequest}) // the client may be gone
	return e
}

// Told implements [wire.Door]. What was good once is gone.
func (p *Page) Told(err error) *api.Error {
	told := *wire.Told(err)
	if told.Kind == api.Conflict {
		told.Kind.Status = http.StatusGone
	}
	return &told
}
