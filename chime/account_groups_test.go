package chime_test

import (
	"fmt"
	"testing"

	"carillon/api"
)

// An account has 100 sign-in delegate groups at most; what would exceed that
// changes nothing.
func TestAssociateSigninDelegateGroups_limit(t *testing.T) {
	w := newWorld(t)
	id := w.account(api.AccountTypeEnterpriseDirectory)
	associate := func(from, to int) error {
		in := &api.AssociateSigninDelegateGroupsWithAccountInput{AccountId: id}
		for i := from; i < to; i++ {
			in.SigninDelegateGroups = append(in.SigninDelegateGroups, api.SigninDelegateGroup{GroupName: api.Some(fmt.Sprintf("group-%d", i))})
		}
		return w.AssociateSigninDelegateGroupsWithAccount(w.ctx, in)
	}
	w.must(associate(0, 60))
	w.refused("41 more", associate(60, 101), api.BadRequest, "SigninDelegateGroups", "100", "101")
	w.must(associate(30, 100)) // those that are there count once
	w.refused("one more", associate(100, 101), api.BadRequest, "100")
	w.must(w.DisassociateSigninDelegateGroupsFromAccount(w.ctx, &api.DisassociateSigninDelegateGroupsFromAccountInput{
		AccountId: id, GroupNames: []string{"group-7"},
	}))
	w.must(associate(100, 101))
	out, err := w.GetAccount(w.ctx, &api.GetAccountInput{AccountId: id})
	w.must(err)
	if n := len(out.Account.SigninDelegateGroups); n != 100 {
		t.Errorf("%d groups", n)
	}
}
