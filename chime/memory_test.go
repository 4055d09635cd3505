package chime_test

import (
	"reflect"
	"testing"

	"carillon/api"
)

// scribble overwrites all texts, numbers and truths of an answer, and all that it
// points to.
func scribble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			scribble(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			scribble(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			scribble(v.Index(i))
		}
	case reflect.String:
		v.SetString("scribbled")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	}
}

// Whoever overwrites an answer changes no other.
func TestAnswers_shareNothing(t *testing.T) {
	w := newWorld(t)
	a := w.account(api.AccountTypeEnterpriseDirectory, "d.example.com")
	u := w.createAs(a, "u@example.com", api.UserTypeSharedDevice)
	w.must(w.addGroups(a, "one", "two"))
	w.own(fiction(0))
	room := w.room(a)
	w.join(a, room, u)
	w.bot(a, "Helper")
	for name, call := range map[string]func() (api.JSONOutput, error){
		"GetAccount": func() (api.JSONOutput, error) { return w.GetAccount(w.ctx, &api.GetAccountInput{AccountId: a}) },
		"UpdateAccount": func() (api.JSONOutput, error) {
			return w.UpdateAccount(w.ctx, &api.UpdateAccountInput{AccountId: a})
		},
		"ListAccounts": func() (api.JSONOutput, error) { return w.ListAccounts(w.ctx, &api.ListAccountsInput{}) },
		"GetUser":      func() (api.JSONOutput, error) { return w.GetUser(w.ctx, &api.GetUserInput{AccountId: a, UserId: u}) },
		"ListUsers":    func() (api.JSONOutput, error) { return w.ListUsers(w.ctx, &api.ListUsersInput{AccountId: a}) },
		"UpdateUser": func() (api.JSONOutput, error) {
			return w.UpdateUser(w.ctx, &api.UpdateUserInput{AccountId: a, UserId: u})
		},
		"GetPhoneNumber": func() (api.JSONOutput, error) {
			return w.GetPhoneNumber(w.ctx, &api.GetPhoneNumberInput{PhoneNumberId: fiction(0)})
		},
		"SearchAvailablePhoneNumbers": func() (api.JSONOutput, error) {
			return w.SearchAvailablePhoneNumbers(w.ctx, &api.SearchAvailablePhoneNumbersInput{AreaCode: api.Some("206")})
		},
		"ListSupportedPhoneNumberCountries": func() (api.JSONOutput, error) {
			in := &api.ListSupportedPhoneNumberCountriesInput{ProductType: api.Some(api.PhoneNumberProductTypeSipMediaApplicationDialIn)}
			return w.ListSupportedPhoneNumberCountries(w.ctx, in)
		},
		"ListRoomMemberships": func() (api.JSONOutput, error) {
			return w.ListRoomMemberships(w.ctx, &api.ListRoomMembershipsInput{AccountId: a, RoomId: room})
		},
		"ListBots": func() (api.JSONOutput, error) { return w.ListBots(w.ctx, &api.ListBotsInput{AccountId: a}) },
	} {
		first, err := call()
		w.must(err)
		want := string(first.AppendJSON(nil))
		second, err := call()
		w.must(err)
		scribble(reflect.ValueOf(first))
		if string(first.AppendJSON(nil)) == want {
			t.Errorf("%s: nothing was overwritten", name)
		}
		third, err := call()
		w.must(err)
		for _, out := range []api.JSONOutput{second, third} {
			if got := string(out.AppendJSON(nil)); got != want {
				t.Errorf("%s: another answer became %s, want %s", name, got, want)
			}
		}
	}
}
