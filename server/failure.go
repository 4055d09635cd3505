package server

import (
	"context"
	"errors"
	"time"

	"carillon/api"
	"carillon/store"
)

// What a caller is told of a database that failed.
const (
	messageUnchanged = "The database cannot serve the request now; nothing was changed"
	messageUnknown   = "The database failed while it made a change final: the change may have been made or not, so look before you try again"
)

// classify tells an overloaded or lost database, which a retry may overcome,
// from failures of the server itself.
func classify(err error) error {
	var e *api.Error
	switch {
	case errors.As(err, &e):
		return err
	case errors.Is(err, store.ErrOutcomeUnknown):
		return unavailable(messageUnknown, err)
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return unavailable(messageUnchanged, err)
	}
	return err
}

func unavailable(message string, cause error) error {
	return &api.Error{Kind: api.ServiceUnavailable, Message: message, RetryAfter: time.Second, Err: cause}
}
