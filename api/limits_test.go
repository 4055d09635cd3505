package api_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"carillon/api"
)

// longest has the limits that the service model states, and those of ours that
// no general rule gives, in characters. Keys are operations with the path of a
// member, or the name of a member in any operation.
var longest = map[string]int{
	"SearchUsers.ActiveSince": 64, "ListUserNames.Users": 16384, "ListRoomNames.Rooms": 16384, "ListBotNames.Bots": 16384, "SearchUsers.InactiveSince": 64,
	"CreateAccount.Name": 100, "UpdateAccount.Name": 100, "ListAccounts.Name": 100, "ProvisionAccount.Name": 100,
	"ClientRequestToken": 64, "JoinToken": 2048, "TollFreePrefix": 3,

	"CreateBot.DisplayName": 55,
	"NextToken":             8192, // ours hold the filters of the list

	"ProvisionAccount.Domains[]": 253, "AddDomain.DomainName": 253,
	"CreateAccessKey.UserName": 64, "ListAccessKeys.UserName": 64, "RotateAccessKey.UserName": 64, "RotateAccessKey.After": 64,
	"RetryJobs.JobIds[]": 128, "CreateRoomWebhook.Name": 128, "AdvanceTestClock.Advance": 64, "ImportUsers.Users[].UserId": 128,
	"ProvisionAccount.AccountId": 128, "PlanTestFault.Operation": 128, "PlanTestFault.Code": 128,
	"ImportMessages.Messages[].AccountId": 128, "ImportMessages.Messages[].RoomId": 128,
	"AcceptInvitation.Token": 256, "GetInvitationPage.Token": 256, "ListUserActivity.Week": 8, "ResendInvitation.UserLocale": 256,
	"ImportMessages.Messages[].ConversationId": 128, "ImportMessages.Messages[].MessageId": 128,
}

// limitOf returns how long a string may be, and what is counted.
func limitOf(m member) (n int, unit string) {
	switch {
	case m.String() == "PostRoomWebhookMessage.Content":
		return 1 << 20, " bytes" // as bodies; the rule answers with 413 before
	case m.Last() == "Document":
		return 1 << 20, " bytes" // as bodies
	case m.String() == "ImportRecords.Lines[]":
		return 512 << 10, " bytes"
	case m.Last() == "Filter":
		return 8192, " bytes"
	case m.Last() == "SortBy":
		return 256, ""
	case m.Last() == "Content":
		return 4096, " bytes"
	}
	for _, key := range []string{m.String(), m.Last()} {
		if n, ok := longest[key]; ok {
			return n, ""
		}
	}
	name := strings.TrimSuffix(m.Last(), "s[]")
	switch {
	case strings.HasSuffix(strings.ToLower(name), "name"):
		return 256, ""
	case strings.HasSuffix(name, "Arn"), strings.HasSuffix(name, "Endpoint"):
		return 2048, ""
	}
	return 1024, ""
}

// tooLong is how a refusal for the length of a value goes on.
const tooLong = "failed to satisfy constraint: Member must have length less than or equal to "

// No string of any request is without a limit, be it in a list whose elements
// fail on their own.
func TestLimits_strings(t *testing.T) {
	for _, m := range members() {
		if m.Kind != reflect.String || m.Enum {
			continue
		}
		most, unit := limitOf(m)
		value := strings.Repeat("😀", most)
		if unit == " bytes" {
			value = value[:most]
		}
		if err := m.send(t, value); err != nil && strings.Contains(err.Error(), tooLong) {
			t.Errorf("%s with %d%s: %v", m, most, unit, err)
		}
		err := m.send(t, value+"x")
		want := fmt.Sprintf("Value at '%s' %s%d%s, not %d", m.Shown(), tooLong, most, unit, most+1)
		if !isBadRequest(err) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", m, err, want)
		}
	}
}

// Nor is any list.
func TestLimits_lists(t *testing.T) {
	most := map[string]int{
		"UserIdList": 50, "UserEmailList": 50, "MembershipItemList": 50, "UpdateUserRequestItems": 20,
		"SigninDelegateGroups": 100, "GroupNames": 100, "PhoneNumberIds": 50,
		"E164PhoneNumbers": 1000, "UpdatePhoneNumberRequestItems": 1000,
		"Domains": 50, "JobIds": 100, "PolicyNames": 10, "PhoneNumbers": 500, "ProductTypes": 10, "Messages": 100, "Users": 1000, "Lines": 1000,
	}
	for _, m := range members() {
		if m.Kind != reflect.Slice {
			continue
		}
		element := elementOf(m)
		for _, n := range []int{most[m.Last()], most[m.Last()] + 1} {
			err := m.send(t, slices.Repeat([]any{element}, n))
			want := fmt.Sprintf("Value at '%s' %s%d, not %d", m.Shown(), tooLong, most[m.Last()], n)
			refused := isBadRequest(err) && strings.Contains(err.Error(), want)
			if refused != (n > most[m.Last()]) {
				t.Errorf("%s with %d elements: got %v", m, n, err)
			}
		}
	}
}

// elementOf returns some value that has the type of a list's elements.
func elementOf(list member) any {
	all := members()
	i := slices.IndexFunc(all, func(m member) bool { return m.String() == list.String()+"[]" })
	if all[i].Kind == reflect.Struct {
		return struct{}{}
	}
	return "x"
}

// Elements that fail on their own make the whole request fail only when they
// are too large.
func TestLimits_perItem(t *testing.T) {
	in := &api.ImportUsersInput{AccountId: "a", Users: []api.ImportedUser{{}, {PersonalPIN: api.Some("x"), PrimaryEmail: api.Some("x")}}}
	if err := in.Validate(); err != nil {
		t.Error(err)
	}
	for i := range in.Users {
		if err := in.Users[i].Validate(); !isBadRequest(err) {
			t.Errorf("element %d: %v", i, err)
		}
	}
	arn := api.Some(strings.Repeat("x", 2049))
	in.Users[1].AlexaForBusinessMetadata = &api.AlexaForBusinessMetadata{AlexaForBusinessRoomArn: arn}
	const want = "1 validation error detected: Value at 'Users[1].AlexaForBusinessMetadata.AlexaForBusinessRoomArn' " + tooLong + "2048, not 2049"
	if err := in.Validate(); !isBadRequest(err) || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Paths and queries can spell what JSON strings are refused for.
func TestValidate_nul(t *testing.T) {
	for _, m := range members() {
		if m.Kind != reflect.String || m.Location == api.InBody {
			continue
		}
		err := m.send(t, "a\x00b")
		want := fmt.Sprintf("Value at '%s' failed to satisfy constraint: Member must not hold the NUL character", m.Shown())
		if !isBadRequest(err) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", m, err, want)
		}
	}
}
