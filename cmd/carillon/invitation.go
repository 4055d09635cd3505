package main

import (
	"context"

	"carillon/internal/client"
)

type invitationCmd struct {
	List     invitationListCmd     `cmd:"" help:"List the invitations of an account, with links if the key may see them."`
	Resend   invitationResendCmd   `cmd:"" help:"Send an invitation again, with a new link; the one before is worth nothing then."`
	Withdraw invitationWithdrawCmd `cmd:"" help:"End an invitation and remove the user, who has never registered."`
	URL      invitationURLCmd      `cmd:"" name:"url" help:"Print the link of an invitation."`
}

type invitationListCmd struct {
	accountFlag
	Status string `help:"Only invitations in this state, Pending, Accepted or Failed." enum:",Pending,Accepted,Failed" default:""`
	remoteFlags
}

// Run collects all pages into one answer.
func (c *invitationListCmd) Run(ctx context.Context, s streams) error {
	in := client.Members{"AccountId": c.AccountID, "Status": c.Status, "MaxResults": smallPage}
	return c.collect(ctx, s, "ListInvitations", "Invitations", in)
}

// inviteFlags name an invitation.
type inviteFlags struct {
	accountFlag
	InviteID string `name:"invite-id" help:"Invitation." required:"" placeholder:"ID"`
	remoteFlags
}

func (f *inviteFlags) members() client.Members {
	return client.Members{"AccountId": f.AccountID, "InviteId": f.InviteID}
}

type invitationResendCmd struct {
	inviteFlags
	Locale string `help:"Language of the mail, as in de; else as before." placeholder:"LANGUAGE"`
}

// Run sends the invitation again.
func (c *invitationResendCmd) Run(ctx context.Context, s streams) error {
	in := c.members()
	in["UserLocale"] = c.Locale
	return c.call(ctx, s, "ResendInvitation", in)
}

type invitationWithdrawCmd struct{ inviteFlags }

// Run withdraws the invitation.
func (c *invitationWithdrawCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "WithdrawInvitation", c.members())
}

type invitationURLCmd struct{ inviteFlags }

// Run prints the link.
func (c *invitationURLCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "GetInvitationUrl", c.members())
}
