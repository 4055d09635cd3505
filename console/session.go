package console

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"carillon/access"
	"carillon/api"
	"carillon/sigv4"
)

// sessionTime is how long one stays signed in, by the clock of the rules.
const sessionTime = 12 * time.Hour

const cookieName = "carillon-session"

// maxCookie is the longest cookie that is looked at, in bytes; ours have some 250.
const maxCookie = 1024

var sessionScope = []byte("console session")

// session is what the cookie holds, sealed: whose key signed in, and no secret.
type session struct {
	ID        string `json:"i"`
	KeyID     string `json:"k"`
	Proof     string `json:"p"` // of the key's secret: another one ends the session
	ExpiresMs int64  `json:"e"`
}

// Visitor is who asks for a page; without a Credential, somebody unknown.
type Visitor struct {
	Credential *access.Credential
	session    session
}

// Visitor finds out who sends a request. An error is a failure: who has no good
// session is somebody unknown.
func (c *Console) Visitor(ctx context.Context, r *http.Request) (Visitor, error) {
	s, ok := c.cookie(r)
	if !ok || c.Dispatch.Now().UnixMilli() >= s.ExpiresMs {
		return Visitor{}, nil
	}
	ended, err := c.Notes.Read(ctx, endedNote(s.ID), 0, 1)
	if err != nil || len(ended) > 0 {
		return Visitor{}, err
	}
	credential, err := c.credential(ctx, s)
	return Visitor{credential, s}, err
}

// credential returns what a session may do now; nil: its key has ended.
func (c *Console) credential(ctx context.Context, s session) (*access.Credential, error) {
	credential, err := c.Keys.Find(ctx, s.KeyID, "")
	if errors.Is(err, access.ErrUnknownKey) || err == nil && credential.Caller.Proof != s.Proof {
		return nil, nil
	}
	return credential, err
}

func (c *Console) cookie(r *http.Request) (s session, ok bool) {
	cookie, err := r.Cookie(cookieName)
	if err != nil || len(cookie.Value) > maxCookie {
		return s, false
	}
	text, ok := c.box.Open(sessionScope, cookie.Value)
	return s, ok && json.Unmarshal(text, &s) == nil
}

func endedNote(sessionID string) string { return "ended/" + sessionID }

// setCookie gives the browser a session, or takes it away.
func (p *page) setCookie(value string, lasting time.Duration) {
	cookie := &http.Cookie{
		Name: cookieName, Value: value, Path: Root, MaxAge: int(lasting.Seconds()), HttpOnly: true,
		Secure: p.visit.Request.Secure, SameSite: http.SameSiteStrictMode,
	}
	http.SetCookie(p.w, cookie)
}

// toSignIn asks somebody unknown who it is, and comes back.
func (p *page) toSignIn() error {
	to := Root + "sign-in"
	if p.r.Method == http.MethodGet && p.r.URL.Path != Root {
		to += "?to=" + queryEscape(p.r.URL.RequestURI())
	}
	return p.redirect(to)
}

// back returns where to go after the sign-in: only to pages of here.
func back(to string) string {
	if !strings.HasPrefix(to, Root) || strings.ContainsAny(to, "\\\r\n") || len(to) > 4<<10 {
		return Root
	}
	return to
}

func showSignIn(p *page) error { return p.signInPage(http.StatusOK, "") }

func (p *page) signInPage(status int, message string) error {
	to := p.r.FormValue("to")
	return p.show(status, "sign-in", view{Title: "Sign in", Body: struct{ Message, To, KeyID string }{message, back(to), clipped(p.r.PostFormValue("key"), 128)}})
}

// signIn begins a session. Who guesses has to wait, longer each time.
func signIn(p *page) error {
	keyID := strings.TrimSpace(p.r.PostFormValue("key"))
	who := []string{"address " + p.visit.Source, "key " + clipped(keyID, 128)}
	if wait := p.c.guard.enter(time.Now(), who...); wait > 0 {
		seconds := int(math.Ceil(wait.Seconds()))
		p.w.Header().Set("Retry-After", strconv.Itoa(seconds))
		return p.signInPage(http.StatusTooManyRequests, fmt.Sprintf("Too many attempts. Try again in %d s.", seconds))
	}
	credential, err := p.verify(keyID, strings.TrimSpace(p.r.PostFormValue("secret")))
	if err != nil {
		return err
	}
	if credential == nil {
		return p.signInPage(http.StatusUnauthorized, "The access key ID or the secret access key is wrong, or the key is disabled.")
	}
	p.c.guard.forgive(who...)
	return p.begin(credential)
}

// verify returns the credential of a key whose secret somebody knows, or nil. It
// takes the same time for a key that is not there.
func (p *page) verify(keyID, secret string) (*access.Credential, error) {
	credential, err := p.c.Keys.Find(p.r.Context(), keyID, "")
	if err != nil && !errors.Is(err, access.ErrUnknownKey) {
		return nil, err
	}
	want := ""
	if credential != nil {
		want = credential.Secret
	}
	a, b := sha256.Sum256([]byte(want)), sha256.Sum256([]byte(secret))
	if same := subtle.ConstantTimeCompare(a[:], b[:]) == 1; same && want != "" {
		return credential, nil
	}
	if credential != nil {
		// The message is that of AWS, which alarms look for.
		wrong := api.Error{Kind: api.Kind{Name: string(sigv4.InvalidSignature), Status: http.StatusForbidden}, Message: "Failed authentication"}
		p.noteSignIn(credential, &wrong)
	}
	return nil, nil
}

// noteSignIn tells the audit of a sign-in; a refusal says that it was none.
func (p *page) noteSignIn(credential *access.Credential, refusal *api.Error) {
	p.c.Dispatch.NoteSignIn(&credential.Caller, p.publicURL()+Root, p.visit.Request, refusal)
}

func (p *page) begin(credential *access.Credential) error {
	now := p.c.Dispatch.Now()
	s := session{p.c.NewID(), credential.Caller.AccessKeyID, credential.Caller.Proof, now.Add(sessionTime).UnixMilli()}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	p.c.Keys.Used(&credential.Caller, api.Chime.Name, "", now)
	p.noteSignIn(credential, nil)
	p.visit.Credential = credential // for the log
	p.setCookie(p.c.box.Seal(sessionScope, text), sessionTime)
	return p.redirect(back(p.r.PostFormValue("to")))
}

// signOut ends a session wherever its cookie has got to.
func signOut(p *page) error {
	s := p.visit.session
	_, err := p.c.Notes.Add(p.r.Context(), time.UnixMilli(s.ExpiresMs), Line{Note: endedNote(s.ID)})
	if err != nil {
		return err
	}
	p.setCookie("", -time.Second)
	return p.redirect(Root + "sign-in")
}
