package server

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"carillon/access"
	"carillon/api"
	"carillon/dispatch"
	"carillon/scim"
	"carillon/wire"
)

// scimDoor says errors in the words of SCIM. What else a door does, package scim does
// by itself.
type scimDoor struct{ wire.Door }

// WriteError implements [wire.Door].
func (scimDoor) WriteError(w http.ResponseWriter, err error) *api.Error {
	return scim.WriteError(w, err)
}

// Told implements [wire.Door].
func (scimDoor) Told(err error) *api.Error { return scim.Told(err) }

// isScim reports whether a path is that of the door of identity providers.
func isScim(path string) bool {
	rest, ok := strings.CutPrefix(path, scim.Path)
	return ok && (rest == "" || rest[0] == '/')
}

// scim serves identity providers. The token is looked at before the body.
func (h *handler) scim(w http.ResponseWriter, r *http.Request, x *exchange) error {
	x.door = scimDoor{}
	caller, accountID, err := h.bearerOf(r, x)
	if err != nil {
		return err
	}
	x.caller = caller
	err = h.scimFor(w, r, x, accountID)
	h.scimRequests.note(r, x, accountID, h.dispatch.Now(), err)
	return err
}

// scimFor serves one who has a token of an account.
func (h *handler) scimFor(w http.ResponseWriter, r *http.Request, x *exchange, accountID string) (err error) {
	owner := account{h.limits.callers, x.caller.AwsAccountID}
	if x.body, err = h.readBody(w, r, owner); err != nil {
		return err
	}
	defer x.body.release()
	x.seat.account = owner
	if err := h.enter(r.Context(), &x.seat); err != nil {
		return err
	}
	defer x.seat.free()
	x.status, err = scim.Serve(w, &scim.Request{
		Request: r, Base: scimBase(r, x), AccountID: accountID, Body: x.body.bytes(),
		Run: func(op *api.Op, in api.Input) (api.Output, error) { return h.runScim(r.Context(), x, op, in) },
	})
	return err
}

// scimBase is the address under which the client sees the door.
func scimBase(r *http.Request, x *exchange) string {
	scheme := "http://"
	if x.request.Secure {
		scheme = "https://"
	}
	return scheme + r.Host + scim.Path
}

// runScim runs one operation of a request.
func (h *handler) runScim(ctx context.Context, x *exchange, op *api.Op, in api.Input) (api.Output, error) {
	x.op = op
	x.call = dispatch.Call{Op: op, Caller: x.caller, Request: &x.request, In: in, Place: x}
	out, err := h.dispatch.Do(ctx, &x.call)
	if err == nil {
		x.input = in
	} else {
		err = classify(err)
	}
	return out, err
}

// bearerOf returns the caller of a token. Strangers get to the database a few at a
// time; who has proved to have the token is none.
func (h *handler) bearerOf(r *http.Request, x *exchange) (*api.Caller, string, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" || len(r.Header.Values("Authorization")) != 1 {
		return nil, "", scim.Unauthorized
	}
	proof := access.ScimProof(token)
	if proof == "" {
		return nil, "", scim.Unauthorized
	}
	if !h.limits.proofs.has(proof, x.source) {
		who := h.stranger(x)
		if err := who.enter(r.Context()); err != nil {
			return nil, "", err
		}
		defer who.leave()
	}
	caller, accountID, err := h.keys.FindScim(r.Context(), token, h.dispatch.Now())
	if errors.Is(err, access.ErrUnknownKey) {
		return nil, "", scim.Unauthorized
	}
	if err == nil {
		h.limits.proofs.add(proof, x.source, x.started)
	}
	return caller, accountID, err
}
