package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func delegateGroups(names ...string) []types.SigninDelegateGroup {
	groups := make([]types.SigninDelegateGroup, len(names))
	for i := range names {
		groups[i].GroupName = &names[i]
	}
	return groups
}

func (c *caller) addGroups(t testing.TB, accountID string, names ...string) error {
	t.Helper()
	_, err := c.AssociateSigninDelegateGroupsWithAccount(t.Context(), &chime.AssociateSigninDelegateGroupsWithAccountInput{
		AccountId: &accountID, SigninDelegateGroups: delegateGroups(names...),
	})
	return err
}

func TestAssociateSigninDelegateGroupsWithAccount_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseDirectory)
		for _, tt := range []struct{ names, want []string }{
			{[]string{"rooms"}, []string{"rooms"}},
			{[]string{"Meeting rooms (é)", `quote"d`}, []string{"rooms", "Meeting rooms (é)", `quote"d`}},
			{[]string{"rooms", "more", "more"}, []string{"rooms", "Meeting rooms (é)", `quote"d`, "more"}},
			{nil, []string{"rooms", "Meeting rooms (é)", `quote"d`, "more"}},
		} {
			succeed(t, e.addGroups(t, id, tt.names...))
			equal(t, "groups", e.getAccount(t, id).SigninDelegateGroups, delegateGroups(tt.want...))
		}
	})
}

func TestAssociateSigninDelegateGroupsWithAccount_other_types(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.forEachType(t, allBut(types.AccountTypeEnterpriseDirectory), func(t *testing.T, id string) {
			refused(t, e.addGroups(t, id, "rooms"), badRequest, "EnterpriseDirectory")
			equal(t, "groups", e.getAccount(t, id).SigninDelegateGroups, delegateGroups())
		})
	})
}

func TestAssociateSigninDelegateGroupsWithAccount_bad_names(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseDirectory)
		refused(t, e.addGroups(t, id, "good", ""), badRequest, "'SigninDelegateGroups[1].GroupName'")
		refused(t, e.addGroups(t, id, " "), badRequest, "'SigninDelegateGroups[0].GroupName'")
		path := "/accounts/" + id + "?operation=associate-signin-delegate-groups"
		for _, body := range []string{"", "{}", `{"SigninDelegateGroups":null}`, `{"SigninDelegateGroups":"rooms"}`} {
			e.send(t, "POST", path, body).refused(t, badRequest, "'SigninDelegateGroups'")
		}
		equal(t, "groups", e.getAccount(t, id).SigninDelegateGroups, delegateGroups())
	})
}

func TestAssociateSigninDelegateGroupsWithAccount_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsAccount(t, func(c *caller, accountID string) error { return c.addGroups(t, accountID, "rooms") })
	})
}
