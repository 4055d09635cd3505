package chime_test

import (
	"testing"

	"carillon/api"
)

// R5: the users of an account that is suspended can be read by SCIM but not changed.
func TestScim_suspended_account(t *testing.T) {
	w := newWorld(t)
	a := w.team()
	u := w.create(a, "a@example.com")
	user, group, patch := api.Some(`{"userName":"a@example.com"}`), api.Some(`{"displayName":"G"}`), api.Some(`{"Operations":[{"op":"remove","path":"title"}]}`)
	w.freeze(a)
	for name, err := range map[string]error{
		"CreateScimUser":   second(w.CreateScimUser(w.ctx, &api.CreateScimUserInput{AccountId: a, Document: user})),
		"ReplaceScimUser":  second(w.ReplaceScimUser(w.ctx, &api.ReplaceScimUserInput{AccountId: a, UserId: u, Document: user})),
		"PatchScimUser":    second(w.PatchScimUser(w.ctx, &api.PatchScimUserInput{AccountId: a, UserId: u, Document: patch})),
		"DeleteScimUser":   w.DeleteScimUser(w.ctx, &api.DeleteScimUserInput{AccountId: a, UserId: u}),
		"CreateScimGroup":  second(w.CreateScimGroup(w.ctx, &api.CreateScimGroupInput{AccountId: a, Document: group})),
		"ReplaceScimGroup": second(w.ReplaceScimGroup(w.ctx, &api.ReplaceScimGroupInput{AccountId: a, GroupId: "Pro", Document: api.Some(`{"displayName":"Pro"}`)})),
		"PatchScimGroup":   second(w.PatchScimGroup(w.ctx, &api.PatchScimGroupInput{AccountId: a, GroupId: "Pro", Document: patch})),
		"DeleteScimGroup":  w.DeleteScimGroup(w.ctx, &api.DeleteScimGroupInput{AccountId: a, GroupId: "Pro"}),
	} {
		w.refused(name, err, api.Forbidden, "suspended")
	}
	got, err := w.ListScimUsers(w.ctx, &api.ListScimUsersInput{AccountId: a})
	if err != nil || got.Total.V != 1 {
		t.Errorf("ListScimUsers: %+v, %v", got, err)
	}
	if _, err := w.GetScimUser(w.ctx, &api.GetScimUserInput{AccountId: a, UserId: u}); err != nil {
		t.Error(err)
	}
}
