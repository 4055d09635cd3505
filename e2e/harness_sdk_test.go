package e2e

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

// members are those of an input or output, as the models name them.
type members = map[string]any

// outcome is what became of a call, in the same form for every client.
type outcome struct {
	Output members
	Error  *sdkError
}

// sdkError is an error as a client shows it.
type sdkError struct {
	Name    string // of the client's type, or else the code; Exception cut off
	Typed   bool   // the client has a type of its own for it
	Message string
	Status  int // 0: the client does not show it
}

// sdk is a client that calls operations of all services by name.
type sdk interface {
	call(t testing.TB, keys aws.Credentials, service, operation string, in members) outcome
	// lookUpAll looks audit events up through the client's own paginator.
	lookUpAll(t testing.TB, keys aws.Credentials, in members, pageSize int) any
}

// principal is somebody who calls services through a client.
type principal struct {
	sdk  sdk
	keys aws.Credentials
}

// goSDK calls through the new Go SDK.
type goSDK struct{ endpoint string }

// byName is the caller through the new Go SDK, by the names of operations.
func (c *caller) byName() *principal { return &principal{goSDK{c.endpoint}, c.keys} }

// client returns the SDK's client of a service.
func (g goSDK) client(keys aws.Credentials, service string) any {
	config := aws.Config{
		BaseEndpoint: &g.endpoint, Region: region, RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(staticKeys(keys)),
		HTTPClient:  &http.Client{Timeout: time.Minute, Transport: rawHTTP.Transport},
	}
	switch service {
	case "iam":
		return iam.NewFromConfig(config)
	case "sts":
		return sts.NewFromConfig(config)
	case "cloudtrail":
		return cloudtrail.NewFromConfig(config)
	}
	return chime.NewFromConfig(config)
}

func (g goSDK) call(t testing.TB, keys aws.Credentials, service, operation string, in members) outcome {
	t.Helper()
	method := reflect.ValueOf(g.client(keys, service)).MethodByName(operation)
	if !method.IsValid() {
		t.Fatalf("the SDK has no operation %s of %s", operation, service)
	}
	input := reflect.New(method.Type().In(1).Elem())
	fill(t, input.Interface(), in)
	arguments := []reflect.Value{reflect.ValueOf(t.Context()), input}
	results := method.Call(arguments)
	for isInterrupted(results[1]) {
		results = method.Call(arguments)
	}
	if err, _ := results[1].Interface().(error); err != nil {
		return outcome{Error: sdkErrorOf(t, err)}
	}
	var out members
	fill(t, &out, results[0].Interface())
	return outcome{Output: out}
}

// fill sets a value to what has the same members.
func fill(t testing.TB, value, from any) {
	t.Helper()
	text, err := json.Marshal(from)
	succeed(t, err)
	succeed(t, json.Unmarshal(text, value))
}

func (g goSDK) lookUpAll(t testing.TB, keys aws.Credentials, in members, pageSize int) any {
	t.Helper()
	var input cloudtrail.LookupEventsInput
	fill(t, &input, in)
	pages := cloudtrail.NewLookupEventsPaginator(g.client(keys, "cloudtrail").(*cloudtrail.Client), &input,
		func(o *cloudtrail.LookupEventsPaginatorOptions) { o.Limit = int32(pageSize) })
	var all []types.Event
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if errors.Is(err, net.ErrClosed) { // as in isInterrupted
			continue
		}
		succeed(t, err)
		all = append(all, page.Events...)
	}
	var list []any
	fill(t, &list, all)
	return list
}

// isInterrupted reports whether an answer longer than a few kilobytes was cut
// off by the client itself: it closes a request's body when the answer begins,
// and net/http the connection if it still looks whether the body goes on. Only
// reads have such answers.
func isInterrupted(err reflect.Value) bool {
	e, _ := err.Interface().(error)
	return errors.Is(e, net.ErrClosed)
}

// sdkErrorOf is how the Go SDK shows a refusal.
func sdkErrorOf(t testing.TB, err error) *sdkError {
	t.Helper()
	var e smithy.APIError
	var answer *awshttp.ResponseError
	if !errors.As(err, &e) || !errors.As(err, &answer) {
		t.Fatal(err)
	}
	_, generic := e.(*smithy.GenericAPIError)
	isUUID(t, "request id", answer.ServiceRequestID())
	return &sdkError{strings.TrimSuffix(e.ErrorCode(), "Exception"), !generic, e.ErrorMessage(), answer.HTTPStatusCode()}
}

// as is another principal through the same client.
func (p *principal) as(keys aws.Credentials) *principal { return &principal{p.sdk, keys} }

// try calls an operation that may be refused.
func (p *principal) try(t testing.TB, service, operation string, in members) outcome {
	t.Helper()
	if in == nil {
		in = members{}
	}
	return p.sdk.call(t, p.keys, service, operation, in)
}

// do calls an operation that must succeed.
func (p *principal) do(t testing.TB, service, operation string, in members) members {
	t.Helper()
	o := p.try(t, service, operation, in)
	if o.Error != nil {
		t.Fatalf("%s:%s %v: %+v", service, operation, in, *o.Error)
	}
	return o.Output
}

// modelled are the refusals that the models have, with their statuses; the
// others have the status 403.
var modelled = map[string]int{
	"DeleteConflict": 409, "EntityAlreadyExists": 409, "Forbidden": 403, "InvalidInput": 400, "LimitExceeded": 409,
	"MalformedPolicyDocument": 400, "NoSuchEntity": 404, "NotFound": 404,
	"InvalidEventCategory": 400, "InvalidLookupAttributes": 400, "InvalidMaxResults": 400, "InvalidNextToken": 400, "InvalidTimeRange": 400,
}

// refused calls an operation that must be refused with a name and a message;
// empty: whatever the message is.
func (p *principal) refused(t testing.TB, name, message, service, operation string, in members) {
	t.Helper()
	o := p.try(t, service, operation, in)
	if o.Error == nil {
		t.Fatalf("%s:%s %v has succeeded, want %s", service, operation, in, name)
	}
	want := sdkError{Name: name, Message: message, Status: modelled[name]}
	if _, want.Typed = modelled[name]; !want.Typed {
		want.Status = http.StatusForbidden
	}
	if message == "" && o.Error.Message != "" {
		want.Message = o.Error.Message
	}
	if o.Error.Status == 0 { // the AWS CLI prints name and message
		want.Status, want.Typed = 0, false
	}
	equal(t, "refusal of "+service+":"+operation, *o.Error, want)
}

// at returns what is at a path of members and indexes of an output; nil: nothing.
func at(from any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := from.(members)
			from = m[step]
		case int:
			list, _ := from.([]any)
			if step >= len(list) {
				return nil
			}
			from = list[step]
		}
	}
	return from
}

// text is at for what is a string; empty: nothing.
func text(from any, path ...any) string {
	s, _ := at(from, path...).(string)
	return s
}

// texts returns a member of every item of a list; without a name the items.
func texts(list any, member ...any) (all []string) {
	items, _ := list.([]any)
	for _, item := range items {
		all = append(all, text(item, member...))
	}
	return all
}
