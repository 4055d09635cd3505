package e2e

import (
	"context"
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/document"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// staticKeys is a credentials provider for keys that do not change.
func staticKeys(keys aws.Credentials) func(context.Context) (aws.Credentials, error) {
	return func(context.Context) (aws.Credentials, error) { return keys, nil }
}

// equal compares values, also those with SDK types in them.
func equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(document.NoSerde{})); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

// succeed fails the test if a call failed.
func succeed(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refusal is an error of the API as clients see it.
type refusal struct {
	name   string // in the header, and the SDK's type
	code   string // in the body; empty: no such member
	status int
}

// The refusals of the model that tests meet.
var (
	badRequest    = refusal{"BadRequestException", "BadRequest", 400}
	forbidden     = refusal{"ForbiddenException", "Forbidden", 403}
	notFound      = refusal{"NotFoundException", "NotFound", 404}
	conflict      = refusal{"ConflictException", "Conflict", 409}
	unprocessable = refusal{"UnprocessableEntityException", "Unprocessable", 422}
	throttled     = refusal{"ThrottledClientException", "Throttled", 429}
	unavailable   = refusal{"ServiceUnavailableException", "ServiceUnavailable", 503}
)

// The refusals that the model lacks.
var (
	unknownPath      = refusal{"UnknownOperationException", "", 404}
	unknownOperation = refusal{"UnknownOperationException", "", 400}
	methodNotAllowed = refusal{"UnknownOperationException", "", 405}
	tooLarge         = refusal{"RequestEntityTooLargeException", "", 413}

	missingToken       = refusal{"MissingAuthenticationTokenException", "", 403}
	incomplete         = refusal{"IncompleteSignatureException", "", 403}
	unrecognizedClient = refusal{"UnrecognizedClientException", "", 403}
	invalidSignature   = refusal{"InvalidSignatureException", "", 403}
)

// messageNotFound is what the live service said of ids it did not know.
const messageNotFound = "Unable to find the requested identifier"

// refused checks that an SDK call failed with a refusal: its name, its modelled
// type, Code, status and request id, and words that the message must have.
func refused(t testing.TB, err error, want refusal, words ...string) {
	t.Helper()
	var e smithy.APIError
	if !errors.As(err, &e) {
		t.Errorf("got %v, want %s", err, want.name)
		return
	}
	if e.ErrorCode() != want.name {
		t.Errorf("got %v, want %s", err, want.name)
		return
	}
	for _, word := range words {
		if !strings.Contains(e.ErrorMessage(), word) {
			t.Errorf("the message %q lacks %q", e.ErrorMessage(), word)
		}
	}
	equal(t, "Code", bodyCode(e), want.code)
	var answer *awshttp.ResponseError
	if !errors.As(err, &answer) {
		t.Fatalf("%v is not the answer of a server", err)
	}
	equal(t, "status", answer.HTTPStatusCode(), want.status)
	isUUID(t, "request id", answer.ServiceRequestID())
}

// bodyCode returns the member Code that every modelled error type has.
func bodyCode(e smithy.APIError) string {
	v := reflect.Indirect(reflect.ValueOf(e))
	if _, generic := e.(*smithy.GenericAPIError); generic || v.Kind() != reflect.Struct {
		return ""
	}
	return v.FieldByName("Code").String()
}

var uuidPattern = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

func isUUID(t testing.TB, what, s string) {
	t.Helper()
	if !uuidPattern.MatchString(s) {
		t.Errorf("%s %q is no UUID in lower case", what, s)
	}
}

// isNow checks that a moment is in whole milliseconds and about now.
func isNow(t testing.TB, what string, moment *time.Time) {
	t.Helper()
	switch {
	case moment == nil:
		t.Errorf("%s is null", what)
	case time.Since(*moment).Abs() > time.Minute:
		t.Errorf("%s is %s, want now", what, moment)
	case moment.Nanosecond()%int(time.Millisecond) != 0:
		t.Errorf("%s is %s, want whole milliseconds", what, moment)
	}
}

var pinPattern = regexp.MustCompile(`^[0-9]{10}$`)

func isPIN(t testing.TB, pin *string) {
	t.Helper()
	if !pinPattern.MatchString(aws.ToString(pin)) {
		t.Errorf("the personal PIN %q does not have 10 digits", aws.ToString(pin))
	}
}

// userError is the error of one item of a batch.
func userError(userID string, code types.ErrorCode, message string) types.UserError {
	return types.UserError{UserId: &userID, ErrorCode: code, ErrorMessage: &message}
}

// accountCall is an operation on an account, with everything else valid.
type accountCall func(c *caller, accountID string) error

// needsAccount checks that an operation knows only accounts of the caller's
// AWS account, and that a blank id is refused before it is looked up.
func (e *env) needsAccount(t *testing.T, call accountCall) {
	t.Helper()
	mine := e.team(t)
	deleted := e.team(t)
	succeed(t, e.deleteAccount(t, deleted))
	refused(t, call(e.caller, " "), badRequest, "'AccountId'")
	refused(t, call(e.caller, unknownID), notFound, messageNotFound)
	refused(t, call(e.caller, "not-a-uuid/é"), notFound, messageNotFound)
	refused(t, call(e.caller, deleted), notFound, messageNotFound)
	refused(t, call(e.stranger(t), mine), notFound, messageNotFound)
}

// userCall is an operation on a user, with everything else valid.
type userCall func(c *caller, accountID, userID string) error

// needsUser checks that an operation knows only users of the account that the
// path names, within the caller's AWS account.
func (e *env) needsUser(t *testing.T, call userCall) {
	t.Helper()
	account, other := e.team(t), e.team(t)
	user := *e.user(t, account, "here@example.com").UserId
	removed := *e.user(t, account, "gone@example.com").UserId
	e.suspend(t, account, removed)
	refused(t, call(e.caller, account, unknownID), notFound, messageNotFound)
	refused(t, call(e.caller, account, "x/../y é"), notFound, messageNotFound)
	refused(t, call(e.caller, account, removed), notFound, messageNotFound)
	refused(t, call(e.caller, other, user), notFound, messageNotFound)
	refused(t, call(e.caller, unknownID, user), notFound, messageNotFound)
	refused(t, call(e.stranger(t), account, user), notFound, messageNotFound)
}

func isConflict(err error) bool {
	var e *types.ConflictException
	return errors.As(err, &e)
}
