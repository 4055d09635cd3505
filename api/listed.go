package api

import (
	"errors"
	"slices"
)

// nearest says what a refusal of the rules becomes for an operation whose list
// of errors lacks it: the SDKs of typed languages know only the listed ones.
// Every operation lists these two kinds. Refusals that are not the rules' (of
// signatures, sizes, throttles, failures of the server) are not here: they may
// answer any request.
var nearest = map[Kind]Kind{
	AccessDenied:          Forbidden,
	Conflict:              BadRequest,
	NotFound:              BadRequest,
	ResourceLimitExceeded: BadRequest,
	UnprocessableEntity:   BadRequest,
}

// Listed returns what the operation answers for an error of its rules: err
// itself, or, if the model does not list such a refusal for the operation, the
// nearest one that it lists, with the same message and err as its cause.
func (op *Op) Listed(err error) error {
	var e *Error
	if !errors.As(err, &e) || slices.Contains(op.Errors, e.Kind) {
		return err
	}
	kind, ok := nearest[e.Kind]
	if !ok {
		return err
	}
	return &Error{Kind: kind, Code: e.Code, Message: e.Message, RetryAfter: e.RetryAfter, Err: err}
}
