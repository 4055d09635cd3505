package console

import (
	"fmt"
	"time"

	"carillon/api"
	"carillon/internal/userlist"
)

// reportPage is how many users of a report are read at once.
const reportPage = 99

// reportForm downloads the weekly report; nil: not for this visitor.
func (p *page) reportForm(accountID string) *form {
	if !p.may("ListUserActivity") {
		return nil
	}
	return &form{Name: "report", Action: accountPath(accountID, "activity"), Title: "Weekly report", Button: "Download as CSV", Fields: []field{
		{ID: "report-week", Name: "week", Label: "Week", Value: lastWeek(p.c.Dispatch.Now()), Required: true, Hint: "Of ISO 8601. The report begins on the Sunday before its Monday."},
	}}
}

// lastWeek is the last week that is over.
func lastWeek(now time.Time) string {
	year, week := now.UTC().AddDate(0, 0, -7).ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}

// downloadReport answers with what each user of an account did in a week.
func downloadReport(p *page) error {
	in := &api.ListUserActivityInput{AccountId: p.r.PathValue("account"), Week: api.NonZero(p.r.FormValue("week")), MaxResults: api.Some(reportPage)}
	out, err := p.calls().ListUserActivity(p.r.Context(), in)
	if err != nil {
		return err
	}
	p.attach("text/csv; charset=utf-8", "user-activity-"+in.Week.V+".csv")
	report, err := userlist.NewReport(p.w)
	if err != nil {
		return nil // the client is gone
	}
	for writeActivity(report, out) == nil && out.NextToken.V != "" {
		in.NextToken = out.NextToken
		if out, err = p.calls().ListUserActivity(p.r.Context(), in); err != nil {
			return p.breakOff(err)
		}
	}
	_ = report.Close() // the client may be gone
	return nil
}

func writeActivity(report *userlist.Report, out *api.ListUserActivityOutput) error {
	for _, u := range out.Users {
		err := report.Write(out.AccountName.V, dayOf(out.WeekStart), &userlist.Activity{
			DisplayName: u.DisplayName.V, PrimaryEmail: u.PrimaryEmail.V, UserRegistrationStatus: string(u.UserRegistrationStatus.V), CreatedOn: dayOf(u.CreatedOn),
			MeetingsAttended: u.MeetingsAttended.V, MeetingsHosted: u.MeetingsHosted.V, MessagesSent: u.MessagesSent.V,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// dayOf is the day of a moment; none is none.
func dayOf(t api.Timestamp) string {
	if t == 0 {
		return ""
	}
	return t.Time().UTC().Format(time.DateOnly)
}
