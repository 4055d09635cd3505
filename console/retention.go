package console

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"carillon/api"
)

// retentionPage is what the tab Retention shows.
type retentionPage struct {
	Team bool // an account that has no retention
	// Rooms and Conversations are after how many days messages go; 0: never.
	Rooms, Conversations int
	// From is when deletion for good begins, or began; 0: nothing is deleted.
	From  api.Timestamp
	Forms []*form
}

func showRetention(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	if a.AccountType.V == api.AccountTypeTeam {
		return p.show(http.StatusOK, "retention", p.accountView(a, &retentionPage{Team: true}, awsChime("get-account", "--account-id", a.AccountId)))
	}
	out, err := p.calls().GetRetentionSettings(p.r.Context(), &api.GetRetentionSettingsInput{AccountId: a.AccountId})
	if err != nil {
		return err
	}
	s := out.RetentionSettings
	r := &retentionPage{
		Rooms: s.RoomRetentionSettings.RetentionDays.V, Conversations: s.ConversationRetentionSettings.RetentionDays.V,
		From: out.InitiateDeletionTimestamp,
	}
	commands := []string{awsChime("get-retention-settings", "--account-id", a.AccountId)}
	if p.may("PutRetentionSettings") {
		r.Forms = append(r.Forms, p.retentionForm(a, r))
		commands = append(commands, awsChime("put-retention-settings", "--account-id", a.AccountId, "--retention-settings", r.shorthand()))
	}
	return p.show(http.StatusOK, "retention", p.accountView(a, r, commands...))
}

// shorthand is how the AWS CLI is told what is set now.
func (r *retentionPage) shorthand() string {
	part := func(name string, days int) string {
		if days == 0 {
			return name + "={}"
		}
		return fmt.Sprintf("%s={RetentionDays=%d}", name, days)
	}
	return part("RoomRetentionSettings", r.Rooms) + "," + part("ConversationRetentionSettings", r.Conversations)
}

func (p *page) retentionForm(a *api.Account, r *retentionPage) *form {
	days := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return p.filled(form{
		Name: "retention", Action: accountPath(a.AccountId, "retention"), Title: "Change", Button: "Save retention",
		Hint: "Older messages are hidden at once. Thirty days later they begin to be deleted for good; until then a longer time, or none, brings them back.",
		Fields: []field{
			{Name: "RoomRetentionSettings", Label: "Days in chat rooms", Value: days(r.Rooms), Hint: "1 to 5,475; empty: for ever."},
			{Name: "ConversationRetentionSettings", Label: "Days in conversations", Value: days(r.Conversations), Hint: "1 to 5,475; empty: for ever."},
		},
	})
}

func putRetention(p *page) error {
	accountID := p.r.PathValue("account")
	rooms, err := p.days("RoomRetentionSettings")
	conversations, other := p.days("ConversationRetentionSettings")
	if err == nil {
		err = other
	}
	if err == nil {
		err = p.calls().PutRetentionSettings(p.r.Context(), &api.PutRetentionSettingsInput{AccountId: accountID, RetentionSettings: &api.RetentionSettings{
			RoomRetentionSettings:         &api.RoomRetentionSettings{RetentionDays: rooms},
			ConversationRetentionSettings: &api.ConversationRetentionSettings{RetentionDays: conversations},
		}})
	}
	return p.done(accountPath(accountID, "retention"), "retention", err, "The retention was changed.")
}

// days reads a number of days; an empty field is none.
func (p *page) days(name string) (days api.Opt[int], err error) {
	text := strings.TrimSpace(p.r.PostFormValue(name))
	if text == "" {
		return days, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return days, api.Invalid(name, "be a whole number of days, or empty")
	}
	return api.Some(n), nil
}
