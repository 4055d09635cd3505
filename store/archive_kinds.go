package store

import (
	"encoding/json"
	"errors"
)

// The values that the operations know. The store writes them as they are.
var (
	licenses          = []string{"Basic", "Plus", "Pro", "ProTrial"}
	licensesOrNone    = append([]string{""}, licenses...)
	accountTypes      = []string{"Team", "EnterpriseDirectory", "EnterpriseLWA", "EnterpriseOIDC"}
	inviteStatuses    = []string{"", "Pending", "Accepted", "Failed"}
	emailStatuses     = []string{"", "NotSent", "Sent", "Failed"}
	numberProducts    = []string{"", "BusinessCalling", "VoiceConnector", "SipMediaApplicationDialIn"}
	numberStatuses    = []string{"AcquireInProgress", "AcquireFailed", "Unassigned", "Assigned", "ReleaseInProgress", "DeleteInProgress", "ReleaseFailed", "DeleteFailed"}
	callingNameStates = []string{"", "Unassigned", "UpdateInProgress", "UpdateSucceeded", "UpdateFailed"}
)

// archiveKinds says which tables an archive has, and which columns of them. Why it
// does not have the others is in docs/import-export.md.
var archiveKinds = []*ArchiveKind{
	{
		Name: "accounts", table: "accounts", key: 1, owned: true,
		members: []archiveMember{
			id("AccountId", "account_id"), word("Name", "name"), choice("AccountType", "account_type", accountTypes...),
			choice("AccountStatus", "account_status", "Active", "Suspended"), choice("DefaultLicense", "default_license", licenses...),
			id("DirectoryId", "directory_id"), document("SigninDelegateGroups", "delegate_groups", checkGroups),
			yes("DisableRemoteControl", "disable_remote_control"), yes("EnableDialOut", "enable_dial_out"), moment("CreatedTimestamp", "created_ms"),
		},
		filled: []filledColumn{from("name_key", "Name", Fold)},
	},
	{
		Name: "domains", table: "domains", key: 1, owned: true,
		members: []archiveMember{canonical(id("DomainName", "domain_name"), Fold), id("AccountId", "account_id"), moment("CreatedTimestamp", "created_ms")},
	},
	{
		Name: "settings", table: "aws_account_settings", owned: true,
		where: `(calling_name <> '' OR calling_name_ms > 0 OR business_calling_bucket <> '' OR voice_connector_bucket <> '')`,
		members: []archiveMember{
			word("CallingName", "calling_name"), moment("CallingNameUpdatedTimestamp", "calling_name_ms"),
			word("BusinessCallingCdrBucket", "business_calling_bucket"), word("VoiceConnectorCdrBucket", "voice_connector_bucket"),
		},
	},
	{
		Name: "retention", table: "retention_settings", key: 1,
		members: []archiveMember{
			id("AccountId", "account_id"), number("RoomRetentionDays", "room_days"), number("ConversationRetentionDays", "conversation_days"),
			moment("UpdatedTimestamp", "set_ms"), moment("InitiateDeletionTimestamp", "deletion_ms"),
		},
	},
	{
		// The phone number of a user is not a member: the number says whose it is.
		Name: "users", table: "user_rows", key: 2,
		members: []archiveMember{
			id("AccountId", "account_id"), id("UserId", ""), word("PrimaryEmail", ""), word("DisplayName", ""),
			choice("LicenseType", "", licenses...), choice("UserType", "", "PrivateUser", "SharedDevice"),
			choice("UserRegistrationStatus", "", "Unregistered", "Registered", "Suspended"), choice("UserInvitationStatus", "", inviteStatuses...),
			id("InviteId", ""), choice("EmailStatus", "", emailStatuses...), id("PersonalPIN", ""),
			yes("IsAlexaForBusinessEnabled", ""), word("AlexaForBusinessRoomArn", ""), yes("InboundCalling", ""), yes("OutboundCalling", ""), yes("SMS", ""),
			moment("CreatedTimestamp", ""), moment("RegisteredOn", ""), moment("InvitedOn", ""), moment("SignedOutTimestamp", ""),
			moment("UpdatedTimestamp", ""),
		},
	},
	{
		Name: "former-users", table: "former_users", key: 2,
		members: []archiveMember{id("AccountId", "account_id"), canonical(word("PrimaryEmail", "email_key"), EmailKey), id("UserId", "user_id")},
	},
	{
		Name: "activity", table: "user_activity", key: 3,
		members: []archiveMember{
			id("AccountId", "account_id"), id("UserId", "user_id"), moment("WeekBeginning", "week_ms"), moment("LastActiveOn", "active_ms"),
			number("Messages", "messages"),
		},
	},
	{
		Name: "invitations", table: "invitations", key: 2, owned: true,
		members: []archiveMember{
			id("AccountId", "account_id"), id("InviteId", "invite_id"), id("UserId", "user_id"), word("EmailAddress", "email"), word("InvitedBy", "invited_by"),
			word("Languages", "languages"), choice("Status", "status", inviteStatuses...), choice("EmailStatus", "email_status", emailStatuses...),
			number("Attempts", "attempts"), word("LastError", "last_error"), moment("CreatedTimestamp", "created_ms"),
			moment("InvitedTimestamp", "invited_ms"), moment("ExpiresTimestamp", "expires_ms"),
		},
		filled: []filledColumn{fresh("serial")},
	},
	{
		Name: "orders", table: "phone_number_orders", key: 1, owned: true,
		members: []archiveMember{
			id("PhoneNumberOrderId", "order_id"), choice("ProductType", "product_type", numberProducts...),
			choice("Status", "status", "Processing", "Successful", "Failed", "Partial"), document("OrderedPhoneNumbers", "items", checkItems),
			moment("CreatedTimestamp", "created_ms"), moment("UpdatedTimestamp", "updated_ms"),
		},
	},
	{
		Name: "numbers", table: "phone_numbers", key: 1, owned: true,
		members: []archiveMember{
			id("E164PhoneNumber", "e164"), id("Country", "country"), choice("Type", "number_type", "", "Local", "TollFree"),
			choice("ProductType", "product_type", numberProducts...), choice("Status", "status", numberStatuses...),
			word("CallingName", "calling_name"), choice("CallingNameStatus", "calling_name_status", callingNameStates...),
			id("AccountId", "account_id"), id("UserId", "user_id"), id("PhoneNumberOrderId", "order_id"), moment("AssociatedTimestamp", "associated_ms"),
			moment("CreatedTimestamp", "created_ms"), moment("UpdatedTimestamp", "updated_ms"), moment("DeletionTimestamp", "deletion_ms"),
		},
	},
	{
		Name: "rooms", table: "rooms", key: 2, owned: true,
		members: []archiveMember{
			id("AccountId", "account_id"), id("RoomId", "room_id"), word("Name", "name"), word("CreatedBy", "created_by"),
			moment("CreatedTimestamp", "created_ms"), moment("UpdatedTimestamp", "updated_ms"),
		},
	},
	{
		Name: "room-tokens", table: "room_tokens", key: 2, room: "RoomId",
		members: []archiveMember{id("AccountId", "account_id"), id("ClientRequestToken", "token"), id("RoomId", "room_id"), word("Name", "name")},
	},
	{
		Name: "bots", table: "bots", key: 2, owned: true,
		members: []archiveMember{
			id("AccountId", "account_id"), id("BotId", "bot_id"), word("DisplayName", "display_name"), word("BotEmail", "email"), yes("Disabled", "disabled"),
			word("OutboundEventsHTTPSEndpoint", "https_endpoint"), word("LambdaFunctionArn", "lambda_arn"),
			moment("CreatedTimestamp", "created_ms"), moment("UpdatedTimestamp", "updated_ms"),
		},
		filled: []filledColumn{from("email_key", "BotEmail", EmailKey), fresh("token_serial")},
	},
	{
		Name: "memberships", table: "room_memberships", key: 3, room: "RoomId",
		members: []archiveMember{
			id("AccountId", "account_id"), id("RoomId", "room_id"), id("MemberId", "member_id"), choice("MemberType", "member_type", "User", "Bot", "Webhook"),
			choice("Role", "member_role", "Administrator", "Member"), word("InvitedBy", "invited_by"),
			moment("CreatedTimestamp", "created_ms"), moment("UpdatedTimestamp", "updated_ms"),
		},
	},
	{
		Name: "webhooks", table: "webhooks", key: 2, owned: true, room: "RoomId",
		where: `bot_id = ''`, // the others are made for an event and end soon
		members: []archiveMember{
			id("AccountId", "account_id"), id("WebhookId", "webhook_id"), id("RoomId", "room_id"), word("Name", "name"), word("CreatedBy", "created_by"),
			moment("CreatedTimestamp", "created_ms"), moment("PostedTimestamp", "posted_ms"),
		},
		filled: []filledColumn{always("bot_id", ""), always("expires_ms", 0)},
	},
	{
		Name: "messages", table: "messages", key: 4, room: "ContainerId",
		// Messages of a room that was deleted are still being erased.
		where: `(container_type = 'Conversation' OR EXISTS (SELECT 1 FROM rooms r WHERE r.account_id = messages.account_id AND r.room_id = container_id))`,
		members: []archiveMember{
			id("AccountId", "account_id"), choice("ContainerType", "container_type", InRoom, InConversation), id("ContainerId", "container_id"),
			id("MessageId", "message_id"), word("Sender", "sender"),
			{name: "Content", column: "content", most: messageBytes},
			yes("Redacted", "redacted"),
			moment("CreatedTimestamp", "created_ms"),
		},
	},
	{
		Name: "scim-users", table: "scim_users", key: 2, owned: true,
		members: []archiveMember{
			id("AccountId", "account_id"), id("UserId", "user_id"), word("ExternalId", "external_id"), document("Attributes", "attributes", nil),
			moment("ChangedTimestamp", "changed_ms"), word("LeftEmail", "left_email"), word("LeftName", "left_name"), choice("LeftLicense", "left_license", licensesOrNone...),
			choice("LeftType", "left_type", "", "PrivateUser", "SharedDevice"), moment("LeftCreatedTimestamp", "left_created_ms"),
		},
		filled: []filledColumn{from("left_key", "LeftEmail", EmailKey)},
	},
	{
		Name: "scim-emails", table: "scim_emails", key: 3,
		members: []archiveMember{id("AccountId", "account_id"), canonical(word("Email", "email_key"), EmailKey), id("UserId", "user_id")},
	},
	{
		Name: "scim-groups", table: "scim_groups", key: 2, owned: true,
		members: []archiveMember{
			id("AccountId", "account_id"), id("GroupId", "group_id"), word("DisplayName", "name"), word("ExternalId", "external_id"),
			choice("License", "license", licensesOrNone...), moment("CreatedTimestamp", "created_ms"), moment("ChangedTimestamp", "changed_ms"),
		},
		filled: []filledColumn{from("name_key", "DisplayName", Fold)},
	},
	{
		Name: "scim-members", table: "scim_members", key: 3,
		// Members of a group that was deleted are still being erased.
		where:   `EXISTS (SELECT 1 FROM scim_groups g WHERE g.account_id = scim_members.account_id AND g.group_id = scim_members.group_id)`,
		members: []archiveMember{id("AccountId", "account_id"), id("GroupId", "group_id"), id("UserId", "user_id")},
	},
}

// archiveCells are where a user has the members of its kind, in their order.
func (u *User) archiveCells() []any {
	return []any{
		&u.AccountID, &u.UserID, &u.Email, &u.DisplayName, &u.License, &u.Type, &u.Registration, &u.Invitation, &u.InviteID, &u.EmailStatus,
		&u.PersonalPIN, &u.AlexaEnabled, &u.AlexaRoomArn, &u.InboundCalling, &u.OutboundCalling, &u.SMS,
		&u.CreatedMs, &u.RegisteredMs, &u.InvitedMs, &u.SignedOutMs, &u.ChangedMs,
	}
}

// canonical is a member whose value is the form by which others are compared with it.
func canonical(m archiveMember, form func(string) string) archiveMember {
	m.check = func(text string) error {
		if form(text) != text {
			return errors.New("be in the form in which it is compared, as in lower case")
		}
		return nil
	}
	return m
}

// checkGroups: delegate groups are read again with the account.
func checkGroups(text string) error {
	var groups []string
	if json.Unmarshal([]byte(text), &groups) != nil {
		return errors.New("be a list of names")
	}
	return nil
}

// checkItems: ordered numbers are read again with the order.
func checkItems(text string) error {
	var items []OrderedNumber
	if json.Unmarshal([]byte(text), &items) != nil {
		return errors.New("be a list of numbers")
	}
	return nil
}
