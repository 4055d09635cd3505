package console

import (
	"net/http"
	"net/url"

	"carillon/api"
)

// invitationList is what the tab Invitations shows.
type invitationList struct {
	Filter field
	Action string // where the forms of the rows are sent, and the way to the links
	Here   string // the list, to come back to
	// What the visitor may do to those that are not accepted.
	Resend, Withdraw, Links bool
	Rows                    []api.Invitation
	Status                  string
	First, Next             string
}

func listInvitations(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	status, at := p.r.FormValue("status"), p.r.FormValue("page")
	out, err := p.calls().ListInvitations(p.r.Context(), &api.ListInvitationsInput{
		AccountId: a.AccountId, Status: api.NonZero(api.InviteStatus(status)), NextToken: api.NonZero(at), MaxResults: api.Some(pageRows),
	})
	if err != nil {
		return err
	}
	list := &invitationList{
		Filter: statusFilter(status, "Pending", "Accepted", "Failed"), Status: status,
		Action: accountPath(a.AccountId, "invitations"), Rows: out.Invitations,
		Resend: p.may("ResendInvitation"), Withdraw: p.may("WithdrawInvitation"), Links: p.may("GetInvitationUrl"),
	}
	list.Here = p.listed(list.Action, "status", "page")
	if at != "" {
		list.First = p.with("page", "")
	}
	if out.NextToken.V != "" {
		list.Next = p.with("page", out.NextToken.V)
	}
	return p.show(http.StatusOK, "invitations", p.accountView(a, list, list.commands(a.AccountId)...))
}

// listed is the URL of a list with some parameters of this page, and no others: each
// row has it.
func (p *page) listed(path string, params ...string) string {
	q := url.Values{}
	for _, name := range params {
		if v := p.r.FormValue(name); v != "" {
			q.Set(name, v)
		}
	}
	return address(path, q)
}

// statusFilter chooses one of some states, or any.
func statusFilter(chosen string, values ...string) field {
	all := append([]option{{"", "Any", false}}, options(chosen, values...)...)
	return field{ID: "status", Name: "status", Label: "Status", Kind: "select", Options: all}
}

// commands do what the page shows, to the first invitation of it.
func (l *invitationList) commands(accountID string) []string {
	invitation := func(words ...string) string {
		return command(append([]string{"carillon", "invitation"}, words...)...)
	}
	list := []string{invitation("list", "--account-id", accountID)}
	if l.Status != "" {
		list[0] = invitation("list", "--account-id", accountID, "--status", l.Status)
	}
	if len(l.Rows) == 0 {
		return list
	}
	id := l.Rows[0].InviteId.V
	if l.Resend {
		list = append(list, invitation("resend", "--account-id", accountID, "--invite-id", id))
	}
	if l.Withdraw {
		list = append(list, invitation("withdraw", "--account-id", accountID, "--invite-id", id))
	}
	return list
}

// invitationLink is what the page of one invitation shows: what to bring to the
// invited person where no mail does.
type invitationLink struct {
	Url   string
	Until api.Timestamp
	List  string
}

func showInvitation(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	inviteID := p.r.PathValue("invitation")
	out, err := p.calls().GetInvitationUrl(p.r.Context(), &api.GetInvitationUrlInput{AccountId: a.AccountId, InviteId: inviteID})
	if err != nil {
		return err
	}
	list := accountPath(a.AccountId, "invitations")
	v := p.accountView(a, invitationLink{out.Url.V, out.ExpiresOn, list}, command("carillon", "invitation", "url", "--account-id", a.AccountId, "--invite-id", inviteID))
	v.Title = "Link of an invitation"
	v.Crumbs = []link{v.Crumbs[0], {Label: a.Name, URL: accountPath(a.AccountId)}, {Label: "Invitations", URL: list}, {Label: v.Title, Current: true}}
	return p.show(http.StatusOK, "invitation", v)
}

// changeInvitation sends an invitation again or withdraws it.
func changeInvitation(p *page) error {
	accountID, inviteID, action := p.r.PathValue("account"), p.r.PathValue("invitation"), p.r.PathValue("action")
	to := p.from(accountPath(accountID, "invitations"))
	switch action {
	case "resend":
		return resendInvitation(p, to, accountID, inviteID)
	case "withdraw":
		err := p.calls().WithdrawInvitation(p.r.Context(), &api.WithdrawInvitationInput{AccountId: accountID, InviteId: inviteID})
		return p.done(to, action, err, "The invitation was withdrawn, and the user removed.")
	}
	return notFound(p)
}

// resendInvitation leads to the new link who may see it, all others back to where
// they were.
func resendInvitation(p *page, to, accountID, inviteID string) error {
	out, err := p.calls().ResendInvitation(p.r.Context(), &api.ResendInvitationInput{AccountId: accountID, InviteId: inviteID})
	if err != nil {
		return p.done(to, "resend", err, "")
	}
	text := "There is a new link; the one before is worth nothing now."
	if out.Invitation.EmailStatus.V != api.EmailStatusSent {
		text += " No mail was sent: this server has no mail server."
	}
	if p.may("GetInvitationUrl") {
		to = accountPath(accountID, "invitations", inviteID)
	}
	return p.tell(to, result{Text: text})
}
