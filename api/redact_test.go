package api_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"carillon/api"
	"carillon/internal/apitest"
)

func TestAppendRedacted(t *testing.T) {
	for _, test := range []struct {
		shape any
		want  string
	}{
		{nil, `null`},
		{(*api.GetUserOutput)(nil), `null`},
		{&api.GetGlobalSettingsInput{}, `{}`},
		{&api.GetUserInput{AccountId: "a", UserId: "u"}, `{"accountId":"a","userId":"u"}`},
		{
			&api.ListUsersInput{AccountId: "a\"b", UserEmail: api.Some("x@y.z"), MaxResults: api.Some(7)},
			`{"accountId":"a\"b","maxResults":7,"userEmail":"HIDDEN_DUE_TO_SECURITY_REASONS"}`,
		},
		{
			&api.BatchUpdateUserInput{AccountId: "a", UpdateUserRequestItems: []api.UpdateUserRequestItem{
				{UserId: api.Some("u"), LicenseType: api.Some(api.LicensePro)},
				{UserId: api.Some(""), AlexaForBusinessMetadata: &api.AlexaForBusinessMetadata{
					AlexaForBusinessRoomArn: api.Some("arn"), IsAlexaForBusinessEnabled: api.Some(false),
				}},
			}},
			`{"accountId":"a","updateUserRequestItems":[{"licenseType":"Pro","userId":"u"},{"alexaForBusinessMetadata":` +
				`{"alexaForBusinessRoomArn":"HIDDEN_DUE_TO_SECURITY_REASONS","isAlexaForBusinessEnabled":false},"userId":""}]}`,
		},
		{&api.BatchSuspendUserInput{AccountId: "a", UserIdList: []string{}}, `{"accountId":"a","userIdList":[]}`},
		{&api.InviteUsersInput{AccountId: "a", UserEmailList: []string{"x@y.z"}}, `{"accountId":"a","userEmailList":"HIDDEN_DUE_TO_SECURITY_REASONS"}`},
		{&api.CreateUserInput{Username: api.Some("x")}, `{"accountId":"","username":"HIDDEN_DUE_TO_SECURITY_REASONS"}`},
		{&api.DeletePhoneNumberInput{PhoneNumberId: "x"}, `{"phoneNumberId":"HIDDEN_DUE_TO_SECURITY_REASONS"}`},
		{&api.CreateAccessKeyOutput{AccessKeyId: api.Some("k"), SecretAccessKey: api.Some("s")}, `{"accessKeyId":"k","secretAccessKey":"HIDDEN_DUE_TO_SECURITY_REASONS"}`},
		{
			&api.GetRoomOutput{Room: &api.Room{RoomId: api.Some("r"), Name: api.Some("x"), CreatedTimestamp: 1}},
			`{"room":{"createdTimestamp":"1970-01-01T00:00:00.001Z","name":"HIDDEN_DUE_TO_SECURITY_REASONS","roomId":"r"}}`,
		},
		{&api.ResetPersonalPINOutput{User: &api.User{UserId: "u", PersonalPIN: api.Some("x")}}, `{"user":{"personalPIN":"HIDDEN_DUE_TO_SECURITY_REASONS","userId":"u"}}`},
	} {
		if got := string(api.AppendRedacted([]byte("> "), test.shape)); got != "> "+test.want {
			t.Errorf("%T: got %s, want %s", test.shape, got, test.want)
		}
	}
}

// Members that no log may show, whatever operation has them.
var secret = []string{
	"Content", "CallingName", "DisplayName", "Email", "E164PhoneNumber", "E164PhoneNumbers", "FilterValue", "FromPhoneNumber", "FullName", "JoinToken",
	"LambdaFunctionArn", "NextToken", "OutboundEventsHTTPSEndpoint", "PersonalPIN", "PhoneNumberId", "PhoneNumberIds", "PrimaryEmail",
	"AlexaForBusinessRoomArn", "SecretAccessKey", "SecurityToken", "Sender", "ToPhoneNumber", "Url", "UserEmail", "UserEmailList", "Username",
}

// A value in every member of every request and answer: what is secret does not
// show, and the rest is JSON.
func TestAppendRedacted_all(t *testing.T) {
	types := outputs()
	for i := range api.Ops {
		types = append(types, reflect.TypeOf(api.Ops[i].New()).Elem())
	}
	met := map[string]bool{}
	for _, typ := range types {
		v := reflect.New(typ)
		fill(v.Elem(), "shown", met)
		got := string(api.AppendRedacted(nil, v.Interface()))
		if !json.Valid([]byte(got)) || strings.Contains(got, "sekrit") {
			t.Errorf("%s: got %s", typ.Name(), got)
		}
	}
	for _, name := range secret {
		if !met[name] {
			t.Errorf("no request or answer has a %s", name)
		}
	}
}

// fill sets everything in v, text to a given one, that of secret members to
// another.
func fill(v reflect.Value, text string, met map[string]bool) {
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text, met)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(1), text, met)
	case v.Kind() == reflect.String:
		v.SetString(text)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(7)
	case apitest.Optional(v.Type()):
		fill(v.Field(0), text, met)
		v.Field(1).SetBool(true)
	default:
		for i := range v.NumField() {
			name, inner := v.Type().Field(i).Name, text
			if met[name] = true; slices.Contains(secret, name) {
				inner = "sekrit"
			}
			fill(v.Field(i), inner, met)
		}
	}
}

func BenchmarkAppendRedacted(b *testing.B) {
	in := &api.CreateUserInput{AccountId: "b8f6c0de-0000-4000-8000-000000000000", Email: api.Some("x@y.z"), Username: api.Some("x")}
	var buf []byte
	for b.Loop() {
		buf = api.AppendRedacted(buf[:0], in)
	}
}
