package trail

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"carillon/store"
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

// eventOf reads a record in its short form. Phrases are found at once, and nothing
// that calls send or answer looks like one.
func eventOf(r *store.AuditRecord) *Event {
	e := &Event{
		ID: r.EventID, AwsAccountID: r.AwsAccountID, Time: time.UnixMilli(msOf(r.EventID)).UTC().Truncate(time.Second),
		Name: textAfter(r.Record, pName), Source: textAfter(r.Record, pSource), ErrorCode: textAfter(r.Record, pErrorCode),
		UserName: textAfter(r.Record, pUser), AccessKeyID: textAfter(r.Record, pKey),
		ReadOnly: bytes.IndexByte(r.Record, pReads) >= 0, Touched: touchedIn(r),
	}
	if textAfter(r.Record, pBegin) == "Root" {
		e.UserName = "root"
	}
	return e
}

// textAfter returns the text that follows a phrase; empty: there is none.
func textAfter(record []byte, phrase byte) string {
	at := bytes.IndexByte(record, phrase)
	if at < 0 {
		return ""
	}
	rest := record[at+1:]
	rest = rest[:endOf(rest)]
	if next := bytes.IndexAny(rest, endings); next >= 0 {
		rest = rest[:next]
	}
	return plainText(rest)
}

// endings are the phrases that begin with the end of a text.
const endings = string(rune(pKey)) + string(rune(pUser))

// plainText returns a text without its escapes.
func plainText(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw)
	}
	var text string
	_ = json.Unmarshal(append(append([]byte{'"'}, raw...), '"'), &text) // the trail has written it
	return text
}

// endOf is where a text ends.
func endOf(b []byte) int {
	end := 0
	for end < len(b) && b[end] != '"' {
		if b[end] == '\\' {
			end++
		}
		end++
	}
	return min(end, len(b))
}

// touchedIn reads the resources of a record.
func touchedIn(r *store.AuditRecord) (list []work.Touched) {
	at := bytes.IndexByte(r.Record, pResources)
	if at < 0 {
		return nil
	}
	rest := r.Record[at:]
	for {
		_, after, found := bytes.Cut(rest, []byte{pType})
		if !found {
			return list
		}
		var kind []byte
		if kind, rest, found = bytes.Cut(after, []byte{pARN}); !found {
			return list
		}
		arn := rest[:endOf(rest)]
		rest = rest[len(arn):]
		if name, ok := chimeName(r, arn); ok {
			list = append(list, work.Touched{Type: typeName(kind), Name: name})
		} else {
			list = append(list, namesOf(typeName(kind), plainText(expandText(r, arn)))...)
		}
	}
}

// chimeName returns the name that an ARN ends in that we have made for Chime.
func chimeName(r *store.AuditRecord, arn []byte) (string, bool) {
	if len(arn) == 0 || arn[0] != pChimeARN {
		return "", false
	}
	_, name, _ := bytes.Cut(arn, []byte{'/'})
	if len(name) == 1 && name[0] == pAccount {
		return r.AccountID, true
	}
	return plainText(name), true
}

// typeNames has the types that members name, so that those of records need no
// memory of their own.
var typeNames = func() map[string]string {
	names := map[string]string{}
	for _, name := range named {
		names[name] = name
	}
	return names
}()

func typeName(kind []byte) string {
	if name, ok := typeNames[string(kind)]; ok {
		return name
	}
	return string(kind)
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
