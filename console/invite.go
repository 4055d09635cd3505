package console

import (
	"context"
	"strings"

	"carillon/api"
)

// maxInvited is how many addresses one form invites.
const maxInvited = 100

// inviteBatch is how many addresses one call takes.
const inviteBatch = 50

// mailed says what became of the mail of an invitation.
var mailed = map[api.EmailStatus]string{
	api.EmailStatusSent: "mail sent", api.EmailStatusFailed: "mail failed",
	api.EmailStatusNotSent: "no mail sent: the tab Invitations has the link to bring",
}

// inviteForm invites people; nil: not here, or not this visitor.
func (p *page) inviteForm(a *api.Account) *form {
	if a.AccountType.V != api.AccountTypeTeam || !p.may("InviteUsers") {
		return nil
	}
	return p.filled(form{Name: "invite", Action: accountPath(a.AccountId, "invite"), Title: "Invite users", Button: "Invite", From: p.with(), Fields: []field{
		{Name: "UserEmailList", Label: "E-mail addresses", Kind: "textarea", Required: true, Hint: "Apart by semicolons, commas or lines; 100 at most."},
	}})
}

// inviteUsers invites addresses and tells of each what became of it.
func inviteUsers(p *page) error {
	accountID := p.r.PathValue("account")
	to, emails := p.from(accountPath(accountID)), split(p.r.PostFormValue("UserEmailList"))
	if len(emails) == 0 || len(emails) > maxInvited {
		return p.done(to, "invite", api.Invalid("UserEmailList", "have 1 to %d addresses, not %d", maxInvited, len(emails)), "")
	}
	var r result
	for len(emails) > 0 {
		n := min(inviteBatch, len(emails))
		if err := p.invite(p.r.Context(), &r, accountID, emails[:n]); err != nil {
			return err
		}
		emails = emails[n:]
	}
	r.Text = "Invitations:"
	return p.tell(to, r)
}

// invite invites some addresses, or each on its own where one of them is refused.
func (p *page) invite(ctx context.Context, r *result, accountID string, emails []string) error {
	out, err := p.calls().InviteUsers(ctx, &api.InviteUsersInput{AccountId: accountID, UserEmailList: emails})
	if api.IsKind(err, api.BadRequest) {
		if len(emails) == 1 {
			why := err.(*api.Error).Message
			if names(why, "UserEmailList") { // a rule in words for programs
				why = "this is no e-mail address"
			}
			r.Bad, r.Lines = true, append(r.Lines, emails[0]+": "+why)
			return nil
		}
		for i := range emails {
			if err := p.invite(ctx, r, accountID, emails[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	for _, i := range out.Invites {
		r.Lines = append(r.Lines, i.EmailAddress.V+": "+strings.ToLower(string(i.Status.V))+", "+mailed[i.EmailStatus.V])
	}
	return err
}
