package console

import "carillon/api"

// createUserForm makes one user; nil: not by this visitor.
func (p *page) createUserForm(a *api.Account) *form {
	if !p.may("CreateUser") {
		return nil
	}
	return p.filled(form{
		Name: "create-user", Action: accountPath(a.AccountId, "users"), Title: "Create a user", Button: "Create user", From: p.with(),
		Hint: "Registered at once, without an invitation.", Fields: []field{
			{Name: "Email", Label: "E-mail address", Required: true},
			{Name: "Username", Label: "Full name"},
			{Name: "UserType", Label: "Kind of user", Kind: "select", Options: options("", "PrivateUser", "SharedDevice")},
		},
	})
}

// createUser makes a user and leads to its page.
func createUser(p *page) error {
	accountID := p.r.PathValue("account")
	value := p.r.PostFormValue
	out, err := p.calls().CreateUser(p.r.Context(), &api.CreateUserInput{
		AccountId: accountID, Email: api.Some(value("Email")), Username: api.NonZero(value("Username")), UserType: api.NonZero(api.UserType(value("UserType"))),
	})
	if err != nil {
		return p.done(p.from(accountPath(accountID)), "create-user", err, "")
	}
	return p.tell(accountPath(accountID, "users", out.User.UserId), result{Text: "The user was created."})
}
