package console

import (
	"net/http"
	"strings"
	"time"

	"carillon/api"
)

// userList is what the tab Users shows.
type userList struct {
	Account *api.Account
	Query   userQuery
	Columns []column
	Filters []field
	Users   []api.User
	Count   countOfUsers
	Next    string
	First   string // empty: this is the first page
	Invite  *form
	Create  *form
	Import  string // where lists are sent; empty: not by this visitor
	// Actions are what can be done to many users.
	Actions []bulkAction
	Here    string // the list, to come back to
}

// countLimit is up to how many users a page has them counted one by one.
const countLimit = 20_000

// countOfUsers is how many users there are; with More there are more than that.
type countOfUsers struct {
	N    int
	More bool
}

func countOf(out *api.SearchUsersOutput) countOfUsers {
	return countOfUsers{out.Count.V, out.CountIsMinimum.V}
}

// String returns the count as in "27 users".
func (c countOfUsers) String() string {
	if c.More {
		return "more than " + plural(c.N, "user")
	}
	return plural(c.N, "user")
}

// column is a heading that sorts.
type column struct {
	Label, URL, Order string // Order: ascending, descending or none
}

// userQuery is what the URL asks for.
type userQuery struct {
	Text, Status, License, Type, Active, Sort, Order, Page string
}

func (p *page) userQuery() userQuery {
	q := p.r.FormValue
	return userQuery{strings.TrimSpace(q("q")), q("status"), q("license"), q("type"), q("active"), q("sort"), q("order"), q("page")}
}

// searchInput is the search that a query stands for.
func (p *page) searchInput(q userQuery, accountID string, rows int) *api.SearchUsersInput {
	in := &api.SearchUsersInput{
		AccountId: accountID, Query: api.NonZero(q.Text), UserRegistrationStatus: api.NonZero(api.RegistrationStatus(q.Status)),
		LicenseType: api.NonZero(api.License(q.License)), UserType: api.NonZero(api.UserType(q.Type)),
		SortBy: api.NonZero(api.UserSortBy(q.Sort)), SortOrder: api.NonZero(api.UserSortOrder(q.Order)),
		NextToken: api.NonZero(q.Page), MaxResults: api.Some(rows),
	}
	if q.Page == "" { // the token knows it, and it may be another day
		in.ActiveSince, in.InactiveSince = activity(q.Active, p.c.Dispatch.Now())
	}
	return in
}

// activities are the choices of the filter by last activity, each with its days.
var activities = []struct {
	value, label string
	days         int
	inactive     bool
}{
	{"7", "In the last 7 days", 7, false},
	{"30", "In the last 30 days", 30, false},
	{"90", "In the last 90 days", 90, false},
	{"not-30", "Not in the last 30 days", 30, true},
	{"not-90", "Not in the last 90 days", 90, true},
}

// neverActive is the choice of those who never acted.
const neverActive = "never"

// activity is what a choice asks for at a moment; of another text it is nothing.
func activity(choice string, now time.Time) (since, not api.Opt[string]) {
	if choice == neverActive {
		return since, api.Some(time.Unix(1, 0).UTC().Format(time.RFC3339))
	}
	for _, a := range activities {
		if at := api.Some(now.UTC().AddDate(0, 0, -a.days).Format(time.RFC3339)); a.value == choice && a.inactive {
			return since, at
		} else if a.value == choice {
			return at, not
		}
	}
	return since, not
}

func listUsers(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	list := &userList{Account: a, Query: p.userQuery(), Columns: p.userColumns(), Filters: p.userFilters()}
	if p.may("SearchUsers") {
		in := p.searchInput(list.Query, a.AccountId, pageRows)
		in.CountLimit = api.Some(countLimit)
		out, err := p.calls().SearchUsers(p.r.Context(), in)
		if err != nil {
			return err
		}
		list.Users, list.Count = out.Users, countOf(out)
		if out.NextToken.V != "" {
			list.Next = p.with("page", out.NextToken.V)
		}
	}
	for _, action := range bulkActions {
		if p.may(action.operation) && p.may("SearchUsers") && action.fits(a.AccountType.V) {
			list.Actions = append(list.Actions, action)
		}
	}
	list.Here = p.with()
	if list.Query.Page != "" {
		list.First = p.with("page", "")
	}
	list.Invite, list.Create = p.inviteForm(a), p.createUserForm(a)
	if p.may("ImportUsers") {
		list.Import = accountPath(a.AccountId, "import")
	}
	return p.show(http.StatusOK, "users", p.accountView(a, list, awsChime("list-users", "--account-id", a.AccountId)))
}

// userColumns are the headings of the table, each with the URL that sorts by it.
func (p *page) userColumns() (list []column) {
	q := p.r.URL.Query()
	for _, c := range []struct{ label, sort string }{
		{"E-mail", "Email"},
		{"Name", "Name"},
		{"Status", "Status"},
		{"Licence", "License"},
		{"Type", "Type"},
		{"Invited", "InvitedOn"},
		{"Registered", "RegisteredOn"},
		{"Last active", "LastActiveOn"},
	} {
		order, next := "none", "Ascending"
		if q.Get("sort") == c.sort {
			order = "ascending"
			if next = "Descending"; q.Get("order") == next {
				order, next = "descending", "Ascending"
			}
		}
		list = append(list, column{c.label, p.with("sort", c.sort, "order", next, "page", ""), order})
	}
	return list
}

func (p *page) userFilters() []field {
	q := p.userQuery()
	active := []option{{"", "Any", false}}
	for _, a := range activities {
		active = append(active, option{a.value, a.label, a.value == q.Active})
	}
	active = append(active, option{neverActive, "Never", q.Active == neverActive})
	any := []option{{"", "Any", false}}
	return []field{
		{ID: "status", Name: "status", Label: "Status", Kind: "select", Options: append(any, options(q.Status, "Registered", "Unregistered", "Suspended")...)},
		{ID: "license", Name: "license", Label: "Licence", Kind: "select", Options: append(any, options(q.License, "Basic", "Plus", "Pro", "ProTrial")...)},
		{ID: "type", Name: "type", Label: "Type", Kind: "select", Options: append(any, options(q.Type, "PrivateUser", "SharedDevice")...)},
		{ID: "active", Name: "active", Label: "Last active", Kind: "select", Options: active},
	}
}

func checked(yes bool) string {
	if yes {
		return "on"
	}
	return ""
}
