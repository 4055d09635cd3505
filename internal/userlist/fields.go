package userlist

import (
	"strings"
	"unicode/utf8"
)

// field is a member of a user that lists have.
type field int

// The fields, in the order of the columns of an export.
const (
	accountID field = iota
	userID
	primaryEmail
	displayName
	licenseType
	userType
	registrationStatus
	invitationStatus
	registeredOn
	invitedOn
	personalPIN
	alexaEnabled
	alexaRoomARN
	inboundCalling
	outboundCalling
	sms
	provisionedNumber
	fieldCount
	// ignored is a column that has nothing for an import, unknown one that nobody knows.
	ignored
	unknown
)

// names are what the fields are called in lists: as in the API, the members of its
// structures apart.
var names = [fieldCount]string{
	"AccountId", "UserId", "PrimaryEmail", "DisplayName", "LicenseType", "UserType", "UserRegistrationStatus", "UserInvitationStatus",
	"RegisteredOn", "InvitedOn", "PersonalPIN", "IsAlexaForBusinessEnabled", "AlexaForBusinessRoomArn",
	"InboundCalling", "OutboundCalling", "SMS", "PrimaryProvisionedNumber",
}

// spellings are the names of columns in other programs and reports, as [spelled]
// makes them.
var spellings = func() map[string]field {
	m := map[string]field{
		"email": primaryEmail, "mail": primaryEmail, "emailaddress": primaryEmail, "useremail": primaryEmail, "primaryemailaddress": primaryEmail,
		"name": displayName, "username": displayName, "fullname": displayName, "id": userID,
		"license": licenseType, "licence": licenseType, "licencetype": licenseType, "tier": licenseType, "permissions": licenseType, "type": userType,
		"registration": registrationStatus, "registrationstatus": registrationStatus,
		"invitation": invitationStatus, "invitationstatus": invitationStatus, "invitestatus": invitationStatus,
		"registered": registeredOn, "joined": registeredOn, "invited": invitedOn, "pin": personalPIN,
		"alexaforbusinessenabled": alexaEnabled,
		"telephonyinboundcalling": inboundCalling, "telephonyoutboundcalling": outboundCalling, "telephonysms": sms,
		"phonenumber": provisionedNumber,
	}
	for f, name := range names {
		m[spelled(name)] = field(f)
	}
	for _, name := range []string{
		"line", "member", "rule", // of a file of rejects
		"isprotrial", "lastactiveon", "emailalias", "userlocale", "vanity", "presencevisibility",
		"teamenterpriseaccountname", "accountname", "weekstart", "accountcreationdate", "meetingsattended", "meetingshosted", "messagessent",
	} {
		m[name] = ignored
	}
	return m
}()

// spelled is a name without what differs between spellings.
func spelled(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t-_./()", r) {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// fieldOf returns what a column is called.
func fieldOf(cell string) field {
	if f, ok := spellings[spelled(strings.TrimSpace(cell))]; ok {
		return f
	}
	return unknown
}

// keepsBlanks: all others are names of something, which have none around them.
func (f field) keepsBlanks() bool { return f == displayName }

func (f field) isFlag() bool { return f == alexaEnabled || f >= inboundCalling && f <= sms }

// choices are the values of enumerations, which spreadsheets and people write in
// any letter case.
var choices = map[field][]string{
	licenseType:        {"Basic", "Plus", "Pro", "ProTrial"},
	userType:           {"PrivateUser", "SharedDevice"},
	registrationStatus: {"Unregistered", "Registered", "Suspended"},
	invitationStatus:   {"Pending", "Accepted", "Failed"},
}

// unreadable returns the rule that a text breaks that is none; empty: it breaks none.
func unreadable(text string) string {
	switch {
	case strings.IndexByte(text, 0) >= 0:
		return "hold no NUL character"
	case !utf8.ValidString(text):
		return "hold only bytes that are characters of the file's encoding"
	}
	return ""
}

// A spreadsheet takes a cell for a formula that begins with one of these, and an
// apostrophe before it for the sign that it is text.
const (
	formulas   = "=+-@\t\r"
	apostrophe = "'"
)

// runs reports whether a value begins with what a spreadsheet would run, perhaps
// after apostrophes.
func runs(value string) bool {
	rest := strings.TrimLeft(value, apostrophe)
	return rest != "" && strings.IndexByte(formulas, rest[0]) >= 0
}

// Guarded returns a value as a cell of a file that a spreadsheet may open; an import
// takes away what it adds.
func Guarded(value string) string {
	if runs(value) {
		return apostrophe + value
	}
	return value
}

// unguarded takes away the apostrophe that an export has put before a value.
func unguarded(cell string) string {
	if strings.HasPrefix(cell, apostrophe) && runs(cell) {
		return cell[1:]
	}
	return cell
}
