package console

import (
	"net/http"

	"carillon/api"
)

// botList is what the tab Bots shows. Bots come with their security tokens, which
// no page shows but the one that answers a new token.
type botList struct {
	Account     *api.Account
	Team        bool // such accounts have none
	Bots        []api.Bot
	First, Next string
	Create      *form // nil: the visitor may not
}

func listBots(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	list := &botList{Account: a, Team: a.AccountType.V == api.AccountTypeTeam}
	if !list.Team {
		out, err := p.calls().ListBots(p.r.Context(), &api.ListBotsInput{
			AccountId: a.AccountId, NextToken: api.NonZero(p.r.FormValue("page")), MaxResults: api.Some(pageRows),
		})
		if err != nil {
			return err
		}
		list.Bots = out.Bots
		list.First, list.Next = p.turns(out.NextToken.V)
	}
	commands := []string{awsChime("list-bots", "--account-id", a.AccountId)}
	if !list.Team && p.may("CreateBot") {
		list.Create = p.filled(form{Name: "create", Action: accountPath(a.AccountId, "bots"), Title: "Create a bot", Button: "Create bot", Fields: []field{
			{Name: "DisplayName", Label: "Name", Required: true, Hint: "55 characters at most; its address is made of it."},
			{Name: "Domain", Label: "Domain", Hint: "One that the account has; empty: the first of them."},
		}})
		commands = append(commands, awsChime("create-bot", "--account-id", a.AccountId, "--display-name", "Example"))
	}
	return p.show(http.StatusOK, "bots", p.accountView(a, list, commands...))
}

func createBot(p *page) error {
	accountID := p.r.PathValue("account")
	out, err := p.calls().CreateBot(p.r.Context(), &api.CreateBotInput{
		AccountId: accountID, DisplayName: api.Some(p.r.PostFormValue("DisplayName")), Domain: api.NonZero(p.r.PostFormValue("Domain")),
	})
	if err != nil {
		return p.done(accountPath(accountID, "bots"), "create", err, "")
	}
	return p.tell(accountPath(accountID, "bots", out.Bot.BotId.V), result{Text: "The bot was created. Regenerate its security token to see it."})
}
