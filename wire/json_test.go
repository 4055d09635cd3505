package wire_test

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"carillon/api"
	"carillon/api/cloudtrail"
	"carillon/wire"
)

var trail = wire.NewJSON(cloudtrail.Service, cloudtrail.Ops)

const (
	lookUp    = "CloudTrail_20131101.LookupEvents"
	fromShell = "com.amazonaws.cloudtrail.v20131101." + lookUp // as botocore has it
)

// jsonRequest returns a request as SDKs send it, with what stands in place of its
// headers; none is an empty value.
func jsonRequest(target, contentType string) *http.Request {
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("Content-Type", contentType)
	return r
}

func lookUpEvents(body string) (*cloudtrail.LookupEventsInput, error) {
	m, err := trail.Match(jsonRequest(lookUp, "application/x-amz-json-1.1"), "", []byte(body))
	if err != nil {
		return nil, err
	}
	if err := m.Read([]byte(body)); err != nil {
		return nil, err
	}
	return m.In.(*cloudtrail.LookupEventsInput), m.In.Validate()
}

func TestJSON_read(t *testing.T) {
	at := func(seconds float64) api.Opt[api.Timestamp] {
		return api.Some(api.Timestamp(math.Round(seconds * 1000)))
	}
	for _, test := range []struct {
		body string
		want cloudtrail.LookupEventsInput
	}{
		// As captured from AWS CLI, SDK for Go v2 and SDK for JavaScript v3.
		{`{}`, cloudtrail.LookupEventsInput{}},
		{
			`{"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "CreateUser"}], "StartTime": 1793491200, "EndTime": 1795262400, "MaxResults": 5}`,
			cloudtrail.LookupEventsInput{
				LookupAttributes: []cloudtrail.LookupAttribute{{
					AttributeKey: api.Some(cloudtrail.LookupAttributeKeyEventName), AttributeValue: api.Some("CreateUser"),
				}},
				StartTime: at(1793491200), EndTime: at(1795262400), MaxResults: api.Some(5),
			},
		},
		{`{"EventCategory": "insight"}`, cloudtrail.LookupEventsInput{EventCategory: api.Some(cloudtrail.EventCategoryInsight)}},
		{`{"MaxResults":5,"StartTime":1793491200.5}`, cloudtrail.LookupEventsInput{MaxResults: api.Some(5), StartTime: at(1793491200.5)}},

		{``, cloudtrail.LookupEventsInput{}},
		{` {"Other": {"MaxResults": []}, "maxResults": 1, "NextToken": "a\n", "EndTime": null} `, cloudtrail.LookupEventsInput{NextToken: api.Some("a\n")}},
		{`{"LookupAttributes": []}`, cloudtrail.LookupEventsInput{LookupAttributes: []cloudtrail.LookupAttribute{}}},
		{`{"StartTime": 0, "EndTime": 1.7e9}`, cloudtrail.LookupEventsInput{StartTime: at(0), EndTime: at(1.7e9)}},
		{`{"StartTime": -1.0005, "EndTime": 1795262400.12349}`, cloudtrail.LookupEventsInput{StartTime: at(-1.001), EndTime: at(1795262400.123)}},
	} {
		got, err := lookUpEvents(test.body)
		if err != nil || !reflect.DeepEqual(*got, test.want) {
			t.Errorf("%s: got %+v, %v, want %+v", test.body, got, err, test.want)
		}
	}
}

func TestJSON_badInput(t *testing.T) {
	malformed := api.Kind{Name: "SerializationException", Status: 400}
	for _, test := range []struct {
		body    string
		kind    api.Kind
		message string
	}{
		{`[]`, malformed, "the document must be an object, not a list"},
		{`null`, malformed, "null"},
		{`{`, malformed, "invalid JSON at byte 1"},
		{`{} {}`, malformed, "invalid JSON"},
		{"{\"NextToken\": \"\xff\"}", malformed, "UTF-8"},
		{`{"MaxResults": 1, "MaxResults": 1}`, malformed, "twice"},
		{`{"Other": 1, "Other": 1}`, malformed, "twice"},
		{`{"MaxResults": "1"}`, malformed, "MaxResults must be an integer, not a string"},
		{`{"MaxResults": 1.5}`, malformed, "MaxResults"},
		{`{"LookupAttributes": {}}`, malformed, "LookupAttributes must be a list"},
		{`{"LookupAttributes": [null]}`, malformed, "LookupAttributes[0] must be an object"},
		{`{"LookupAttributes": [{"AttributeKey": 1}]}`, malformed, "LookupAttributes[0].AttributeKey must be a string"},
		{`{"LookupAttributes": [` + strings.Repeat("{},", 1024) + `{}]}`, malformed, "LookupAttributes must have length less than or equal to 1024"},
		{`{"Other": ` + strings.Repeat("[", 500_000) + `}`, malformed, "nested"},
		{`{"StartTime": "2026-11-01T00:00:00Z"}`, malformed, "StartTime must be a number of seconds, not a string"},
		{`{"StartTime": 1e400}`, malformed, "StartTime must be a number of seconds since 1970"},
		{`{"StartTime": 1793491200000}`, malformed, "StartTime must be a number of seconds since 1970"},

		{`{"MaxResults": 51}`, cloudtrail.InvalidMaxResults, "1 validation error detected: Value at 'maxResults' failed"},
		{`{"LookupAttributes": [{"AttributeKey": "Color", "AttributeValue": "x"}]}`, cloudtrail.InvalidLookupAttributes, "'lookupAttributes.1.member.attributeKey'"},
	} {
		_, err := lookUpEvents(test.body)
		checkTold(t, trail, clip(test.body), err, test.kind, test.message)
	}
}

func TestJSON_match(t *testing.T) {
	const json11 = "application/x-amz-json-1.1"
	for _, test := range []struct{ target, contentType, refused string }{
		{lookUp, json11, ""},
		{fromShell, json11, ""},
		{lookUp, json11 + "; charset=utf-8", ""},
		{lookUp, "Application/X-AMZ-JSON-1.1;charset=UTF-8", ""},
		{"CloudTrail_20131101.CreateTrail", json11, "Could not find operation CreateTrail for version 2013-11-01"},
		{"CloudTrail_20131101.", json11, "(a name of 0 bytes)"},
		{"CloudTrail_20131101.<b>", json11, "(a name of 3 bytes)"},
		{"CloudTrail_20131101.X." + lookUp, json11, "X.CloudTrail_20131101.LookupEvents"},
		{"com.amazonaws.chime.v20131101." + lookUp, json11, "X-Amz-Target has to name an operation, as in CloudTrail_20131101.LookupEvents"},
		{"LookupEvents", json11, "X-Amz-Target"},
		{"", json11, "X-Amz-Target"},
		{lookUp, "", json11},
		{lookUp, "application/json", json11},
		{lookUp, "application/x-amz-json-1.0", json11},
	} {
		m, err := trail.Match(jsonRequest(test.target, test.contentType), "", nil)
		if test.refused == "" {
			if err != nil || m.Op != cloudtrail.Operation("LookupEvents") {
				t.Errorf("%q, %q: %v, %v", test.target, test.contentType, name(m.Op), err)
			}
			continue
		}
		checkTold(t, trail, test.target, err, api.UnknownOperation, test.refused)
	}
}

func TestJSON_line(t *testing.T) {
	twice := jsonRequest(lookUp, "application/x-amz-json-1.1")
	twice.Header.Add("X-Amz-Target", lookUp)
	get, elsewhere := jsonRequest(lookUp, ""), jsonRequest(lookUp, "")
	get.Method, elsewhere.URL.Path = "GET", "/accounts"
	for _, test := range []struct {
		r    *http.Request
		kind api.Kind
	}{{twice, api.UnknownOperation}, {get, api.MethodNotAllowed}, {elsewhere, api.UnknownPath}} {
		_, err := trail.Match(test.r, "", nil)
		checkTold(t, trail, test.r.Method+" "+test.r.URL.Path, err, test.kind, "")
	}
	_, err := trail.Match(get, "", nil)
	w := httptest.NewRecorder()
	if trail.WriteError(w, err); w.Header().Get("Allow") != "POST" {
		t.Errorf("Allow %q", w.Header().Get("Allow"))
	}
}

func TestJSON_writeOutput(t *testing.T) {
	some := api.Some[string]
	for _, test := range []struct {
		out  api.Output
		want string
	}{
		{nil, `{}`},
		{&cloudtrail.LookupEventsOutput{}, `{}`},
		{&cloudtrail.LookupEventsOutput{Events: []cloudtrail.Event{}}, `{"Events":[]}`},
		{
			&cloudtrail.LookupEventsOutput{NextToken: some("n1"), Events: []cloudtrail.Event{
				{
					AccessKeyId: some("AKIA"), CloudTrailEvent: some("{\"eventVersion\":\"1.11\",\"a\":\"<&\x00\xff\"}"), EventId: some("1"), EventTime: 1795262400000,
					ReadOnly: some("false"), Resources: []cloudtrail.Resource{{ResourceName: some("u1"), ResourceType: some("AWS::Chime::User")}},
				},
				{EventTime: 1795262400500},
				{EventTime: 1795262400001},
				{EventTime: -1500},
				{},
			}},
			`{"Events":[{"AccessKeyId":"AKIA","CloudTrailEvent":"{\"eventVersion\":\"1.11\",\"a\":\"<&\u0000` + "\ufffd" + `\"}","EventId":"1","EventTime":1795262400,` +
				`"ReadOnly":"false","Resources":[{"ResourceName":"u1","ResourceType":"AWS::Chime::User"}]},` +
				`{"EventTime":1795262400.5},{"EventTime":1795262400.001},{"EventTime":-1.5},{}],"NextToken":"n1"}`,
		},
	} {
		if got := answer(t, trail, cloudtrail.Operation("LookupEvents"), test.out); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestJSON_writeError(t *testing.T) {
	const hidden = "The server failed to answer; see its log for this request id"
	for _, test := range []struct {
		err           error
		status        int
		name, message string
	}{
		{cloudtrail.InvalidLookupAttributes.Errorf("No \"x\""), 400, "InvalidLookupAttributesException", `No \"x\"`},
		{cloudtrail.Service.Denied.Errorf("No"), 403, "AccessDeniedException", "No"},
		{api.Forbidden.Errorf("No"), 403, "AccessDeniedException", "No"},
		{api.BadRequest.Errorf("No"), 400, "ValidationException", "No"},
		{api.ThrottledClient.Errorf("No"), 400, "ThrottlingException", "No"},
		{api.ServiceUnavailable.Errorf("No"), 503, "ServiceUnavailableException", "No"},
		{api.EntityTooLarge.Errorf("No"), 413, "RequestEntityTooLargeException", "No"},
		{api.RequestTimeout.Errorf("No"), 408, "RequestTimeoutException", "No"},
		{(api.Kind{Name: "UnrecognizedClientException", Status: 403}).Errorf("No"), 403, "UnrecognizedClientException", "No"},
		{errors.New("disk full"), 500, "InternalFailure", hidden},
	} {
		w := httptest.NewRecorder()
		trail.WriteError(w, test.err)
		want := `{"__type":"` + test.name + `","message":"` + test.message + `"}`
		header := strings.Join(map[string][]string(w.Header())["x-amzn-ErrorType"], ", ") // not canonical
		if w.Code != test.status || w.Body.String() != want || header != test.name {
			t.Errorf("%v: %d %s %s, want %d %s", test.err, w.Code, header, w.Body, test.status, want)
		}
	}
}

func TestJSON_head(t *testing.T) {
	checkExchange(t, func(w http.ResponseWriter, _ *http.Request) {
		wire.SetRequestID(w, "1")
		trail.WriteError(w, &api.Error{Kind: cloudtrail.Service.Throttled, Message: "Rate exceeded", RetryAfter: time.Second})
	},
		"HTTP/1.1 400 Bad Request\nConnection: keep-alive\nContent-Length: 58\nContent-Type: application/x-amz-json-1.1\nRetry-After: 1\n"+
			"x-amz-retry-after: 1000\nx-amzn-ErrorType: ThrottlingException\nx-amzn-RequestId: 1",
		`{"__type":"ThrottlingException","message":"Rate exceeded"}`)
}

// Every member of every answer gets to who reads it with a reader of JSON.
func TestJSON_everyOutput(t *testing.T) {
	for op, output := range outputs(reflect.TypeFor[cloudtrail.Calls]()) {
		out := filled(output)
		var got any
		if err := json.Unmarshal([]byte(answer(t, trail, cloudtrail.Operation(op), out)), &got); err != nil {
			t.Fatal(err)
		}
		want := plain(reflect.ValueOf(out), func(v reflect.Value) any {
			if v.Kind() == reflect.Int64 {
				return float64(v.Int()) / 1000
			}
			return v.String()
		})
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", op, got, want)
		}
	}
}

// Whatever comes, the reader refuses it properly or reads an input of good JSON.
func FuzzJSON(f *testing.F) {
	for _, body := range []string{
		``, `{}`, `{"MaxResults":5,"StartTime":1793491200.5,"EndTime":1e9}`, `{"LookupAttributes":[{"AttributeKey":"EventId","AttributeValue":"\ud83d"}]}`,
		`{"StartTime":1e999,"NextToken":null}`, `[[[`, "{\"\xff\":1}",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		in, err := lookUpEvents(body)
		var refusal *api.Error
		if err != nil {
			if !errors.As(err, &refusal) || refusal.Kind.Status != 400 {
				t.Errorf("%q: %v", body, err)
			}
			return
		}
		if body != "" && !json.Valid([]byte(body)) {
			t.Errorf("%q: accepted", body)
		}
		if in.MaxResults.Set && (in.MaxResults.V < 1 || in.MaxResults.V > 50) {
			t.Errorf("%q: %+v", body, in)
		}
	})
}
