package server

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"

	"carillon/access"
	"carillon/api"
	"carillon/sigv4"
)

// authenticate verifies the signature over the whole request and sets the
// caller. The body is read, within its limit, but not looked at before that, other
// than for the record of a signature that is wrong.
func (h *handler) authenticate(w http.ResponseWriter, r *http.Request, x *exchange) (*body, error) {
	auth, err := h.verifier.Parse(r)
	if err != nil {
		return nil, refusal(err)
	}
	service := strings.ToLower(auth.Service)
	x.door, x.request.Service, x.request.Region = h.doors[service], service, auth.Region
	proven := h.limits.proofs.has(auth.AccessKeyID, x.source)
	credential, err := h.find(r.Context(), auth, h.stranger(x), proven)
	if err != nil {
		return nil, err
	}
	b, err := h.receive(w, r, h.payer(x, credential, proven))
	if err != nil {
		return nil, err
	}
	if x.query, err = h.verify(r, auth, b, credential); err != nil {
		defer b.release()
		return nil, h.unsigned(r, x, &credential.Caller, b.bytes(), refusal(err))
	}
	h.limits.proofs.add(auth.AccessKeyID, x.source, x.started)
	h.keys.Used(&credential.Caller, service, auth.Region, h.dispatch.Now())
	x.caller, x.policies = &credential.Caller, credential.Policies
	return b, nil
}

// receive is readBody, in traces.
func (h *handler) receive(w http.ResponseWriter, r *http.Request, payer account) (*body, error) {
	_, end := h.traces.step(r.Context(), "body")
	defer end()
	return h.readBody(w, r, payer)
}

// verify checks the signature and returns the query as it was signed.
func (h *handler) verify(r *http.Request, auth *sigv4.Auth, b *body, c *access.Credential) (query string, err error) {
	_, end := h.traces.step(r.Context(), "signature")
	defer end()
	return h.verifier.Verify(r, auth, b.bytes(), c.Secret)
}

// unsigned tells the audit of a request that is not signed with the key that it
// names, and returns its refusal.
func (h *handler) unsigned(r *http.Request, x *exchange, named *api.Caller, body []byte, err error) error {
	var e *api.Error
	if !errors.As(err, &e) {
		return err
	}
	var op *api.Op
	if m, err := x.door.Match(r, r.URL.RawQuery, beginning(body)); err == nil {
		op = m.Op
	}
	h.dispatch.NoteUnsigned(named, op, &x.request, x.door.Told(e))
	return err
}

// maxBeginning is how much of a body is looked at that nobody vouches for.
const maxBeginning = 4 << 10

// beginning returns the whole parameters of a form that are in the beginning of a
// body. Clients name the operation there.
func beginning(body []byte) []byte {
	if len(body) <= maxBeginning {
		return body
	}
	body = body[:maxBeginning]
	return body[:max(bytes.LastIndexByte(body, '&'), 0)]
}

// find looks an access key up, which may take the database: those who have
// proved nothing get to it a few at a time.
func (h *handler) find(ctx context.Context, auth *sigv4.Auth, who account, proven bool) (*access.Credential, error) {
	ctx, end := h.traces.step(ctx, "key look-up")
	defer end()
	if !proven {
		if err := who.enter(ctx); err != nil {
			return nil, err
		}
		defer who.leave()
	}
	credential, err := h.keys.Find(ctx, auth.AccessKeyID, auth.SessionToken)
	return credential, unacceptable(err)
}

// unacceptable is what somebody hears whose credentials are not to be found.
func unacceptable(err error) error {
	switch {
	case errors.Is(err, access.ErrUnknownKey):
		return refuse(sigv4.UnrecognizedClient, "The access key is unknown or disabled")
	case errors.Is(err, access.ErrForeignToken):
		return refuse(sigv4.UnrecognizedClient, "The security token was not issued by this server for the access key")
	case errors.Is(err, access.ErrExpired):
		return refuse(sigv4.ExpiredToken, "The security token has expired, or what it came from has ended: the key that asked for it, or its user")
	}
	return err
}

// stranger is what the requests of somebody unknown count under.
func (h *handler) stranger(x *exchange) account { return account{h.limits.strangers, x.source} }

// payer is what the body of a request counts under whose signature can only be
// checked when the body has been read.
func (h *handler) payer(x *exchange, c *access.Credential, proven bool) account {
	if proven {
		return account{h.limits.callers, c.Caller.AwsAccountID}
	}
	return h.stranger(x)
}

func refuse(kind sigv4.Kind, message string) error {
	return refusal(&sigv4.Error{Kind: kind, Message: message})
}

// refusal is the API's form of what sigv4 refuses. These errors are not in the
// model, so their bodies have no Code. The detail, which repeats the query, goes
// to the sender in the message, and messages are not logged.
func refusal(err error) error {
	var e *sigv4.Error
	if !errors.As(err, &e) {
		return err
	}
	message := e.Message
	if e.Detail != "" {
		message += "\n" + e.Detail
	}
	return &api.Error{Kind: api.Kind{Name: string(e.Kind), Status: http.StatusForbidden}, Message: message}
}
