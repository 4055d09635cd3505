package console

import (
	"cmp"
	"net/http"
	"strings"

	"carillon/api"
)

// userPage is what the page of one user shows.
type userPage struct {
	User     *api.User
	Settings *api.TelephonySettings // nil: the visitor may not see them
	Forms    []*form
}

func showUser(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	out, err := p.calls().GetUser(p.r.Context(), &api.GetUserInput{AccountId: a.AccountId, UserId: p.r.PathValue("user")})
	if err != nil {
		return err
	}
	u := &userPage{User: out.User}
	if p.may("GetUserSettings") {
		s, err := p.calls().GetUserSettings(p.r.Context(), &api.GetUserSettingsInput{AccountId: a.AccountId, UserId: out.User.UserId})
		if err != nil {
			return err
		}
		u.Settings = s.UserSettings.Telephony
	}
	u.Forms = p.userForms(a, u)
	v := p.accountView(a, u, awsChime("get-user", "--account-id", a.AccountId, "--user-id", out.User.UserId))
	v.Resource = out.User.UserId
	v.Title = cmp.Or(out.User.PrimaryEmail.V, out.User.DisplayName.V, out.User.UserId)
	v.Crumbs = []link{{Label: "Accounts", URL: Root + "accounts"}, {Label: a.Name, URL: accountPath(a.AccountId)}, {Label: v.Title, Current: true}}
	return p.show(http.StatusOK, "user", v)
}

// userForms are what can be done to a user, each with the operation that it takes.
func (p *page) userForms(a *api.Account, u *userPage) (list []*form) {
	add := func(operation string, here bool, f form) {
		if here && p.may(operation) {
			f.Action = accountPath(a.AccountId, "users", u.User.UserId, f.Name)
			list = append(list, p.filled(f))
		}
	}
	lwa, suspended := a.AccountType.V == api.AccountTypeEnterpriseLWA, u.User.UserRegistrationStatus.V == api.RegistrationStatusSuspended
	add("UpdateUser", true, form{Name: "update", Title: "Licence and type", Button: "Save", Fields: []field{
		{Name: "LicenseType", Label: "Licence", Kind: "select", Options: options(string(u.User.LicenseType.V), licences(a)...)},
		{Name: "UserType", Label: "Type", Kind: "select", Options: options(string(u.User.UserType.V), "PrivateUser", "SharedDevice")},
	}})
	add("RenameUser", true, form{Name: "rename", Title: "Name", Button: "Rename", Fields: []field{
		{Name: "DisplayName", Label: "Name", Value: u.User.DisplayName.V, Required: true},
	}})
	if t := u.Settings; t != nil {
		add("UpdateUserSettings", true, form{Name: "settings", Title: "Telephony", Button: "Save telephony", Fields: []field{
			{Name: "InboundCalling", Label: "May be called", Kind: "checkbox", Value: checked(t.InboundCalling.V)},
			{Name: "OutboundCalling", Label: "May call", Kind: "checkbox", Value: checked(t.OutboundCalling.V)},
			{Name: "SMS", Label: "May send text messages", Kind: "checkbox", Value: checked(t.SMS.V)},
		}})
	}
	number := u.User.PrimaryProvisionedNumber.V
	add("AssociatePhoneNumberWithUser", number == "", form{Name: "associate", Title: "Phone number", Button: "Associate number", Fields: []field{
		{Name: "E164PhoneNumber", Label: "Number", Hint: "In full, as in +12065550100.", Required: true},
	}})
	add("DisassociatePhoneNumberFromUser", number != "", form{Name: "disassociate", Title: "Phone number", Hint: "The number goes back to the inventory.", Button: "Disassociate number"})
	add("ResetPersonalPIN", u.User.PersonalPIN.V != "", form{Name: "pin", Title: "Personal PIN", Hint: "The old one ends at once.", Button: "Reset PIN"})
	add("LogoutUser", true, form{Name: "logout", Title: "Devices", Hint: "Signs the user out everywhere.", Button: "Log out"})
	add("BatchUnsuspendUser", lwa && suspended, form{Name: "unsuspend", Title: "Suspension", Button: "Unsuspend"})
	add("BatchSuspendUser", lwa && !suspended, form{Name: "suspend", Title: "Suspension", Button: "Suspend", Danger: true})
	add("BatchSuspendUser", a.AccountType.V == api.AccountTypeTeam, form{Name: "suspend", Title: "Remove from the account", Hint: "An invitation that is pending is withdrawn.", Button: "Remove", Danger: true})
	return list
}

// userID returns the id that a field of a form has: as it is, or by the address of
// a user of the account.
func (p *page) userID(accountID, member string) (string, error) {
	text := strings.TrimSpace(p.r.PostFormValue(member))
	if !strings.Contains(text, "@") {
		return text, nil
	}
	out, err := p.calls().ListUsers(p.r.Context(), &api.ListUsersInput{AccountId: accountID, UserEmail: api.Some(text)})
	switch {
	case err != nil:
		return "", err
	case len(out.Users) == 0:
		return "", api.NotFound.Errorf("%s: the account has no user with this address", member)
	}
	return out.Users[0].UserId, nil
}

// changeUser does what a form of the user's page asks for.
func changeUser(p *page) error {
	accountID, userID, action := p.r.PathValue("account"), p.r.PathValue("user"), p.r.PathValue("action")
	err, known := p.change(accountID, userID, action)
	if !known {
		return notFound(p)
	}
	to := accountPath(accountID, "users", userID)
	if err == nil && action == "suspend" {
		_, gone := p.calls().GetUser(p.r.Context(), &api.GetUserInput{AccountId: accountID, UserId: userID})
		if api.IsKind(gone, api.NotFound) {
			return p.tell(accountPath(accountID), result{Text: "The user was removed."})
		}
	}
	return p.done(to, action, err, "Done.")
}

func (p *page) change(accountID, userID, action string) (err error, known bool) {
	calls, ctx, value := p.calls(), p.r.Context(), p.r.PostFormValue
	one := &bulk{AccountID: accountID}
	switch action {
	case "update":
		_, err = calls.UpdateUser(ctx, &api.UpdateUserInput{
			AccountId: accountID, UserId: userID,
			LicenseType: api.NonZero(api.License(value("LicenseType"))), UserType: api.NonZero(api.UserType(value("UserType"))),
		})
	case "rename":
		_, err = calls.RenameUser(ctx, &api.RenameUserInput{AccountId: accountID, UserId: userID, DisplayName: api.Some(value("DisplayName"))})
	case "settings":
		err = calls.UpdateUserSettings(ctx, &api.UpdateUserSettingsInput{AccountId: accountID, UserId: userID, UserSettings: &api.UserSettings{
			Telephony: &api.TelephonySettings{
				InboundCalling: api.Some(value("InboundCalling") != ""), OutboundCalling: api.Some(value("OutboundCalling") != ""), SMS: api.Some(value("SMS") != ""),
			},
		}})
	case "associate":
		err = calls.AssociatePhoneNumberWithUser(ctx, &api.AssociatePhoneNumberWithUserInput{AccountId: accountID, UserId: userID, E164PhoneNumber: api.Some(value("E164PhoneNumber"))})
	case "disassociate":
		err = calls.DisassociatePhoneNumberFromUser(ctx, &api.DisassociatePhoneNumberFromUserInput{AccountId: accountID, UserId: userID})
	case "pin":
		_, err = calls.ResetPersonalPIN(ctx, &api.ResetPersonalPINInput{AccountId: accountID, UserId: userID})
	case "logout":
		err = calls.LogoutUser(ctx, &api.LogoutUserInput{AccountId: accountID, UserId: userID})
	case "suspend":
		err = first(suspendUsers(calls, ctx, one, []string{userID}))
	case "unsuspend":
		err = first(unsuspendUsers(calls, ctx, one, []string{userID}))
	default:
		return nil, false
	}
	return err, true
}

// first returns the refusal of a batch of one.
func first(refused []api.UserError, err error) error {
	if err == nil && len(refused) > 0 {
		return api.BadRequest.Errorf("%s", refused[0].ErrorMessage.V)
	}
	return err
}
