package api

import (
	"errors"
	"slices"
)

// Listed returns what the operation answers for an error of its rules: err
// itself, or, if the model does not list such a refusal for the operation, the
// nearest one that it lists, with the same message and err as its cause. Refusals
// that are not the rules' (of signatures, sizes, throttles, failures of the
// server) may answer any request.
func (op *Op) Listed(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	kind := e.Kind
	for !slices.Contains(op.Errors, kind) {
		nearest, ok := op.Service.Nearest[kind]
		if !ok {
			break
		}
		kind = nearest
	}
	if kind == e.Kind {
		return err
	}
	return &Error{Kind: kind, Code: e.Code, Message: e.Message, RetryAfter: e.RetryAfter, Err: err}
}
