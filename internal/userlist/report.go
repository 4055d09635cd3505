package userlist

import (
	"encoding/csv"
	"io"
	"strconv"
)

// reportColumns are those of Amazon Chime's weekly report of what users do.
var reportColumns = []string{
	"Account Name", "Week Start", "Display Name", "Email", "Registration Status", "Account Creation Date",
	"Meetings Attended", "Meetings Hosted", "Messages Sent",
}

// Activity is what the report says of a user.
type Activity struct {
	DisplayName, PrimaryEmail, UserRegistrationStatus string
	CreatedOn                                         string // a day
	MeetingsAttended, MeetingsHosted, MessagesSent    int
}

// Report writes the weekly report as CSV, safe to open in a spreadsheet.
type Report struct{ out *csv.Writer }

// NewReport begins a report with its header.
func NewReport(out io.Writer) (*Report, error) {
	r := &Report{csv.NewWriter(out)}
	return r, r.out.Write(reportColumns)
}

// Write adds a user of an account to the report of a week, which begins on a day.
func (r *Report) Write(accountName, weekStart string, a *Activity) error {
	return r.out.Write([]string{
		Guarded(accountName), weekStart, Guarded(a.DisplayName), Guarded(a.PrimaryEmail), a.UserRegistrationStatus, a.CreatedOn,
		strconv.Itoa(a.MeetingsAttended), strconv.Itoa(a.MeetingsHosted), strconv.Itoa(a.MessagesSent),
	})
}

// Close ends the report; what it goes into stays open.
func (r *Report) Close() error {
	r.out.Flush()
	return r.out.Error()
}
