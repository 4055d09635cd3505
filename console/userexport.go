package console

import (
	"encoding/csv"
	"net/http"
	"time"

	"carillon/api"
	"carillon/internal/userlist"
)

// exportRows is how many users of an export are read at once.
const exportRows = 200

// exportColumns are those of lists of users, as far as a search shows them; an import
// takes the file as it is.
var exportColumns = []struct {
	name string
	of   func(*api.User) string
}{
	{"AccountId", func(u *api.User) string { return u.AccountId.V }},
	{"UserId", func(u *api.User) string { return u.UserId }},
	{"PrimaryEmail", func(u *api.User) string { return u.PrimaryEmail.V }},
	{"DisplayName", func(u *api.User) string { return u.DisplayName.V }},
	{"LicenseType", func(u *api.User) string { return string(u.LicenseType.V) }},
	{"UserType", func(u *api.User) string { return string(u.UserType.V) }},
	{"UserRegistrationStatus", func(u *api.User) string { return string(u.UserRegistrationStatus.V) }},
	{"UserInvitationStatus", func(u *api.User) string { return string(u.UserInvitationStatus.V) }},
	{"RegisteredOn", func(u *api.User) string { return moment(u.RegisteredOn) }},
	{"InvitedOn", func(u *api.User) string { return moment(u.InvitedOn) }},
	{"PrimaryProvisionedNumber", func(u *api.User) string { return u.PrimaryProvisionedNumber.V }},
	{"LastActiveOn", func(u *api.User) string { return moment(u.LastActiveOn) }},
}

// moment is a time as the API has it; empty: never.
func moment(t api.Timestamp) string {
	if t == 0 {
		return ""
	}
	return t.Time().Format("2006-01-02T15:04:05.000Z07:00")
}

// exportUsers sends the users who match the filter, in the order of their creation,
// page by page. What fails on the way breaks the connection off, so that nobody takes
// a part for the whole.
func exportUsers(p *page) error {
	q := p.userQuery()
	q.Sort, q.Order, q.Page = "", "", ""
	in := p.searchInput(q, p.r.PathValue("account"), exportRows)
	out, err := p.calls().SearchUsers(p.r.Context(), in)
	if err != nil {
		return err
	}
	p.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	p.w.Header().Set("Content-Disposition", `attachment; filename="users.csv"`)
	w := csv.NewWriter(p.w)
	row := make([]string, len(exportColumns))
	for i, c := range exportColumns {
		row[i] = c.name
	}
	_ = w.Write(row) // the client may be gone: Flush tells
	for {
		_ = http.NewResponseController(p.w.ResponseWriter).SetWriteDeadline(time.Now().Add(partTime)) // where there is one
		for i := range out.Users {
			_ = w.Write(exportRow(row, &out.Users[i]))
		}
		if w.Flush(); w.Error() != nil || out.NextToken.V == "" {
			return nil
		}
		if out, err = p.nextUsers(in, out.NextToken); err != nil {
			p.refusal = p.c.asRefusal(err) // for the log; the answer has begun
			panic(http.ErrAbortHandler)
		}
	}
}

func exportRow(row []string, u *api.User) []string {
	for i, c := range exportColumns {
		row[i] = userlist.Guarded(c.of(u))
	}
	return row
}

// nextUsers reads the page behind a token, also if the server is busy just now.
func (p *page) nextUsers(in *api.SearchUsersInput, token api.Opt[string]) (*api.SearchUsersOutput, error) {
	in.NextToken = token
	return patient(p.r.Context(), func() (*api.SearchUsersOutput, error) { return p.calls().SearchUsers(p.r.Context(), in) })
}
