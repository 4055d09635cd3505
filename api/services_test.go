package api_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"carillon/api"
	"carillon/api/cloudtrail"
	"carillon/api/iam"
	"carillon/api/sts"
)

// tables has the operations of the services whose requests have nothing but a body.
var tables = map[*api.Service][]api.Op{iam.Service: iam.Ops, sts.Service: sts.Ops, cloudtrail.Service: cloudtrail.Ops}

func TestServices_wellFormed(t *testing.T) {
	for service, want := range map[*api.Service]int{iam.Service: 36, sts.Service: 3, cloudtrail.Service: 1} {
		ops := tables[service]
		if len(ops) != want || !slices.IsSortedFunc(ops, func(a, b api.Op) int { return strings.Compare(a.Name, b.Name) }) {
			t.Errorf("%s: %d operations, want %d, sorted", service.Name, len(ops), want)
		}
		for i := range ops {
			op := &ops[i]
			if op.Service != service || op.Removed() || op.Audience != api.Public || op.Method != "POST" || op.Path != "/" || op.Status != 200 {
				t.Errorf("%s: odd entry %+v", op.Name, op)
			}
			if op.Action != service.Name+":"+op.Name {
				t.Errorf("%s: action %s", op.Name, op.Action)
			}
			if _, rest := op.New().(api.RESTInput); rest {
				t.Errorf("%s: a request of REST-JSON", op.Name)
			}
		}
	}
}

func TestServices_described(t *testing.T) {
	for _, test := range []struct {
		service                            *api.Service
		name, version, source, space, goal string
		protocol                           api.Protocol
		denied                             string
	}{
		{api.Chime, "chime", "2018-05-01", "chime.amazonaws.com", "", "", api.RESTJSON, "ForbiddenException"},
		{iam.Service, "iam", "2010-05-08", "iam.amazonaws.com", "https://iam.amazonaws.com/doc/2010-05-08/", "", api.Query, "AccessDenied"},
		{sts.Service, "sts", "2011-06-15", "sts.amazonaws.com", "https://sts.amazonaws.com/doc/2011-06-15/", "", api.Query, "AccessDenied"},
		{cloudtrail.Service, "cloudtrail", "2013-11-01", "cloudtrail.amazonaws.com", "", "CloudTrail_20131101", api.JSON, "AccessDeniedException"},
	} {
		s := test.service
		if s.Name != test.name || s.Version != test.version || s.EventSource() != test.source || s.Namespace != test.space ||
			s.Target != test.goal || s.Protocol != test.protocol || s.Denied.Name != test.denied {
			t.Errorf("got %+v, want %+v", s, test)
		}
	}
}

// What only reads is by its name; a session is something new.
func TestServices_writes(t *testing.T) {
	for _, ops := range tables {
		for i := range ops {
			reads := strings.HasPrefix(ops[i].Name, "Get") && ops[i].Name != "GetSessionToken"
			for _, verb := range []string{"List", "Lookup", "Simulate"} {
				reads = reads || strings.HasPrefix(ops[i].Name, verb)
			}
			if ops[i].Writes == reads {
				t.Errorf("%s: writes: %v", ops[i].Name, ops[i].Writes)
			}
			if free := ops[i].Name == "GetCallerIdentity" || ops[i].Name == "GetSessionToken"; ops[i].Free != free {
				t.Errorf("%s: free: %v", ops[i].Name, ops[i].Free)
			}
		}
	}
}

func TestServices_resources(t *testing.T) {
	const policy = "arn:aws:iam::111122223333:policy/p"
	for _, test := range []struct {
		in   api.Input
		want string
		by   string
	}{
		{&iam.ListUsersInput{}, "*", ""},
		{&iam.SimulateCustomPolicyInput{}, "*", ""},
		{&iam.CreateUserInput{UserName: api.Some("bob")}, "arn:aws:iam::111122223333:user/bob", ""},
		{&iam.CreateUserInput{UserName: api.Some("bob"), Path: api.Some("/a/b/")}, "arn:aws:iam::111122223333:user/a/b/bob", ""},
		{&iam.CreatePolicyInput{PolicyName: api.Some("p")}, policy, ""},
		{&iam.GetUserInput{}, "arn:aws:iam::111122223333:user/ops/alice", "UserName"},
		{&iam.PutUserPolicyInput{UserName: api.Some("alice")}, "arn:aws:iam::111122223333:user/ops/alice", "UserName"},
		{&iam.GetAccessKeyLastUsedInput{AccessKeyId: api.Some("AKIA")}, "arn:aws:iam::111122223333:user/ops/alice", "AccessKeyId"},
		{&iam.DeletePolicyInput{PolicyArn: api.Some(policy)}, policy, ""},
		{&iam.SimulatePrincipalPolicyInput{PolicySourceArn: api.Some(policy)}, policy, ""},
	} {
		op := iam.Operation(strings.TrimSuffix(reflect.TypeOf(test.in).Elem().Name(), "Input"))
		if got := op.ResourceOf("111122223333", test.in, "/ops/alice"); got != test.want || op.UserBy() != test.by {
			t.Errorf("%s: %s by %q, want %s by %q", op.Name, got, op.UserBy(), test.want, test.by)
		}
	}
}

// Every label of a resource is filled, whatever the input lacks.
func TestServices_labels(t *testing.T) {
	for _, ops := range tables {
		for i := range ops {
			got := ops[i].ResourceOf("111122223333", ops[i].New(), "/alice")
			if strings.ContainsAny(got, "{}") {
				t.Errorf("%s: %s", ops[i].Name, got)
			}
		}
	}
}

func TestTextOf(t *testing.T) {
	in := &iam.UpdateAccessKeyInput{AccessKeyId: api.Some("AKIA"), Status: api.Some(iam.StatusTypeActive)}
	for member, want := range map[string]string{"AccessKeyId": "AKIA", "Status": "Active", "UserName": "", "Color": ""} {
		if got := api.TextOf(in, member); got != want {
			t.Errorf("%s: %q, want %q", member, got, want)
		}
	}
	if got := api.TextOf(&api.GetUserInput{UserId: "u"}, "UserId"); got != "u" {
		t.Errorf("a member of the path: %q", got)
	}
	if got := api.TextOf(&iam.CreateUserInput{Tags: []iam.Tag{{}}}, "Tags"); got != "" {
		t.Errorf("a list: %q", got)
	}
}

// put is a request with a policy.
func put(document string) api.Input {
	return &iam.PutUserPolicyInput{UserName: api.Some("a"), PolicyName: api.Some("p"), PolicyDocument: api.Some(document)}
}

func TestServices_validate(t *testing.T) {
	for _, test := range []struct {
		in   api.Input
		want api.Kind // empty: it is good
		text string
	}{
		{&sts.GetCallerIdentityInput{}, api.Kind{}, ""},
		{&iam.CreateUserInput{UserName: api.Some("a+b=c,d.e@f-g_h"), Path: api.Some("/")}, api.Kind{}, ""},
		{&iam.CreateUserInput{UserName: api.Some("a"), Path: api.Some("/ops/")}, api.Kind{}, ""},
		{&iam.CreateUserInput{UserName: api.Some("a"), Path: api.Some("/ops")}, iam.Service.Invalid, "'Path'"},
		{&iam.CreateUserInput{UserName: api.Some("a"), Path: api.Some("/o ps/")}, iam.Service.Invalid, "'Path'"},
		{&iam.CreateUserInput{}, iam.Service.Invalid, "'UserName' failed to satisfy constraint: Member must not be null"},
		{&iam.CreateUserInput{UserName: api.Some("a b")}, iam.Service.Invalid, "'UserName'"},
		{&iam.CreateUserInput{UserName: api.Some(strings.Repeat("a", 65))}, iam.Service.Invalid, "'UserName'"},
		{&iam.CreateUserInput{UserName: api.Some("a"), Tags: []iam.Tag{{Key: api.Some("k")}}}, iam.Service.Invalid, "'Tags[0].Value'"},
		{&iam.UpdateAccessKeyInput{AccessKeyId: api.Some("AKIAIOSFODNN7EXAMPLE"), Status: api.Some(iam.StatusType("Gone"))}, iam.Service.Invalid, "'Status'"},
		{put("{\n\t\"é\": 1}"), api.Kind{}, ""},
		{put(strings.Repeat("x", 131072)), api.Kind{}, ""},
		{put(strings.Repeat("x", 131073)), iam.Service.Invalid, "'PolicyDocument'"},
		{put("\u0100"), iam.Service.Invalid, "'PolicyDocument'"},
		{&iam.ListUsersInput{MaxItems: api.Some(1001)}, iam.Service.Invalid, "'MaxItems'"},
		{&sts.GetSessionTokenInput{DurationSeconds: api.Some(899)}, sts.Service.Invalid, "'DurationSeconds'"},
		{&cloudtrail.LookupEventsInput{StartTime: api.Some(api.Timestamp(1))}, api.Kind{}, ""},
		{&cloudtrail.LookupEventsInput{MaxResults: api.Some(51)}, cloudtrail.InvalidMaxResults, "'MaxResults'"},
		{&cloudtrail.LookupEventsInput{LookupAttributes: make([]cloudtrail.LookupAttribute, 2)}, cloudtrail.InvalidLookupAttributes, "'LookupAttributes'"},
		{&cloudtrail.LookupEventsInput{LookupAttributes: make([]cloudtrail.LookupAttribute, 1), MaxResults: api.Some(51)}, cloudtrail.InvalidLookupAttributes, "'MaxResults'"},
		{&cloudtrail.LookupEventsInput{EventCategory: api.Some(cloudtrail.EventCategory("data"))}, cloudtrail.InvalidEventCategory, "'EventCategory'"},
	} {
		err := test.in.Validate()
		if test.want == (api.Kind{}) {
			if err != nil {
				t.Errorf("%+v: %v", test.in, err)
			}
		} else if !api.IsKind(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%+v: got %v, want %s of %s", test.in, err, test.want.Name, test.text)
		}
	}
}

// Those who do not know a service refuse in the words of another.
func TestServices_listed(t *testing.T) {
	getUser, listUsers, lookup := iam.Operation("GetUser"), iam.Operation("ListUsers"), cloudtrail.Operation("LookupEvents")
	for _, test := range []struct {
		op        *api.Op
		err, want api.Kind
	}{
		{getUser, iam.NoSuchEntity, iam.NoSuchEntity},
		{getUser, api.NotFound, iam.NoSuchEntity},
		{getUser, api.BadRequest, api.QueryCommon.Invalid},
		{getUser, iam.LimitExceeded, api.QueryCommon.Invalid},
		{getUser, api.QueryCommon.Denied, api.QueryCommon.Denied},
		{listUsers, api.NotFound, api.QueryCommon.Invalid},
		{iam.Operation("GetPolicy"), iam.MalformedPolicyDocument, iam.InvalidInput},
		{iam.Operation("SimulateCustomPolicy"), iam.MalformedPolicyDocument, iam.MalformedPolicyDocument},
		{sts.Operation("GetAccessKeyInfo"), api.Forbidden, api.QueryCommon.Denied},
		{lookup, cloudtrail.InvalidTimeRange, cloudtrail.InvalidTimeRange},
		{lookup, api.BadRequest, api.JSONCommon.Invalid},
	} {
		if got := test.op.Listed(test.err.Errorf("x")); !api.IsKind(got, test.want) {
			t.Errorf("%s: %s became %v, want %s", test.op.Name, test.err.Name, got, test.want.Name)
		}
	}
}

func TestServices_redacted(t *testing.T) {
	for _, test := range []struct {
		shape any
		want  string
	}{
		{
			&iam.CreateAccessKeyOutput{AccessKey: &iam.AccessKey{AccessKeyId: "AKIA", SecretAccessKey: "sekrit", Status: iam.StatusTypeActive, CreateDate: 1, UserName: "a"}},
			`{"accessKey":{"accessKeyId":"AKIA","createDate":"1970-01-01T00:00:00.001Z","secretAccessKey":"HIDDEN_DUE_TO_SECURITY_REASONS","status":"Active","userName":"a"}}`,
		},
		{
			&sts.GetSessionTokenOutput{Credentials: &sts.Credentials{AccessKeyId: "ASIA", SecretAccessKey: "sekrit", SessionToken: "sekrit"}},
			`{"credentials":{"accessKeyId":"ASIA","secretAccessKey":"HIDDEN_DUE_TO_SECURITY_REASONS","sessionToken":"HIDDEN_DUE_TO_SECURITY_REASONS"}}`,
		},
		{&sts.GetSessionTokenInput{TokenCode: api.Some("123456")}, `{"tokenCode":"HIDDEN_DUE_TO_SECURITY_REASONS"}`},
		{
			&iam.CreateUserInput{UserName: api.Some("a"), Tags: []iam.Tag{{Key: api.Some("k"), Value: api.Some("v")}}},
			`{"tags":[{"key":"k","value":"v"}],"userName":"a"}`,
		},
		{
			&cloudtrail.LookupEventsInput{NextToken: api.Some("sekrit"), StartTime: api.Some(api.Timestamp(1))},
			`{"nextToken":"HIDDEN_DUE_TO_SECURITY_REASONS","startTime":"1970-01-01T00:00:00.001Z"}`,
		},
	} {
		if got := string(api.AppendRedacted(nil, test.shape)); got != test.want || !json.Valid([]byte(got)) {
			t.Errorf("%T: got %s, want %s", test.shape, got, test.want)
		}
	}
}

// identities are rules that answer who the caller is.
type identities struct{ sts.Rules[*noted] }

func (identities) GetCallerIdentity(w *noted, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
	return &sts.GetCallerIdentityOutput{Arn: api.Some(w.name)}, nil
}

func TestServices_bind(t *testing.T) {
	bound := sts.Bind[*noted](identities{})
	if len(bound) != len(sts.Ops) {
		t.Errorf("%d rules for %d operations", len(bound), len(sts.Ops))
	}
	calls := sts.Calls(func(_ context.Context, op *api.Op, in api.Input) (api.Output, error) {
		return bound[op].Call(&noted{"alice"}, in)
	})
	if out, err := calls.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}); err != nil || out.Arn.V != "alice" {
		t.Errorf("got %+v, %v", out, err)
	}
}

// Two operations answer alike.
func TestServices_alias(t *testing.T) {
	var out *iam.SimulatePrincipalPolicyOutput = &iam.SimulateCustomPolicyOutput{}
	if out.EvaluationResults != nil {
		t.Error("there are results")
	}
}
