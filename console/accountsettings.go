package console

import (
	"fmt"
	"net/http"

	"carillon/api"
)

// accountSettings is what the tab Settings shows.
type accountSettings struct {
	Account *api.Account
	Forms   []*form
	Report  *form  // nil: not for this visitor
	Delete  string // the page that asks before it deletes; empty: not this visitor
}

func showAccountSettings(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	body, id := &accountSettings{Account: a}, a.AccountId
	commands := []string{awsChime("get-account", "--account-id", id)}
	if p.may("UpdateAccount") {
		body.Forms = append(body.Forms, p.accountForm(a))
		commands = append(commands, awsChime("update-account", "--account-id", id, "--name", a.Name, "--default-license", string(a.DefaultLicense.V)))
	}
	if p.may("UpdateAccountSettings") && p.may("GetAccountSettings") {
		out, err := p.calls().GetAccountSettings(p.r.Context(), &api.GetAccountSettingsInput{AccountId: id})
		if err != nil {
			return err
		}
		s := out.AccountSettings
		body.Forms = append(body.Forms, p.meetingsForm(id, s))
		commands = append(commands, awsChime("update-account-settings", "--account-id", id, "--account-settings",
			fmt.Sprintf("DisableRemoteControl=%t,EnableDialOut=%t", s.DisableRemoteControl.V, s.EnableDialOut.V)))
	}
	if a.AccountType.V == api.AccountTypeTeam && p.may("AddDomain") {
		body.Forms = append(body.Forms, p.convertForm(id))
		commands = append(commands, command("carillon", "domain", "add", "--account-id", id, "example.com"))
	}
	body.Report = p.reportForm(id)
	if p.may("DeleteAccount") {
		body.Delete = accountPath(id, "delete")
	}
	return p.show(http.StatusOK, "account-settings", p.accountView(a, body, commands...))
}

func (p *page) accountForm(a *api.Account) *form {
	return p.filled(form{Name: "account", Action: accountPath(a.AccountId), Title: "Account", Button: "Save", Fields: []field{
		{Name: "Name", Label: "Name", Value: a.Name, Required: true, Hint: "1 to 100 characters."},
		{Name: "DefaultLicense", Label: "Default licence", Kind: "select", Options: options(string(a.DefaultLicense.V), licences(a)...)},
	}})
}

// licences are those that users of an account can have.
func licences(a *api.Account) []string {
	list := make([]string, len(a.SupportedLicenses))
	for i, l := range a.SupportedLicenses {
		list[i] = string(l)
	}
	return list
}

func (p *page) meetingsForm(accountID string, s *api.AccountSettings) *form {
	return p.filled(form{Name: "settings", Action: accountPath(accountID, "settings"), Title: "Meetings", Button: "Save settings", Fields: []field{
		{Name: "DisableRemoteControl", Label: "Nobody may take control of a shared screen", Kind: "checkbox", Value: checked(s.DisableRemoteControl.V)},
		{Name: "EnableDialOut", Label: "Meetings may call people", Kind: "checkbox", Value: checked(s.EnableDialOut.V)},
	}})
}

// convertForm adds the domain that turns a Team account into an Enterprise account;
// the tab Domains shows what became of it.
func (p *page) convertForm(accountID string) *form {
	return p.filled(form{
		Name: "convert", Action: accountPath(accountID, "domains", "convert"), From: p.with(), Title: "Convert to EnterpriseLWA", Button: "Convert account", Danger: true,
		Hint:   "The first domain turns a Team account into an EnterpriseLWA account, for good.",
		Fields: []field{{Name: "DomainName", Label: "Domain", Required: true, Hint: "As in example.com. The DNS is not asked."}},
	})
}

func updateAccount(p *page) error {
	in := &api.UpdateAccountInput{AccountId: p.r.PathValue("account"), Name: api.NonZero(p.r.PostFormValue("Name"))}
	in.DefaultLicense = api.NonZero(api.License(p.r.PostFormValue("DefaultLicense")))
	_, err := p.calls().UpdateAccount(p.r.Context(), in)
	return p.done(accountPath(in.AccountId, "settings"), "account", err, "The account was changed.")
}

func updateAccountSettings(p *page) error {
	in := &api.UpdateAccountSettingsInput{AccountId: p.r.PathValue("account"), AccountSettings: &api.AccountSettings{
		DisableRemoteControl: api.Some(p.r.PostFormValue("DisableRemoteControl") != ""),
		EnableDialOut:        api.Some(p.r.PostFormValue("EnableDialOut") != ""),
	}}
	err := p.calls().UpdateAccountSettings(p.r.Context(), in)
	return p.done(accountPath(in.AccountId, "settings"), "settings", err, "The settings were changed.")
}
