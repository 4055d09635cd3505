package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func (c *caller) removeGroups(t testing.TB, accountID string, names ...string) error {
	t.Helper()
	_, err := c.DisassociateSigninDelegateGroupsFromAccount(t.Context(), &chime.DisassociateSigninDelegateGroupsFromAccountInput{
		AccountId: &accountID, GroupNames: append([]string{}, names...),
	})
	return err
}

func TestDisassociateSigninDelegateGroupsFromAccount_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseDirectory)
		succeed(t, e.addGroups(t, id, "a", "b", "c"))
		for _, tt := range []struct{ names, want []string }{
			{[]string{"b"}, []string{"a", "c"}},
			{[]string{"b", "unknown", "C"}, []string{"a", "c"}},
			{[]string{"c", "a", "a"}, nil},
		} {
			succeed(t, e.removeGroups(t, id, tt.names...))
			equal(t, "groups", e.getAccount(t, id).SigninDelegateGroups, delegateGroups(tt.want...))
		}
	})
}

func TestDisassociateSigninDelegateGroupsFromAccount_other_types(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.forEachType(t, allBut(types.AccountTypeEnterpriseDirectory), func(t *testing.T, id string) {
			refused(t, e.removeGroups(t, id, "rooms"), badRequest, "EnterpriseDirectory")
		})
	})
}

func TestDisassociateSigninDelegateGroupsFromAccount_bad_names(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseDirectory)
		refused(t, e.removeGroups(t, id), badRequest, "'GroupNames'", "greater than or equal to 1")
		path := "/accounts/" + id + "?operation=disassociate-signin-delegate-groups"
		for body, member := range map[string]string{
			"{}":                    "'GroupNames'",
			`{"GroupNames":{}}`:     "'GroupNames'",
			`{"GroupNames":[1]}`:    "'GroupNames[0]'",
			`{"GroupNames":[null]}`: "'GroupNames[0]'",
		} {
			e.send(t, "POST", path, body).refused(t, badRequest, member)
		}
	})
}

func TestDisassociateSigninDelegateGroupsFromAccount_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsAccount(t, func(c *caller, accountID string) error { return c.removeGroups(t, accountID, "rooms") })
	})
}
