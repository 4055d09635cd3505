package api

import "time"

// Opt is a value that may be absent (in a request) or null (in an answer).
type Opt[T any] struct {
	// V is the value; the zero value of T when Set is false.
	V T
	// Set tells a value that is there from one that is not.
	Set bool
}

// Some returns a value that is there.
func Some[T any](v T) Opt[T] { return Opt[T]{V: v, Set: true} }

// NonZero returns v, or nothing when v is the zero value of its type.
func NonZero[T comparable](v T) Opt[T] {
	var zero T
	return Opt[T]{V: v, Set: v != zero}
}

// Or returns the value, or alternative when there is none.
func (o Opt[T]) Or(alternative T) T {
	if o.Set {
		return o.V
	}
	return alternative
}

// Timestamp is a moment in milliseconds since 1970 UTC. The wire form is
// YYYY-MM-DDThh:mm:ss.mmmZ as a string; zero is null.
type Timestamp int64

// TimestampOf returns t, cut to milliseconds.
func TimestampOf(t time.Time) Timestamp { return Timestamp(t.UnixMilli()) }

// Time returns the moment as a time in UTC.
func (t Timestamp) Time() time.Time { return time.UnixMilli(int64(t)).UTC() }
