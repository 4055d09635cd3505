package main

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"carillon/internal/client"
	"carillon/internal/userlist"
)

type reportCmd struct {
	UserActivity reportUserActivityCmd `cmd:"" name:"user-activity" help:"What each user of an account did in a week, in the columns of Amazon Chime's weekly report."`
}

type reportUserActivityCmd struct {
	accountFlag
	Week        string `help:"Week of ISO 8601; the report begins on the Sunday before its Monday, as Amazon Chime's did." required:"" placeholder:"2026-W47"`
	EndpointURL string `name:"endpoint-url" help:"URL of the server; else as for other commands." placeholder:"URL"`
	Profile     string `help:"Profile of ~/.aws to take credentials from." placeholder:"NAME"`
}

var weekPattern = regexp.MustCompile(`^[0-9]{4}-W[0-9]{2}$`)

// Validate is called by kong.
func (c *reportUserActivityCmd) Validate() error {
	if !weekPattern.MatchString(c.Week) {
		return errors.New("--week takes a week as in 2026-W47")
	}
	return nil
}

// Run prints the report page by page.
func (c *reportUserActivityCmd) Run(ctx context.Context, s streams) error {
	cl, err := client.New(ctx, client.Options{EndpointURL: c.EndpointURL, Profile: c.Profile})
	if err != nil {
		return err
	}
	var out *userlist.Report
	in := client.Members{"AccountId": c.AccountID, "Week": c.Week, "MaxResults": smallPage}
	err = cl.Pages(ctx, "ListUserActivity", in, func(page map[string]json.RawMessage) (err error) {
		if out == nil {
			if out, err = userlist.NewReport(s.out); err != nil {
				return err
			}
		}
		return writeActivity(out, page)
	})
	if err != nil || out == nil {
		return err
	}
	return out.Close()
}

func writeActivity(out *userlist.Report, page map[string]json.RawMessage) error {
	users, err := itemsOf[userlist.Activity](page, "Users")
	if err != nil {
		return err
	}
	var account, week string
	if err := errors.Join(json.Unmarshal(page["AccountName"], &account), json.Unmarshal(page["WeekStart"], &week)); err != nil {
		return err
	}
	for i := range users {
		users[i].CreatedOn = dateOf(users[i].CreatedOn)
		if err := out.Write(account, dateOf(week), &users[i]); err != nil {
			return err
		}
	}
	return nil
}

// dateOf is the day of a timestamp.
func dateOf(timestamp string) string {
	day, _, _ := strings.Cut(timestamp, "T")
	return day
}
