package api_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"carillon/api"
)

func TestError(t *testing.T) {
	cause := errors.New("connection refused")
	err := api.ServiceUnavailable.Wrap(cause, "Try again later")
	wrapped := fmt.Errorf("creating a user: %w", err)

	if err.Message != "Try again later" {
		t.Errorf("the caller sees %q", err.Message)
	}
	if got, want := err.Error(), "ServiceUnavailableException: Try again later: connection refused"; got != want {
		t.Errorf("the log shows %q, want %q", got, want)
	}
	for _, target := range []error{cause, err, &api.Error{Kind: api.ServiceUnavailable}, &api.Error{}} {
		if !errors.Is(wrapped, target) {
			t.Errorf("is not %#v", target)
		}
	}
	if errors.Is(wrapped, &api.Error{Kind: api.ServiceFailure}) || errors.Is(cause, &api.Error{}) {
		t.Error("is of another kind")
	}
	if !api.IsKind(wrapped, api.ServiceUnavailable) || api.IsKind(wrapped, api.NotFound) || api.IsKind(cause, api.NotFound) || api.IsKind(nil, api.NotFound) {
		t.Error("IsKind is wrong")
	}
}

func TestError_errorf(t *testing.T) {
	err := api.NotFound.Errorf("No account %d", 7)
	if got, want := err.Error(), "NotFoundException: No account 7"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestError_code(t *testing.T) {
	narrow := api.Conflict.Errorf("x")
	narrow.Code = api.ErrorCodePhoneNumberAssociationsExist
	for _, test := range []struct {
		err  *api.Error
		want api.ErrorCode
	}{
		{api.ThrottledClient.Errorf("x"), api.ErrorCodeThrottled},
		{api.UnauthorizedClient.Errorf("x"), api.ErrorCodeUnauthorized},
		{api.UnprocessableEntity.Errorf("x"), api.ErrorCodeUnprocessable},
		{narrow, api.ErrorCodePhoneNumberAssociationsExist},
		{api.UnknownOperation.Errorf("x"), ""},
	} {
		if got := test.err.ErrorCode(); got != test.want {
			t.Errorf("%v: got %q, want %q", test.err, got, test.want)
		}
	}
}

func TestErrorBody(t *testing.T) {
	for _, test := range []struct {
		body api.ErrorBody
		want string
	}{
		{api.ErrorBody{Code: api.ErrorCodeNotFound, Message: `No "x"`}, `{"Code":"NotFound","Message":"No \"x\""}`},
		{api.ErrorBody{Message: "No such path"}, `{"Message":"No such path"}`},
		{api.ErrorBody{}, `{"Message":""}`},
	} {
		if got := string(test.body.AppendJSON(nil)); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

func TestOpt(t *testing.T) {
	if got := api.Some("").Or("x"); got != "" {
		t.Errorf("Some: got %q", got)
	}
	if got := api.NonZero("").Or("x"); got != "x" {
		t.Errorf("NonZero of nothing: got %q", got)
	}
	if got := api.NonZero("y").Or("x"); got != "y" {
		t.Errorf("NonZero: got %q", got)
	}
}

func TestTimestamp(t *testing.T) {
	at := time.Date(2024, 2, 29, 23, 59, 59, 987_654_321, time.FixedZone("", 2*60*60))
	got := api.TimestampOf(at).Time()
	if want := time.Date(2024, 2, 29, 21, 59, 59, 987_000_000, time.UTC); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
