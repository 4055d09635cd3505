package console

import (
	"net/http"
	"strings"

	"carillon/api"
)

// userList is what the tab Users shows.
type userList struct {
	Account *api.Account
	Query   userQuery
	Columns []column
	Filters []field
	Users   []api.User
	Count   int
	Next    string
	First   string // empty: this is the first page
	Invite  *form
	Import  string // where lists are sent; empty: not by this visitor
	// Actions are what can be done to many users.
	Actions []bulkAction
	Here    string // the list, to come back to
}

// column is a heading that sorts.
type column struct {
	Label, URL, Order string // Order: ascending, descending or none
}

// userQuery is what the URL asks for.
type userQuery struct {
	Text, Status, License, Type, Sort, Order, Page string
}

func (p *page) userQuery() userQuery {
	q := p.r.FormValue
	return userQuery{strings.TrimSpace(q("q")), q("status"), q("license"), q("type"), q("sort"), q("order"), q("page")}
}

// input is the search that a query stands for.
func (q userQuery) input(accountID string, rows int) *api.SearchUsersInput {
	return &api.SearchUsersInput{
		AccountId: accountID, Query: api.NonZero(q.Text), UserRegistrationStatus: api.NonZero(api.RegistrationStatus(q.Status)),
		LicenseType: api.NonZero(api.License(q.License)), UserType: api.NonZero(api.UserType(q.Type)),
		SortBy: api.NonZero(api.UserSortBy(q.Sort)), SortOrder: api.NonZero(api.UserSortOrder(q.Order)),
		NextToken: api.NonZero(q.Page), MaxResults: api.Some(rows),
	}
}

func listUsers(p *page) error {
	a, err := p.account()
	if err != nil {
		return err
	}
	list := &userList{Account: a, Query: p.userQuery(), Columns: p.userColumns(), Filters: p.userFilters()}
	if p.may("SearchUsers") {
		out, err := p.calls().SearchUsers(p.r.Context(), list.Query.input(a.AccountId, pageRows))
		if err != nil {
			return err
		}
		list.Users, list.Count = out.Users, out.Count.V
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
	list.Invite = p.inviteForm(a)
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
	any := []option{{"", "Any", false}}
	return []field{
		{ID: "status", Name: "status", Label: "Status", Kind: "select", Options: append(any, options(q.Status, "Registered", "Unregistered", "Suspended")...)},
		{ID: "license", Name: "license", Label: "Licence", Kind: "select", Options: append(any, options(q.License, "Basic", "Plus", "Pro", "ProTrial")...)},
		{ID: "type", Name: "type", Label: "Type", Kind: "select", Options: append(any, options(q.Type, "PrivateUser", "SharedDevice")...)},
	}
}

func checked(yes bool) string {
	if yes {
		return "on"
	}
	return ""
}
