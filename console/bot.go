package console

import (
	"net/http"

	"carillon/api"
)

// botPage is what the page of one bot shows.
type botPage struct {
	Bot        *api.Bot
	ShowEvents bool
	Events     *api.EventsConfiguration // nil: there is none
	Forms      []*form
}

func showBot(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	out, err := p.calls().GetBot(p.r.Context(), &api.GetBotInput{AccountId: a.AccountId, BotId: p.r.PathValue("bot")})
	if err != nil {
		return err
	}
	body := &botPage{Bot: out.Bot}
	if err := p.addEvents(body, a.AccountId); err != nil {
		return err
	}
	body.Forms = p.botForms(a.AccountId, body)
	v := p.accountView(a, body, botCommands("--account-id", a.AccountId, "--bot-id", out.Bot.BotId.V)...)
	v.Resource = out.Bot.BotId.V
	v.Title, v.Crumbs = out.Bot.DisplayName.V, botCrumbs(a, link{Label: out.Bot.DisplayName.V, Current: true})
	return p.show(http.StatusOK, "bot", v)
}

// botCrumbs lead to pages of a bot.
func botCrumbs(a *api.Account, more ...link) []link {
	return append([]link{
		{Label: "Accounts", URL: Root + "accounts"},
		{Label: a.Name, URL: accountPath(a.AccountId)},
		{Label: "Bots", URL: accountPath(a.AccountId, "bots")},
	}, more...)
}

// botCommands do what the page of a bot does.
func botCommands(bot ...string) []string {
	aws := func(name string, more ...string) string {
		return awsChime(append(append([]string{name}, bot...), more...)...)
	}
	return []string{
		aws("get-bot"), aws("update-bot", "--disabled"), aws("update-bot", "--no-disabled"), aws("regenerate-security-token"),
		aws("get-events-configuration"), aws("put-events-configuration", "--outbound-events-https-endpoint", "https://bot.example.com/"),
		aws("delete-events-configuration"),
	}
}

func (p *page) addEvents(b *botPage, accountID string) error {
	if b.ShowEvents = p.may("GetEventsConfiguration"); !b.ShowEvents {
		return nil
	}
	out, err := p.calls().GetEventsConfiguration(p.r.Context(), &api.GetEventsConfigurationInput{AccountId: accountID, BotId: b.Bot.BotId.V})
	switch {
	case api.IsKind(err, api.NotFound):
		return nil
	case err == nil:
		b.Events = out.EventsConfiguration
	}
	return err
}

// botForms are what can be done to a bot, as far as the visitor may.
func (p *page) botForms(accountID string, b *botPage) (list []*form) {
	add := func(operation string, here bool, f form) {
		if here && p.may(operation) {
			f.Action = accountPath(accountID, "bots", b.Bot.BotId.V, f.Name)
			list = append(list, p.filled(f))
		}
	}
	var now api.EventsConfiguration
	if b.Events != nil {
		now = *b.Events
	}
	add("PutEventsConfiguration", true, form{Name: "events", Title: "Events", Hint: "Events go to one of these. An endpoint is asked first whether it takes them.", Button: "Save events", Fields: []field{
		{Name: "OutboundEventsHTTPSEndpoint", Label: "HTTPS endpoint", Value: now.OutboundEventsHTTPSEndpoint.V},
		{Name: "LambdaFunctionArn", Label: "ARN of a Lambda function", Value: now.LambdaFunctionArn.V},
	}})
	add("DeleteEventsConfiguration", b.Events != nil, form{Name: "delete-events", Title: "End the events", Button: "Delete events configuration", Danger: true})
	add("RegenerateSecurityToken", true, form{Name: "token", Title: "Security token", Hint: "The old one ends at once; the new one is shown once.", Button: "Regenerate token"})
	add("UpdateBot", b.Bot.Disabled.V, form{Name: "enable", Title: "State", Button: "Enable"})
	add("UpdateBot", !b.Bot.Disabled.V, form{Name: "disable", Title: "State", Hint: "It gets no events until it is enabled.", Button: "Disable", Danger: true})
	return list
}

// botResults tell what was done to a bot, by action.
var botResults = map[string]string{
	"enable": "The bot was enabled.", "disable": "The bot was disabled.",
	"events": "The events configuration was changed.", "delete-events": "The events configuration was deleted.",
}

// changeBot does what a form of a bot asks for.
func changeBot(p *page) error {
	accountID, botID, action := p.r.PathValue("account"), p.r.PathValue("bot"), p.r.PathValue("action")
	if action == "token" {
		return regenerateToken(p, accountID, botID)
	}
	text, known := botResults[action]
	if !known {
		return notFound(p)
	}
	return p.done(accountPath(accountID, "bots", botID), action, p.changeBot(accountID, botID, action), text)
}

func (p *page) changeBot(accountID, botID, action string) (err error) {
	calls, ctx := p.calls(), p.r.Context()
	value := func(member string) api.Opt[string] { return api.NonZero(p.r.PostFormValue(member)) }
	switch action {
	case "enable", "disable":
		_, err = calls.UpdateBot(ctx, &api.UpdateBotInput{AccountId: accountID, BotId: botID, Disabled: api.Some(action == "disable")})
	case "events":
		_, err = calls.PutEventsConfiguration(ctx, &api.PutEventsConfigurationInput{
			AccountId: accountID, BotId: botID, OutboundEventsHTTPSEndpoint: value("OutboundEventsHTTPSEndpoint"), LambdaFunctionArn: value("LambdaFunctionArn"),
		})
	case "delete-events":
		err = calls.DeleteEventsConfiguration(ctx, &api.DeleteEventsConfigurationInput{AccountId: accountID, BotId: botID})
	}
	return err
}

// regenerateToken makes a token, which one page shows once.
func regenerateToken(p *page, accountID, botID string) error {
	to := accountPath(accountID, "bots", botID)
	out, err := p.calls().RegenerateSecurityToken(p.r.Context(), &api.RegenerateSecurityTokenInput{AccountId: accountID, BotId: botID})
	if err != nil {
		return p.done(to, "token", err, "")
	}
	return p.showOnce(once{
		Title: "New security token", Text: "The bot has a new security token.",
		Values:  []labelled{{"Security token", out.Bot.SecurityToken.V}},
		Back:    link{Label: out.Bot.DisplayName.V, URL: to},
		Command: awsChime("regenerate-security-token", "--account-id", accountID, "--bot-id", botID),
	})
}
