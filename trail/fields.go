package trail

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"carillon/work"
)

// Event is a record with what look-ups show of it.
type Event struct {
	ID, Name, Source, UserName, AccessKeyID, ErrorCode string
	AwsAccountID                                       string
	ReadOnly                                           bool
	Time                                               time.Time
	Touched                                            []work.Touched
	Record                                             []byte
}

// The members of a record are found by the text before them. A quotation mark
// inside of a text has a backslash before it, so no text looks like a member; and
// what calls send and answer, which may have members of any name, lies between
// requestParameters and requestID or eventID. So those before are looked for from
// the start, those after from the end.
var (
	keyTime      = []byte(`,"eventTime":"`)
	keySource    = []byte(`,"eventSource":"`)
	keyName      = []byte(`,"eventName":"`)
	keyUser      = []byte(`,"userName":"`)
	keyRoot      = []byte(`{"type":"Root",`)
	keyAccessKey = []byte(`,"accessKeyId":"`)
	keyError     = []byte(`,"errorCode":"`)
	keyAsked     = []byte(`,"requestParameters":`)
	keyID        = []byte(`,"eventID":"`)
	keyReadOnly  = []byte(`,"readOnly":true`)
	keyTouched   = []byte(`,"resources":[`)
	keyEventType = []byte(`],"eventType":"`)
	keyRecipient = []byte(`,"recipientAccountId":"`)
	keyType      = []byte(`"type":"`)
	keyARN       = []byte(`"ARN":"`)
)

// parse reads what look-ups need of a record that the trail has written.
func parse(record []byte) *Event {
	e := &Event{Record: record}
	head, _, _ := bytes.Cut(record, keyAsked)
	identity, rest, _ := bytes.Cut(head, keyTime)
	tail := lastFrom(record, keyID)
	e.Time, _ = time.Parse(time.RFC3339, textBefore(rest))
	e.Name, e.Source, e.ErrorCode = textAfter(rest, keyName), textAfter(rest, keySource), textAfter(rest, keyError)
	e.UserName, e.AccessKeyID = textAfter(identity, keyUser), textAfter(identity, keyAccessKey)
	if bytes.Contains(identity, keyRoot) {
		e.UserName = "root"
	}
	e.ID, e.AwsAccountID = textAfter(tail, keyID), textAfter(tail, keyRecipient)
	e.ReadOnly = bytes.Contains(tail, keyReadOnly)
	e.Touched = touchedIn(tail)
	return e
}

// lastFrom returns what begins with the last of a key. [bytes.LastIndex] would take
// several times as long.
func lastFrom(record, key []byte) []byte {
	var tail []byte
	for {
		at := bytes.Index(record, key)
		if at < 0 {
			return tail
		}
		tail = record[at:]
		record = record[at+len(key):]
	}
}

// textAfter returns the text that follows a key; empty: there is none.
func textAfter(in, key []byte) string {
	_, rest, found := bytes.Cut(in, key)
	if !found {
		return ""
	}
	return textBefore(rest)
}

// textBefore returns the text up to the quotation mark that ends it.
func textBefore(b []byte) string {
	end := 0
	for end < len(b) && b[end] != '"' {
		if b[end] == '\\' {
			end++
		}
		end++
	}
	raw := b[:min(end, len(b))]
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw)
	}
	var text string
	_ = json.Unmarshal(append(append([]byte{'"'}, raw...), '"'), &text) // the trail has written it
	return text
}

// touchedIn reads the resources of a record.
func touchedIn(tail []byte) (list []work.Touched) {
	_, rest, found := bytes.Cut(tail, keyTouched)
	if !found {
		return nil
	}
	rest, _, _ = bytes.Cut(rest, keyEventType)
	for len(rest) > 0 {
		_, after, found := bytes.Cut(rest, keyType)
		if !found {
			break
		}
		kind := textBefore(after)
		_, rest, _ = bytes.Cut(after, keyARN)
		list = append(list, namesOf(kind, textBefore(rest))...)
	}
	return list
}

// namesOf returns the names by which what has an ARN is found: its id, and where
// AWS itself made the ARN that too.
func namesOf(kind, arn string) []work.Touched {
	name := arn
	for range 5 { // arn:aws:service:region:account:
		_, name, _ = strings.Cut(name, ":")
	}
	_, name, _ = strings.Cut(name, "/")
	list := []work.Touched{{Type: kind, Name: name}}
	if kind == "AWS::IAM::User" || kind == "AWS::IAM::Policy" {
		list[0].Name = name[strings.LastIndexByte(name, '/')+1:]
		list = append(list, work.Touched{Type: kind, Name: arn})
	}
	return list
}

// Attribute is one of the attributes by which records are looked up.
type Attribute int64

// The attributes. Their numbers are in the index.
const (
	Everything Attribute = iota // all records of an AWS account
	EventName
	EventSource
	ReadOnly
	Username
	AccessKeyID
	ResourceType
	ResourceName
	ErrorCode
	EventID // is not in the index: an id says when it was
)

// values returns what an event has of an attribute.
func (e *Event) values(a Attribute) []string {
	switch a {
	case EventName:
		return []string{e.Name}
	case EventSource:
		return []string{e.Source}
	case ReadOnly:
		return []string{boolText(e.ReadOnly)}
	case Username:
		return []string{e.UserName}
	case AccessKeyID:
		return []string{e.AccessKeyID}
	case ErrorCode:
		return []string{e.ErrorCode}
	case EventID:
		return []string{e.ID}
	case ResourceType, ResourceName:
		list := make([]string, len(e.Touched))
		for i, t := range e.Touched {
			list[i] = t.Name
			if a == ResourceType {
				list[i] = t.Type
			}
		}
		return list
	}
	return []string{""}
}

func boolText(v bool) string {
	if v {
		return "true"
	}
	return "false"
}
