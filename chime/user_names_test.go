package chime_test

import (
	"strings"
	"testing"

	"carillon/api"
	"carillon/chime"
)

func TestListUserNames(t *testing.T) {
	w := newWorldOf(t, chime.Documented)
	account := w.account(api.AccountTypeEnterpriseLWA)
	out, err := w.CreateUser(w.ctx, &api.CreateUserInput{AccountId: account, Email: api.Some("a@example.com"), Username: api.Some("Ann")})
	w.must(err)
	pair := account + "/" + out.User.UserId
	names, err := w.ListUserNames(w.ctx, &api.ListUserNamesInput{Users: api.Some(pair + "," + account + "/nobody")})
	w.must(err)
	if len(names.Names) != 1 || names.Names[0].UserId.V != out.User.UserId || names.Names[0].PrimaryEmail.V != "a@example.com" || names.Names[0].DisplayName.V != "Ann" {
		t.Errorf("named: %+v", names.Names)
	}
	if names, err = w.ListUserNames(as(other), &api.ListUserNamesInput{Users: api.Some(pair)}); err != nil || len(names.Names) > 0 {
		t.Errorf("to another AWS account: %+v, %v", names.Names, err)
	}
	for _, users := range []string{"", "x", pair + ",", pair + strings.Repeat(","+pair, 200)} {
		_, err := w.ListUserNames(w.ctx, &api.ListUserNamesInput{Users: api.Some(users)})
		w.refused(users[:min(len(users), 20)], err, api.BadRequest)
	}
}
