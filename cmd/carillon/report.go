package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"carillon/internal/client"
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

// reportColumns are those of Amazon Chime's report.
var reportColumns = []string{
	"Account Name", "Week Start", "Display Name", "Email", "Registration Status", "Account Creation Date",
	"Meetings Attended", "Meetings Hosted", "Messages Sent",
}

// activity is what the report says of a user.
type activity struct {
	DisplayName, PrimaryEmail, UserRegistrationStatus, CreatedOn string
	MeetingsAttended, MeetingsHosted, MessagesSent               int
}

// Run prints the report page by page.
func (c *reportUserActivityCmd) Run(ctx context.Context, s streams) error {
	cl, err := client.New(ctx, client.Options{EndpointURL: c.EndpointURL, Profile: c.Profile})
	if err != nil {
		return err
	}
	out := csv.NewWriter(s.out)
	header := false
	in := client.Members{"AccountId": c.AccountID, "Week": c.Week, "MaxResults": smallPage}
	err = cl.Pages(ctx, "ListUserActivity", in, func(page map[string]json.RawMessage) error {
		if !header {
			header = true
			if err := out.Write(reportColumns); err != nil {
				return err
			}
		}
		return writeActivity(out, page)
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

func writeActivity(out *csv.Writer, page map[string]json.RawMessage) error {
	users, err := itemsOf[activity](page, "Users")
	if err != nil {
		return err
	}
	var account, week string
	if err := errors.Join(json.Unmarshal(page["AccountName"], &account), json.Unmarshal(page["WeekStart"], &week)); err != nil {
		return err
	}
	for _, u := range users {
		row := []string{
			plainCell(account), dateOf(week), plainCell(u.DisplayName), plainCell(u.PrimaryEmail), u.UserRegistrationStatus, dateOf(u.CreatedOn),
			strconv.Itoa(u.MeetingsAttended), strconv.Itoa(u.MeetingsHosted), strconv.Itoa(u.MessagesSent),
		}
		if err := out.Write(row); err != nil {
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

// plainCell keeps spreadsheets from running what people call themselves: it gets a
// leading apostrophe.
func plainCell(text string) string {
	bare := strings.TrimPrefix(text, "'")
	if bare != "" && strings.ContainsRune("=+-@\t\r", rune(bare[0])) {
		return "'" + text
	}
	return text
}
