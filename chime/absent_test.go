package chime_test

import (
	"testing"

	"carillon/api"
)

// scene is one of everything that can be asked for by an id.
type scene struct {
	*world
	account, user, room, conversation, webhook string
}

func newScene(t *testing.T) *scene {
	t.Helper()
	w := newWorld(t)
	s := &scene{world: w, account: w.enterprise(), conversation: "c"}
	s.user, s.room = w.create(s.account, "u@example.com"), w.room(s.account)
	s.webhook, _ = address(w.hook(s.account, s.room))
	w.importMessages(inConversation(s.account, "c", "m", daysAgo(1)), inRoom(s.account, s.room, "m", daysAgo(1)))
	w.own(fiction(0))
	return s
}

const ghost = "00000000-0000-4000-8000-00000000dead"

// inAccount are the operations on what is in an account, by what they ask for;
// id is unknown or the account is.
func (s *scene) inAccount(a, id string) map[string]map[string]error {
	return map[string]map[string]error{
		"user": {
			"GetUser":                      second(s.GetUser(s.ctx, &api.GetUserInput{AccountId: a, UserId: id})),
			"GetUserSettings":              second(s.GetUserSettings(s.ctx, &api.GetUserSettingsInput{AccountId: a, UserId: id})),
			"UpdateUser":                   second(s.update(api.UpdateUserInput{AccountId: a, UserId: id})),
			"UpdateUserSettings":           s.UpdateUserSettings(s.ctx, &api.UpdateUserSettingsInput{AccountId: a, UserId: id, UserSettings: &api.UserSettings{Telephony: telephony()}}),
			"LogoutUser":                   s.LogoutUser(s.ctx, &api.LogoutUserInput{AccountId: a, UserId: id}),
			"ResetPersonalPIN":             second(s.ResetPersonalPIN(s.ctx, &api.ResetPersonalPINInput{AccountId: a, UserId: id})),
			"AssociatePhoneNumberWithUser": s.associate(a, id, fiction(0)),
			"DisassociatePhoneNumber":      s.disassociate(a, id),
		},
		"room": {
			"GetRoom":              second(s.getRoom(a, id)),
			"UpdateRoom":           second(s.rename(a, id, api.Some("x"))),
			"DeleteRoom":           s.deleteRoom(a, id),
			"ListRoomMemberships":  second(s.ListRoomMemberships(s.ctx, &api.ListRoomMembershipsInput{AccountId: a, RoomId: id})),
			"ListRoomMessages":     second(s.ListRoomMessages(s.ctx, &api.ListRoomMessagesInput{AccountId: a, RoomId: id})),
			"ListRoomWebhooks":     second(s.ListRoomWebhooks(s.ctx, &api.ListRoomWebhooksInput{AccountId: a, RoomId: id})),
			"CreateRoomWebhook":    second(s.createHook(a, id, "x")),
			"CreateRoomMembership": second(s.add(a, id, s.user, none)),
			"UpdateRoomMembership": second(s.setRole(a, id, s.user, none)),
			"DeleteRoomMembership": s.leave(a, id, s.user),
			"RedactRoomMessage":    s.redact(a, id, "m"),
			"DeleteRoomWebhook":    s.DeleteRoomWebhook(s.ctx, &api.DeleteRoomWebhookInput{AccountId: a, RoomId: id, WebhookId: s.webhook}),
		},
		"bot": {
			"GetBot":                    second(s.GetBot(s.ctx, &api.GetBotInput{AccountId: a, BotId: id})),
			"UpdateBot":                 second(s.disable(a, id, api.Some(true))),
			"RegenerateSecurityToken":   second(s.regenerate(a, id)),
			"PutEventsConfiguration":    second(s.putEvents(a, id, "", lambda)),
			"GetEventsConfiguration":    second(s.GetEventsConfiguration(s.ctx, &api.GetEventsConfigurationInput{AccountId: a, BotId: id})),
			"DeleteEventsConfiguration": s.DeleteEventsConfiguration(s.ctx, &api.DeleteEventsConfigurationInput{AccountId: a, BotId: id}),
		},
		"conversation": {
			"ListConversationMessages": second(s.world.conversation(a, id)),
			"RedactConversationMessage": s.RedactConversationMessage(s.ctx, &api.RedactConversationMessageInput{
				AccountId: a, ConversationId: id, MessageId: "m",
			}),
		},
		"domain": {"DeleteDomain": s.DeleteDomain(s.ctx, &api.DeleteDomainInput{AccountId: a, DomainName: id})},
	}
}

func telephony() *api.TelephonySettings {
	return &api.TelephonySettings{InboundCalling: api.Some(true), OutboundCalling: api.Some(true), SMS: api.Some(true)}
}

// ofAccount are the operations on an account itself.
func (s *scene) ofAccount(a string) map[string]error {
	return map[string]error{
		"GetAccount":            second(s.getAccount(a)),
		"UpdateAccount":         second(s.UpdateAccount(s.ctx, &api.UpdateAccountInput{AccountId: a})),
		"DeleteAccount":         s.DeleteAccount(s.ctx, &api.DeleteAccountInput{AccountId: a}),
		"GetAccountSettings":    second(s.GetAccountSettings(s.ctx, &api.GetAccountSettingsInput{AccountId: a})),
		"UpdateAccountSettings": s.UpdateAccountSettings(s.ctx, &api.UpdateAccountSettingsInput{AccountId: a, AccountSettings: &api.AccountSettings{}}),
		"Associate groups":      s.addGroups(a, "x"),
		"AddDomain":             second(s.AddDomain(s.ctx, &api.AddDomainInput{AccountId: a, DomainName: api.Some("x.example")})),
		"ListDomains":           second(s.ListDomains(s.ctx, &api.ListDomainsInput{AccountId: a})),
		"CreateUser":            second(s.CreateUser(s.ctx, &api.CreateUserInput{AccountId: a, Email: api.Some("a@example.com")})),
		"InviteUsers":           second(s.InviteUsers(s.ctx, &api.InviteUsersInput{AccountId: a, UserEmailList: []string{"a@example.com"}})),
		"ImportUsers":           second(s.ImportUsers(s.ctx, &api.ImportUsersInput{AccountId: a, Users: []api.ImportedUser{person("a@example.com", "")}})),
		"ExportUsers":           second(s.ExportUsers(s.ctx, &api.ExportUsersInput{AccountId: a})),
		"ListUsers":             second(s.ListUsers(s.ctx, &api.ListUsersInput{AccountId: a})),
		"BatchSuspendUser":      second(s.BatchSuspendUser(s.ctx, &api.BatchSuspendUserInput{AccountId: a, UserIdList: []string{s.user}})),
		"BatchUnsuspendUser":    second(s.BatchUnsuspendUser(s.ctx, &api.BatchUnsuspendUserInput{AccountId: a, UserIdList: []string{s.user}})),
		"BatchUpdateUser": second(s.BatchUpdateUser(s.ctx, &api.BatchUpdateUserInput{
			AccountId: a, UpdateUserRequestItems: []api.UpdateUserRequestItem{{UserId: api.Some(s.user)}},
		})),
		"CreateRoom":           second(s.createRoom(a, "x", api.Opt[string]{})),
		"ListRooms":            second(s.ListRooms(s.ctx, &api.ListRoomsInput{AccountId: a})),
		"CreateBot":            second(s.createBot(a, "x")),
		"ListBots":             second(s.ListBots(s.ctx, &api.ListBotsInput{AccountId: a})),
		"GetRetentionSettings": second(s.GetRetentionSettings(s.ctx, &api.GetRetentionSettingsInput{AccountId: a})),
		"PutRetentionSettings": s.retain(a, 1, 1),
	}
}

// A 404 says what there is not: what is asked for or, first, what that is in.
func TestNotFound_names(t *testing.T) {
	s := newScene(t)
	for what, calls := range s.inAccount(s.account, ghost) {
		s.wantNone(what, calls)
	}
	for _, calls := range s.inAccount(ghost, ghost) {
		s.wantNone("account", calls)
	}
	s.wantNone("account", s.ofAccount(ghost))
	s.wantNone("phone number", map[string]error{
		"GetPhoneNumber":               s.lookUp(fiction(9)),
		"UpdatePhoneNumber":            s.world.name(fiction(9), "some name"),
		"DeletePhoneNumber":            s.release(fiction(9)),
		"RestorePhoneNumber":           second(s.restore(fiction(9))),
		"AssociatePhoneNumberWithUser": s.associate(s.account, s.user, fiction(9)),
		"no number":                    s.lookUp("x"),
	})
	s.wantNone("phone number order", map[string]error{
		"GetPhoneNumberOrder": second(s.GetPhoneNumberOrder(s.ctx, &api.GetPhoneNumberOrderInput{PhoneNumberOrderId: ghost})),
	})
	s.wantNone("message", map[string]error{
		"RedactRoomMessage": s.redact(s.account, s.room, ghost),
		"RedactConversationMessage": s.RedactConversationMessage(s.ctx, &api.RedactConversationMessageInput{
			AccountId: s.account, ConversationId: s.conversation, MessageId: ghost,
		}),
	})
	s.wantNone("webhook", map[string]error{
		"DeleteRoomWebhook": s.DeleteRoomWebhook(s.ctx, &api.DeleteRoomWebhookInput{AccountId: s.account, RoomId: s.room, WebhookId: ghost}),
	})
	s.wantNone("room membership", map[string]error{
		"UpdateRoomMembership": second(s.setRole(s.account, s.room, s.user, none)),
		"DeleteRoomMembership": s.leave(s.account, s.room, s.user),
	})
	s.wantNone("user or bot", map[string]error{"CreateRoomMembership": second(s.add(s.account, s.room, ghost, none))})
}

// wantNone checks that calls were refused for want of something.
func (s *scene) wantNone(what string, calls map[string]error) {
	s.Helper()
	for name, err := range calls {
		s.refused(name, err, api.NotFound, "Unable to find the requested identifier", "there is no such "+what)
		if e, ok := err.(*api.Error); ok && e.Message != "Unable to find the requested identifier: there is no such "+what {
			s.Errorf("%s says %q", name, e.Message)
		}
	}
}

// Refusals of single items of a batch of Amazon Chime, which have the id beside
// them, have the live service's words; those of imports say what is unknown.
func TestNotFound_inBatches(t *testing.T) {
	s := newScene(t)
	want := func(what, message string) {
		t.Helper()
		if message != "Unable to find the requested identifier"+what {
			t.Errorf("%q, want it to end with %q", message, what)
		}
	}
	suspended, err := s.BatchSuspendUser(s.ctx, &api.BatchSuspendUserInput{AccountId: s.account, UserIdList: []string{ghost}})
	s.must(err)
	want("", suspended.UserErrors[0].ErrorMessage.V)
	updated, err := s.BatchUpdateUser(s.ctx, &api.BatchUpdateUserInput{
		AccountId: s.account, UpdateUserRequestItems: []api.UpdateUserRequestItem{{UserId: api.Some(ghost)}},
	})
	s.must(err)
	want("", updated.UserErrors[0].ErrorMessage.V)
	deleted, err := s.BatchDeletePhoneNumber(s.ctx, &api.BatchDeletePhoneNumberInput{PhoneNumberIds: []string{fiction(9)}})
	s.must(err)
	want("", deleted.PhoneNumberErrors[0].ErrorMessage.V)
	joined, err := s.BatchCreateRoomMembership(s.ctx, &api.BatchCreateRoomMembershipInput{
		AccountId: s.account, RoomId: s.room, MembershipItemList: []api.MembershipItem{{MemberId: api.Some(ghost)}},
	})
	s.must(err)
	want("", joined.Errors[0].ErrorMessage.V)
	imported, err := s.ImportMessages(s.ctx, &api.ImportMessagesInput{Messages: []api.ImportedMessage{
		inRoom(ghost, s.room, "m", daysAgo(1)), inRoom(s.account, ghost, "m", daysAgo(1)),
	}})
	s.must(err)
	want(": there is no such account", imported.Errors[0].ErrorMessage.V)
	want(": there is no such room", imported.Errors[1].ErrorMessage.V)
}
