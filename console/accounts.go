package console

import (
	"net/http"
	"strings"

	"carillon/api"
)

// accountList is what the list of accounts shows.
type accountList struct {
	Name     string // what the names begin with
	Accounts []api.Account
	Next     string
	Create   *form
}

// pageRows is how many rows a table has at most.
const pageRows = 50

func listAccounts(p *page) error {
	q := p.r.URL.Query()
	name := strings.TrimSpace(q.Get("name"))
	out, err := p.calls().ListAccounts(p.r.Context(), &api.ListAccountsInput{
		Name: api.NonZero(name), NextToken: api.NonZero(q.Get("page")), MaxResults: api.Some(pageRows),
	})
	if err != nil {
		return err
	}
	list := accountList{Name: name, Accounts: out.Accounts, Create: p.createForm()}
	if out.NextToken.V != "" {
		list.Next = p.with("page", out.NextToken.V)
	}
	commands := []string{awsChime("list-accounts")}
	if name != "" {
		commands = []string{awsChime("list-accounts", "--name", name)}
	}
	if list.Create != nil {
		commands = append(commands, awsChime("create-account", "--name", "Example"))
	}
	return p.show(http.StatusOK, "accounts", view{Title: "Accounts", Commands: commands, Body: list})
}

// createForm makes accounts: Team accounts, or of any type for those who may; nil:
// neither.
func (p *page) createForm() *form {
	name := field{Name: "Name", Label: "Name", Required: true, Hint: "1 to 100 characters."}
	f := form{Name: "create", Action: Root + "accounts", Title: "Create an account", Button: "Create account", Fields: []field{name}}
	switch {
	case p.may("ProvisionAccount"):
		f.Fields = append(f.Fields, field{Name: "AccountType", Label: "Type", Kind: "select", Hint: "Team: people are invited. EnterpriseLWA: people of your domains, who can be suspended. The others: as your directory or provider has them.", Options: options("Team", "Team", "EnterpriseLWA", "EnterpriseDirectory", "EnterpriseOIDC")})
	case !p.may("CreateAccount"):
		return nil
	}
	return p.filled(f)
}

func createAccount(p *page) error {
	name, kind := p.r.PostFormValue("Name"), api.AccountType(p.r.PostFormValue("AccountType"))
	var made *api.Account
	var err error
	if kind == "" || kind == api.AccountTypeTeam {
		var out *api.CreateAccountOutput
		out, err = p.calls().CreateAccount(p.r.Context(), &api.CreateAccountInput{Name: api.Some(name)})
		made = out.Account
	} else {
		var out *api.ProvisionAccountOutput
		out, err = p.calls().ProvisionAccount(p.r.Context(), &api.ProvisionAccountInput{Name: api.Some(name), AccountType: api.Some(kind)})
		made = out.Account
	}
	if err != nil {
		return p.done(Root+"accounts", "create", err, "")
	}
	p.c.counts.forget(p.visit.Credential.Caller.AwsAccountID)
	next := "Create users, import them from a file, or connect an identity provider on the tab Provisioning."
	if made.AccountType.V == api.AccountTypeTeam {
		next = "Invite people, import users from a file, or add a domain on the tab Domains."
	}
	return p.tell(accountPath(made.AccountId), result{Text: "The account was created. " + next})
}

// account returns the account that the URL names.
func (p *page) account() (*api.Account, error) {
	out, err := p.calls().GetAccount(p.r.Context(), &api.GetAccountInput{AccountId: p.r.PathValue("account")})
	return out.Account, err
}

// tab is a part of what is shown of an account: its path below the account's, and
// the operation that who sees it may run.
type tab struct{ label, path, operation string }

var tabs = []tab{
	{"Users", "", "SearchUsers"},
	{"Invitations", "invitations", "ListInvitations"},
	{"Rooms", "rooms", "ListRooms"},
	{"Bots", "bots", "ListBots"},
	{"Domains", "domains", "ListDomains"},
	{"Provisioning", "scim", "ListScimTokens"},
	{"Settings", "settings", "GetAccount"},
	{"Retention", "retention", "GetRetentionSettings"},
}

func (p *page) tabs(accountID string) (list []link) {
	for _, t := range tabs {
		if p.may(t.operation) {
			url := accountPath(accountID)
			if t.path != "" {
				url += "/" + t.path
			}
			list = append(list, link{t.label, url, p.r.URL.Path == url})
		}
	}
	return list
}

// accountView is what all pages of an account have.
func (p *page) accountView(a *api.Account, body any, commands ...string) view {
	return view{
		Title: a.Name, Crumbs: []link{{Label: "Accounts", URL: Root + "accounts"}, {Label: a.Name, Current: true}},
		Tabs: p.tabs(a.AccountId), Commands: commands, Resource: a.AccountId, Body: body,
	}
}
