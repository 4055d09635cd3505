package api_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"carillon/api"
)

// kinds are all that the model has; those that any request may meet, whatever
// its operation lists, are marked.
var kinds = map[api.Kind]bool{
	api.AccessDenied: false, api.BadRequest: false, api.Conflict: false, api.Forbidden: false, api.NotFound: false,
	api.ResourceLimitExceeded: false, api.UnprocessableEntity: false,
	api.ServiceFailure: true, api.ServiceUnavailable: true, api.ThrottledClient: true, api.UnauthorizedClient: true,
}

// No operation answers a refusal that the model does not list for it.
func TestListed_all(t *testing.T) {
	for i := range api.Ops {
		op := &api.Ops[i]
		for kind, anywhere := range kinds {
			err := op.Listed(kind.Errorf("Because"))
			var e *api.Error
			if !errors.As(err, &e) || e.Message != "Because" {
				t.Fatalf("%s: %s became %v", op.Name, kind.Name, err)
			}
			if listed := slices.Contains(op.Errors, kind); (listed || anywhere) != (e.Kind == kind) || !anywhere && !slices.Contains(op.Errors, e.Kind) {
				t.Errorf("%s: %s (listed: %t) became %s", op.Name, kind.Name, listed, e.Kind.Name)
			}
		}
	}
}

func TestListed_nearest(t *testing.T) {
	getAccount, createAccount, deleteAccount := api.Operation("GetAccount"), api.Operation("CreateAccount"), api.Operation("DeleteAccount")
	for _, test := range []struct {
		op        *api.Op
		err, want api.Kind
	}{
		{getAccount, api.NotFound, api.NotFound},
		{getAccount, api.Conflict, api.BadRequest},
		{getAccount, api.ResourceLimitExceeded, api.BadRequest},
		{getAccount, api.UnprocessableEntity, api.BadRequest},
		{deleteAccount, api.UnprocessableEntity, api.UnprocessableEntity},
		{getAccount, api.AccessDenied, api.Forbidden},
		{createAccount, api.ResourceLimitExceeded, api.ResourceLimitExceeded},    // ours: the quota of accounts
		{api.Operation("DeleteEventsConfiguration"), api.NotFound, api.NotFound}, // ours: an unknown bot
		{api.Operation("GetGlobalSettings"), api.NotFound, api.BadRequest},
		{api.Operation("CreateAccessKey"), api.Conflict, api.BadRequest},
		// Of the protocol, whatever the operation.
		{getAccount, api.EntityTooLarge, api.EntityTooLarge},
		{getAccount, api.RequestTimeout, api.RequestTimeout},
		{getAccount, api.UnknownOperation, api.UnknownOperation},
		{getAccount, api.Kind{Name: "InvalidSignatureException", Status: 403}, api.Kind{Name: "InvalidSignatureException", Status: 403}},
		{getAccount, api.Kind{Name: "ThrottledClientException", Code: "Throttled", Status: 503}, api.Kind{Name: "ThrottledClientException", Code: "Throttled", Status: 503}},
	} {
		if got := test.op.Listed(test.err.Errorf("x")); !api.IsKind(got, test.want) {
			t.Errorf("%s: %v became %v", test.op.Name, test.err, got)
		}
	}
}

func TestListed_keeps(t *testing.T) {
	op := api.Operation("GetAccount")
	if got := op.Listed(nil); got != nil {
		t.Errorf("nil became %v", got)
	}
	if cause := errors.New("no disk"); op.Listed(cause) != cause {
		t.Error("a failure became something else")
	}
	wrapped := fmt.Errorf("reading: %w", api.NotFound.Errorf("No account"))
	if got := op.Listed(wrapped); got != wrapped {
		t.Errorf("a listed refusal became %v", got)
	}
	narrow := &api.Error{Kind: api.Conflict, Code: api.ErrorCodePhoneNumberAssociationsExist, Message: "In use", RetryAfter: time.Second}
	got := op.Listed(fmt.Errorf("deleting: %w", narrow))
	var e *api.Error
	if !errors.As(got, &e) || e.Kind != api.BadRequest || e.Message != "In use" || e.ErrorCode() != narrow.Code || e.RetryAfter != time.Second {
		t.Errorf("got %#v", got)
	}
	if !errors.Is(got, narrow) {
		t.Error("the log does not hear what it was")
	}
}
