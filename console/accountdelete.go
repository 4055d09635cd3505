package console

import (
	"net/http"
	"strings"

	"carillon/api"
)

// accountDeletion is what the page shows that asks before an account is deleted.
type accountDeletion struct {
	Account *api.Account
	Users   *countOfUsers // who go with it; nil: the visitor may not know
	Form    *form
	Cancel  string
}

func askDeleteAccount(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	if !p.may("DeleteAccount") {
		return api.Forbidden.Errorf("You may not delete the account")
	}
	d := &accountDeletion{Account: a, Cancel: accountPath(a.AccountId, "settings"), Form: p.filled(form{
		Name: "delete", Action: accountPath(a.AccountId, "delete"), Button: "Delete account", Danger: true,
		Fields: []field{{Name: "Name", Label: "Name of the account", Required: true, Hint: "To be sure that it is this one."}},
	})}
	if p.may("SearchUsers") {
		out, err := p.calls().SearchUsers(p.r.Context(), &api.SearchUsersInput{
			AccountId: a.AccountId, MaxResults: api.Some(1), CountLimit: api.Some(countLimit),
		})
		if err != nil {
			return err
		}
		users := countOf(out)
		d.Users = &users
	}
	v := p.accountView(a, d, awsChime("delete-account", "--account-id", a.AccountId))
	v.Title = "Delete " + a.Name
	v.Crumbs = []link{v.Crumbs[0], {Label: a.Name, URL: accountPath(a.AccountId)}, {Label: "Settings", URL: d.Cancel}, {Label: "Delete", Current: true}}
	return p.show(http.StatusOK, "account-delete", v)
}

// deleteAccount deletes an account whose name was typed.
func deleteAccount(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	if unspaced(p.r.PostFormValue("Name")) != unspaced(a.Name) {
		err = api.Invalid("Name", "be the name of the account")
	} else {
		err = p.calls().DeleteAccount(p.r.Context(), &api.DeleteAccountInput{AccountId: a.AccountId})
	}
	if err != nil {
		return p.done(accountPath(a.AccountId, "delete"), "delete", err, "")
	}
	p.c.counts.forget(p.visit.Credential.Caller.AwsAccountID)
	return p.tell(Root+"accounts", result{Text: "The account " + a.Name + " was deleted."})
}

// unspaced is a text without its white space, which browsers show and send
// differently from what it is.
func unspaced(s string) string { return strings.Join(strings.Fields(s), "") }
