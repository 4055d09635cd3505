package wire_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"carillon/api"
	"carillon/api/iam"
	"carillon/api/sts"
	"carillon/wire"
)

var (
	iamDoor = wire.NewQuery(iam.Service, iam.Ops)
	stsDoor = wire.NewQuery(sts.Service, sts.Ops)
)

// post reads a form as the server does.
func post(door wire.Door, query, form string) (wire.Match, error) {
	r := httptest.NewRequest("POST", "/", nil)
	m, err := door.Match(r, query, []byte(form))
	if err == nil {
		err = m.Read([]byte(form))
	}
	return m, err
}

const (
	alice    = "alice"
	readOnly = "arn:aws:iam::aws:policy/AmazonChimeReadOnly"
	keyID    = "AKIAIOSFODNN7EXAMPLE"
	allowAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"chime:*","Resource":"*"}]}`
	allowed  = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22chime%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D"
	readARN  = "arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FAmazonChimeReadOnly"
	ofIAM    = "&Version=2010-05-08"
)

// The requests of the AWS CLI, as they were captured.
func TestQuery_captured(t *testing.T) {
	some := api.Some[string]
	for _, test := range []struct {
		form string
		want api.Input
	}{
		{"Action=GetCallerIdentity&Version=2011-06-15", &sts.GetCallerIdentityInput{}},
		{"Action=CreateUser" + ofIAM + "&UserName=alice", &iam.CreateUserInput{UserName: some(alice)}},
		{
			"Action=CreateUser" + ofIAM + "&Path=%2Fops%2F&UserName=alice&Tags.member.1.Key=a&Tags.member.1.Value=b",
			&iam.CreateUserInput{Path: some("/ops/"), UserName: some(alice), Tags: []iam.Tag{{Key: some("a"), Value: some("b")}}},
		},
		{"Action=GetUser" + ofIAM, &iam.GetUserInput{}},
		{"Action=GetUser" + ofIAM + "&UserName=alice", &iam.GetUserInput{UserName: some(alice)}},
		{"Action=ListUsers" + ofIAM, &iam.ListUsersInput{}},
		{"Action=DeleteUser" + ofIAM + "&UserName=alice", &iam.DeleteUserInput{UserName: some(alice)}},
		{"Action=CreateAccessKey" + ofIAM + "&UserName=alice", &iam.CreateAccessKeyInput{UserName: some(alice)}},
		{"Action=CreateAccessKey" + ofIAM, &iam.CreateAccessKeyInput{}},
		{"Action=ListAccessKeys" + ofIAM + "&UserName=alice", &iam.ListAccessKeysInput{UserName: some(alice)}},
		{
			"Action=UpdateAccessKey" + ofIAM + "&UserName=alice&AccessKeyId=AKIAIOSFODNN7EXAMPLE&Status=Inactive",
			&iam.UpdateAccessKeyInput{UserName: some(alice), AccessKeyId: some(keyID), Status: api.Some(iam.StatusTypeInactive)},
		},
		{
			"Action=DeleteAccessKey" + ofIAM + "&UserName=alice&AccessKeyId=AKIAIOSFODNN7EXAMPLE",
			&iam.DeleteAccessKeyInput{UserName: some(alice), AccessKeyId: some(keyID)},
		},
		{"Action=GetAccessKeyLastUsed" + ofIAM + "&AccessKeyId=AKIAIOSFODNN7EXAMPLE", &iam.GetAccessKeyLastUsedInput{AccessKeyId: some(keyID)}},
		{
			"Action=PutUserPolicy" + ofIAM + "&UserName=alice&PolicyName=p&PolicyDocument=" + allowed,
			&iam.PutUserPolicyInput{UserName: some(alice), PolicyName: some("p"), PolicyDocument: some(allowAll)},
		},
		{"Action=GetUserPolicy" + ofIAM + "&UserName=alice&PolicyName=p", &iam.GetUserPolicyInput{UserName: some(alice), PolicyName: some("p")}},
		{"Action=ListUserPolicies" + ofIAM + "&UserName=alice", &iam.ListUserPoliciesInput{UserName: some(alice)}},
		{"Action=DeleteUserPolicy" + ofIAM + "&UserName=alice&PolicyName=p", &iam.DeleteUserPolicyInput{UserName: some(alice), PolicyName: some("p")}},
		{"Action=AttachUserPolicy" + ofIAM + "&UserName=alice&PolicyArn=" + readARN, &iam.AttachUserPolicyInput{UserName: some(alice), PolicyArn: some(readOnly)}},
		{"Action=DetachUserPolicy" + ofIAM + "&UserName=alice&PolicyArn=" + readARN, &iam.DetachUserPolicyInput{UserName: some(alice), PolicyArn: some(readOnly)}},
		{"Action=ListAttachedUserPolicies" + ofIAM + "&UserName=alice", &iam.ListAttachedUserPoliciesInput{UserName: some(alice)}},
		{
			"Action=CreatePolicy" + ofIAM + "&PolicyName=p&PolicyDocument=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D",
			&iam.CreatePolicyInput{PolicyName: some("p"), PolicyDocument: some(`{"Version":"2012-10-17","Statement":[]}`)},
		},
		{"Action=GetPolicy" + ofIAM + "&PolicyArn=" + readARN, &iam.GetPolicyInput{PolicyArn: some(readOnly)}},
		{"Action=GetPolicyVersion" + ofIAM + "&PolicyArn=" + readARN + "&VersionId=v10", &iam.GetPolicyVersionInput{PolicyArn: some(readOnly), VersionId: some("v10")}},
		{"Action=ListPolicies" + ofIAM + "&Scope=Local", &iam.ListPoliciesInput{Scope: api.Some(iam.PolicyScopeTypeLocal)}},
		{
			"Action=SimulatePrincipalPolicy" + ofIAM + "&PolicySourceArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Auser%2Falice" +
				"&ActionNames.member.1=chime%3ACreateUser&ActionNames.member.2=chime%3AListUsers&ResourceArns.member.1=%2A" +
				"&ContextEntries.member.1.ContextKeyName=aws%3ASourceIp&ContextEntries.member.1.ContextKeyType=ip" +
				"&ContextEntries.member.1.ContextKeyValues.member.1=1.2.3.4",
			&iam.SimulatePrincipalPolicyInput{
				PolicySourceArn: some("arn:aws:iam::000000000000:user/alice"),
				ActionNames:     []string{"chime:CreateUser", "chime:ListUsers"}, ResourceArns: []string{"*"},
				ContextEntries: []iam.ContextEntry{{
					ContextKeyName: some("aws:SourceIp"), ContextKeyType: api.Some(iam.ContextKeyTypeEnumIp), ContextKeyValues: []string{"1.2.3.4"},
				}},
			},
		},
		{
			"Action=SimulateCustomPolicy" + ofIAM + "&PolicyInputList.member.1=" + allowed + "&ActionNames.member.1=chime%3ACreateUser",
			&iam.SimulateCustomPolicyInput{PolicyInputList: []string{allowAll}, ActionNames: []string{"chime:CreateUser"}},
		},
	} {
		door := iamDoor
		if strings.Contains(test.form, sts.Service.Version) {
			door = stsDoor
		}
		checkInput(t, door, "", test.form, test.want)
		checkInput(t, door, test.form, "", test.want) // as a presigned URL has it
	}
}

func checkInput(t *testing.T, door wire.Door, query, form string, want api.Input) {
	t.Helper()
	m, err := post(door, query, form)
	if err == nil {
		err = m.In.Validate()
	}
	if err != nil || !reflect.DeepEqual(m.In, want) {
		t.Errorf("%q %q: got %+v, %v, want %+v", query, form, m.In, err, want)
		return
	}
	if name := strings.TrimSuffix(reflect.TypeOf(want).Elem().Name(), "Input"); m.Op.Name != name {
		t.Errorf("%q: operation %s, want %s", form, m.Op.Name, name)
	}
}

func TestQuery_forms(t *testing.T) {
	some := api.Some[string]
	user := func(name string) api.Input { return &iam.GetUserInput{UserName: some(name)} }
	tags := func(keys ...string) api.Input {
		in := &iam.CreateUserInput{UserName: some("a"), Tags: []iam.Tag{}}
		for _, key := range keys {
			in.Tags = append(in.Tags, iam.Tag{Key: some(key), Value: some("")})
		}
		return in
	}
	const getUser, createUser = "Action=GetUser" + ofIAM, "Action=CreateUser&UserName=a" + ofIAM
	for _, test := range []struct {
		query, form string
		want        api.Input
	}{
		{"", "UserName=alice&Version=2010-05-08&Action=GetUser", user("alice")},
		{"", "&&" + getUser + "&&UserName=alice&", user("alice")},
		{"", "%41ction=GetUser&Version=2010%2D05-08&User%4Eame=a", user("a")},
		{"Action=GetUser", "Version=2010-05-08&UserName=alice", user("alice")},
		{"Action=GetUser&X-Amz-Signature=f&X-Amz-Signature=f&UserName=a+b", ofIAM, user("a+b")}, // a plus as it was signed
		{"", getUser + "&UserName=a%2Bb", user("a+b")},
		{"", getUser + "&Other=1&username=x&UserNames.member.1=y&.UserName=z&=1&.&UserName=alice", user("alice")},
		{"", getUser + "&Other=1&Other=2&Other.member.99999999=1", &iam.GetUserInput{}},
		{"", createUser + "&Tags=", tags()},
		{"", createUser + "&Tags.member.1.Key=a&Tags.member.1.Value=&Tags.member.2.Key=b&Tags.member.2.Value=", tags("a", "b")},
		{"", createUser + "&Tags.member.99999999.Key=c&Tags.member.99999999.Value=&Tags.member.7.Value=&Tags.member.10.Key=b&Tags.member.10.Value=&Tags.member.7.Key=a", tags("a", "b", "c")},
		{"", createUser + "&Tags.member.1.Value=&Tags.member.1.Key=a&Tags.member.1.Color=red&Tags.member.1.=x&Tags.member.1.Key2.member.1=x", tags("a")},
		{"", createUser + "&Tags.member.1.Value=&Tags.member.1.Key=a+%20b", tags("a  b")},
		{"", "Action=ListPolicies" + ofIAM + "&OnlyAttached=true&MaxItems=7", &iam.ListPoliciesInput{OnlyAttached: api.Some(true), MaxItems: api.Some(7)}},
		{"", "Action=ListPolicies" + ofIAM + "&OnlyAttached=false", &iam.ListPoliciesInput{OnlyAttached: api.Some(false)}},
		{"", "Action=GetAccountAuthorizationDetails" + ofIAM + "&Filter.member.2=User&Filter.member.1=LocalManagedPolicy", &iam.GetAccountAuthorizationDetailsInput{
			Filter: []iam.EntityType{iam.EntityTypeLocalManagedPolicy, iam.EntityTypeUser},
		}},
		{
			"", "Action=SimulateCustomPolicy" + ofIAM + "&PolicyInputList.member.1=x&ActionNames.member.1=a:B&ContextEntries.member.2.ContextKeyValues.member.3=z" +
				"&ContextEntries.member.2.ContextKeyValues.member.1=y&ContextEntries.member.1.ContextKeyValues=",
			&iam.SimulateCustomPolicyInput{
				PolicyInputList: []string{"x"}, ActionNames: []string{"a:B"},
				ContextEntries: []iam.ContextEntry{{ContextKeyValues: []string{}}, {ContextKeyValues: []string{"y", "z"}}},
			},
		},
	} {
		checkInput(t, iamDoor, test.query, test.form, test.want)
	}
}

// What breaks the shape of an input: its operation is known all the same, and the
// refusal waits for Read.
func TestQuery_badInput(t *testing.T) {
	long := ""
	for n := range 1025 {
		long += fmt.Sprintf("&ActionNames.member.%d=a", n+1)
	}
	for _, test := range []struct{ form, message string }{
		{"GetUser&UserName=a&UserName=a", "'userName' failed to satisfy constraint: Member must not be given twice"},
		{"GetUser&UserName.member.1=a", "'userName' failed to satisfy constraint: Member must be a plain value"},
		{"GetUser&UserName=a&UserName.member.1=a", "'userName'"},
		{"GetUser&UserName=a&UserName.=a", "'userName'"},
		{"CreateUser&Tags=a", "'tags' failed to satisfy constraint: Member must be a list"},
		{"CreateUser&Tags=&Tags=", "'tags'"},
		{"CreateUser&Tags=&Tags.member.1.Key=a", "'tags'"},
		{"CreateUser&Tags.1.Key=a", "'tags'"},
		{"CreateUser&Tags.member.0.Key=a", "'tags'"},
		{"CreateUser&Tags.member.01.Key=a", "'tags'"},
		{"CreateUser&Tags.member.%2B1.Key=a", "'tags'"},
		{"CreateUser&Tags.member.-1.Key=a", "'tags'"},
		{"CreateUser&Tags.member.x.Key=a", "'tags'"},
		{"CreateUser&Tags.member..Key=a", "'tags'"},
		{"CreateUser&Tags.member.99999999999999999999.Key=a", "'tags'"},
		{"CreateUser&Tags.member.1=a", "'tags.1.member' failed to satisfy constraint: Member must be a structure"},
		{"CreateUser&Tags.member.5.Key=a&Tags.member.5=a", "'tags.1.member'"},
		{"CreateUser&Tags.member.1.Key=a&Tags.member.2.Key=a&Tags.member.2.Key=b", "'tags.2.member.key' failed to satisfy constraint: Member must not be given twice"},
		{"CreateUser&Tags.member.1.Key.member.1=a", "'tags.1.member.key' failed to satisfy constraint: Member must be a plain value"},
		{"ListPolicies&OnlyAttached=True", "'onlyAttached' failed to satisfy constraint: Member must be true or false, not a string of length 4"},
		{"ListPolicies&OnlyAttached=", "'onlyAttached'"},
		{"ListPolicies&MaxItems=", "'maxItems' failed to satisfy constraint: Member must be an integer"},
		{"ListPolicies&MaxItems=07", "'maxItems'"},
		{"ListPolicies&MaxItems=7.0", "'maxItems'"},
		{"ListPolicies&MaxItems=%2B7", "'maxItems'"},
		{"ListPolicies&MaxItems=99999999999", "'maxItems'"},
		{"SimulateCustomPolicy" + long, "'actionNames' failed to satisfy constraint: Member must have length less than or equal to 1024"},
		{"SimulateCustomPolicy&ContextEntries.member.1.ContextKeyValues.member.1.member.1=a", "'contextEntries.1.member.contextKeyValues.1.member'"},
	} {
		m, err := iamDoor.Match(httptest.NewRequest("POST", "/", nil), "", []byte("Action="+test.form+ofIAM))
		if err != nil || m.In == nil || !strings.HasPrefix(test.form, m.Op.Name) {
			t.Errorf("%s: got %s, %v", test.form, name(m.Op), err)
			continue
		}
		checkTold(t, iamDoor, test.form, m.Read(nil), iam.Service.Invalid, "1 validation error detected: Value at "+test.message)
	}
}

// checkTold checks what a door tells of an error.
func checkTold(t *testing.T, door wire.Door, what string, err error, kind api.Kind, message string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", what)
		return
	}
	e := door.WriteError(httptest.NewRecorder(), err)
	if e.Kind != kind || !strings.Contains(e.Message, message) {
		t.Errorf("%s: got %v, want %v with %q", what, e, kind, message)
	}
}

func kind(code string, status int) api.Kind {
	return api.Kind{Name: code, Code: api.ErrorCode(code), Status: status}
}

func TestQuery_refused(t *testing.T) {
	unknown, malformed, missing := kind("InvalidAction", 400), kind("MalformedQueryString", 400), kind("MissingAction", 400)
	for _, test := range []struct {
		query, form string
		want        api.Kind
		message     string
	}{
		{"", "", missing, "Action"},
		{"", "Version=2010-05-08", missing, "Action"},
		{"", "Action=&Version=2010-05-08", missing, "Action"},
		{"", "action=GetUser&version=2010-05-08", missing, "Action"},
		{"", `{"Action":"GetUser"}`, missing, "Action"},
		{"", "Action=CreateRole" + ofIAM, unknown, "operation CreateRole for version 2010-05-08"},
		{"", "Action=getuser" + ofIAM, unknown, "getuser"},
		{"", "Action=%3Cb%3E" + ofIAM, unknown, "(a name of 3 bytes)"},
		{"", "Action=" + strings.Repeat("x", 129) + ofIAM, unknown, "(a name of 129 bytes)"},
		{"", "Action=GetUser", unknown, "2010-05-08"},
		{"", "Action=GetUser&Version=2011-06-15", unknown, "operation GetUser for version 2011-06-15; that of iam here is 2010-05-08"},
		{"", "Action=GetUser&Action=GetUser" + ofIAM, malformed, "Action is given twice"},
		{"Action=GetUser", "Action=GetUser" + ofIAM, malformed, "Action is given twice"},
		{"", "Action=GetUser" + ofIAM + ofIAM, malformed, "Version is given twice"},
		{"", "Action=GetUser" + ofIAM + "&UserName=%", malformed, "percent-encoding"},
		{"", "Action=GetUser" + ofIAM + "&%zz=a", malformed, "percent-encoding"},
		{"a=%z", "Action=GetUser" + ofIAM, malformed, "percent-encoding"},
		{"", "Action=GetUser" + ofIAM + "&UserName=%ff", malformed, "UTF-8"},
		{"", "Action=GetUser" + ofIAM + "&\xff=a", malformed, "UTF-8"},
		{"", "Action=GetUser" + ofIAM + strings.Repeat("&a", 16<<10), malformed, "16384 parameters"},
	} {
		_, err := post(iamDoor, test.query, test.form)
		checkTold(t, iamDoor, test.query+" "+clip(test.form), err, test.want, test.message)
	}
}

func clip(s string) string { return s[:min(len(s), 100)] }

// Requests that hostile clients make of all that fits into a body.
func TestQuery_hostile(t *testing.T) {
	fill := func(part string) string { return strings.Repeat(part, (1<<20)/len(part)-1) }
	numbered := func(prefix string, n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString("&" + prefix + strings.Repeat("1", 1+i%3) + strings.Repeat("2", i/3%5) + "." + string(rune('a'+i%26)))
		}
		return b.String()
	}
	for _, form := range []string{
		"Action=CreateUser" + ofIAM + "&" + fill("a.member.1.b.member.1.") + "=x",
		"Action=CreateUser" + ofIAM + "&Tags." + fill("member.1.Tags.") + "=x",
		"Action=SimulateCustomPolicy" + ofIAM + "&ContextEntries.member.1.ContextKeyValues" + fill(".member.1") + "=x",
		"Action=CreateUser" + ofIAM + "&UserName" + fill(".") + "=x",
		"Action=CreateUser" + ofIAM + fill("&"),
		"Action=CreateUser" + ofIAM + "&UserName=" + fill("%41"),
		fill("Action="),
		fill("Action=GetUser&"),
		"Action=CreateUser" + ofIAM + numbered("Tags.member.", 16000),
	} {
		m, err := post(iamDoor, "", form)
		if err == nil {
			err = m.In.Validate()
		}
		var refusal *api.Error
		if !errors.As(err, &refusal) || refusal.Kind.Status != 400 || len(refusal.Message) > 1000 {
			t.Errorf("%s: %v", clip(form), err)
		}
	}
}

// The number of an element costs nothing.
func TestQuery_hugeNumber(t *testing.T) {
	form := "Action=GetAccountAuthorizationDetails" + ofIAM + "&Filter.member.99999999=User"
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := post(iamDoor, "", form); err != nil {
		t.Fatal(err)
	}
	if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > 1<<20 {
		t.Errorf("%d bytes", after.TotalAlloc-before.TotalAlloc)
	}
}

func TestQuery_line(t *testing.T) {
	for _, test := range []struct {
		method, path string
		status       int // 0: good
		allow        string
	}{
		{"POST", "/", 0, ""},
		{"GET", "/", 0, ""},
		{"PUT", "/", 405, "GET, POST"},
		{"HEAD", "/", 405, "GET, POST"},
		{"POST", "/console/", 404, ""},
		{"POST", "//", 404, ""},
		{"POST", "/accounts", 404, ""},
	} {
		r := request(t, test.method, test.path)
		_, err := iamDoor.Match(r, "", []byte("Action=GetUser"+ofIAM))
		if test.status == 0 {
			if err != nil {
				t.Errorf("%s %s: %v", test.method, test.path, err)
			}
			continue
		}
		w := httptest.NewRecorder()
		e := iamDoor.WriteError(w, err)
		if e.Kind != kind("InvalidAction", test.status) || w.Code != test.status || w.Header().Get("Allow") != test.allow {
			t.Errorf("%s %s: %v, Allow %q", test.method, test.path, e, w.Header().Get("Allow"))
		}
	}
}

// Whatever comes, the form reader refuses it properly or reads an input.
func FuzzQuery(f *testing.F) {
	for i := range iam.Ops {
		f.Add("", "Action="+iam.Ops[i].Name+ofIAM+"&UserName=a+b%20c&MaxItems=1&Tags.member.1.Key=a&ActionNames.member.1=x")
	}
	f.Add("Action=ListPolicies", "Version=2010-05-08&OnlyAttached=true&OnlyAttached.member.1=%zz&=&&a=\xff")
	f.Add("", "Action=SimulateCustomPolicy"+ofIAM+"&ContextEntries.member.99999999.ContextKeyValues.member.1.x=1")
	f.Fuzz(func(t *testing.T, query, form string) {
		m, err := post(iamDoor, query, form)
		if err == nil {
			err = m.In.Validate()
		}
		var refusal *api.Error
		if err != nil && (!errors.As(err, &refusal) || refusal.Kind.Status != 400) {
			t.Errorf("%q %q: %v", query, form, err)
		}
	})
}
