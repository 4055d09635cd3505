package trail

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"carillon/api"
	"carillon/work"
)

// walker writes shapes as records show them, and notes what they touch.
type walker struct {
	b []byte
	// most is how many elements of a list are written; 0: all.
	most int
	// service is the one whose shapes these are, as in iam.
	service string
	touched []work.Touched
	account string                // the first Chime account among them
	known   map[work.Touched]bool // made when there are many
}

// member says how a member of a structure is shown.
type member struct {
	index    int
	key      string // with quotes and colon
	hidden   bool
	omitted  bool
	optional bool
	kind     string // the type of what the member names; empty: nothing
}

// omitted are secrets. Not even that there was one is of use to anybody.
var omitted = map[string]bool{
	"JoinToken": true, "Password": true, "SecretAccessKey": true, "SecurityToken": true, "SessionToken": true, "Token": true, "Url": true,
}

// named is the type of what a member names, by the member's name.
var named = map[string]string{
	"AccessKeyId":        "AWS::IAM::AccessKey",
	"AccountId":          "AWS::Chime::Account",
	"Arn":                "AWS::IAM::User",
	"BackupId":           "AWS::Carillon::Backup",
	"BotId":              "AWS::Chime::Bot",
	"ConversationId":     "AWS::Chime::Conversation",
	"DomainName":         "AWS::Chime::Domain",
	"Domains":            "AWS::Chime::Domain",
	"E164PhoneNumber":    "AWS::Chime::PhoneNumber",
	"E164PhoneNumbers":   "AWS::Chime::PhoneNumber",
	"InviteId":           "AWS::Chime::Invite",
	"JobIds":             "AWS::Carillon::Job",
	"MeetingId":          "AWS::Chime::Meeting",
	"MemberId":           "AWS::Chime::User",
	"MessageId":          "AWS::Chime::Message",
	"PhoneNumberId":      "AWS::Chime::PhoneNumber",
	"PhoneNumberIds":     "AWS::Chime::PhoneNumber",
	"PhoneNumberOrderId": "AWS::Chime::PhoneNumberOrder",
	"PolicyArn":          "AWS::IAM::Policy",
	"PolicyId":           "AWS::IAM::Policy",
	"PolicyName":         "AWS::IAM::Policy",
	"ExportId":           "AWS::Carillon::Export",
	"GroupId":            "AWS::Chime::ScimGroup",
	"TokenId":            "AWS::Chime::ScimToken",
	"RoomId":             "AWS::Chime::Room",
	"TransactionId":      "AWS::Chime::MeetingDialOut",
	"UserId":             "AWS::Chime::User",
	"UserIdList":         "AWS::Chime::User",
	"UserName":           "AWS::IAM::User",
	"WebhookId":          "AWS::Chime::Webhook",
}

// plans has the members of the structures met, by type.
var plans sync.Map // reflect.Type → []member

func planOf(t reflect.Type) []member {
	if plan, ok := plans.Load(t); ok {
		return plan.([]member)
	}
	plan := make([]member, t.NumField())
	for i := range plan {
		f := t.Field(i)
		plan[i] = member{
			index: i, key: `"` + strings.ToLower(f.Name[:1]) + f.Name[1:] + `":`, hidden: api.Sensitive(f), omitted: omitted[f.Name],
			optional: strings.HasPrefix(f.Type.Name(), "Opt["), kind: named[f.Name],
		}
	}
	plans.Store(t, plan)
	return plan
}

// shape writes an input or output; null if it is not there or has no members to
// show.
func (w *walker) shape(shape any) {
	v := reflect.ValueOf(shape)
	if !v.IsValid() || v.IsNil() {
		w.b = append(w.b, pNull)
		return
	}
	start := len(w.b)
	w.structure(v.Elem())
	if len(w.b) == start+len("{}") {
		w.b = append(w.b[:start], pNull)
	}
}

func (w *walker) structure(v reflect.Value) {
	w.b = append(w.b, '{')
	first := true
	plan := planOf(v.Type())
	for i := range plan {
		m := &plan[i]
		value, there := m.of(v)
		if !there || m.omitted {
			continue
		}
		if !first {
			w.b = append(w.b, ',')
		}
		first = false
		w.member(m, value)
	}
	w.b = append(w.b, '}')
}

func (w *walker) member(m *member, value reflect.Value) {
	w.b = append(w.b, m.key...)
	if m.kind != "" {
		w.touch(m, value)
	}
	if m.hidden {
		w.b = append(w.b, pHidden)
		return
	}
	w.value(value)
}

// of returns the value of the member, if there is one.
func (m *member) of(v reflect.Value) (value reflect.Value, there bool) {
	value = v.Field(m.index)
	if m.optional {
		return value.Field(0), value.Field(1).Bool()
	}
	switch value.Kind() {
	case reflect.Pointer, reflect.Slice:
		return value, !value.IsNil()
	case reflect.Int64: // a Timestamp
		return value, value.Int() != 0
	}
	return value, true
}

func (w *walker) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		w.value(v.Elem())
	case reflect.Struct:
		w.structure(v)
	case reflect.Slice:
		w.list(v)
	case reflect.Bool:
		w.b = strconv.AppendBool(w.b, v.Bool())
	case reflect.Int:
		w.b = strconv.AppendInt(w.b, v.Int(), 10)
	case reflect.Int64:
		w.b = appendDate(w.b, v.Int())
	default:
		w.word(v.String())
	}
}

// word writes a text. The account, which comes several times, is beside the
// record anyway.
func (w *walker) word(text string) {
	if text == w.account && text != "" {
		w.b = append(w.b, '"', pAccount, '"')
		return
	}
	w.b = api.AppendText(w.b, text)
}

// list writes as many elements as there may be.
func (w *walker) list(v reflect.Value) {
	w.b = append(w.b, '[')
	for i := range v.Len() {
		if w.most > 0 && i >= w.most {
			break
		}
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.value(v.Index(i))
	}
	w.b = append(w.b, ']')
}

// appendDate writes a time as CloudTrail does in what calls send and answer.
func appendDate(b []byte, ms int64) []byte {
	return time.UnixMilli(ms).UTC().AppendFormat(b, `"Jan 2, 2006, 3:04:05 PM"`)
}

// touch notes what a member names, once.
func (w *walker) touch(m *member, v reflect.Value) {
	switch {
	case m.hidden:
		w.note(m.kind, hiddenName)
	case v.Kind() == reflect.String:
		w.note(m.kind, v.String())
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.String:
		for i := range v.Len() {
			w.note(m.kind, v.Index(i).String())
		}
	}
}

// hiddenName is the name of what has none that may be shown.
const hiddenName = "HIDDEN_DUE_TO_SECURITY_REASONS"

// few is how many names are compared one by one.
const few = 16

func (w *walker) note(kind, name string) {
	if name == "" {
		return
	}
	t := work.Touched{Type: w.typeOf(kind, name), Name: name}
	if !w.has(t) {
		w.touched = append(w.touched, t)
		if w.account == "" && t.Type == "AWS::Chime::Account" && isPlain(name) {
			w.account = t.Name
		}
	}
}

// settle leaves out what was noted by its name if it was by its ARN too.
func (w *walker) settle() {
	if !slices.ContainsFunc(w.touched, byARN) {
		return
	}
	whole := map[work.Touched]bool{}
	for _, t := range w.touched {
		if byARN(t) {
			whole[work.Touched{Type: t.Type, Name: t.Name[strings.LastIndexByte(t.Name, '/')+1:]}] = true
		}
	}
	w.touched = slices.DeleteFunc(w.touched, func(t work.Touched) bool { return whole[t] })
}

func byARN(t work.Touched) bool { return strings.HasPrefix(t.Name, "arn:") }

// isPlain reports whether an id is one that JSON shows as it is.
func isPlain(id string) bool {
	return len(id) <= maxKey && strings.Trim(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") == ""
}

// typeOf returns the type that a member stands for here: IAM has users too.
func (w *walker) typeOf(kind, name string) string {
	switch {
	case strings.Contains(name, ":policy/"):
		return "AWS::IAM::Policy"
	case w.service == "iam" && kind == "AWS::Chime::User":
		return "AWS::IAM::User"
	}
	return kind
}

func (w *walker) has(t work.Touched) bool {
	if len(w.touched) < few {
		for i := range w.touched {
			if w.touched[i] == t {
				return true
			}
		}
		return false
	}
	if w.known == nil {
		w.known = make(map[work.Touched]bool, len(w.touched))
		for _, known := range w.touched {
			w.known[known] = true
		}
	}
	if w.known[t] {
		return true
	}
	w.known[t] = true
	return false
}
