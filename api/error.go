package api

import (
	"errors"
	"fmt"
	"time"
)

// Kind is a kind of refusal: the name that x-amzn-ErrorType carries, the value
// of the body's Code member (empty: no such member) and the HTTP status. In
// answers of XML the Code is all.
type Kind struct {
	Name   string
	Code   ErrorCode
	Status int
}

// Kinds of errors that the model lacks because they arise before an operation
// is known. Their bodies have no Code: old SDKs would take it for the name.
var (
	UnknownPath      = Kind{Name: "UnknownOperationException", Status: 404}
	UnknownOperation = Kind{Name: "UnknownOperationException", Status: 400}
	MethodNotAllowed = Kind{Name: "UnknownOperationException", Status: 405}
	EntityTooLarge   = Kind{Name: "RequestEntityTooLargeException", Status: 413}
	RequestTimeout   = Kind{Name: "RequestTimeoutException", Status: 408}
)

// Error is a refusal that the caller sees.
type Error struct {
	Kind Kind
	// Code replaces the Code of the kind, where the API has a narrower one.
	Code ErrorCode
	// Message is for the caller: which member, which rule.
	Message string
	// RetryAfter, if not zero, is when trying again makes sense.
	RetryAfter time.Duration
	// Err is the cause, for the log only.
	Err error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Kind.Name + ": " + e.Message + ": " + e.Err.Error()
	}
	return e.Kind.Name + ": " + e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is an *Error of the same kind, or any *Error of an
// empty kind.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && (t.Kind == Kind{} || t.Kind == e.Kind)
}

// ErrorCode returns the value of the body's Code member.
func (e *Error) ErrorCode() ErrorCode {
	if e.Code != "" {
		return e.Code
	}
	return e.Kind.Code
}

// Errorf returns a refusal of this kind with a message for the caller.
func (k Kind) Errorf(format string, args ...any) *Error {
	return &Error{Kind: k, Message: fmt.Sprintf(format, args...)}
}

// Wrap returns a refusal of this kind whose cause only the log shows.
func (k Kind) Wrap(err error, message string) *Error {
	return &Error{Kind: k, Message: message, Err: err}
}

// IsKind reports whether err is a refusal of kind k.
func IsKind(err error, k Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == k
}

// ErrorBody is the body of a refusal.
type ErrorBody struct {
	Code    ErrorCode // left out when empty
	Message string
}

// AppendJSON appends the compact JSON form.
func (v *ErrorBody) AppendJSON(b []byte) []byte {
	b = append(b, '{')
	if v.Code != "" {
		b = appendText(append(b, `"Code":`...), string(v.Code))
		b = append(b, ',')
	}
	b = appendText(append(b, `"Message":`...), v.Message)
	return append(b, '}')
}
