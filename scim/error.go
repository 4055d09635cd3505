package scim

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"carillon/api"
)

const errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error"

// Unauthorized refuses a request without a token that is good. It does not say why:
// that is nobody's business who has none.
var Unauthorized = &api.Error{Kind: api.Kind{Name: "unauthorized", Status: http.StatusUnauthorized}, Message: "The request needs a bearer token that is known and has not ended"}

// methodError refuses a method; it says which are taken.
type methodError struct{ allow string }

func (e *methodError) Error() string { return "method not allowed" }

func (e *methodError) Unwrap() error {
	return api.MethodNotAllowed.Errorf("This resource takes %s", e.allow)
}

// Told returns what callers are told of an error.
func Told(err error) *api.Error {
	var e *api.Error
	if !errors.As(err, &e) {
		e = api.ServiceFailure.Wrap(err, "The server failed to answer; see its log for this request id")
	}
	return e
}

// WriteError answers with an error and returns what was told.
func WriteError(w http.ResponseWriter, err error) *api.Error {
	e := Told(err)
	a := Answer{Status: e.Kind.Status, Header: map[string]string{}, Body: written(errorBody(e))}
	if e.Kind.Status == http.StatusUnauthorized {
		a.Header["WWW-Authenticate"] = "Bearer"
	}
	var m *methodError
	if errors.As(err, &m) {
		a.Header["Allow"] = m.allow
	}
	if e.RetryAfter > 0 {
		a.Header["Retry-After"] = strconv.Itoa(int((e.RetryAfter + time.Second - 1) / time.Second))
	}
	a.write(w)
	return e
}

// types are the kinds of refusals that have a scimType of their own.
var types = map[string]bool{
	"invalidFilter": true, "tooMany": true, "uniqueness": true, "mutability": true, "invalidSyntax": true, "invalidPath": true, "noTarget": true, "invalidValue": true,
}

// TypeOf returns the scimType of an error; empty: it has none.
func TypeOf(e *api.Error) string {
	switch {
	case types[e.Kind.Name]:
		return e.Kind.Name
	case e.Kind.Status == http.StatusBadRequest:
		return "invalidValue"
	}
	return ""
}

func errorBody(e *api.Error) map[string]any {
	body := map[string]any{"schemas": []string{errorSchema}, "status": strconv.Itoa(e.Kind.Status), "detail": e.Message}
	if scimType := TypeOf(e); scimType != "" {
		body["scimType"] = scimType
	}
	return body
}
