package console

import (
	"encoding/json"
	"net/http"
	"strings"

	"carillon/api"
	"carillon/work"
)

const auditPath = Root + "audit"

// auditList is what the page of the audit shows.
type auditList struct {
	Filters     []field
	Rows        []auditRow
	Next, First string // empty: there is none
	Verify      string // empty: the visitor may not
}

// auditRow is one record in short.
type auditRow struct {
	api.AuditEvent
	URL, Error string
	Resources  []link
	More       int // resources that are not shown
}

// shownResources is how many resources a row names: a call can touch many.
const shownResources = 3

// auditFilter is a parameter of the page, with the flag that does the same on the
// command line, and the attribute of CloudTrail; empty: it has none.
type auditFilter struct{ name, label, hint, flag, attribute string }

var auditFilters = []auditFilter{
	{"start", "From", "A day, or as in 2026-11-26T15:04:05Z.", "start", ""},
	{"end", "Until", "", "end", ""},
	{"event", "Event", "As in CreateUser.", "event-name", "EventName"},
	{"user", "User name", "Of IAM; root: the root key.", "user-name", "Username"},
	{"resource", "Resource", "An id, a name or an ARN.", "resource", "ResourceName"},
	{"key", "Access key ID", "", "access-key-id", "AccessKeyId"},
	{"error", "Error", "As in AccessDenied.", "error-code", ""},
}

func listAudit(p *page) error {
	out, err := p.calls().ListAuditEvents(p.r.Context(), p.auditInput())
	if err != nil {
		return err
	}
	names, err := p.accountNames()
	if err == nil {
		err = p.addTouchedNames(names, out.Events)
	}
	if err != nil {
		return err
	}
	list := &auditList{Filters: p.auditFields()}
	for _, e := range out.Events {
		list.Rows = append(list.Rows, p.auditRow(e, names))
	}
	if out.NextToken.V != "" {
		list.Next = p.with("page", out.NextToken.V)
	}
	if p.r.FormValue("page") != "" {
		list.First = p.with("page", "")
	}
	commands := p.auditCommands()
	if p.may("VerifyAuditEvents") {
		list.Verify = auditPath + "/verify"
		commands = append(commands, command("carillon", "audit", "verify"))
	}
	return p.show(http.StatusOK, "audit", view{Title: "Audit", Commands: commands, Body: list})
}

// auditInput is the look-up that the URL stands for.
func (p *page) auditInput() *api.ListAuditEventsInput {
	value := func(name string) api.Opt[string] { return api.NonZero(strings.TrimSpace(p.r.FormValue(name))) }
	in := &api.ListAuditEventsInput{
		StartTime: value("start"), EndTime: value("end"), EventName: value("event"), UserName: value("user"), Resource: value("resource"),
		AccessKeyId: value("key"), ErrorCode: value("error"), NextToken: value("page"), MaxResults: api.Some(pageRows),
	}
	if p.everybody() {
		in.AllAccounts = api.Some(api.FlagTrue)
	}
	return in
}

// everybody reports whether the records of all AWS accounts are asked for.
func (p *page) everybody() bool { return p.r.FormValue("all") != "" }

func (p *page) auditFields() (list []field) {
	for _, f := range auditFilters {
		list = append(list, field{ID: "audit-" + f.name, Name: f.name, Label: f.label, Hint: f.hint, Value: p.r.FormValue(f.name)})
	}
	if p.visit.Credential.Caller.Root {
		list = append(list, field{ID: "audit-all", Name: "all", Label: "All AWS accounts", Kind: "checkbox", Value: p.r.FormValue("all")})
	}
	return list
}

// auditCommands look the same records up. Those of the AWS CLI take one attribute.
func (p *page) auditCommands() []string {
	own, aws := []string{"carillon", "audit", "list"}, []string{"aws", "cloudtrail", "lookup-events"}
	attributes := 0
	for _, f := range auditFilters {
		value := strings.TrimSpace(p.r.FormValue(f.name))
		switch {
		case value == "":
			continue
		case f.attribute != "":
			aws = append(aws, "--lookup-attributes", "AttributeKey="+f.attribute+",AttributeValue="+value)
			attributes++
		case f.flag == "error-code":
			attributes += 2 // there is none for it
		default:
			aws = append(aws, "--"+f.flag+"-time", value)
		}
		own = append(own, "--"+f.flag, value)
	}
	if p.everybody() {
		return []string{command(append(own, "--all-accounts")...)}
	}
	if attributes > 1 {
		return []string{command(own...)}
	}
	return []string{command(own...), command(aws...)}
}

func (p *page) auditRow(e api.AuditEvent, names map[string]string) auditRow {
	row := auditRow{AuditEvent: e, URL: p.auditRecordURL(e.EventId.V), Error: detailsOf(&e).ErrorCode}
	for _, r := range e.Resources {
		switch name := r.ResourceName.V; {
		case name == "" || strings.HasPrefix(name, "arn:") && len(e.Resources) > 1: // beside its name
		case len(row.Resources) == shownResources:
			row.More++
		case name == work.TouchedNumber.Name: // it stands for all numbers
			row.Resources = append(row.Resources, link{Label: "hidden"})
		default:
			label := name
			if names[name] != "" {
				label = names[name]
			}
			row.Resources = append(row.Resources, link{Label: label, URL: recordsURL(name)})
		}
	}
	return row
}

func (p *page) auditRecordURL(eventID string) string {
	url := auditPath + "/records/" + eventID
	if p.everybody() {
		url += "?all=1"
	}
	return url
}

// recordsURL is where the records are of what has an id, a name or an ARN.
func recordsURL(resource string) string { return auditPath + "?resource=" + queryEscape(resource) }

// auditDetails are what a record says besides what look-ups return.
type auditDetails struct {
	ErrorCode, ErrorMessage, SourceIPAddress, UserAgent, RequestID string
}

func detailsOf(e *api.AuditEvent) (d auditDetails) {
	_ = json.Unmarshal([]byte(e.CloudTrailEvent.V), &d) // a record that says nothing of it
	return d
}

// accountNames are the names of accounts by id, as far as one look knows them.
func (p *page) accountNames() (map[string]string, error) {
	names := map[string]string{}
	if !p.may("ListAccounts") {
		return names, nil
	}
	out, err := p.calls().ListAccounts(p.r.Context(), &api.ListAccountsInput{MaxResults: api.Some(maxNames)})
	if err != nil {
		return nil, err
	}
	for i := range out.Accounts {
		names[out.Accounts[i].AccountId] = out.Accounts[i].Name
	}
	return names, nil
}

// maxNames is how many accounts are known by name in lists of what may be of any.
const maxNames = 100
