package userlist

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// jsonReader reads documents such as {"Users": […]} or […], one after the other as
// the pages of a list come, without holding a whole list. It knows only what parts
// the rows from each other, so that a bad one spoils no other.
type jsonReader struct {
	in    *bufio.Reader
	line  int
	state func(*jsonReader) (*Row, error) // reads on; without a row the state has changed
	after func(*jsonReader) (*Row, error) // the state when the list ends
	began int                             // the line of the object that is read
	found bool                            // it had users
}

func newJSONReader(in *bufio.Reader) *jsonReader {
	return &jsonReader{in: in, line: 1, state: (*jsonReader).outside}
}

// Next implements [Reader].
func (r *jsonReader) Next() (*Row, error) {
	for {
		if row, err := r.state(r); row != nil || err != nil {
			return row, err
		}
	}
}

// Warnings implements [Reader].
func (r *jsonReader) Warnings() []string { return nil }

// outside is the state between documents.
func (r *jsonReader) outside() (*Row, error) {
	c, err := r.skipBlanks()
	switch {
	case err != nil:
		return nil, err
	case c == '[':
		r.state, r.after = (*jsonReader).list, (*jsonReader).outside
	case c == '{':
		r.state, r.began, r.found = (*jsonReader).object, r.line, false
	default:
		return nil, fmt.Errorf("line %d: the file holds something else than lists of users", r.line)
	}
	return nil, nil
}

// object is the state inside of a document that is an object, before a member.
func (r *jsonReader) object() (*Row, error) {
	c, err := r.skipBlanks()
	switch {
	case err != nil:
		return nil, cutOff(err)
	case c == ',':
		return nil, nil
	case c == '}' && !r.found:
		return nil, fmt.Errorf("line %d: an object without the member Users", r.began)
	case c == '}':
		r.state = (*jsonReader).outside
		return nil, nil
	case c != '"':
		return nil, fmt.Errorf("line %d: a member must begin with its name", r.line)
	}
	name, _, err := r.value(c)
	if err == nil {
		err = r.colon()
	}
	if err != nil {
		return nil, err
	}
	return nil, r.member(string(name))
}

func (r *jsonReader) colon() error {
	c, err := r.skipBlanks()
	if err == nil && c != ':' {
		err = fmt.Errorf("line %d: a colon must follow the name of a member", r.line)
	}
	return cutOff(err)
}

// member reads the value of a member, or the beginning of the list of users.
func (r *jsonReader) member(name string) error {
	c, err := r.skipBlanks()
	if err != nil {
		return cutOff(err)
	}
	if name == `"Users"` {
		if c != '[' {
			return fmt.Errorf("line %d: the member Users is not a list", r.line)
		}
		r.state, r.after, r.found = (*jsonReader).list, (*jsonReader).object, true
		return nil
	}
	_, _, err = r.value(c)
	return err
}

// list is the state inside of a list of users, before one of them.
func (r *jsonReader) list() (*Row, error) {
	c, err := r.skipBlanks()
	switch {
	case err != nil:
		return nil, cutOff(err)
	case c == ',':
		return nil, nil
	case c == ']':
		r.state = r.after
		return nil, nil
	}
	line := r.line
	text, long, err := r.value(c)
	if err != nil {
		return nil, err
	}
	return jsonRow(line, text, long), nil
}

// readByte counts lines.
func (r *jsonReader) readByte() (byte, error) {
	c, err := r.in.ReadByte()
	if c == '\n' && err == nil {
		r.line++
	}
	return c, err
}

func (r *jsonReader) skipBlanks() (byte, error) {
	for {
		c, err := r.readByte()
		if err != nil || !strings.ContainsRune(" \t\r\n", rune(c)) {
			return c, err
		}
	}
}

// value reads the value that begins with a byte: up to where its brackets are
// closed. Of one that is long it returns the beginning.
func (r *jsonReader) value(c byte) (text []byte, long bool, err error) {
	depth, quoted, escaped := 0, false, false
	for {
		if text = append(text, c); len(text) > maxRow {
			text, long = text[:maxRow], true
		}
		switch {
		case escaped:
			escaped = false
		case quoted:
			escaped, quoted = c == '\\', c != '"'
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
		if !quoted && depth <= 0 && r.ends(c) {
			return text, long, nil
		}
		if c, err = r.readByte(); err != nil {
			return text, long, cutOff(err)
		}
	}
}

// ends reports whether the value that ends with a byte is complete: a number or a
// word is when something else follows.
func (r *jsonReader) ends(last byte) bool {
	if strings.IndexByte(`"}]`, last) >= 0 {
		return true
	}
	next, err := r.in.Peek(1)
	return err != nil || strings.IndexByte(",]} \t\r\n", next[0]) >= 0
}

// cutOff tells a document without end from the end of the file.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// jsonLines reads an object a line.
type jsonLines struct{ lines lines }

// Next implements [Reader].
func (r *jsonLines) Next() (*Row, error) {
	for {
		l, err := r.lines.next()
		if err != nil {
			return nil, err
		}
		if text := strings.TrimSpace(l.text); text != "" {
			return jsonRow(l.number, []byte(text), l.long), nil
		}
	}
}

// Warnings implements [Reader].
func (r *jsonLines) Warnings() []string { return nil }

// jsonUser is a user as ListUsers shows it and ImportUsers takes it.
type jsonUser struct {
	AccountId, UserId, PrimaryEmail, Email, DisplayName, LicenseType, UserType, UserRegistrationStatus, UserInvitationStatus string //nolint:revive // as in the API

	RegisteredOn, InvitedOn, PersonalPIN, PrimaryProvisionedNumber string

	AlexaForBusinessMetadata struct {
		IsAlexaForBusinessEnabled *bool
		AlexaForBusinessRoomArn   string
	}
	UserSettings struct {
		Telephony struct{ InboundCalling, OutboundCalling, SMS *bool }
	}
}

// texts returns the members in the order of the fields.
func (u *jsonUser) texts() [fieldCount]string {
	if u.PrimaryEmail == "" {
		u.PrimaryEmail = u.Email
	}
	alexa, telephony := &u.AlexaForBusinessMetadata, &u.UserSettings.Telephony
	return [fieldCount]string{
		u.AccountId, u.UserId, u.PrimaryEmail, u.DisplayName, u.LicenseType, u.UserType, u.UserRegistrationStatus, u.UserInvitationStatus,
		u.RegisteredOn, u.InvitedOn, u.PersonalPIN, flag(alexa.IsAlexaForBusinessEnabled), alexa.AlexaForBusinessRoomArn,
		flag(telephony.InboundCalling), flag(telephony.OutboundCalling), flag(telephony.SMS), u.PrimaryProvisionedNumber,
	}
}

func flag(v *bool) string {
	if v == nil {
		return ""
	}
	return strconv.FormatBool(*v)
}

// jsonRow reads a user.
func jsonRow(line int, text []byte, long bool) *Row {
	row := &Row{Line: line, raw: text}
	if long {
		row.fail("", errLong.Error())
		return row
	}
	if rule := unreadable(string(text)); rule != "" {
		row.fail("", rule)
		return row
	}
	var u jsonUser
	if err := json.Unmarshal(text, &u); err != nil {
		row.fail(problemOf(err))
		return row
	}
	halves := halfCharacters(text)
	for f, value := range u.texts() {
		rule := unreadable(value)
		if halves && strings.ContainsRune(value, '\ufffd') {
			rule = "hold whole characters"
		}
		if rule != "" {
			row.fail(names[f], rule)
		}
		if notBlank(value) {
			row.set(field(f), value)
		}
	}
	return row
}

// halfCharacters reports whether what becomes U+FFFD may be half of a character,
// since it stands nowhere itself.
func halfCharacters(text []byte) bool {
	return bytes.Contains(text, []byte(`\u`)) && !bytes.Contains(text, []byte("\ufffd")) && !bytes.Contains(bytes.ToLower(text), []byte(`\ufffd`))
}

// problemOf says what is wrong with a text that is no user.
func problemOf(err error) (member, rule string) {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return "", "be valid JSON: " + err.Error()
	}
	switch wrong.Type.Kind() {
	case reflect.String:
		return wrong.Field, "be a string"
	case reflect.Bool:
		return wrong.Field, "be true or false"
	}
	return wrong.Field, "be an object"
}
