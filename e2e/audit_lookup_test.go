package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// tale is what has happened in an AWS account that nobody else uses.
type tale struct {
	*principal // who looks it up
	admin      *caller
	account    string // the AWS account
	team, jane string
	clerk      aws.Credentials
	clerkARN   string
	all        []auditEvent
}

// happened are the events of a tale, newest first.
var happened = []string{
	"DeleteAccount", "CreateAccessKey", "AttachUserPolicy", "CreateUser", "UpdateUser", "CreateUser", "CreateUser", "CreateUser", "CreateAccount",
}

func (e *env) tale(t *testing.T, client sdk) *tale {
	t.Helper()
	admin, account := e.admin(t)
	quick := admin.byName()
	l := &tale{principal: &principal{client, admin.keys}, admin: admin, account: account, team: admin.team(t)}
	l.jane = *admin.user(t, l.team, "jane@example.com").UserId
	for _, address := range emails(2) {
		admin.user(t, l.team, address)
	}
	admin.license(t, l.team, l.jane, types.LicenseBasic)
	clerk := newPrincipal(t, quick, "Clerk", "AmazonChimeReadOnly")
	l.clerk, l.clerkARN = clerk.keys, "arn:aws:iam::"+account+":user/Clerk"
	clerk.refused(t, "Forbidden", "", "chime", "DeleteAccount", members{"AccountId": l.team})
	quick.recorded(t, "EventName", "DeleteAccount")
	return l
}

// license gives a user a licence.
func (c *caller) license(t testing.TB, accountID, userID string, license types.License) {
	t.Helper()
	_, err := c.UpdateUser(t.Context(), &chime.UpdateUserInput{AccountId: &accountID, UserId: &userID, LicenseType: license})
	succeed(t, err)
}

// looksUp goes through all that a look-up can ask for.
func looksUp(t *testing.T, e *env, client sdk, slow bool) {
	l := e.tale(t, client)
	l.all = l.lookUp(t, nil)
	equal(t, "events, newest first", eventNames(l.all), happened)
	for _, event := range l.all {
		event.agrees(t)
	}
	l.byAttributes(t)
	l.byTime(t)
	l.byPages(t, slow)
	l.refusals(t, e, slow)
	if _, isGo := client.(goSDK); isGo && !testing.Short() {
		time.Sleep(5 * time.Second) // then the records are sealed
		equal(t, "events that are sealed", l.lookUp(t, nil), l.all)
		l.byAttributes(t)
		l.byTime(t)
	}
}

func (l *tale) byAttributes(t *testing.T) {
	t.Helper()
	for _, test := range []struct {
		key, value string
		want       []int
	}{
		{"EventId", l.all[4].EventId, []int{4}},
		{"EventName", "CreateUser", []int{3, 5, 6, 7}},
		{"ReadOnly", "true", nil},
		{"ReadOnly", "false", []int{0, 1, 2, 3, 4, 5, 6, 7, 8}},
		{"Username", "Clerk", []int{0}},
		{"ResourceType", "AWS::IAM::User", []int{1, 2, 3}},
		{"ResourceName", l.jane, []int{4, 7}},
		{"ResourceName", l.clerkARN, []int{1, 2, 3}},
		{"EventSource", "iam.amazonaws.com", []int{1, 2, 3}},
		{"AccessKeyId", l.clerk.AccessKeyID, []int{0}},
	} {
		var want []auditEvent
		for _, i := range test.want {
			want = append(want, l.all[i])
		}
		equal(t, "events by "+test.key+" "+test.value, eventNames(l.lookUp(t, by(test.key, test.value))), eventNames(want))
	}
}

// byTime looks events up by whole seconds, which all clients send.
func (l *tale) byTime(t *testing.T) {
	t.Helper()
	shown := l.all[4].time(t)
	for _, test := range []struct{ from, until time.Duration }{{0, 0}, {-time.Hour, 0}, {0, time.Hour}, {time.Hour, 2 * time.Hour}, {-time.Hour, -time.Minute}} {
		from, until := shown.Add(test.from), shown.Add(test.until)
		var want []string
		for _, event := range l.all {
			if at := event.time(t); !at.Before(from) && !at.After(until) {
				want = append(want, event.EventName)
			}
		}
		in := members{"StartTime": from.Format(time.RFC3339), "EndTime": until.Format(time.RFC3339)}
		equal(t, "events from "+test.from.String()+" to "+test.until.String(), eventNames(l.lookUp(t, in)), want)
	}
}

func (l *tale) byPages(t *testing.T, slow bool) {
	t.Helper()
	var all []auditEvent
	fill(t, &all, l.sdk.lookUpAll(t, l.keys, by("ReadOnly", "false"), 4))
	equal(t, "events through the paginator", all, l.all)
	if slow {
		return
	}
	all = nil
	for token, more := "", true; more; more = token != "" {
		in := members{"MaxResults": 4}
		if token != "" {
			in["NextToken"] = token
		}
		var page []auditEvent
		page, token = l.lookUpPage(t, in)
		all = append(all, page...)
	}
	equal(t, "events by pages", all, l.all)
	whole := l.lookUp(t, members{"MaxResults": len(l.all)}) // a full page that is the last one
	equal(t, "a full page", whole, l.all)
}

// tokenOf returns the token of the second page.
func (p *principal) tokenOf(t testing.TB, in members) string {
	t.Helper()
	page, token := p.lookUpPage(t, in)
	if len(page) == 0 || token == "" {
		t.Fatalf("the look-up %v has no second page", in)
	}
	return token
}

func (l *tale) refusals(t *testing.T, e *env, slow bool) {
	t.Helper()
	e.team(t) // beside the key of the administrator
	own, others := l.admin.byName().tokenOf(t, members{"MaxResults": 1}), e.byName().tokenOf(t, members{"MaxResults": 1})
	one := members{"AttributeKey": "EventName", "AttributeValue": "CreateUser"}
	list := []struct {
		name string
		in   members
	}{
		{"InvalidLookupAttributes", by("Color", "blue")},
		{"InvalidLookupAttributes", members{"LookupAttributes": []members{one, {"AttributeKey": "ReadOnly", "AttributeValue": "false"}}}},
		{"InvalidTimeRange", members{"StartTime": "2026-01-02T00:00:00Z", "EndTime": "2026-01-01T00:00:00Z"}},
		{"InvalidMaxResults", members{"MaxResults": 51}},
		{"InvalidNextToken", members{"NextToken": others}},
		{"InvalidNextToken", members{"NextToken": own, "LookupAttributes": []members{one}}},
		{"InvalidEventCategory", members{"EventCategory": "management"}},
	}
	if !slow { // the AWS CLI refuses these itself
		list = append(list, []struct {
			name string
			in   members
		}{
			{"InvalidLookupAttributes", by("EventName", "")},
			{"InvalidMaxResults", members{"MaxResults": 0}},
			{"InvalidNextToken", members{"NextToken": "x"}},
			{"InvalidNextToken", members{"NextToken": changed(own)}},
			{"InvalidNextToken", members{"NextToken": own, "EndTime": "2126-01-01T00:00:00Z"}},
		}...)
	}
	for _, test := range list {
		l.refused(t, test.name, "", "cloudtrail", "LookupEvents", test.in)
	}
	equal(t, "insights", l.do(t, "cloudtrail", "LookupEvents", members{"EventCategory": "insight"})["Events"], any([]any{}))
}

// The names under which clients call the look-up.
const (
	lookUpTarget = "CloudTrail_20131101.LookupEvents"
	longTarget   = "com.amazonaws.cloudtrail.v20131101." + lookUpTarget
)

// lookUpRaw sends the body of a look-up as it is.
func (c *caller) lookUpRaw(t testing.TB, target, body string) answer {
	t.Helper()
	r := c.request(t, http.MethodPost, "/", body)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", target)
	s := signerOf(c)
	s.service, s.headers = "cloudtrail", "host;x-amz-date;x-amz-target"
	s.sign(r, body)
	return do(t, r)
}

// Times are numbers, with fractions or without; and the answer is what the
// models say.
func TestAudit_lookup_on_the_wire(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		l := e.tale(t, goSDK{e.endpoint})
		l.all = l.lookUp(t, nil)
		exact := l.all[4].milliseconds(t)
		for _, test := range []struct {
			from, until string // in milliseconds from the event
			holds       func(ms int64) bool
		}{
			{seconds(exact), "", func(ms int64) bool { return ms >= exact }},
			{seconds(exact + 1), "", func(ms int64) bool { return ms > exact }},
			{"", seconds(exact), func(ms int64) bool { return ms <= exact || exact%1000 == 0 && ms/1000 == exact/1000 }},
			{seconds(exact / 1000 * 1000), seconds(exact / 1000 * 1000), func(ms int64) bool { return ms/1000 == exact/1000 }},
			{"0", "", func(int64) bool { return true }},
			{"", "0", func(int64) bool { return false }},
			{"-1.5", "4.0e9", func(int64) bool { return true }},
		} {
			body := timesBody(test.from, test.until)
			var want []string
			for _, event := range l.all {
				if test.holds(event.milliseconds(t)) {
					want = append(want, event.EventName)
				}
			}
			got := l.admin.lookUpRaw(t, longTarget, body)
			equal(t, "status", got.status, 200)
			equal(t, "events of "+body, eventNames(parseJSON[struct{ Events []auditEvent }](t, got.body).Events), want)
		}
		l.bodies(t)
	})
}

func timesBody(from, until string) string {
	var list []string
	if from != "" {
		list = append(list, `"StartTime":`+from)
	}
	if until != "" {
		list = append(list, `"EndTime":`+until)
	}
	return "{" + strings.Join(list, ",") + "}"
}

// bodies checks the form of answers.
func (l *tale) bodies(t *testing.T) {
	t.Helper()
	got := l.admin.lookUpRaw(t, lookUpTarget, `{"MaxResults":1}`)
	equal(t, "Content-Type", got.header.Get("Content-Type"), "application/x-amz-json-1.1")
	isUUID(t, "x-amzn-RequestId", got.header.Get("x-amzn-RequestId"))
	event := parseJSON[struct{ Events []auditEvent }](t, got.body).Events[0]
	if _, isNumber := event.EventTime.(float64); !isNumber || event.ReadOnly != "false" {
		t.Errorf("EventTime is %v, ReadOnly %q", event.EventTime, event.ReadOnly)
	}
	empty := l.admin.lookUpRaw(t, lookUpTarget, `{"EventCategory":"insight"}`)
	equal(t, "no insights", empty.body, `{"Events":[]}`)
	bad := l.admin.lookUpRaw(t, lookUpTarget, `{"MaxResults":0}`)
	equal(t, "status", bad.status, 400)
	names := memberNames(t, bad.body)
	slices.Sort(names)
	equal(t, "members of an error", names, []string{"__type", "message"})
	equal(t, "__type", parseJSON[members](t, bad.body)["__type"], any("InvalidMaxResultsException"))
}
