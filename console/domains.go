package console

import (
	"net/http"
	"strconv"

	"carillon/api"
)

// domainList is what the tab Domains shows.
type domainList struct {
	Domains stretch[api.Domain]
	Groups  stretch[api.SigninDelegateGroup]
	Action  string // where the forms of the rows are sent
	// Release and Leave say whether the visitor may take away domains and groups.
	Release, Leave bool
	Forms          []*form
}

func listDomains(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	out, err := p.calls().ListDomains(p.r.Context(), &api.ListDomainsInput{AccountId: a.AccountId})
	if err != nil {
		return err
	}
	list := &domainList{
		Domains: stretchOf(p, "page", out.Domains), Groups: stretchOf(p, "groups", a.SigninDelegateGroups), Action: accountPath(a.AccountId, "domains"), Forms: p.domainForms(a),
		Release: p.may("DeleteDomain"), Leave: hasDelegates(a) && p.may("DisassociateSigninDelegateGroupsFromAccount"),
	}
	commands := []string{command("carillon", "domain", "list", "--account-id", a.AccountId)}
	if p.may("AddDomain") {
		commands = append(commands, command("carillon", "domain", "add", "--account-id", a.AccountId, "example.com"))
	}
	if list.Release && len(list.Domains.Rows) > 0 {
		commands = append(commands, command("carillon", "domain", "remove", "--account-id", a.AccountId, list.Domains.Rows[0].DomainName.V))
	}
	return p.show(http.StatusOK, "domains", p.accountView(a, list, commands...))
}

// stretch is a part of a list that operations return whole.
type stretch[T any] struct {
	Rows        []T
	First, Next string // the other parts; empty: there are none
}

// stretchOf is the part that a parameter of the URL tells the first row of.
func stretchOf[T any](p *page, param string, all []T) (s stretch[T]) {
	at, _ := strconv.Atoi(p.r.URL.Query().Get(param)) // what is no number is 0
	at = min(max(at, 0), len(all))
	end := min(at+pageRows, len(all))
	if at > 0 {
		s.First = p.with(param, "")
	}
	if end < len(all) {
		s.Next = p.with(param, strconv.Itoa(end))
	}
	s.Rows = all[at:end]
	return s
}

// hasDelegates reports whether an account can have sign-in delegate groups.
func hasDelegates(a *api.Account) bool { return a.AccountType.V == api.AccountTypeEnterpriseDirectory }

// domainForms add domains and, where there can be any, sign-in delegate groups.
func (p *page) domainForms(a *api.Account) (list []*form) {
	if p.may("AddDomain") {
		f := form{Name: "add", Action: accountPath(a.AccountId, "domains", "add"), Title: "Add a domain", Button: "Add domain", Fields: []field{
			{Name: "DomainName", Label: "Domain", Required: true, Hint: "As in example.com. The DNS is not asked."},
		}}
		if a.AccountType.V == api.AccountTypeTeam {
			f.Hint = "It turns this Team account into an EnterpriseLWA account, for good."
		}
		list = append(list, p.filled(f))
	}
	if hasDelegates(a) && p.may("AssociateSigninDelegateGroupsWithAccount") {
		list = append(list, p.filled(form{Name: "associate", Action: accountPath(a.AccountId, "domains", "associate"), Title: "Add a sign-in delegate group", Button: "Add group", Fields: []field{
			{Name: "GroupName", Label: "Group", Required: true, Hint: "A group of the directory."},
		}}))
	}
	return list
}

// changeDomains does what a form of the tab Domains asks for.
func changeDomains(p *page) error {
	accountID, action := p.r.PathValue("account"), p.r.PathValue("action")
	text, err := p.changeDomain(accountID, action)
	if text == "" {
		return notFound(p)
	}
	to := accountPath(accountID, "domains")
	if err != nil { // where it was asked for
		to = p.from(to)
	}
	return p.done(to, action, err, text)
}

// changeDomain returns what there is to say if it went well; an empty text says
// that there is no such action.
func (p *page) changeDomain(accountID, action string) (text string, err error) {
	calls, ctx, value := p.calls(), p.r.Context(), p.r.PostFormValue
	switch action {
	case "add", "convert":
		_, err = calls.AddDomain(ctx, &api.AddDomainInput{AccountId: accountID, DomainName: api.Some(value("DomainName"))})
		return "The domain was added.", err
	case "remove":
		err = calls.DeleteDomain(ctx, &api.DeleteDomainInput{AccountId: accountID, DomainName: value("DomainName")})
		return "The domain was removed.", err
	case "associate":
		group := api.SigninDelegateGroup{GroupName: api.Some(value("GroupName"))}
		err = calls.AssociateSigninDelegateGroupsWithAccount(ctx, &api.AssociateSigninDelegateGroupsWithAccountInput{AccountId: accountID, SigninDelegateGroups: []api.SigninDelegateGroup{group}})
		return "The group was added.", err
	case "disassociate":
		err = calls.DisassociateSigninDelegateGroupsFromAccount(ctx, &api.DisassociateSigninDelegateGroupsFromAccountInput{AccountId: accountID, GroupNames: []string{value("GroupName")}})
		return "The group was removed.", err
	}
	return "", nil
}
