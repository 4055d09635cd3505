package trail

import (
	"cmp"
	"encoding/json"
	"slices"
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

const usualSize = 896 // of a record as it is written, in bytes; few have more

// record writes the record of an event, in the form in which it waits.
func (t *Trail) record(e *work.Event) store.AuditRecord {
	r := store.AuditRecord{EventID: t.ids.at(e.NowMs()), AwsAccountID: e.Caller.AwsAccountID}
	w := writer{walker: walker{b: make([]byte, 0, usualSize), service: serviceOf(e)}, event: e, asked: e.Asked()}
	switch {
	case e.Step != nil:
		w.step()
	case e.SignIn != "":
		w.signIn()
	default:
		w.call()
	}
	if r.Record, r.AccountID = w.b, w.account; r.AccountID == "" {
		r.AccountID = r.AwsAccountID
	}
	return r
}

// serviceOf is the service in whose name a call was: what its action begins with,
// or if nobody knows the operation what its signature is for.
func serviceOf(e *work.Event) string {
	if e.SignIn != "" {
		return "signin"
	}
	if e.Op == nil {
		return cmp.Or(e.Asked().Service, "chime")
	}
	service, _, _ := strings.Cut(e.Op.Action, ":")
	return service
}

// writer writes one record. The order of the members is that of CloudTrail.
type writer struct {
	walker
	event *work.Event
	asked *work.Request
}

func (w *writer) put(phrase byte) { w.b = append(w.b, phrase) }

// text writes a member that is a text, cut to what a record may hold. The phrase
// has its first quotation mark.
func (w *writer) text(phrase byte, value string) {
	w.b = append(w.b, phrase)
	w.words(value)
	w.b = append(w.b, '"')
}

// words writes a text without quotation marks.
func (w *writer) words(value string) {
	start := len(w.b)
	w.b = api.AppendText(w.b, cut(value, maxText))
	w.b = append(w.b[:start], w.b[start+1:len(w.b)-1]...)
}

// more writes a member that few records have, if it is not empty.
func (w *writer) more(key, value string) {
	if value != "" {
		w.b = append(w.b, key...)
		w.b = api.AppendText(w.b, cut(value, maxText))
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
	w.identity(e.Caller)
	name := ""
	if e.Op != nil {
		name = e.Op.Name
	}
	w.what(name, w.asked.SourceIP, w.asked.UserAgent)
	w.refusal()
	w.members()
	w.text(pRequestID, w.asked.ID)
	w.put(pEventID)
	w.readOnly(e.Op != nil && !e.Op.Writes)
	w.resources()
	w.put(pCall)
	if op := e.Op; op != nil && w.service == op.Service.Name { // Carillon's own have none
		w.text(pVersion, op.Service.Version)
	}
	w.put(pRecipient)
	w.put(pEnd)
	w.tls()
	if w.asked.Console {
		w.b = append(w.b, `,"sessionCredentialFromConsole":"true"`...)
	}
	w.b = append(w.b, '}')
}

// refusal writes why nothing was done, if it was not.
func (w *writer) refusal() {
	if e := w.event.Refusal; e != nil {
		w.text(pErrorCode, errorCode(w.service, e))
		w.text(pErrorMessage, firstLine(e.Message))
	}
}

// step writes the record of what a job did.
func (w *writer) step() {
	s := w.event.Step
	w.touched, w.account = s.Touched, s.AccountID
	w.b = append(w.b, `{"eventVersion":"1.11","userIdentity":{"accountId":"`...)
	w.put(pAwsAccount)
	w.b = append(w.b, `","invokedBy":"chime.amazonaws.com"}`...)
	w.what(s.Name, "chime.amazonaws.com", "chime.amazonaws.com")
	w.b = append(w.b, pAsked, pNull, pAnswered, pNull, pEventID)
	w.readOnly(false)
	w.resources()
	w.b = append(w.b, `,"eventType":"AwsServiceEvent"`...)
	w.put(pRecipient)
	if len(s.Details) > 0 {
		details, _ := json.Marshal(s.Details) // of texts and numbers
		w.b = append(append(w.b, `,"serviceEventDetails":`...), details...)
	}
	w.b = append(w.b, pEnd, '}')
}

func (w *writer) readOnly(v bool) {
	if v {
		w.put(pReads)
	} else {
		w.put(pWrites)
	}
}

// identity writes who asked.
func (w *writer) identity(c *api.Caller) {
	kind, principal := "IAMUser", c.UserID
	switch {
	case c.Root:
		kind, principal = "Root", c.AwsAccountID
	case c.ScimTokenID != "":
		kind, principal = "ScimToken", c.ScimTokenID
	case c.ARN == "":
		kind, principal = "AWSService", "" // see invoker
	case principal == "":
		principal = c.AccessKeyID
	}
	w.text(pBegin, kind)
	w.more(`,"principalId":`, principal)
	w.more(`,"arn":`, c.ARN)
	w.b = append(w.b, `,"accountId":"`...)
	w.put(pAwsAccount)
	if c.AccessKeyID != "" {
		w.put(pKey)
		w.words(c.AccessKeyID)
	}
	if kind == "IAMUser" {
		w.put(pUser)
		w.words(userName(c))
	}
	w.b = append(w.b, '"')
	if c.SessionMs != 0 {
		w.b = append(w.b, `,"sessionContext":{"attributes":{"creationDate":"`...)
		w.b = appendTime(w.b, c.SessionMs)
		w.b = append(w.b, `","mfaAuthenticated":"false"}}`...)
	}
	if kind == "AWSService" {
		w.more(`,"invokedBy":`, w.invoker())
	}
	w.b = append(w.b, '}')
}

// invoker is who calls without a key: those who have the link of an invitation, or
// the address of a webhook.
func (w *writer) invoker() string {
	if op := w.event.Op; op != nil && strings.HasPrefix(op.Path, "/invitations/") {
		return "invitation"
	}
	return "webhook"
}

// userName is the name of an IAM user: the last part of the ARN.
func userName(c *api.Caller) string {
	if c.UserName != "" {
		return c.UserName
	}
	return c.ARN[strings.LastIndexByte(c.ARN, '/')+1:]
}

func appendTime(b []byte, ms int64) []byte {
	return time.UnixMilli(ms).UTC().AppendFormat(b, `2006-01-02T15:04:05Z`)
}

// what writes the members that say what was done, when and from where.
func (w *writer) what(name, source, agent string) {
	w.put(pTime)
	w.b = append(appendTime(w.b, w.event.NowMs()), '"', pSource)
	w.b = append(append(w.b, w.service...), `.amazonaws.com"`...)
	w.text(pName, name)
	region := w.asked.Region
	if region == "" {
		region = "us-east-1"
	}
	w.text(pRegion, region)
	w.text(pAddress, source)
	w.text(pAgent, agent)
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
	w.put(pAsked)
	w.big(e.In)
	w.put(pAnswered)
	if e.Refusal == nil && e.Op != nil && e.Op.Writes {
		w.big(e.Out)
	} else {
		w.put(pNull)
	}
	for _, t := range e.Touched {
		w.note(t.Type, t.Name)
	}
	w.settle()
	w.additional()
}

// additional writes what CloudTrail has no member for: where somebody signed in and
// how, which part of a call this was, and the trace that it is in.
func (w *writer) additional() {
	e, start := w.event, len(w.b)
	if e.SignIn != "" {
		w.more(`,"LoginTo":`, e.SignIn)
		w.b = append(w.b, `,"MobileVersion":"No","MFAUsed":"No"`...)
	}
	if e.Parts > 1 {
		w.b = strconv.AppendInt(append(w.b, `,"part":`...), int64(e.Part), 10)
		w.b = strconv.AppendInt(append(w.b, `,"parts":`...), int64(e.Parts), 10)
	}
	if t := w.asked.Trace; t != nil {
		w.more(`,"traceId":`, t.ID)
	}
	if len(w.b) > start {
		w.b = slices.Replace(w.b, start, start+1, []byte(`,"additionalEventData":{`)...)
		w.b = append(w.b, '}')
	}
}

// big writes a shape with as many elements of its lists as fit.
func (w *writer) big(shape any) {
	start := len(w.b)
	w.shape(shape)
	for most := 1024; len(w.b)-start > maxMember; most /= 4 {
		w.b = w.b[:start]
		if most == 0 {
			w.put(pNull)
			return
		}
		shorter := walker{b: w.b, most: most}
		shorter.shape(shape)
		w.b = shorter.b
	}
}

// resources writes what was touched.
func (w *writer) resources() {
	for i, t := range w.touched {
		if i == 0 {
			w.put(pResources)
		} else {
			w.b = append(w.b, ',')
		}
		w.b = append(w.b, pResource, pAwsAccount, pType)
		w.b = append(append(w.b, t.Type...), pARN)
		w.arn(t)
		w.b = append(w.b, `"}`...)
	}
	if len(w.touched) > 0 {
		w.b = append(w.b, ']')
	}
}

// arn writes the ARN of what was touched. Chime has none for most of it; they
// look like those that it has.
func (w *writer) arn(t work.Touched) {
	if !strings.HasPrefix(t.Name, "arn:") {
		f := formOf(t.Type)
		w.b = append(append(w.b, f.service...), pAwsAccount)
		w.b = append(w.b, f.kind...)
	}
	if t.Name == w.account {
		w.put(pAccount)
	} else {
		w.words(t.Name)
	}
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
	f := form{`arn:aws:` + strings.ToLower(family) + "::", ":" + pathOf(kind) + "/"}
	if family == "Chime" {
		f.service = string(rune(pChimeARN))
	}
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

// tls writes how the request was protected, if it was.
func (w *writer) tls() {
	if w.asked.TLSVersion == "" {
		return
	}
	w.b = append(w.b, `,"tlsDetails":{"tlsVersion":`...)
	w.b = api.AppendText(w.b, w.asked.TLSVersion)
	w.more(`,"cipherSuite":`, w.asked.CipherSuite)
	w.more(`,"clientProvidedHostHeader":`, w.asked.Host)
	w.b = append(w.b, '}')
}
