package console

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"carillon/api"
)

// auditRecord is what the page of one record shows.
type auditRecord struct {
	Event     *api.AuditEvent
	Details   auditDetails
	JSON      string // indented
	Resources []auditResource
}

// auditResource is something that a call has touched.
type auditResource struct {
	Type, ID, Name string // Name: empty, it is not known
	URL            string // its page; empty: it has none
	Records        string
}

func showAuditRecord(p *page) error {
	e, err := p.auditEvent(p.r.PathValue("event"))
	if err != nil {
		return err
	}
	record := &auditRecord{Event: e, Details: detailsOf(e), JSON: indented(e.CloudTrailEvent.V), Resources: p.auditResources(e.Resources)}
	at := e.EventTime.Time().UTC().Format(time.RFC3339)
	return p.show(http.StatusOK, "audit-record", view{
		Title: e.EventName.V, Crumbs: []link{{Label: "Audit", URL: auditPath}, {Label: e.EventName.V, Current: true}}, Body: record,
		Commands: []string{
			command("carillon", "audit", "list", "--start", at, "--end", at, "--event-name", e.EventName.V),
			command("aws", "cloudtrail", "lookup-events", "--lookup-attributes", "AttributeKey=EventId,AttributeValue="+e.EventId.V),
		},
	})
}

// auditSteps bounds the pages of records of one moment that are looked through.
const auditSteps = 20

// auditEvent finds a record by its id, which begins with its time.
func (p *page) auditEvent(id string) (*api.AuditEvent, error) {
	ms, err := strconv.ParseInt(strings.ReplaceAll(clipped(id, 13), "-", ""), 16, 64)
	if err != nil || len(id) != 36 || ms <= 0 {
		return nil, notFound(p)
	}
	at := api.Some(time.UnixMilli(ms).UTC().Format(time.RFC3339Nano))
	in := &api.ListAuditEventsInput{StartTime: at, EndTime: at, MaxResults: api.Some(pageRows)}
	if p.everybody() {
		in.AllAccounts = api.Some(api.FlagTrue)
	}
	for range auditSteps {
		out, err := p.calls().ListAuditEvents(p.r.Context(), in)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(out.Events, func(e api.AuditEvent) bool { return e.EventId.V == id }); i >= 0 {
			return &out.Events[i], nil
		}
		if in.NextToken = out.NextToken; in.NextToken.V == "" {
			break
		}
	}
	return nil, notFound(p)
}

func indented(record string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(record), "", "  ") != nil {
		return record
	}
	return b.String()
}

// auditResources tell of what was touched, with pages and names as far as they are
// known. An account that is among them is that of the others.
func (p *page) auditResources(touched []api.AuditResource) (list []auditResource) {
	account, looked := accountOf(touched), 0
	for _, r := range touched {
		one := auditResource{Type: r.ResourceType.V, ID: r.ResourceName.V, Records: recordsURL(r.ResourceName.V)}
		if looked < shownNames {
			looked++
			one.Name, one.URL = p.nameOf(one.Type, one.ID, account)
		}
		list = append(list, one)
	}
	return list
}

// shownNames is how many resources of a record are looked up.
const shownNames = 10

// nameOf returns name and page of what a record has touched, if it is still there
// and the visitor may see it.
func (p *page) nameOf(kind, id, accountID string) (name, url string) {
	ctx, calls := p.r.Context(), p.calls()
	switch {
	case kind == "AWS::Chime::Account" && p.may("GetAccount"):
		if out, err := calls.GetAccount(ctx, &api.GetAccountInput{AccountId: id}); err == nil {
			return out.Account.Name, accountPath(id)
		}
	case accountID == "":
	case kind == "AWS::Chime::User" && p.may("GetUser"):
		return userName(ctx, calls, accountID, id)
	case kind == "AWS::Chime::Room" && p.may("GetRoom"):
		if out, err := calls.GetRoom(ctx, &api.GetRoomInput{AccountId: accountID, RoomId: id}); err == nil {
			return out.Room.Name.V, accountPath(accountID, "rooms", id)
		}
	case kind == "AWS::Chime::Bot" && p.may("GetBot"):
		if out, err := calls.GetBot(ctx, &api.GetBotInput{AccountId: accountID, BotId: id}); err == nil {
			return out.Bot.DisplayName.V, accountPath(accountID, "bots", id)
		}
	}
	return "", ""
}

func userName(ctx context.Context, calls api.Calls, accountID, userID string) (name, url string) {
	out, err := calls.GetUser(ctx, &api.GetUserInput{AccountId: accountID, UserId: userID})
	if err != nil {
		return "", ""
	}
	return cmp.Or(out.User.PrimaryEmail.V, out.User.DisplayName.V), accountPath(accountID, "users", userID)
}

// verification is what the page shows that verifies the records.
type verification struct {
	Batches, Records int
	Head, Next       string
	Problems         []string
}

// verifyPatience is how long one page verifies before it offers to go on.
const verifyPatience = 500 * time.Millisecond

// verifyAudit verifies for a while, until all is done or something is wrong.
func verifyAudit(p *page) error {
	in := &api.VerifyAuditEventsInput{NextToken: api.NonZero(p.r.FormValue("page"))}
	v := &verification{}
	for begun := time.Now(); ; {
		out, err := p.calls().VerifyAuditEvents(p.r.Context(), in)
		if err != nil {
			return err
		}
		v.Batches, v.Records, v.Head, v.Problems = out.Batches.V, out.Records.V, out.Head.V, out.Problems
		in.NextToken = out.NextToken
		if in.NextToken.V == "" || len(v.Problems) > 0 || time.Since(begun) > verifyPatience {
			break
		}
	}
	verify := []string{"carillon", "audit", "verify"}
	if in.NextToken.V != "" {
		v.Next = p.with("page", in.NextToken.V)
	} else if v.Head != "" {
		verify = append(verify, "--head", v.Head)
	}
	return p.show(http.StatusOK, "audit-verify", view{
		Title: "Verify the records", Crumbs: []link{{Label: "Audit", URL: auditPath}, {Label: "Verify", Current: true}},
		Commands: []string{command(verify...)}, Body: v,
	})
}
