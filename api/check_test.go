package api_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"carillon/api"
)

// rule is what the service model says about a member, written down a second
// time: the generated checks are held to it.
type rule struct {
	good []any
	bad  []refusal
}

type refusal struct {
	value any
	says  string // how the sentence "Member must …" goes on
}

// free members take whatever has their type and is no longer than they may be.
var free = rule{}

func pattern(text string, good, bad []string) rule {
	var r rule
	for _, v := range good {
		r.good = append(r.good, v)
	}
	for _, v := range bad {
		says := fmt.Sprintf("satisfy regular expression pattern: %s; it is a", text)
		r.bad = append(r.bad, refusal{v, says})
	}
	return r
}

// sized adds limits to a pattern; filling is a character that satisfies it.
func sized(r rule, least, most int, filling string) rule {
	r.good = append(r.good, strings.Repeat(filling, least), strings.Repeat(filling, most))
	return rule{r.good, append(r.bad,
		refusal{strings.Repeat(filling, least-1), fmt.Sprintf("have length greater than or equal to %d, not %d", least, least-1)},
		refusal{strings.Repeat(filling, most+1), fmt.Sprintf("have length less than or equal to %d, not %d", most, most+1)})}
}

func enum(values ...string) rule {
	says := fmt.Sprintf("satisfy enum value set: [%s]; it is a string of length ", strings.Join(values, ", "))
	var r rule
	for _, v := range values {
		r.good = append(r.good, v)
		r.bad = append(r.bad, refusal{strings.ToUpper(v) + "X", says}, refusal{v + "\n", says})
	}
	r.bad = append(r.bad, refusal{"", says})
	return r
}

func between(least, most int) rule {
	return rule{
		[]any{least, least + 1, most},
		[]refusal{
			{least - 1, fmt.Sprintf("have value greater than or equal to %d, not %d", least, least-1)},
			{-1 << 31, fmt.Sprintf("have value greater than or equal to %d, not -2147483648", least)},
			{most + 1, fmt.Sprintf("have value less than or equal to %d, not %d", most, most+1)},
			{1<<31 - 1, fmt.Sprintf("have value less than or equal to %d, not 2147483647", most)},
		},
	}
}

// atMost limits a list whose elements look like element.
func atMost(most int, element any) rule {
	says := fmt.Sprintf("have length less than or equal to %d, not %d", most, most+1)
	return rule{[]any{[]any{}, slices.Repeat([]any{element}, most)}, []refusal{{slices.Repeat([]any{element}, most+1), says}}}
}

var (
	notEmpty = rule{[]any{[]string{"x"}}, []refusal{{[]string{}, "have length greater than or equal to 1, not 0"}}}
	nonBlank = pattern(`.*\S.*`, []string{"x", " x ", "\n\nx\n", "é", "\u00a0"}, []string{"", " ", " \t\r\n\v\f"})

	accountName = sized(pattern(`.*\S.*`, []string{"Demo", "\nDemo\n"}, []string{" ", "\n\t"}), 1, 100, "é")
	email       = pattern(`.+@.+\..+`,
		[]string{"a@b.c", "zoë@exämple.com", "a@b@c.d", "a\nb@c\n.d"},
		[]string{"", "sekrit", "sekrit@", "@sekrit.com", "sekrit@com", "sekrit@com."})
	phoneNumber = pattern(`^\+?[1-9]\d{1,14}$`,
		[]string{"+15551234567", "15551234567", "12", "+123456789012345"},
		[]string{"", "+", "+05551234567", "+1555123456x", "+1234567890123456", "+15551234567\n", "x+15551234567", "+1 555 1234567", "+1٥٥٥"})
	guid = pattern(`[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}`,
		[]string{"0b3f8f4e-6f1c-4a57-8a0b-2f6f8a1d9c11", "0B3F8F4E-6F1C-4A57-8A0B-2F6F8A1D9C11"},
		[]string{"", "0b3f8f4e", "0b3f8f4e-6f1c-4a57-8a0b-2f6f8a1d9c11\n", "x0b3f8f4e-6f1c-4a57-8a0b-2f6f8a1d9c11", "0b3f8f4g-6f1c-4a57-8a0b-2f6f8a1d9c11"})
	callingName = pattern(`^$|^[a-zA-Z0-9 ]{2,15}$`,
		[]string{"", "ab", "  ", "Carillon Inc 15"},
		[]string{"x", "\n", "Carillon Inc. 1", "sekrit\n", "sekrit sekrit sekrit", "Müller"})

	userType    = enum("PrivateUser", "SharedDevice")
	license     = enum("Basic", "Plus", "Pro", "ProTrial")
	role        = enum("Administrator", "Member")
	productType = enum("BusinessCalling", "VoiceConnector", "SipMediaApplicationDialIn")
	domainName  = pattern(`[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+`,
		[]string{"example.com", "a.b", "x-1.example.co.uk"},
		[]string{"localhost", ".sekrit", "sekrit.", "-sekrit.com", "sekrit..com", "sekrit.com\n"})
	awsAccountID  = pattern(`[0-9]{12}`, []string{"000000000000"}, []string{"", "11112222333", "1111222233334", "11112222333\n", "sekritsekrit"})
	principalName = sized(pattern(`[A-Za-z0-9_+=,.@-]+`, []string{"alice", "a+b=c,d.e@f-g_h"}, []string{"sekrit/x", "sekrit\n", "ä"}), 1, 64, "u")
)

// rules has the constraints of all members of Amazon Chime's operations, by
// path; a key with the operation's name in front wins. Of Carillon's own
// operations it has, always with the name, those that names and keys rest on.
var rules = map[string]rule{
	"AccountId":      nonBlank,
	"BotId":          nonBlank,
	"RoomId":         nonBlank,
	"UserId":         nonBlank,
	"MemberId":       nonBlank,
	"MessageId":      nonBlank,
	"ConversationId": nonBlank,
	"PhoneNumberId":  free,

	"AssociatePhoneNumberWithUser.AccountId":    free,
	"AssociatePhoneNumberWithUser.UserId":       free,
	"DisassociatePhoneNumberFromUser.AccountId": free,
	"DisassociatePhoneNumberFromUser.UserId":    free,
	"GetUserSettings.AccountId":                 free,
	"GetUserSettings.UserId":                    free,
	"UpdateUserSettings.AccountId":              free,
	"UpdateUserSettings.UserId":                 free,
	"ListRooms.MemberId":                        free,
	"RestorePhoneNumber.PhoneNumberId":          nonBlank,

	"MeetingId":          guid,
	"PhoneNumberOrderId": guid,

	"MaxResults":                             between(1, 99),
	"ListAccounts.MaxResults":                between(1, 200),
	"ListUsers.MaxResults":                   between(1, 200),
	"SearchAvailablePhoneNumbers.MaxResults": between(1, 500),
	"NextToken":                              free,

	"Name":                   accountName,
	"CreateRoom.Name":        free,
	"UpdateRoom.Name":        free,
	"DefaultLicense":         license,
	"AccountSettings":        free,
	"UserEmail":              email,
	"Email":                  email,
	"Username":               free,
	"UserType":               userType,
	"LicenseType":            license,
	"Role":                   role,
	"Domain":                 nonBlank,
	"DisplayName":            free,
	"Disabled":               free,
	"ProductType":            productType,
	"E164PhoneNumber":        phoneNumber,
	"FromPhoneNumber":        phoneNumber,
	"ToPhoneNumber":          phoneNumber,
	"CallingName":            callingName,
	"LambdaFunctionArn":      free,
	"BusinessCalling":        free,
	"VoiceConnector":         free,
	"UserSettings":           free,
	"UserSettings.Telephony": free,

	"OutboundEventsHTTPSEndpoint": free,
	"AlexaForBusinessMetadata":    free,
	"RetentionSettings":           free,

	"AccountSettings.DisableRemoteControl":                          free,
	"AccountSettings.EnableDialOut":                                 free,
	"AlexaForBusinessMetadata.AlexaForBusinessRoomArn":              free,
	"AlexaForBusinessMetadata.IsAlexaForBusinessEnabled":            free,
	"BusinessCalling.CdrBucket":                                     free,
	"VoiceConnector.CdrBucket":                                      free,
	"UserSettings.Telephony.InboundCalling":                         free,
	"UserSettings.Telephony.OutboundCalling":                        free,
	"UserSettings.Telephony.SMS":                                    free,
	"RetentionSettings.RoomRetentionSettings":                       free,
	"RetentionSettings.RoomRetentionSettings.RetentionDays":         between(1, 5475),
	"RetentionSettings.ConversationRetentionSettings":               free,
	"RetentionSettings.ConversationRetentionSettings.RetentionDays": between(1, 5475),
	"SigninDelegateGroups":                                          free,
	"SigninDelegateGroups[]":                                        free,
	"SigninDelegateGroups[].GroupName":                              nonBlank,
	"GroupNames":                                                    notEmpty,
	"GroupNames[]":                                                  free,
	"MembershipItemList":                                            atMost(50, map[string]any{"MemberId": "x"}),
	"MembershipItemList[]":                                          free,
	"MembershipItemList[].MemberId":                                 nonBlank,
	"MembershipItemList[].Role":                                     role,
	"PhoneNumberIds":                                                notEmpty,
	"PhoneNumberIds[]":                                              free,
	"UserIdList":                                                    atMost(50, "x"),
	"UserIdList[]":                                                  nonBlank,
	"UserEmailList":                                                 atMost(50, "a@b.c"),
	"UserEmailList[]":                                               email,
	"E164PhoneNumbers":                                              free,
	"E164PhoneNumbers[]":                                            phoneNumber,
	"UpdatePhoneNumberRequestItems":                                 free,
	"UpdatePhoneNumberRequestItems[]":                               free,
	"UpdatePhoneNumberRequestItems[].PhoneNumberId":                 nonBlank,
	"UpdatePhoneNumberRequestItems[].ProductType":                   productType,
	"UpdatePhoneNumberRequestItems[].CallingName":                   callingName,
	"UpdateUserRequestItems":                                        atMost(20, map[string]any{"UserId": "x"}),
	"UpdateUserRequestItems[]":                                      free,
	"UpdateUserRequestItems[].UserId":                               nonBlank,
	"UpdateUserRequestItems[].LicenseType":                          license,
	"UpdateUserRequestItems[].UserType":                             userType,
	"UpdateUserRequestItems[].AlexaForBusinessMetadata":             free,
	"UpdateUserRequestItems[].AlexaForBusinessMetadata.AlexaForBusinessRoomArn":   free,
	"UpdateUserRequestItems[].AlexaForBusinessMetadata.IsAlexaForBusinessEnabled": free,

	"AreaCode":        free,
	"City":            free,
	"State":           free,
	"Country":         pattern(`[A-Z]{2}`, []string{"US"}, []string{"", "U", "us", "USA", "US\n"}),
	"PhoneNumberType": enum("Local", "TollFree"),
	"TollFreePrefix":  sized(pattern(`^8(00|33|44|55|66|77|88)$`, []string{"800", "888"}, []string{"801", "x88", "٨٠٠"}), 3, 3, "8"),
	"FilterName":      enum("AccountId", "UserId", "VoiceConnectorId", "VoiceConnectorGroupId", "SipRuleId"),
	"FilterValue":     free,
	"Status": enum("AcquireInProgress", "AcquireFailed", "Unassigned", "Assigned", "ReleaseInProgress", "DeleteInProgress",
		"ReleaseFailed", "DeleteFailed"),
	"ClientRequestToken": sized(pattern(`[-_a-zA-Z0-9]*`, []string{"A-b_9"}, []string{"sekrit!", "sekrit\n", "éé"}), 2, 64, "z"),
	"JoinToken":          sized(pattern(`^[a-zA-Z0-9+/]+$`, []string{"aZ9+/"}, []string{"sekrit=", "sekrit\n", "sek rit"}), 2, 2048, "q"),

	"ProvisionAccount.Name":        accountName,
	"ProvisionAccount.AccountType": enum("Team", "EnterpriseDirectory", "EnterpriseLWA", "EnterpriseOIDC"),
	"ProvisionAccount.Domains":     atMost(50, "a.b"),
	"ProvisionAccount.Domains[]":   domainName,
	"AddDomain.DomainName":         domainName,
	"DeleteDomain.DomainName":      nonBlank,
	"CreateAccessKey.AwsAccountId": awsAccountID,
	"CreateAccessKey.UserName":     principalName,
	"RotateAccessKey.AwsAccountId": awsAccountID,
	"RotateAccessKey.UserName":     principalName,
	"ListAccessKeys.AwsAccountId":  awsAccountID,
	"ListAccessKeys.UserName":      principalName,
	"UpdateAccessKey.AccessKeyId":  nonBlank,
	"UpdateAccessKey.Status":       enum("Active", "Inactive"),
}

// ruleOf returns the rule of a member and its key in the table, empty if there
// is none.
func ruleOf(m member) (r rule, key string) {
	keys := []string{m.String()}
	if !m.own() {
		keys = append(keys, m.Path)
	}
	for _, key := range keys {
		if r, ok := rules[key]; ok {
			return r, key
		}
	}
	return rule{}, ""
}

func TestRules_complete(t *testing.T) {
	unused := maps.Clone(rules)
	for _, m := range members() {
		_, key := ruleOf(m)
		if key == "" && !m.own() {
			t.Errorf("%s has no rule; add what the model says of it", m)
		}
		delete(unused, key)
	}
	for key := range unused {
		t.Errorf("the rule of %s is for no member", key)
	}
}

// anything is accepted where there is no rule.
var anything = map[reflect.Kind][]any{
	reflect.String: {"", " ", "\n"},
	reflect.Bool:   {true, false},
	reflect.Slice:  {[]any{}},
	reflect.Struct: {struct{}{}},
}

func TestValidate_good(t *testing.T) {
	for _, m := range members() {
		r, key := ruleOf(m)
		if key == "" {
			continue
		}
		good := r.good
		if len(r.good)+len(r.bad) == 0 {
			good = anything[m.Kind]
		}
		for _, v := range good {
			if err := m.send(t, v); err != nil && strings.Contains(err.Error(), "'"+m.Shown()+"'") {
				t.Errorf("%s = %.80q: %v", m, v, err)
			}
		}
	}
}

func TestValidate_bad(t *testing.T) {
	for _, m := range members() {
		r, _ := ruleOf(m)
		for _, bad := range r.bad {
			err := m.send(t, bad.value)
			want := fmt.Sprintf("Value at '%s' failed to satisfy constraint: Member must %s", m.Shown(), bad.says)
			if !isBadRequest(err) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s = %.80q: got %v, want %s", m, bad.value, err, want)
			} else if v, ok := bad.value.(string); ok && len(v) > 3 && strings.Contains(err.Error(), v) {
				t.Errorf("%s = %.80q: the message shows the value: %v", m, v, err)
			}
		}
	}
}

// required has the members of bodies and queries that must be given, with the
// operation's name in front where not every operation wants them. Of those
// inside of others it has Amazon Chime's.
var required = []string{
	"AccountSettings", "Advance", "E164PhoneNumbers", "FromPhoneNumber", "GroupNames", "JobIds", "JoinToken", "MembershipItemList", "Messages",
	"PhoneNumberIds", "PhoneNumbers", "RetentionSettings", "SigninDelegateGroups", "ToPhoneNumber", "UpdatePhoneNumberRequestItems",
	"UpdateUserRequestItems", "UserEmailList", "UserIdList", "UserSettings", "Users",

	"AddDomain.DomainName", "AssociatePhoneNumberWithUser.E164PhoneNumber", "CreateAccessKey.UserName", "CreateAccount.Name", "RotateAccessKey.UserName",
	"CreateBot.DisplayName", "CreatePhoneNumberOrder.ProductType", "CreateRoom.Name", "CreateRoomMembership.MemberId",
	"CreateRoomWebhook.Name", "ListSupportedPhoneNumberCountries.ProductType", "ProvisionAccount.Name", "UpdateAccessKey.Status",
	"PostRoomWebhookMessage.Content", "UpdatePhoneNumberSettings.CallingName",

	"AcceptInvitation.DisplayName", "ListUserActivity.Week", "RenameUser.DisplayName",
	"CreateScimGroup.Document", "CreateScimUser.Document", "PatchScimGroup.Document", "PatchScimUser.Document", "ReplaceScimGroup.Document",
	"ReplaceScimUser.Document", "CreateScimToken.Name", "ImportRecords.Lines", "ListBotNames.Bots", "ListRoomNames.Rooms",

	"PlanTestFault.Operation", "UpdatePhoneNumberRequestItems[].PhoneNumberId", "UpdateUserRequestItems[].UserId",
	"UserSettings.Telephony", "UserSettings.Telephony.InboundCalling", "UserSettings.Telephony.OutboundCalling", "UserSettings.Telephony.SMS",
}

func (m member) required() bool {
	return slices.Contains(required, m.Path) || slices.Contains(required, m.String())
}

func TestValidate_required(t *testing.T) {
	for _, m := range members() {
		if m.Location == api.InPath || strings.HasSuffix(m.Path, "[]") || m.own() && m.Inside() {
			continue
		}
		for _, body := range []string{m.Body("null"), m.without()} {
			in := input(m.Op)
			if err := in.DecodeBody([]byte(body)); err != nil {
				t.Errorf("%s: %v", m, err)
			}
			err := in.Validate()
			missing := err != nil && strings.Contains(err.Error(), "Value at '"+m.Shown()+"' failed to satisfy constraint: Member must not be null")
			if missing != m.required() {
				t.Errorf("%s: body %s: got %v, required %t", m, body, err, m.required())
			}
		}
	}
}

func TestValidate_several(t *testing.T) {
	in := &api.CreateMeetingDialOutInput{JoinToken: api.Some("x"), FromPhoneNumber: api.Some("sekrit")}
	const want = "BadRequestException: 4 validation errors detected: " +
		`Value at 'FromPhoneNumber' failed to satisfy constraint: Member must satisfy regular expression pattern: ^\+?[1-9]\d{1,14}$; it is a string of length 6; ` +
		`Value at 'JoinToken' failed to satisfy constraint: Member must have length greater than or equal to 2, not 1; ` +
		`Value at 'MeetingId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}; it is a string of length 0; ` +
		`Value at 'ToPhoneNumber' failed to satisfy constraint: Member must not be null`
	if err := in.Validate(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A hostile list makes a long count, not a long message.
func TestValidate_many(t *testing.T) {
	in := &api.BatchSuspendUserInput{AccountId: "a", UserIdList: make([]string, 100_000)}
	err := in.Validate()
	if !isBadRequest(err) || !strings.Contains(err.Error(), ": 100001 validation errors detected: ") {
		t.Fatalf("got %.200v", err)
	}
	if n := strings.Count(err.Error(), "Value at "); n != 10 {
		t.Errorf("%d of them told, want 10", n)
	}
}

func TestValidate_blank(t *testing.T) {
	err := (&api.GetAccountInput{AccountId: " \t "}).Validate()
	const want = `1 validation error detected: Value at 'AccountId' failed to satisfy constraint: ` +
		`Member must satisfy regular expression pattern: .*\S.*; it is a blank string of length 3`
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestInvalid(t *testing.T) {
	err := api.Invalid("Email", "be in one of %d domains", 3)
	const want = "BadRequestException: 1 validation error detected: Value at 'Email' failed to satisfy constraint: Member must be in one of 3 domains"
	if err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
