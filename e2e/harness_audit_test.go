package e2e

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// auditEvent is what look-ups show of a record. EventTime is a number or a text,
// as the client likes it.
type auditEvent struct {
	EventId, EventName, ReadOnly, AccessKeyId, EventSource, Username, CloudTrailEvent string
	EventTime                                                                         any
	Resources                                                                         []auditResource
}

type auditResource struct{ ResourceType, ResourceName string }

// auditRecord is a record in the form of CloudTrail.
type auditRecord struct {
	EventVersion, EventTime, EventSource, EventName, AwsRegion, SourceIPAddress, UserAgent string
	ErrorCode, ErrorMessage, RequestID, EventID, EventType, ApiVersion, RecipientAccountId string
	EventCategory                                                                          string
	ReadOnly, ManagementEvent                                                              bool
	UserIdentity                                                                           auditIdentity
	RequestParameters, ResponseElements, AdditionalEventData, TlsDetails                   members
	Resources                                                                              []struct{ AccountId, Type, ARN string }
}

type auditIdentity struct {
	Type, PrincipalId, Arn, AccountId, AccessKeyId, UserName, InvokedBy string
	SessionContext                                                      *struct {
		Attributes struct{ CreationDate, MfaAuthenticated string }
	}
}

// recordOrder are the members of a record in the order in which CloudTrail
// writes them.
var recordOrder = strings.Fields(`eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress userAgent errorCode errorMessage
	requestParameters responseElements additionalEventData requestID eventID readOnly resources eventType apiVersion managementEvent recipientAccountId
	serviceEventDetails eventCategory tlsDetails sessionCredentialFromConsole`)

// record reads the record of an event and checks what holds for all.
func (e auditEvent) record(t testing.TB) auditRecord {
	t.Helper()
	return readRecord(t, e.CloudTrailEvent)
}

func readRecord(t testing.TB, text string) auditRecord {
	t.Helper()
	r := parseJSON[auditRecord](t, text)
	equal(t, "eventVersion", r.EventVersion, "1.11")
	isUUID(t, "eventID", r.EventID)
	names := memberNames(t, text)
	inOrder := slices.DeleteFunc(slices.Clone(recordOrder), func(name string) bool { return !slices.Contains(names, name) })
	equal(t, "members of the record", names, inOrder)
	for _, name := range []string{"requestParameters", "responseElements"} {
		if !slices.Contains(names, name) {
			t.Errorf("the record lacks %s: %s", name, text)
		}
	}
	return r
}

// memberNames returns the names of the members of an object, in their order.
func memberNames(t testing.TB, text string) (names []string) {
	t.Helper()
	in := json.NewDecoder(bytes.NewReader([]byte(text)))
	_, err := in.Token()
	succeed(t, err)
	for in.More() {
		name, err := in.Token()
		succeed(t, err)
		names = append(names, name.(string))
		var value json.RawMessage
		succeed(t, in.Decode(&value))
	}
	return names
}

// milliseconds is the moment of an event, which its id has more exactly than
// its time.
func (e auditEvent) milliseconds(t testing.TB) int64 {
	t.Helper()
	ms, err := strconv.ParseInt(strings.ReplaceAll(e.EventId, "-", "")[:12], 16, 64)
	succeed(t, err)
	return ms
}

// time is the time of an event, which clients show as a number or a text.
func (e auditEvent) time(t testing.TB) time.Time {
	t.Helper()
	if seconds, ok := e.EventTime.(float64); ok {
		return time.UnixMilli(int64(seconds * 1000)).UTC()
	}
	moment, err := time.Parse(time.RFC3339, e.EventTime.(string))
	succeed(t, err)
	return moment.UTC()
}

// agrees checks that an event says what its record says.
func (e auditEvent) agrees(t testing.TB) {
	t.Helper()
	r := e.record(t)
	name := r.UserIdentity.UserName
	if r.UserIdentity.Type == "Root" {
		name = "root"
	}
	equal(t, "event", e, auditEvent{
		r.EventID, r.EventName, strconv.FormatBool(r.ReadOnly), r.UserIdentity.AccessKeyId, r.EventSource, name, e.CloudTrailEvent, e.EventTime, e.Resources,
	})
	equal(t, "EventTime", e.time(t).Format(time.RFC3339), r.EventTime)
	equal(t, "moment in the id", e.milliseconds(t)/1000, e.time(t).Unix())
	for _, resource := range r.Resources {
		id := resource.ARN[strings.LastIndexByte(resource.ARN, '/')+1:]
		if !slices.Contains(e.Resources, auditResource{resource.Type, id}) {
			t.Errorf("the event %s lacks the resource %v: %v", e.EventName, resource, e.Resources)
		}
	}
}

func eventNames(events []auditEvent) (names []string) {
	for _, e := range events {
		names = append(names, e.EventName)
	}
	return names
}

// lookUp looks events up that are on one page.
func (p *principal) lookUp(t testing.TB, in members) []auditEvent {
	t.Helper()
	events, token := p.lookUpPage(t, in)
	equal(t, "NextToken", token, "")
	return events
}

func (p *principal) lookUpPage(t testing.TB, in members) (events []auditEvent, token string) {
	t.Helper()
	out := p.do(t, "cloudtrail", "LookupEvents", in)
	fill(t, &events, out["Events"])
	return events, text(out, "NextToken")
}

// by are the members of a look-up by an attribute.
func by(key, value string) members {
	return members{"LookupAttributes": []members{{"AttributeKey": key, "AttributeValue": value}}}
}

// recorded waits until there is one event with an attribute, and returns it.
func (p *principal) recorded(t testing.TB, key, value string) auditEvent {
	t.Helper()
	return p.recordedAll(t, 1, key, value)[0]
}

func (p *principal) recordedAll(t testing.TB, n int, key, value string) (events []auditEvent) {
	t.Helper()
	eventually(t, "record with "+key+" "+value, func() bool {
		events = p.lookUp(t, by(key, value))
		return len(events) >= n
	})
	equal(t, "records with "+key+" "+value, len(events), n)
	return events
}

// seconds writes milliseconds as JSON 1.1 writes times.
func seconds(ms int64) string { return strconv.FormatFloat(float64(ms)/1000, 'f', -1, 64) }

// tryTeam makes an account.
func (c *caller) tryTeam(t testing.TB, name string) (string, error) {
	t.Helper()
	out, err := c.CreateAccount(t.Context(), &chime.CreateAccountInput{Name: &name})
	if err != nil {
		return "", err
	}
	return *out.Account.AccountId, nil
}
