package e2e

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// world is an AWS account with one of everything, for tests that look at all
// operations.
type world struct {
	*caller
	// spare is an account to delete, directory one of type EnterpriseDirectory.
	account, spare, team, directory string
	user, member, room, bot         string
	order                           string
	// Numbers: one to keep, one of the user, one in the deletion queue, one
	// that can be ordered.
	kept, assigned, queued, free string
}

func (e *env) world(t testing.TB) world {
	t.Helper()
	c := e.tenant(t)
	w := world{caller: c, account: c.enterprise(t), spare: c.team(t), team: c.team(t), directory: c.account(t, types.AccountTypeEnterpriseDirectory)}
	users := c.users(t, w.account, 2)
	w.user, w.member = users[0], users[1]
	w.room = *c.room(t, w.account, "Kitchen").RoomId
	bot, _ := c.lambdaBot(t, w.account, "Helper")
	w.bot = *bot.BotId
	numbers := c.available(t, 4)
	w.kept, w.assigned, w.queued, w.free = numbers[0], numbers[1], numbers[2], numbers[3]
	w.order = *c.order(t, businessCalling, numbers[:3]...).PhoneNumberOrderId
	succeed(t, c.deleteNumber(t, w.queued))
	c.importMessages(t,
		message{AccountId: w.account, RoomId: w.room, MessageId: "m", Sender: "s", Content: "c", CreatedTimestamp: daysAgo(1)},
		message{AccountId: w.account, ConversationId: "talk", MessageId: "m", Sender: "s", Content: "c", CreatedTimestamp: daysAgo(1)})
	return w
}

// operation is a valid request.
type operation struct {
	name, method, target, body string
	status                     int
}

// operations are all operations of the API, in an order in which all succeed.
func (w world) operations() []operation {
	list := append(w.accountOperations(), w.userOperations()...)
	list = append(list, w.numberOperations()...)
	list = append(list, w.roomOperations()...)
	return append(list, w.botOperations()...)
}

func (w world) accountOperations() []operation {
	a, d := "/accounts/"+w.account, "/accounts/"+w.directory
	return []operation{
		{"CreateAccount", "POST", "/accounts", `{"Name":"New"}`, 201},
		{"GetAccount", "GET", a, "", 200},
		{"ListAccounts", "GET", "/accounts", "", 200},
		{"UpdateAccount", "POST", a, `{"Name":"Renamed"}`, 200},
		{"GetAccountSettings", "GET", a + "/settings", "", 200},
		{"UpdateAccountSettings", "PUT", a + "/settings", `{"AccountSettings":{"EnableDialOut":true}}`, 204},
		{"AssociateSigninDelegateGroupsWithAccount", "POST", d + "?operation=associate-signin-delegate-groups", `{"SigninDelegateGroups":[{"GroupName":"g"}]}`, 200},
		{"DisassociateSigninDelegateGroupsFromAccount", "POST", d + "?operation=disassociate-signin-delegate-groups", `{"GroupNames":["g"]}`, 200},
		{"GetRetentionSettings", "GET", a + "/retention-settings", "", 200},
		{"PutRetentionSettings", "PUT", a + "/retention-settings", `{"RetentionSettings":{"RoomRetentionSettings":{"RetentionDays":90}}}`, 204},
		{"GetGlobalSettings", "GET", "/settings", "", 200},
		{"UpdateGlobalSettings", "PUT", "/settings", `{"VoiceConnector":{"CdrBucket":"bucket"}}`, 204},
		{"DeleteAccount", "DELETE", "/accounts/" + w.spare, "", 204},
	}
}

func (w world) userOperations() []operation {
	users, team := "/accounts/"+w.account+"/users", "/accounts/"+w.team+"/users"
	user := users + "/" + w.user
	return []operation{
		{"CreateUser", "POST", users + "?operation=create", `{"Email":"new@example.com"}`, 201},
		{"InviteUsers", "POST", team + "?operation=add", `{"UserEmailList":["guest@example.com"]}`, 201},
		{"GetUser", "GET", user, "", 200},
		{"ListUsers", "GET", users, "", 200},
		{"UpdateUser", "POST", user, `{"LicenseType":"Basic"}`, 200},
		{"BatchUpdateUser", "POST", users, `{"UpdateUserRequestItems":[{"UserId":"` + w.user + `","LicenseType":"Pro"}]}`, 200},
		{"BatchSuspendUser", "POST", users + "?operation=suspend", `{"UserIdList":["` + w.member + `"]}`, 200},
		{"BatchUnsuspendUser", "POST", users + "?operation=unsuspend", `{"UserIdList":["` + w.member + `"]}`, 200},
		{"LogoutUser", "POST", user + "?operation=logout", "", 204},
		{"ResetPersonalPIN", "POST", user + "?operation=reset-personal-pin", "", 200},
		{"GetUserSettings", "GET", user + "/settings", "", 200},
		{"UpdateUserSettings", "PUT", user + "/settings", `{"UserSettings":{"Telephony":{"InboundCalling":true,"OutboundCalling":true,"SMS":true}}}`, 204},
		{"AssociatePhoneNumberWithUser", "POST", user + "?operation=associate-phone-number", `{"E164PhoneNumber":"` + w.assigned + `"}`, 200},
		{"DisassociatePhoneNumberFromUser", "POST", user + "?operation=disassociate-phone-number", "", 200},
	}
}

func (w world) numberOperations() []operation {
	kept := "/phone-numbers/" + numberID(w.kept)
	return []operation{
		{"SearchAvailablePhoneNumbers", "GET", "/search?type=phone-numbers&area-code=" + w.free[2:5], "", 200},
		{"ListSupportedPhoneNumberCountries", "GET", "/phone-number-countries?product-type=VoiceConnector", "", 200},
		{"CreatePhoneNumberOrder", "POST", "/phone-number-orders", `{"ProductType":"VoiceConnector","E164PhoneNumbers":["` + w.free + `"]}`, 201},
		{"GetPhoneNumberOrder", "GET", "/phone-number-orders/" + w.order, "", 200},
		{"ListPhoneNumberOrders", "GET", "/phone-number-orders", "", 200},
		{"GetPhoneNumber", "GET", kept, "", 200},
		{"ListPhoneNumbers", "GET", "/phone-numbers", "", 200},
		{"UpdatePhoneNumber", "POST", kept, `{"CallingName":"Reception"}`, 200},
		{"BatchUpdatePhoneNumber", "POST", "/phone-numbers?operation=batch-update", `{"UpdatePhoneNumberRequestItems":[{"PhoneNumberId":"` + w.kept + `","CallingName":""}]}`, 200},
		{"CreateMeetingDialOut", "POST", "/meetings/" + unknownID + "/dial-outs", `{"FromPhoneNumber":"` + w.kept + `","ToPhoneNumber":"+12065550142","JoinToken":"ab"}`, 201},
		{"DeletePhoneNumber", "DELETE", kept, "", 204},
		{"BatchDeletePhoneNumber", "POST", "/phone-numbers?operation=batch-delete", `{"PhoneNumberIds":["` + w.assigned + `"]}`, 200},
		{"RestorePhoneNumber", "POST", "/phone-numbers/" + numberID(w.queued) + "?operation=restore", "", 200},
		{"GetPhoneNumberSettings", "GET", "/settings/phone-number", "", 200},
		{"UpdatePhoneNumberSettings", "PUT", "/settings/phone-number", `{"CallingName":"Default"}`, 204},
	}
}

func (w world) roomOperations() []operation {
	rooms := "/accounts/" + w.account + "/rooms"
	room := rooms + "/" + w.room
	member := room + "/memberships/" + w.user
	return []operation{
		{"CreateRoom", "POST", rooms, `{"Name":"Cellar"}`, 201},
		{"GetRoom", "GET", room, "", 200},
		{"ListRooms", "GET", rooms, "", 200},
		{"UpdateRoom", "POST", room, `{"Name":"Attic"}`, 200},
		{"CreateRoomMembership", "POST", room + "/memberships", `{"MemberId":"` + w.user + `"}`, 201},
		{"BatchCreateRoomMembership", "POST", room + "/memberships?operation=batch-create", `{"MembershipItemList":[{"MemberId":"` + w.member + `"}]}`, 201},
		{"ListRoomMemberships", "GET", room + "/memberships", "", 200},
		{"UpdateRoomMembership", "POST", member, `{"Role":"Administrator"}`, 200},
		{"DeleteRoomMembership", "DELETE", member, "", 204},
		{"RedactRoomMessage", "POST", room + "/messages/m?operation=redact", "", 200},
		{"RedactConversationMessage", "POST", "/accounts/" + w.account + "/conversations/talk/messages/m?operation=redact", "", 200},
		{"DeleteRoom", "DELETE", room, "", 204},
	}
}

func (w world) botOperations() []operation {
	bots := "/accounts/" + w.account + "/bots"
	bot := bots + "/" + w.bot
	return []operation{
		{"CreateBot", "POST", bots, `{"DisplayName":"Second"}`, 201},
		{"GetBot", "GET", bot, "", 200},
		{"ListBots", "GET", bots, "", 200},
		{"UpdateBot", "POST", bot, `{"Disabled":true}`, 200},
		{"RegenerateSecurityToken", "POST", bot + "?operation=regenerate-security-token", "", 200},
		{"PutEventsConfiguration", "PUT", bot + "/events-configuration", `{"LambdaFunctionArn":"arn:aws:lambda:us-east-1:111122223333:function:f"}`, 201},
		{"GetEventsConfiguration", "GET", bot + "/events-configuration", "", 200},
		{"DeleteEventsConfiguration", "DELETE", bot + "/events-configuration", "", 204},
	}
}

// ids are what belongs to the world.
func (w world) ids() []string {
	ids := []string{w.account, w.spare, w.team, w.directory, w.order}
	for _, number := range []string{w.kept, w.queued} {
		ids = append(ids, numberID(number))
	}
	return ids
}

// isOwn reports whether a request names something of the world in its path.
func (w world) isOwn(op operation) bool {
	for _, id := range w.ids() {
		if strings.Contains(op.target, id) {
			return true
		}
	}
	return false
}

// pagers are all lists of the API, with two or more items in each.
func (w world) pagers(t testing.TB) map[string]pager {
	t.Helper()
	w.rooms(t, w.account, 1)
	w.bots(t, w.account, 1)
	w.join(t, w.account, w.room, w.user, w.member)
	w.acquire(t, voiceConnector, w.free)
	return map[string]pager{
		"ListAccounts": func(size *int32, token *string) ([]string, *string, error) {
			out, err := w.ListAccounts(t.Context(), &chime.ListAccountsInput{MaxResults: size, NextToken: token})
			if err != nil {
				return nil, nil, err
			}
			return accountIDs(out.Accounts), out.NextToken, nil
		},
		"ListUsers": func(size *int32, token *string) ([]string, *string, error) {
			out, err := w.ListUsers(t.Context(), &chime.ListUsersInput{AccountId: &w.account, MaxResults: size, NextToken: token})
			if err != nil {
				return nil, nil, err
			}
			return userIDs(out.Users), out.NextToken, nil
		},
		"ListBots":                    w.listBots(t, w.account),
		"ListRooms":                   w.listRooms(t, w.account, nil),
		"ListRoomMemberships":         w.listMembers(t, w.account, w.room),
		"ListPhoneNumbers":            w.listNumbers(t, chime.ListPhoneNumbersInput{}),
		"ListPhoneNumberOrders":       w.listOrders(t),
		"SearchAvailablePhoneNumbers": w.searchList(t, chime.SearchAvailablePhoneNumbersInput{AreaCode: &stockedCodes[0]}),
	}
}
