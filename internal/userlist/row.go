package userlist

import (
	"encoding/json"
	"fmt"
	"strings"
)

// User is a user of a list. What is empty is not given.
type User struct{ values [fieldCount]string }

// Row is one row of a list.
type Row struct {
	User
	// Line is the line of the file, from 1 on, that the row begins in.
	Line int
	// Index is the number of the row in the list, from 0 on; an [Importer] sets it.
	Index int
	// Problem says why the row is no user; nil: it is one.
	Problem *Problem

	cells []string // of CSV, as they stand there
	raw   []byte   // of JSON
}

// Problem is why a row is refused.
type Problem struct {
	Member string // what of the row; empty: all of it
	Rule   string // what it must be: as in "be a time such as …"
}

// String returns the problem in words.
func (p *Problem) String() string {
	if p.Member == "" {
		return "the row must " + p.Rule
	}
	return p.Member + " must " + p.Rule
}

// ProblemOf returns what an error of the server says of a row.
func ProblemOf(code, message string) Problem {
	if m := violation.FindStringSubmatch(message); m != nil {
		return Problem{m[1], plainRule(m[1], m[2])}
	}
	return Problem{Rule: "be another one: " + code + ": " + message}
}

// Email returns the user's address.
func (u *User) Email() string { return u.values[primaryEmail] }

// DisplayName returns the name that the list says; empty: none.
func (u *User) DisplayName() string { return u.values[displayName] }

// License returns the licence that the list says; empty: none.
func (u *User) License() string { return u.values[licenseType] }

// AccountID returns the Chime account that the list says; empty: none.
func (u *User) AccountID() string { return u.values[accountID] }

// UserID returns the user's id; empty: none is given.
func (u *User) UserID() string { return u.values[userID] }

// fail refuses the row, for the first reason that there is.
func (r *Row) fail(member, rule string) {
	if r.Problem == nil {
		r.Problem = &Problem{member, rule}
	}
}

// set takes a text for a member.
func (r *Row) set(f field, value string) {
	if !f.keepsBlanks() {
		value = strings.TrimSpace(value)
	}
	switch {
	case f.isFlag():
		value = strings.ToLower(value)
		if value != "true" && value != "false" {
			r.fail(names[f], "be true or false")
			return
		}
	case choices[f] != nil:
		for _, choice := range choices[f] {
			if strings.EqualFold(choice, value) {
				value = choice
			}
		}
	}
	r.values[f] = value
}

// AppendJSON appends the user as ImportUsers takes it, without the account.
func (u *User) AppendJSON(b []byte) []byte {
	return append(u.appendMembers(append(b, '{')), '}')
}

// appendMembers appends what ImportUsers takes of the user.
func (u *User) appendMembers(b []byte) []byte {
	for f := userID; f <= personalPIN; f++ {
		b = u.appendMember(b, f)
	}
	b = u.appendStructure(b, "AlexaForBusinessMetadata", alexaEnabled, alexaRoomARN)
	if telephony := u.appendStructure([]byte{'{'}, "Telephony", inboundCalling, sms); len(telephony) > 1 {
		b = append(append(comma(b), `"UserSettings":`...), telephony...)
		b = append(b, '}')
	}
	return b
}

// appendStructure appends a member that is a structure of fields, if one is given.
func (u *User) appendStructure(b []byte, name string, first, last field) []byte {
	given := false
	for f := first; f <= last; f++ {
		given = given || u.values[f] != ""
	}
	if !given {
		return b
	}
	b = append(appendText(comma(b), name), ":{"...)
	for f := first; f <= last; f++ {
		b = u.appendMember(b, f)
	}
	return append(b, '}')
}

func (u *User) appendMember(b []byte, f field) []byte {
	value := u.values[f]
	if value == "" {
		return b
	}
	b = append(appendText(comma(b), names[f]), ':')
	if f.isFlag() {
		return append(b, value...)
	}
	return appendText(b, value)
}

// comma separates a member from one before it.
func comma(b []byte) []byte {
	if len(b) == 0 || b[len(b)-1] == '{' {
		return b
	}
	return append(b, ',')
}

// appendText appends a text in quotation marks.
func appendText(b []byte, s string) []byte {
	plain := true
	for i := range len(s) {
		plain = plain && s[i] >= ' ' && s[i] != '"' && s[i] != '\\'
	}
	if plain {
		return append(append(append(b, '"'), s...), '"')
	}
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // texts always encode
	return append(b, strings.TrimSuffix(text.String(), "\n")...)
}

// String names a row for people.
func (r *Row) String() string { return fmt.Sprint("line ", r.Line) }
