package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What no query asks for of a user is in one column, a JSON object whose members
// have names of one letter. Those with their usual value are left out, times count
// from the user's creation. The view "users" spells it out. There is one version
// so far; another one would begin with a member "v".
const (
	textMembers = "enltgijmphw"
	flagMembers = "acos"
	timeMembers = "rdx"
	// idMember is only for the view: the id, if it is neither in place nor a UUID.
	idMember = 'u'
)

// text returns a text by the name of its member, and its usual value; nil: there
// is no such text.
func (u *User) text(member byte) (value *string, usual string) {
	switch member {
	case 'e':
		return &u.Email, "" // see writeData
	case 'n':
		return &u.DisplayName, ""
	case 'l':
		return &u.License, "Pro"
	case 't':
		return &u.Type, "PrivateUser"
	case 'g':
		return &u.Registration, "Registered"
	case 'i':
		return &u.Invitation, ""
	case 'j':
		return &u.InviteID, ""
	case 'm':
		return &u.EmailStatus, ""
	case 'p':
		return &u.PersonalPIN, ""
	case 'h':
		return &u.PhoneNumber, ""
	case 'w':
		return &u.AlexaRoomArn, ""
	}
	return nil, ""
}

func (u *User) flag(member byte) *bool {
	switch member {
	case 'a':
		return &u.AlexaEnabled
	case 'c':
		return &u.InboundCalling
	case 'o':
		return &u.OutboundCalling
	case 's':
		return &u.SMS
	}
	return nil
}

func (u *User) time(member byte) *int64 {
	switch member {
	case 'r':
		return &u.RegisteredMs
	case 'd':
		return &u.InvitedMs
	case 'x':
		return &u.SignedOutMs
	}
	return nil
}

// keptEmail is the address of a user whose data has none: the key, without what
// sets it aside.
func keptEmail(key, id string) string {
	if i := len(key) - len(id) - 1; i >= 0 && key[i] == ' ' && key[i+1:] == id {
		return key[:i]
	}
	return key
}

// writeData returns the data of a user at a place.
func (u *User) writeData(p place) string {
	b := make([]byte, 0, 128)
	for i := range len(textMembers) {
		value, usual := u.text(textMembers[i])
		if textMembers[i] == 'e' {
			usual = keptEmail(EmailKey(u.Email), u.UserID)
		}
		if *value != usual {
			b = appendText(appendName(b, textMembers[i]), *value)
		}
	}
	for i := range len(flagMembers) {
		if *u.flag(flagMembers[i]) {
			b = append(appendName(b, flagMembers[i]), '1')
		}
	}
	for i := range len(timeMembers) {
		if ms := *u.time(timeMembers[i]); ms != 0 {
			b = strconv.AppendInt(appendName(b, timeMembers[i]), ms-p.createdMs(), 10)
		}
	}
	if len(p.other) > 0 && p.other[0] == otherText {
		b = appendText(appendName(b, idMember), u.UserID)
	}
	return "{" + string(b) + "}"
}

func appendName(b []byte, member byte) []byte {
	if len(b) > 0 {
		b = append(b, ',')
	}
	return append(b, '"', member, '"', ':')
}

func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, _ := json.Marshal(s) // strings always marshal
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

var errUserData = errors.New("the data of a user has a form that this program does not know")

// readData sets what the data of a user says. UserID, CreatedMs and the address
// that the key tells must be set already.
func (u *User) readData(data string) error {
	u.License, u.Type, u.Registration = "Pro", "PrivateUser", "Registered"
	rest, ok := strings.CutPrefix(data, "{")
	for more := rest != "}"; ok && more; {
		var member byte
		var value string
		member, value, rest, ok = cutMember(rest)
		ok = ok && u.set(member, value)
		rest, more = strings.CutPrefix(rest, ",")
		rest = strings.TrimPrefix(rest, " ")
	}
	if !ok || rest != "}" {
		return fmt.Errorf("%w: user %s", errUserData, u.UserID)
	}
	return nil
}

// cutMember cuts the next member from the inside of an object. Databases that keep
// JSON in a form of their own put blanks between its parts.
func cutMember(s string) (member byte, value, rest string, ok bool) {
	if len(s) < 5 || s[0] != '"' || s[2] != '"' || s[3] != ':' {
		return 0, "", "", false
	}
	member, s = s[1], strings.TrimPrefix(s[4:], " ")
	end := 0
	if strings.HasPrefix(s, `"`) {
		end = closingQuote(s)
	} else {
		end = strings.IndexAny(s, ",}")
	}
	if end < 0 {
		return 0, "", "", false
	}
	return member, s[:end], s[end:], true
}

// closingQuote returns the index behind the string that s begins with, or -1.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// set sets one member; false: there is none of that name or its value is not one.
func (u *User) set(member byte, value string) bool {
	if member == idMember {
		return true
	}
	if text, _ := u.text(member); text != nil {
		return readText(text, value)
	}
	if flag := u.flag(member); flag != nil {
		*flag = value == "1"
		return *flag
	}
	if ms := u.time(member); ms != nil {
		after, err := strconv.ParseInt(value, 10, 64)
		*ms = u.CreatedMs + after
		return err == nil
	}
	return false
}

func readText(text *string, quoted string) bool {
	if len(quoted) < 2 || quoted[0] != '"' {
		return false
	}
	if strings.IndexByte(quoted, '\\') < 0 {
		*text = quoted[1 : len(quoted)-1]
		return true
	}
	return json.Unmarshal([]byte(quoted), text) == nil
}
