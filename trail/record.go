package trail

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// Limits of the members of a record, in bytes; CloudTrail's.
const (
	maxText   = 1 << 10
	maxMember = 100 << 10
)

const usualSize = 1536 // of a record

// record writes the record of an event.
func (t *Trail) record(e *work.Event) store.AuditRecord {
	r := store.AuditRecord{EventID: t.ids.at(e.NowMs()), AwsAccountID: e.Caller.AwsAccountID}
	w := writer{walker: walker{b: make([]byte, 0, usualSize), service: serviceOf(e)}, event: e, asked: e.Asked(), eventID: r.EventID}
	if e.Step != nil {
		w.step()
	} else {
		w.call()
	}
	r.Record, r.AccountID = w.b, w.accountID()
	return r
}

// serviceOf is the service in whose name a call was: what its action begins with.
func serviceOf(e *work.Event) string {
	if e.Op == nil {
		return "chime"
	}
	service, _, _ := strings.Cut(e.Op.Action, ":")
	return service
}

// versions are those of the services' APIs.
var versions = map[string]string{
	"chime": "2018-05-01", "cloudtrail": "2013-11-01", "iam": "2010-05-08", "sts": "2011-06-15",
}

// writer writes one record. The order of the members is that of CloudTrail.
type writer struct {
	walker
	event   *work.Event
	asked   *work.Request
	eventID string
}

// text writes a member that is a text, cut to what a record may hold.
func (w *writer) text(key, value string) {
	w.b = append(w.b, key...)
	w.b = api.AppendText(w.b, cut(value, maxText))
}

// optional is text for a member that is left out when it is empty.
func (w *writer) optional(key, value string) {
	if value != "" {
		w.text(key, value)
	}
}

// cut shortens a text to a number of bytes, at the end of a character.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// call writes the record of a call.
func (w *writer) call() {
	e := w.event
	w.b = append(w.b, `{"eventVersion":"1.11","userIdentity":`...)
	w.identity(e.Caller)
	name := ""
	if e.Op != nil {
		name = e.Op.Name
	}
	w.what(name, w.asked.SourceIP, w.asked.UserAgent)
	if e.Refusal != nil {
		w.text(`,"errorCode":`, errorCode(w.service, e.Refusal))
		w.text(`,"errorMessage":`, firstLine(e.Refusal.Message))
	}
	w.members()
	w.text(`,"requestID":`, w.asked.ID)
	w.text(`,"eventID":`, w.eventID)
	w.b = strconv.AppendBool(append(w.b, `,"readOnly":`...), e.Op != nil && !e.Op.Writes)
	w.resources()
	w.text(`,"eventType":`, "AwsApiCall")
	w.optional(`,"apiVersion":`, versions[w.service])
	w.recipient()
	w.b = append(w.b, `,"eventCategory":"Management"`...)
	w.tls()
	if w.asked.Console {
		w.b = append(w.b, `,"sessionCredentialFromConsole":"true"`...)
	}
	w.b = append(w.b, '}')
}

// step writes the record of what a job did.
func (w *writer) step() {
	s := w.event.Step
	w.touched = s.Touched
	w.text(`{"eventVersion":"1.11","userIdentity":{"accountId":`, w.event.Caller.AwsAccountID)
	w.b = append(w.b, `,"invokedBy":"chime.amazonaws.com"}`...)
	w.what(s.Name, "chime.amazonaws.com", "chime.amazonaws.com")
	w.b = append(w.b, `,"requestParameters":null,"responseElements":null`...)
	w.text(`,"eventID":`, w.eventID)
	w.b = append(w.b, `,"readOnly":false`...)
	w.resources()
	w.text(`,"eventType":`, "AwsServiceEvent")
	w.recipient()
	if len(s.Details) > 0 {
		details, _ := json.Marshal(s.Details) // of texts and numbers
		w.b = append(append(w.b, `,"serviceEventDetails":`...), details...)
	}
	w.b = append(w.b, `,"eventCategory":"Management"}`...)
}

// identity writes who asked.
func (w *writer) identity(c *api.Caller) {
	kind, principal := "IAMUser", c.UserID
	switch {
	case c.Root:
		kind, principal = "Root", c.AwsAccountID
	case c.ARN == "":
		kind, principal = "AWSService", "" // whoever has the address of a webhook
	case principal == "":
		principal = c.AccessKeyID
	}
	w.text(`{"type":`, kind)
	w.optional(`,"principalId":`, principal)
	w.optional(`,"arn":`, c.ARN)
	w.text(`,"accountId":`, c.AwsAccountID)
	w.optional(`,"accessKeyId":`, c.AccessKeyID)
	if kind == "IAMUser" {
		w.text(`,"userName":`, userName(c))
	}
	if c.SessionMs != 0 {
		w.b = append(w.b, `,"sessionContext":{"attributes":{"creationDate":`...)
		w.b = appendTime(w.b, c.SessionMs)
		w.b = append(w.b, `,"mfaAuthenticated":"false"}}`...)
	}
	if kind == "AWSService" {
		w.b = append(w.b, `,"invokedBy":"webhook"`...)
	}
	w.b = append(w.b, '}')
}

// userName is the name of an IAM user: the last part of the ARN.
func userName(c *api.Caller) string {
	if c.UserName != "" {
		return c.UserName
	}
	return c.ARN[strings.LastIndexByte(c.ARN, '/')+1:]
}

func appendTime(b []byte, ms int64) []byte {
	return time.UnixMilli(ms).UTC().AppendFormat(b, `"2006-01-02T15:04:05Z"`)
}

// what writes the members that say what was done, when and from where.
func (w *writer) what(name, source, agent string) {
	w.b = appendTime(append(w.b, `,"eventTime":`...), w.event.NowMs())
	w.b = append(append(append(w.b, `,"eventSource":"`...), w.service...), `.amazonaws.com"`...)
	w.text(`,"eventName":`, name)
	region := w.asked.Region
	if region == "" {
		region = "us-east-1"
	}
	w.text(`,"awsRegion":`, region)
	w.text(`,"sourceIPAddress":`, source)
	w.text(`,"userAgent":`, agent)
}

// queried are the services whose clients know refusals by their code.
var queried = map[string]bool{"iam": true, "sts": true}

// errorCode is the name by which clients know a refusal.
func errorCode(service string, e *api.Error) string {
	if code := string(e.ErrorCode()); queried[service] && code != "" {
		return code
	}
	return e.Kind.Name
}

// firstLine leaves out what a refusal explains at length, which may repeat the
// request.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// members writes what was asked and answered. Reads leave out the answer, which
// would be what they show; what was refused has none.
func (w *writer) members() {
	e := w.event
	w.big(`,"requestParameters":`, e.In)
	if e.Refusal == nil && e.Op != nil && e.Op.Writes {
		w.big(`,"responseElements":`, e.Out)
	} else {
		w.b = append(w.b, `,"responseElements":null`...)
	}
	if e.Parts > 1 {
		w.b = append(w.b, `,"additionalEventData":{"part":`...)
		w.b = strconv.AppendInt(w.b, int64(e.Part), 10)
		w.b = strconv.AppendInt(append(w.b, `,"parts":`...), int64(e.Parts), 10)
		w.b = append(w.b, '}')
	}
}

// big writes a shape with as many elements of its lists as fit.
func (w *writer) big(key string, shape any) {
	w.b = append(w.b, key...)
	start := len(w.b)
	w.shape(shape)
	for most := 1024; len(w.b)-start > maxMember; most /= 4 {
		w.b = w.b[:start]
		if most == 0 {
			w.b = append(w.b, "null"...)
			return
		}
		shorter := walker{b: w.b, most: most}
		shorter.shape(shape)
		w.b = shorter.b
	}
}

// resources writes what was touched.
func (w *writer) resources() {
	if len(w.touched) == 0 {
		return
	}
	account := w.event.Caller.AwsAccountID
	w.b = append(w.b, `,"resources":[`...)
	for i, t := range w.touched {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = append(w.b, `{"accountId":"`...)
		w.b = append(w.b, account...)
		w.b = append(append(append(w.b, `","type":"`...), t.Type...), `","ARN":`...)
		w.arn(account, t)
		w.b = append(w.b, '}')
	}
	w.b = append(w.b, ']')
}

// arn writes the ARN of what was touched. Chime has none for most of it; they
// look like those that it has.
func (w *writer) arn(account string, t work.Touched) {
	if strings.HasPrefix(t.Name, "arn:") {
		w.b = api.AppendText(w.b, t.Name)
		return
	}
	f := formOf(t.Type)
	w.b = append(append(w.b, f.service...), account...)
	w.b = append(w.b, f.kind...)
	name := len(w.b)
	w.b = api.AppendText(w.b, cut(t.Name, maxText))
	w.b = append(w.b[:name], w.b[name+1:]...) // its quotation mark is that of the ARN
}

// form is what the ARNs of a type have in common, beside the AWS account.
type form struct{ service, kind string }

// forms has those of the types met.
var forms sync.Map // string → form

func formOf(touched string) form {
	if f, ok := forms.Load(touched); ok {
		return f.(form)
	}
	_, rest, _ := strings.Cut(touched, "::")
	family, kind, _ := strings.Cut(rest, "::")
	f := form{`"arn:aws:` + strings.ToLower(family) + "::", ":" + pathOf(kind) + "/"}
	forms.Store(touched, f)
	return f
}

// pathOf is what begins the last part of an ARN: phone-number of PhoneNumber.
func pathOf(kind string) string {
	var b strings.Builder
	for i, c := range kind {
		if i > 0 && c <= 'Z' {
			b.WriteByte('-')
		}
		b.WriteRune(c)
	}
	return strings.ToLower(b.String())
}

func (w *writer) recipient() {
	w.b = append(w.b, `,"managementEvent":true`...)
	w.text(`,"recipientAccountId":`, w.event.Caller.AwsAccountID)
}

// tls writes how the request was protected, if it was.
func (w *writer) tls() {
	if w.asked.TLSVersion == "" {
		return
	}
	w.text(`,"tlsDetails":{"tlsVersion":`, w.asked.TLSVersion)
	w.text(`,"cipherSuite":`, w.asked.CipherSuite)
	w.text(`,"clientProvidedHostHeader":`, w.asked.Host)
	w.b = append(w.b, '}')
}

// accountID is the Chime account that a record belongs to, or the AWS account.
func (w *writer) accountID() string {
	if s := w.event.Step; s != nil && s.AccountID != "" {
		return s.AccountID
	}
	for _, t := range w.touched {
		if t.Type == "AWS::Chime::Account" {
			return t.Name
		}
	}
	return w.event.Caller.AwsAccountID
}
