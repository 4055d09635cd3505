package api_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"carillon/api"
	"carillon/internal/apitest"
)

// outputs returns the type of every answer, pointers dropped.
func outputs() []reflect.Type {
	var types []reflect.Type
	calls := reflect.TypeFor[api.Calls]()
	for i := range calls.NumMethod() {
		if m := calls.Method(i).Type; m.NumOut() == 2 {
			types = append(types, m.Out(0).Elem())
		}
	}
	return types
}

// generic turns a value into what encoding/json writes in the form that the
// API wants: it is the definition that the generated encoders are held to.
func generic(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return generic(v.Elem())
	case reflect.Slice:
		return genericList(v)
	case reflect.Struct:
		return genericStruct(v)
	}
	if ts, ok := v.Interface().(api.Timestamp); ok {
		if ts == 0 {
			return nil
		}
		return time.UnixMilli(int64(ts)).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	return v.Interface()
}

func genericList(v reflect.Value) any {
	if v.IsNil() {
		return nil
	}
	list := make([]any, v.Len())
	for i := range list {
		list[i] = generic(v.Index(i))
	}
	return list
}

func genericStruct(v reflect.Value) any {
	if apitest.Optional(v.Type()) {
		if !v.FieldByName("Set").Bool() {
			return nil
		}
		return generic(v.FieldByName("V"))
	}
	members := map[string]any{}
	for i := range v.NumField() {
		members[v.Type().Field(i).Name] = generic(v.Field(i))
	}
	if v.Type() == reflect.TypeFor[api.SearchAvailablePhoneNumbersOutput]() && members["NextToken"] == nil {
		delete(members, "NextToken") // the one key that is left out instead of null
	}
	return members
}

// marshal is json.Marshal without the escapes for HTML.
func marshal(t *testing.T, v any) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// filler sets values to something, the same in each run.
type filler struct{ *rand.Rand }

// Strings that every JSON encoder writes in the same way.
var plainTexts = []string{"", "x", "Room Device", `a "quoted" \ one`, "é€😀", "<a href='x'>&amp;</a>", "line\r\n\tend", "\x01\x1f\x7f", "/"}

func (f filler) fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if f.IntN(4) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			f.fill(v.Elem())
		}
	case reflect.Slice:
		if n := f.IntN(4); n < 3 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
		}
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case reflect.Struct:
		f.fillStruct(v)
	case reflect.String:
		v.SetString(plainTexts[f.IntN(len(plainTexts))])
	case reflect.Bool:
		v.SetBool(f.IntN(2) == 0)
	case reflect.Int:
		v.SetInt(int64(f.Int32()) - 1<<30)
	case reflect.Int64: // a Timestamp
		v.SetInt(f.Int64N(2) * (1 + f.Int64N(4_000_000_000_000)))
	default:
		panic("no filling for " + v.Type().String())
	}
}

func (f filler) fillStruct(v reflect.Value) {
	if apitest.Optional(v.Type()) && f.IntN(3) == 0 {
		return
	}
	for i := range v.NumField() {
		f.fill(v.Field(i))
	}
	if apitest.Optional(v.Type()) {
		v.FieldByName("Set").SetBool(true)
	}
}

// encoding/json writes maps compactly and with sorted keys, so equal bytes say
// that every answer is compact, sorted at every level and rich in nulls.
func TestEncode_likeEncodingJSON(t *testing.T) {
	f := filler{rand.New(rand.NewPCG(1, 2))}
	for _, typ := range outputs() {
		for range 50 {
			v := reflect.New(typ)
			f.fill(v.Elem())
			got := string(v.Interface().(api.JSONOutput).AppendJSON(nil))
			if want := marshal(t, generic(v)); got != want {
				t.Fatalf("%s:\n got %s\nwant %s", typ.Name(), got, want)
			}
		}
	}
}

func TestEncode_empty(t *testing.T) {
	for _, typ := range outputs() {
		v := reflect.New(typ)
		got := string(v.Interface().(api.JSONOutput).AppendJSON(nil))
		if want := marshal(t, generic(v)); got != want {
			t.Errorf("%s: got %s, want %s", typ.Name(), got, want)
		}
	}
}

func TestEncode_appends(t *testing.T) {
	out := &api.GetGlobalSettingsOutput{BusinessCalling: &api.BusinessCallingSettings{}}
	got := string(out.AppendJSON([]byte("before ")))
	if want := `before {"BusinessCalling":{"CdrBucket":null},"VoiceConnector":null}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestEncode_lists(t *testing.T) {
	for _, test := range []struct {
		out  api.JSONOutput
		want string
	}{
		{&api.InviteUsersOutput{}, `{"Invites":null}`},
		{&api.InviteUsersOutput{Invites: []api.Invite{}}, `{"Invites":[]}`},
		{&api.SearchAvailablePhoneNumbersOutput{}, `{"E164PhoneNumbers":null}`},
		{&api.SearchAvailablePhoneNumbersOutput{E164PhoneNumbers: []string{}}, `{"E164PhoneNumbers":[]}`},
		{
			&api.SearchAvailablePhoneNumbersOutput{E164PhoneNumbers: []string{"+1", "+2"}, NextToken: api.Some("t")},
			`{"E164PhoneNumbers":["+1","+2"],"NextToken":"t"}`,
		},
		{&api.ListAccountsOutput{Accounts: []api.Account{}}, `{"Accounts":[],"NextToken":null}`},
	} {
		if got := string(test.out.AppendJSON(nil)); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

func TestEncode_timestamps(t *testing.T) {
	defer func(zone *time.Location) { time.Local = zone }(time.Local)
	time.Local = time.FixedZone("elsewhere", 60*60)
	for _, test := range []struct {
		at   api.Timestamp
		want string
	}{
		{0, `null`},
		{1, `"1970-01-01T00:00:00.001Z"`},
		{-1, `"1969-12-31T23:59:59.999Z"`},
		{1_546_970_358_006, `"2019-01-08T17:59:18.006Z"`},
		{1_709_251_199_000, `"2024-02-29T23:59:59.000Z"`},
		{253_402_300_799_990, `"9999-12-31T23:59:59.990Z"`},
	} {
		out := &api.GetPhoneNumberSettingsOutput{CallingNameUpdatedTimestamp: test.at}
		want := `{"CallingName":null,"CallingNameUpdatedTimestamp":` + test.want + `}`
		if got := string(out.AppendJSON(nil)); got != want {
			t.Errorf("%d: got %s, want %s", test.at, got, want)
		}
	}
}

// text returns the JSON form of a string.
func text(v string) string {
	out := (&api.CreateMeetingDialOutOutput{TransactionId: api.Some(v)}).AppendJSON(nil)
	return strings.TrimSuffix(strings.TrimPrefix(string(out), `{"TransactionId":`), `}`)
}

func TestEncode_strings(t *testing.T) {
	for _, test := range []struct{ value, want string }{
		{``, `""`},
		{`say "hi"`, `"say \"hi\""`},
		{`C:\new`, `"C:\\new"`},
		{"a\tb\r\nc", `"a\tb\r\nc"`},
		{"\x00\b\f\x1f", `"\u0000\u0008\u000c\u001f"`},
		{"\x7f", "\"\x7f\""},
		{`<>&'/`, `"<>&'/"`},
		{"\u2028\u2029", "\"\u2028\u2029\""},
		{"é€😀", `"é€😀"`},
		{"\ufffd", "\"\ufffd\""},
		{"a\xffb", "\"a\ufffdb\""},
		{"\xc3", "\"\ufffd\""},
		{"\xe2\x82", "\"\ufffd\ufffd\""},
		{"\xed\xa0\x80\"", `"` + strings.Repeat("\ufffd", 3) + `\""`},
		{"é\xffé", "\"é\ufffdé\""},
	} {
		if got := text(test.value); got != test.want {
			t.Errorf("%q: got %s, want %s", test.value, got, test.want)
		}
	}
}

// FuzzText holds the form of strings to what encoding/json reads back.
func FuzzText(f *testing.F) {
	for _, v := range plainTexts {
		f.Add(v)
	}
	f.Add("\xff\u2028\xe2\x82")
	f.Fuzz(func(t *testing.T, v string) {
		var got string
		if err := json.Unmarshal([]byte(text(v)), &got); err != nil {
			t.Fatal(err)
		}
		if want := string([]rune(v)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func sampleUser() api.User {
	return api.User{
		AccountId: api.Some("0b3f8f4e-6f1c-4a57-8a0b-2f6f8a1d9c11"), UserId: "7e1fe1a5-c81b-4a9c-9c6c-c1a100dba141",
		DisplayName: api.Some("Zoë \"Z\" Müller"), PrimaryEmail: api.Some("zoe@example.com"), EmailAlias: []string{"z@example.com"},
		LicenseType: api.Some(api.LicensePro), UserType: api.Some(api.UserTypePrivateUser), RegisteredOn: 1_546_970_358_006,
		AlexaForBusinessMetadata: &api.AlexaForBusinessMetadata{IsAlexaForBusinessEnabled: api.Some(false)},
	}
}

// Pages of users are what the server writes most, so they cost no garbage.
func TestEncode_noAllocation(t *testing.T) {
	users := make([]api.User, 100)
	for i := range users {
		users[i] = sampleUser()
	}
	account := api.Account{
		AccountId: "a", Name: "Demo", CreatedTimestamp: 1_546_970_358_006, SupportedLicenses: []api.License{api.LicenseBasic},
		Groups: []api.Group{{GroupId: api.Some("g")}}, UseProTrialLicense: api.Some(true),
	}
	buf := make([]byte, 0, 1<<20)
	for _, out := range []api.JSONOutput{&users[0], &account, &api.ListUsersOutput{Users: users}} {
		if n := testing.AllocsPerRun(100, func() { out.AppendJSON(buf) }); n != 0 {
			t.Errorf("%T: %v allocations", out, n)
		}
		if !json.Valid(out.AppendJSON(buf)) {
			t.Errorf("%T: not JSON", out)
		}
	}
}
