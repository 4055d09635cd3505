package wire_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"carillon/api"
	"carillon/api/iam"
	"carillon/api/sts"
	"carillon/wire"
)

// answer returns the body of an answer.
func answer(t *testing.T, door wire.Door, op *api.Op, out api.Output) string {
	t.Helper()
	w := httptest.NewRecorder()
	wire.SetRequestID(w, id)
	if err := door.WriteOutput(w, op, out); err != nil || w.Code != 200 {
		t.Errorf("%s: status %d, %v", op.Name, w.Code, err)
	}
	return w.Body.String()
}

// day is 2026-11-21T12:00:00.789Z, whose fraction answers of XML do not show.
var day = api.TimestampOf(time.Date(2026, 11, 21, 12, 0, 0, 789e6, time.UTC))

func TestQuery_writeOutput(t *testing.T) {
	some := api.Some[string]
	const metadata = "<ResponseMetadata><RequestId>" + id + "</RequestId></ResponseMetadata>"
	user := iam.User{Arn: "arn:aws:iam::123456789012:user/ops/alice", CreateDate: day, Path: "/ops/", UserId: "AIDA", UserName: alice}
	const userXML = "<Arn>arn:aws:iam::123456789012:user/ops/alice</Arn><CreateDate>2026-11-21T12:00:00Z</CreateDate><Path>/ops/</Path>"
	for _, test := range []struct {
		op   *api.Op
		out  api.Output
		want string // the content of the root
	}{
		{sts.Operation("GetCallerIdentity"), &sts.GetCallerIdentityOutput{Account: some("123456789012"), Arn: some("arn"), UserId: some("AIDA")}, "<GetCallerIdentityResult><Account>123456789012</Account><Arn>arn</Arn><UserId>AIDA</UserId></GetCallerIdentityResult>"},
		{iam.Operation("DeleteAccessKey"), nil, ""},
		{iam.Operation("GetUser"), &iam.GetUserOutput{User: &user}, "<GetUserResult><User>" + userXML + "<UserId>AIDA</UserId><UserName>alice</UserName></User></GetUserResult>"},
		{iam.Operation("GetUser"), &iam.GetUserOutput{}, "<GetUserResult></GetUserResult>"},
		{
			iam.Operation("ListUsers"), &iam.ListUsersOutput{IsTruncated: api.Some(false), Users: []iam.User{{Tags: []iam.Tag{{Key: some("a"), Value: some("")}}}}},
			"<ListUsersResult><IsTruncated>false</IsTruncated><Users><member><Arn></Arn><Path></Path><Tags><member><Key>a</Key><Value></Value></member></Tags><UserId></UserId><UserName></UserName></member></Users></ListUsersResult>",
		},
		{
			iam.Operation("ListUsers"), &iam.ListUsersOutput{IsTruncated: api.Some(true), Marker: some("m"), Users: []iam.User{}},
			"<ListUsersResult><IsTruncated>true</IsTruncated><Marker>m</Marker><Users></Users></ListUsersResult>",
		},
		{
			iam.Operation("ListUserPolicies"), &iam.ListUserPoliciesOutput{PolicyNames: []string{"a", "<b>"}},
			"<ListUserPoliciesResult><PolicyNames><member>a</member><member>&lt;b&gt;</member></PolicyNames></ListUserPoliciesResult>",
		},
		{
			iam.Operation("GetUserPolicy"), &iam.GetUserPolicyOutput{PolicyDocument: "%7B%20%7D & <\n\r\t\x00\x1b\xff\ufffe>", PolicyName: "p", UserName: alice},
			"<GetUserPolicyResult><PolicyDocument>%7B%20%7D &amp; &lt;&#xA;&#xD;&#x9;\ufffd\ufffd\ufffd\ufffd&gt;</PolicyDocument><PolicyName>p</PolicyName><UserName>alice</UserName></GetUserPolicyResult>",
		},
		{
			iam.Operation("GetAccessKeyLastUsed"), &iam.GetAccessKeyLastUsedOutput{AccessKeyLastUsed: &iam.AccessKeyLastUsed{Region: "N/A", ServiceName: "N/A"}},
			"<GetAccessKeyLastUsedResult><AccessKeyLastUsed><Region>N/A</Region><ServiceName>N/A</ServiceName></AccessKeyLastUsed></GetAccessKeyLastUsedResult>",
		},
		{
			iam.Operation("SimulatePrincipalPolicy"), &iam.SimulatePrincipalPolicyOutput{EvaluationResults: []iam.EvaluationResult{{
				EvalActionName: "chime:CreateUser", EvalDecision: iam.PolicyEvaluationDecisionTypeImplicitDeny, EvalResourceName: some("*"),
				MatchedStatements: []iam.Statement{{StartPosition: &iam.Position{Column: api.Some(5), Line: api.Some(1)}}}, MissingContextValues: []string{},
			}}},
			"<SimulatePrincipalPolicyResult><EvaluationResults><member><EvalActionName>chime:CreateUser</EvalActionName><EvalDecision>implicitDeny</EvalDecision>" +
				"<EvalResourceName>*</EvalResourceName><MatchedStatements><member><StartPosition><Column>5</Column><Line>1</Line></StartPosition></member></MatchedStatements>" +
				"<MissingContextValues></MissingContextValues></member></EvaluationResults></SimulatePrincipalPolicyResult>",
		},
	} {
		door, space := iamDoor, "https://iam.amazonaws.com/doc/2010-05-08/"
		if test.op.Service == sts.Service {
			door, space = stsDoor, "https://sts.amazonaws.com/doc/2011-06-15/"
		}
		want := "<" + test.op.Name + `Response xmlns="` + space + `">` + test.want + metadata + "</" + test.op.Name + "Response>"
		if got := answer(t, door, test.op, test.out); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestQuery_head(t *testing.T) {
	checkExchange(t, func(w http.ResponseWriter, _ *http.Request) {
		wire.SetRequestID(w, "1")
		if err := iamDoor.WriteOutput(w, iam.Operation("DeleteUser"), nil); err != nil {
			t.Error(err)
		}
	},
		"HTTP/1.1 200 OK\nConnection: keep-alive\nContent-Length: 152\nContent-Type: text/xml\nx-amzn-RequestId: 1",
		`<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DeleteUserResponse>`)
	checkExchange(t, func(w http.ResponseWriter, _ *http.Request) {
		wire.SetRequestID(w, "1")
		iamDoor.WriteError(w, &api.Error{Kind: iam.Service.Throttled, Message: "Rate exceeded", RetryAfter: 1500 * time.Millisecond})
	},
		"HTTP/1.1 400 Bad Request\nConnection: keep-alive\nContent-Length: 194\nContent-Type: text/xml\nRetry-After: 2\nx-amz-retry-after: 1500\nx-amzn-RequestId: 1",
		`<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>1</RequestId></ErrorResponse>`)
}

// errorResponse is what clients make of a refusal.
type errorResponse struct {
	XMLName   xml.Name
	Type      string `xml:"Error>Type"`
	Code      string `xml:"Error>Code"`
	Message   string `xml:"Error>Message"`
	RequestID string `xml:"RequestId"`
}

func TestQuery_writeError(t *testing.T) {
	signature := func(name string) error { return (api.Kind{Name: name, Status: 403}).Errorf("No") }
	const failed = "The server failed to answer; see its log for this request id"
	for _, test := range []struct {
		err           error
		status        int
		code, message string
	}{
		{iam.NoSuchEntity.Errorf("The user with name bob cannot be found."), 404, "NoSuchEntity", "The user with name bob cannot be found."},
		{iam.ServiceNotSupported.Errorf("No"), 404, "NotSupportedService", "No"},
		{iam.MalformedPolicyDocument.Errorf("<\x00\n&>"), 400, "MalformedPolicyDocument", "<\ufffd\n&>"},
		{sts.RegionDisabled.Errorf("No"), 403, "RegionDisabledException", "No"},
		{(api.Kind{Name: "OddException", Status: 418}).Errorf("No"), 418, "Odd", "No"},
		{signature("UnrecognizedClientException"), 403, "InvalidClientTokenId", "No"},
		{signature("InvalidSignatureException"), 403, "SignatureDoesNotMatch", "No"},
		{signature("IncompleteSignatureException"), 403, "IncompleteSignature", "No"},
		{signature("MissingAuthenticationTokenException"), 403, "MissingAuthenticationToken", "No"},
		{signature("ExpiredTokenException"), 403, "ExpiredToken", "No"},
		{api.BadRequest.Errorf("No"), 400, "ValidationError", "No"},
		{api.Invalid("Tags[12].Key", "not be Tags[0].Key"), 400, "ValidationError", "1 validation error detected: Value at 'tags.13.member.key' failed to satisfy constraint: Member must not be Tags[0].Key"},
		{api.BadRequest.Errorf("Value at 'Tags'"), 400, "ValidationError", "Value at 'Tags'"},
		{(&iam.CreateUserInput{Tags: []iam.Tag{{}}, UserName: api.Some("a")}).Validate(), 400, "ValidationError", "2 validation errors detected: Value at 'tags.1.member.key' failed to satisfy constraint: Member must not be null; " +
			"Value at 'tags.1.member.value' failed to satisfy constraint: Member must not be null"},
		{api.Forbidden.Errorf("No"), 403, "AccessDenied", "No"},
		{iam.Service.Denied.Errorf("No"), 403, "AccessDenied", "No"},
		{&api.Error{Kind: api.BadRequest, Code: "Narrow", Message: "No"}, 400, "ValidationError", "No"},
		{api.EntityTooLarge.Errorf("No"), 413, "RequestEntityTooLarge", "No"},
		{api.RequestTimeout.Errorf("No"), 408, "RequestTimeout", "No"},
		{api.ThrottledClient.Errorf("No"), 400, "Throttling", "No"},
		{api.ServiceUnavailable.Errorf("No"), 503, "ServiceUnavailable", "No"},
		{api.ServiceFailure.Errorf("No"), 500, "InternalFailure", "No"},
		{fmt.Errorf("reading: %w", iam.DeleteConflict.Errorf("No")), 409, "DeleteConflict", "No"},
		{errors.New("disk full"), 500, "InternalFailure", failed},
	} {
		w := httptest.NewRecorder()
		wire.SetRequestID(w, id)
		told := iamDoor.WriteError(w, test.err)
		fault := "Sender"
		if test.status >= 500 {
			fault = "Receiver"
		}
		want := errorResponse{xml.Name{Space: iam.Service.Namespace, Local: "ErrorResponse"}, fault, test.code, test.message, id}
		var got errorResponse
		if err := xml.Unmarshal(w.Body.Bytes(), &got); err != nil || got != want || w.Code != test.status {
			t.Errorf("%v: status %d, got %+v, %v, want %+v", test.err, w.Code, got, err, want)
		}
		if told.Kind.Status != test.status || told.ErrorCode() != api.ErrorCode(test.code) && told.Kind.Code != "" {
			t.Errorf("%v: told %+v", test.err, told)
		}
	}
}

// The cause stays for the log, and what was given stays as it was.
func TestQuery_writeErrorReturns(t *testing.T) {
	cause := errors.New("disk full")
	given := api.BadRequest.Wrap(cause, "No")
	for _, err := range []error{cause, given} {
		if e := iamDoor.WriteError(httptest.NewRecorder(), err); !errors.Is(e, cause) {
			t.Errorf("%v: the cause is lost: %v", err, e)
		}
	}
	if given.Kind != api.BadRequest {
		t.Errorf("changed to %v", given)
	}
}

// node is an element of any XML.
type node struct {
	XMLName xml.Name
	Text    string `xml:",chardata"`
	Nodes   []node `xml:",any"`
}

// plain is the element as [plain] has the shape that it was written from. Only of
// lists are the elements called member.
func (n node) plain() any {
	switch {
	case n.Nodes == nil:
		return n.Text
	case n.Nodes[0].XMLName.Local == "member":
		list := []any{}
		for _, e := range n.Nodes {
			list = append(list, e.plain())
		}
		return list
	}
	members := map[string]any{}
	for _, e := range n.Nodes {
		members[e.XMLName.Local] = e.plain()
	}
	return members
}

func xmlText(v reflect.Value) any {
	if v.Kind() == reflect.Int64 {
		return asTime(v)
	}
	return fmt.Sprint(v.Interface())
}

// Every member of every answer gets to who reads it with a reader of XML.
func TestQuery_everyOutput(t *testing.T) {
	count := 0
	for _, service := range []struct {
		door  wire.Door
		op    func(string) *api.Op
		calls reflect.Type
	}{{iamDoor, iam.Operation, reflect.TypeFor[iam.Calls]()}, {stsDoor, sts.Operation, reflect.TypeFor[sts.Calls]()}} {
		for name, output := range outputs(service.calls) {
			out := filled(output)
			var got node
			if err := xml.Unmarshal([]byte(answer(t, service.door, service.op(name), out)), &got); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			want := map[string]any{name + "Result": plain(reflect.ValueOf(out), xmlText), "ResponseMetadata": map[string]any{"RequestId": id}}
			if !reflect.DeepEqual(got.plain(), want) {
				t.Errorf("%s: got %v\nwant %v", name, got.plain(), want)
			}
			count++
		}
	}
	if count < 25 {
		t.Errorf("%d outputs", count)
	}
}

// Inputs are of the kinds that the readers know.
func TestQuery_everyInput(t *testing.T) {
	for _, ops := range [][]api.Op{iam.Ops, sts.Ops} {
		for i := range ops {
			for _, f := range reflect.VisibleFields(reflect.TypeOf(ops[i].New()).Elem()) {
				if strings.HasPrefix(f.Type.Name(), "Opt[") {
					f.Type = f.Type.Field(0).Type
				}
				if !slices.Contains([]reflect.Kind{reflect.Slice, reflect.String, reflect.Bool, reflect.Int}, f.Type.Kind()) {
					t.Errorf("%s.%s is a %s", ops[i].Name, f.Name, f.Type)
				}
			}
		}
	}
}

// An answer is well-formed and says what it can of any text.
func FuzzQueryWrite(f *testing.F) {
	for _, text := range []string{"", "a", "<&>\"'", "\x00\x1b\xff", "\u2028\ufffe\U0001f600", "]]>", "\r\n\t ", "<!--"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w := httptest.NewRecorder()
		iamDoor.WriteError(w, iam.InvalidInput.Errorf("%s", text))
		var got errorResponse
		if err := xml.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		want := strings.Map(func(r rune) rune {
			if r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == '\ufffe' || r == '\uffff' {
				return '\ufffd'
			}
			return r
		}, text)
		if want = strings.ToValidUTF8(want, "\ufffd"); got.Message != want {
			t.Errorf("%q: got %q, want %q", text, got.Message, want)
		}
	})
}

// A walk over the tokens of an answer meets each opened element closed.
func TestQuery_tokens(t *testing.T) {
	d := xml.NewDecoder(strings.NewReader(answer(t, iamDoor, iam.Operation("ListUsers"), filled(reflect.TypeFor[iam.ListUsersOutput]()))))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
