package trail

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"carillon/api"
	"carillon/work"
)

const aws = "111122223333"

var alice = &api.Caller{AwsAccountID: aws, ARN: "arn:aws:iam::111122223333:user/alice", UserName: "alice", UserID: "AIDAEXAMPLE", AccessKeyID: "AKIAEXAMPLE"}

var moment0 = time.Date(2026, 11, 26, 15, 4, 5, 678e6, time.UTC)

// created is a CreateUser of alice.
func created() work.Event {
	return work.Event{
		Unit: &work.Unit{Caller: alice, Op: api.Operation("CreateUser"), Now: moment0, Request: &work.Request{
			ID: "11111111-2222-4333-8444-555555555555", SourceIP: "192.0.2.1", UserAgent: "aws-cli/2.0 \"quoted\"", Host: "chime.example:8018",
			Region: "eu-west-1", TLSVersion: "TLSv1.3", CipherSuite: "TLS_AES_128_GCM_SHA256",
		}},
		In: &api.CreateUserInput{AccountId: "a1", Email: api.Some("bob@example.com"), Username: api.Some("Bob"), UserType: api.Some(api.UserTypePrivateUser)},
		Out: &api.CreateUserOutput{User: &api.User{
			UserId: "u1", AccountId: api.Some("a1"), PrimaryEmail: api.Some("bob@example.com"), PersonalPIN: api.Some("1234567890"),
			LicenseType: api.Some(api.LicensePro), RegisteredOn: api.TimestampOf(moment0),
		}},
	}
}

func TestRecord_golden(t *testing.T) {
	e := created()
	r := New(Config{}).record(&e)
	want := `{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","arn":"arn:aws:iam::111122223333:user/alice",` +
		`"accountId":"111122223333","accessKeyId":"AKIAEXAMPLE","userName":"alice"},"eventTime":"2026-11-26T15:04:05Z",` +
		`"eventSource":"chime.amazonaws.com","eventName":"CreateUser","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.1",` +
		`"userAgent":"aws-cli/2.0 \"quoted\"","requestParameters":{"accountId":"a1","email":"HIDDEN_DUE_TO_SECURITY_REASONS",` +
		`"userType":"PrivateUser","username":"HIDDEN_DUE_TO_SECURITY_REASONS"},"responseElements":{"user":{"accountId":"a1",` +
		`"licenseType":"Pro","personalPIN":"HIDDEN_DUE_TO_SECURITY_REASONS","primaryEmail":"HIDDEN_DUE_TO_SECURITY_REASONS",` +
		`"registeredOn":"Nov 26, 2026, 3:04:05 PM","userId":"u1"}},"requestID":"11111111-2222-4333-8444-555555555555",` +
		`"eventID":"` + r.EventID + `","readOnly":false,"resources":[` +
		`{"accountId":"111122223333","type":"AWS::Chime::Account","ARN":"arn:aws:chime::111122223333:account/a1"},` +
		`{"accountId":"111122223333","type":"AWS::Chime::User","ARN":"arn:aws:chime::111122223333:user/u1"}],` +
		`"eventType":"AwsApiCall","apiVersion":"2018-05-01","managementEvent":true,"recipientAccountId":"111122223333",` +
		`"eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256",` +
		`"clientProvidedHostHeader":"chime.example:8018"}}`
	if got := string(expand(&r)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if r.AccountID != "a1" || r.AwsAccountID != aws || msOf(r.EventID) != moment0.UnixMilli() {
		t.Errorf("kept as %+v", r)
	}
	e2 := eventOf(&r)
	if e2.ID != r.EventID || e2.Name != "CreateUser" || e2.UserName != "alice" || e2.AccessKeyID != "AKIAEXAMPLE" || e2.Source != "chime.amazonaws.com" ||
		e2.ReadOnly || e2.AwsAccountID != aws || len(e2.Touched) != 2 || e2.Touched[1].Name != "u1" || e2.ErrorCode != "" {
		t.Errorf("parsed as %+v", e2)
	}
}

// recordOf returns the record of an event, as the tree that it is.
func recordOf(t *testing.T, e work.Event) (map[string]any, *Event) {
	t.Helper()
	r := New(Config{}).record(&e)
	text := expand(&r)
	var tree map[string]any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	event := eventOf(&r)
	event.Record = text
	return tree, event
}

func TestRecord_refused(t *testing.T) {
	e := created()
	e.Out, e.Refusal = nil, api.Conflict.Errorf("there is one\n%s", strings.Repeat("x", 2000))
	tree, _ := recordOf(t, e)
	if tree["errorCode"] != "ConflictException" || tree["errorMessage"] != "there is one" || tree["responseElements"] != nil || tree["requestParameters"] == nil {
		t.Errorf("%v", tree)
	}
}

// What others have sent does not make a record another one.
func TestRecord_forged(t *testing.T) {
	e := created()
	forged := `x","eventName":"Forged","eventID":"f","resources":[{"type":"T","ARN":"a"}],"eventType":"`
	e.Request.UserAgent, e.Request.ID, e.Request.Region = forged+strings.Repeat("é", 2000), forged, forged
	e.In = &api.CreateUserInput{AccountId: forged}
	e.Refusal = api.NotFound.Errorf("%s", forged)
	tree, got := recordOf(t, e)
	if len(tree["userAgent"].(string)) > 1024 {
		t.Error("the user agent is not cut")
	}
	if got.Name != "CreateUser" || got.ErrorCode != "NotFoundException" || got.ID != tree["eventID"] || len(got.Touched) != 1 || got.UserName != "alice" {
		t.Errorf("parsed as %+v", got)
	}
}

// What a rule says was touched is there too, and its name gives way to its ARN.
func TestRecord_touched(t *testing.T) {
	e := created()
	e.Op, e.Out = api.Operation("CreateAccessKey"), nil
	e.In = &api.CreateAccessKeyInput{UserName: api.Some("bob"), PolicyNames: []string{"ReadOnly"}}
	e.Touched = []work.Touched{{Type: "AWS::IAM::User", Name: "arn:aws:iam::9:user/ops/bob"}, {Type: "AWS::IAM::Policy", Name: "arn:aws:iam::aws:policy/ReadOnly"}}
	tree, got := recordOf(t, e)
	want := []work.Touched{{Type: "AWS::IAM::User", Name: "bob"}, e.Touched[0], {Type: "AWS::IAM::Policy", Name: "ReadOnly"}, e.Touched[1]}
	if len(tree["resources"].([]any)) != 2 || !slices.Equal(got.Touched, want) {
		t.Errorf("%v: %v", tree["resources"], got.Touched)
	}
}

func TestRecord_root(t *testing.T) {
	e := created()
	e.Caller = &api.Caller{AwsAccountID: aws, ARN: "arn:aws:iam::111122223333:root", AccessKeyID: "AKIAROOT", Root: true, SessionMs: moment0.UnixMilli()}
	e.Request = &work.Request{Console: true}
	tree, got := recordOf(t, e)
	identity := tree["userIdentity"].(map[string]any)
	if identity["type"] != "Root" || identity["principalId"] != aws || identity["userName"] != nil || identity["sessionContext"] == nil {
		t.Errorf("%v", identity)
	}
	if tree["awsRegion"] != "us-east-1" || tree["sessionCredentialFromConsole"] != "true" || tree["tlsDetails"] != nil || got.UserName != "root" {
		t.Errorf("%v", tree)
	}
}

// A sign-in at the console is recorded as CloudTrail does, with what came of it.
func TestRecord_signIn(t *testing.T) {
	wrong := &api.Error{Kind: api.Kind{Name: "InvalidSignatureException"}, Message: "Failed authentication"}
	for outcome, refusal := range map[string]*api.Error{"Success": nil, "Failure": wrong} {
		e := created()
		e.Op, e.In, e.Out, e.Refusal, e.SignIn = nil, nil, nil, refusal, "https://chime.example/ui/"
		e.Request.Console, e.Request.Trace = true, &work.Trace{ID: "t1"}
		tree, got := recordOf(t, e)
		if got.Name != "ConsoleLogin" || got.Source != "signin.amazonaws.com" || tree["eventType"] != "AwsConsoleSignIn" || got.ReadOnly || got.UserName != "alice" {
			t.Errorf("%s: %v", outcome, tree)
		}
		answer, more := tree["responseElements"].(map[string]any), tree["additionalEventData"].(map[string]any)
		if answer["ConsoleLogin"] != outcome || more["LoginTo"] != e.SignIn || more["MFAUsed"] != "No" || more["traceId"] != "t1" || tree["sessionCredentialFromConsole"] != nil {
			t.Errorf("%s: %v", outcome, tree)
		}
		if failed := tree["errorMessage"] == "Failed authentication" && got.ErrorCode == "InvalidSignatureException"; failed != (refusal != nil) || refusal == nil && tree["errorCode"] != nil {
			t.Errorf("%s: %v", outcome, tree)
		}
	}
}

func TestRecord_step(t *testing.T) {
	e := work.Event{Unit: &work.Unit{Caller: &api.Caller{AwsAccountID: aws}, Now: moment0}, Step: &work.Step{
		Name: "ReleasePhoneNumber", AccountID: "a1", Details: map[string]any{"messages": 3}, Touched: []work.Touched{work.TouchedNumber},
	}}
	tree, got := recordOf(t, e)
	if tree["eventType"] != "AwsServiceEvent" || tree["userIdentity"].(map[string]any)["invokedBy"] != "chime.amazonaws.com" || tree["serviceEventDetails"] == nil {
		t.Errorf("%v", tree)
	}
	if got.Name != "ReleasePhoneNumber" || got.UserName != "" || len(got.Touched) != 1 || got.ReadOnly {
		t.Errorf("parsed as %+v", got)
	}
}

// A request that is too large is cut, and still JSON.
func TestRecord_large(t *testing.T) {
	e := created()
	var list []string
	for range 1000 {
		list = append(list, strings.Repeat("i", 1000))
	}
	e.Op, e.In, e.Out = api.Operation("BatchSuspendUser"), &api.BatchSuspendUserInput{AccountId: "a1", UserIdList: list}, nil
	_, got := recordOf(t, e)
	if len(got.Touched) != 2 || len(got.Record) > 2*maxMember {
		t.Errorf("%d bytes", len(got.Record))
	}
}

func TestIDs(t *testing.T) {
	var g ids
	last := ""
	for range 1000 {
		id := g.at(moment0.UnixMilli())
		b, ok := pack(id)
		if !ok || format(&b) != id || id <= last || id[14] != '7' || msOf(id) != moment0.UnixMilli() || before(msOf(id)) >= id || before(msOf(id)+1) <= id {
			t.Fatalf("%s after %s", id, last)
		}
		last = id
	}
}

func BenchmarkRecord(b *testing.B) {
	t := New(Config{})
	e := created()
	e.Request.TLSVersion = ""
	b.ReportAllocs()
	for b.Loop() {
		t.record(&e)
	}
}

func BenchmarkEventOf(b *testing.B) {
	e := created()
	r := New(Config{}).record(&e)
	for b.Loop() {
		eventOf(&r)
	}
}

// Of an operation that nobody knows the signature tells the service.
func TestRecord_unknownOperation(t *testing.T) {
	for signed, want := range map[string]string{"": "chime.amazonaws.com", "iam": "iam.amazonaws.com"} {
		e := created()
		e.Op, e.In, e.Out, e.Refusal = nil, nil, nil, api.Forbidden.Errorf("no")
		e.Request.Service = signed
		tree, _ := recordOf(t, e)
		if tree["eventSource"] != want || tree["eventName"] != "" {
			t.Errorf("%v", tree)
		}
	}
}
