package console

import (
	"net/http"
	"net/url"

	"carillon/api"
)

const numbersPath = Root + "phone-numbers"

// numberPath is the page of a number, and what follows.
func numberPath(e164 string, more ...string) string {
	path := numbersPath + "/" + url.PathEscape(e164)
	for _, part := range more {
		path += "/" + url.PathEscape(part)
	}
	return path
}

// numberTabs are the pages of the part.
func (p *page) numberTabs() (list []link) {
	for _, t := range []tab{
		{"Numbers", numbersPath, "ListPhoneNumbers"},
		{"Order numbers", searchPath, "SearchAvailablePhoneNumbers"},
		{"Orders", ordersPath, "ListPhoneNumberOrders"},
	} {
		if p.may(t.operation) {
			list = append(list, link{t.label, t.path, p.r.URL.Path == t.path})
		}
	}
	return list
}

// numberList is what the list of phone numbers shows.
type numberList struct {
	Filters     []field
	Numbers     []numberRow
	First, Next string
	Here        string // the list, to come back to
}

// numberRow is a number, with what the visitor may do to it.
type numberRow struct {
	api.PhoneNumber
	URL             string
	User            *link // nil: it is nobody's
	Delete, Restore bool
}

// The products that numbers are for.
var numberProducts = []string{"BusinessCalling", "VoiceConnector", "SipMediaApplicationDialIn"}

// nameHolders shows whose numbers are by what they are called.
func (p *page) nameHolders(rows []numberRow) error {
	var users []itemRef
	for i := range rows {
		if accountID, userID := holder(&rows[i].PhoneNumber); userID != "" {
			users = append(users, itemRef{accountID, userID})
		}
	}
	names := map[string]string{}
	err := p.addUserNames(names, users)
	for i := range rows {
		if row := &rows[i]; row.User != nil && names[row.User.Label] != "" {
			row.User.Label = names[row.User.Label]
		}
	}
	return err
}

func (p *page) numberRow(n *api.PhoneNumber) numberRow {
	row := numberRow{PhoneNumber: *n, URL: numberPath(n.E164PhoneNumber.V)}
	if accountID, userID := holder(n); userID != "" {
		row.User = &link{Label: userID, URL: accountPath(accountID, "users", userID)}
	}
	row.Delete = n.Status.V == api.PhoneNumberStatusUnassigned && p.may("DeletePhoneNumber")
	row.Restore = n.Status.V == api.PhoneNumberStatusReleaseInProgress && p.may("RestorePhoneNumber")
	return row
}

// holder returns whose a number is; empty: nobody's.
func holder(n *api.PhoneNumber) (accountID, userID string) {
	for _, a := range n.Associations {
		switch a.Name.V {
		case api.PhoneNumberAssociationNameAccountId:
			accountID = a.Value.V
		case api.PhoneNumberAssociationNameUserId:
			userID = a.Value.V
		}
	}
	return accountID, userID
}

func listNumbers(p *page) error {
	q := p.r.FormValue
	out, err := p.calls().ListPhoneNumbers(p.r.Context(), &api.ListPhoneNumbersInput{
		Status: api.NonZero(api.PhoneNumberStatus(q("status"))), ProductType: api.NonZero(api.PhoneNumberProductType(q("product"))),
		NextToken: api.NonZero(q("page")), MaxResults: api.Some(pageRows),
	})
	if err != nil {
		return err
	}
	list := &numberList{Filters: p.numberFilters(), Here: p.with()}
	for i := range out.PhoneNumbers {
		list.Numbers = append(list.Numbers, p.numberRow(&out.PhoneNumbers[i]))
	}
	if err := p.nameHolders(list.Numbers); err != nil {
		return err
	}
	list.First, list.Next = p.turns(out.NextToken.V)
	words := []string{"list-phone-numbers"}
	for _, f := range [][2]string{{"--status", q("status")}, {"--product-type", q("product")}} {
		if f[1] != "" {
			words = append(words, f[:]...)
		}
	}
	return p.show(http.StatusOK, "numbers", view{Title: "Phone numbers", Tabs: p.numberTabs(), Commands: []string{awsChime(words...)}, Body: list})
}

// numberFilters offer the statuses that numbers stay in.
func (p *page) numberFilters() []field {
	status := p.r.FormValue("status")
	return []field{
		{ID: "status", Name: "status", Label: "Status", Kind: "select", Options: []option{
			{"", "Any", false},
			{"Unassigned", "Unassigned", status == "Unassigned"},
			{"Assigned", "Assigned", status == "Assigned"},
			{"AcquireInProgress", "Being acquired", status == "AcquireInProgress"},
			{"ReleaseInProgress", "In the deletion queue", status == "ReleaseInProgress"},
		}},
		{ID: "product", Name: "product", Label: "Product type", Kind: "select", Options: anyOf(p.r.FormValue("product"), numberProducts...)},
	}
}

// turns returns the URLs of the first and of the next page of a list; empty: this
// is the first, or the last.
func (p *page) turns(token string) (first, next string) {
	if p.r.URL.Query().Get("page") != "" {
		first = p.with("page", "")
	}
	if token != "" {
		next = p.with("page", token)
	}
	return first, next
}
