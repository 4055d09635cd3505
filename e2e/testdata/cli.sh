#!/bin/sh
# Runs every operation of the Amazon Chime API through an AWS CLI and looks at
# the answers. It needs a server with --dial-out-url, whose endpoint and root key
# are in the environment (eval "$(carillon env)"), and these variables:
#
#   AWS       the AWS CLI; aws by default
#   CARILLON  the carillon program; carillon by default
#   HOOK      an HTTPS endpoint that passes the challenge of a bot's events;
#             without it the bot gets a Lambda function only
#   AREA      a US area code with at least three numbers to order; 206 by default
#
# It prints one line per operation and ends with 1 at the first wrong answer.
set -eu

AWS=${AWS:-aws} CARILLON=${CARILLON:-carillon} HOOK=${HOOK:-} AREA=${AREA:-206}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Version 1 fetches parameters that look like URLs unless it is told not to.
printf '[default]\ncli_follow_urlparam = false\ncli_pager =\n' >"$work/config"
export AWS_CONFIG_FILE="$work/config" AWS_EC2_METADATA_DISABLED=true AWS_PAGER=

# chime runs one operation; the answer comes as text.
chime() {
	operation=$1
	shift
	"$AWS" --endpoint-url "$AWS_ENDPOINT_URL_CHIME" --output text chime "$operation" "$@"
}

# expect runs an operation and compares the answer, tabs as blanks.
expect() {
	want=$1
	shift
	if ! got=$(chime "$@"); then
		echo "FAILED: $*" >&2
		exit 1
	fi
	got=$(printf '%s' "$got" | tr '\t' ' ')
	if [ "$got" != "$want" ]; then
		printf 'WRONG: %s\n  got:  %s\n  want: %s\n' "$*" "$got" "$want" >&2
		exit 1
	fi
	echo "ok $1"
}

# refused runs an operation that must fail with an error.
refused() {
	want=$1
	shift
	if chime "$@" >"$work/out" 2>&1; then
		echo "NOT REFUSED: $*" >&2
		exit 1
	fi
	if ! grep -q "($want)" "$work/out"; then
		echo "WRONG ERROR: $*: $(cat "$work/out")" >&2
		exit 1
	fi
}

# member prints one member of what a carillon command printed. Ids and URLs
# have no quotes in them.
member() {
	sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" | head -n 1
}

absent=00000000-0000-4000-8000-000000000000

accounts() {
	team=$(chime create-account --name 'Tea & Coffee' --query Account.AccountId)
	echo 'ok create-account'
	expect "Tea & Coffee Team Active Pro" get-account --account-id "$team" \
		--query 'Account.[Name, AccountType, AccountStatus, DefaultLicense]'
	expect "Coffee Basic" update-account --account-id "$team" --name Coffee --default-license Basic \
		--query 'Account.[Name, DefaultLicense]'
	expect "$team" list-accounts --name coff --query 'Accounts[].AccountId'
	expect "" update-account-settings --account-id "$team" --account-settings DisableRemoteControl=true,EnableDialOut=true
	expect "True True" get-account-settings --account-id "$team" \
		--query 'AccountSettings.[DisableRemoteControl, EnableDialOut]'
	refused NotFoundException get-account --account-id "$absent"

	directory=$("$CARILLON" account create --name Directory --type EnterpriseDirectory | member AccountId)
	expect "" associate-signin-delegate-groups-with-account --account-id "$directory" \
		--signin-delegate-groups GroupName=rooms GroupName=halls
	expect "rooms halls" get-account --account-id "$directory" --query 'Account.SigninDelegateGroups[].GroupName'
	expect "" disassociate-signin-delegate-groups-from-account --account-id "$directory" --group-names halls
	expect "rooms" get-account --account-id "$directory" --query 'Account.SigninDelegateGroups[].GroupName'
	expect "" delete-account --account-id "$directory"
	refused NotFoundException get-account --account-id "$directory"
}

users() {
	domain=cli$$.example.com
	enterprise=$("$CARILLON" account create --name Works --domain "$domain" | member AccountId)
	expect "guest@example.com Pending" invite-users --account-id "$team" --user-email-list guest@example.com \
		--query 'Invites[0].[EmailAddress, Status]'
	ann=$(chime create-user --account-id "$enterprise" --email ann@example.com --user-type PrivateUser --query User.UserId)
	echo 'ok create-user'
	hall=$(chime create-user --account-id "$enterprise" --email hall@example.com --user-type SharedDevice --query User.UserId)
	expect "ann@example.com Registered Pro" get-user --account-id "$enterprise" --user-id "$ann" \
		--query 'User.[PrimaryEmail, UserRegistrationStatus, LicenseType]'
	expect "$hall" list-users --account-id "$enterprise" --user-type SharedDevice --query 'Users[].UserId'
	expect "Basic" update-user --account-id "$enterprise" --user-id "$ann" --license-type Basic --query User.LicenseType
	expect "$absent NotFound" batch-update-user --account-id "$enterprise" \
		--update-user-request-items "UserId=$ann,LicenseType=Pro" "UserId=$absent,LicenseType=Pro" \
		--query 'UserErrors[].[UserId, ErrorCode]'
	expect "" batch-suspend-user --account-id "$enterprise" --user-id-list "$hall" --query 'UserErrors[]'
	expect "Suspended" get-user --account-id "$enterprise" --user-id "$hall" --query User.UserRegistrationStatus
	expect "" batch-unsuspend-user --account-id "$enterprise" --user-id-list "$hall" --query 'UserErrors[]'
	expect "" logout-user --account-id "$enterprise" --user-id "$ann"
	before=$(chime get-user --account-id "$enterprise" --user-id "$ann" --query User.PersonalPIN)
	expect "False" reset-personal-pin --account-id "$enterprise" --user-id "$ann" --query "User.PersonalPIN == '$before'"
	expect "" update-user-settings --account-id "$enterprise" --user-id "$ann" \
		--user-settings 'Telephony={InboundCalling=true,OutboundCalling=false,SMS=true}'
	expect "True False True" get-user-settings --account-id "$enterprise" --user-id "$ann" \
		--query 'UserSettings.Telephony.[InboundCalling, OutboundCalling, SMS]'
	refused ConflictException create-user --account-id "$enterprise" --email ANN@example.com
}

# ordered waits for the end of an order and prints its status.
ordered() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		status=$(chime get-phone-number-order --phone-number-order-id "$1" --query PhoneNumberOrder.Status)
		[ "$status" = Processing ] || break
		sleep 1
	done
	echo "$status"
}

numbers() {
	expect "Local" list-supported-phone-number-countries --product-type BusinessCalling \
		--query "PhoneNumberCountries[?CountryCode == 'US'].SupportedPhoneNumberTypes[]"
	# shellcheck disable=SC2046 # three numbers are three words
	set -- $(chime search-available-phone-numbers --area-code "$AREA" --max-results 3 --query E164PhoneNumbers)
	first=$1 second=$2
	echo 'ok search-available-phone-numbers'
	refused BadRequestException search-available-phone-numbers --toll-free-prefix 834

	order=$(chime create-phone-number-order --product-type BusinessCalling --e164-phone-numbers "$first" "$second" \
		--query PhoneNumberOrder.PhoneNumberOrderId)
	echo 'ok create-phone-number-order'
	[ "$(ordered "$order")" = Successful ]
	echo 'ok get-phone-number-order'
	expect "$order" list-phone-number-orders --max-results 1 --query 'PhoneNumberOrders[].PhoneNumberOrderId'
	id=%2B${first#+}
	expect "$id Unassigned Local US" get-phone-number --phone-number-id "$first" \
		--query 'PhoneNumber.[PhoneNumberId, Status, Type, Country]'
	expect "$first BusinessCalling" get-phone-number --phone-number-id "$id" --query 'PhoneNumber.[E164PhoneNumber, ProductType]'
	expect "Front desk UpdateSucceeded" update-phone-number --phone-number-id "$first" --calling-name 'Front desk' \
		--query 'PhoneNumber.[CallingName, CallingNameStatus]'
	expect "$absent NotFound" batch-update-phone-number \
		--update-phone-number-request-items "PhoneNumberId=%2B${second#+},ProductType=VoiceConnector" "PhoneNumberId=$absent,CallingName=None" \
		--query 'PhoneNumberErrors[].[PhoneNumberId, ErrorCode]'
	expect "$second" list-phone-numbers --product-type VoiceConnector --status Unassigned --query 'PhoneNumbers[].E164PhoneNumber'

	expect "" associate-phone-number-with-user --account-id "$enterprise" --user-id "$ann" --e164-phone-number "$first"
	expect "$first" list-phone-numbers --filter-name UserId --filter-value "$ann" --query 'PhoneNumbers[].E164PhoneNumber'
	refused BadRequestException delete-phone-number --phone-number-id "$first"
	expect "" disassociate-phone-number-from-user --account-id "$enterprise" --user-id "$ann"
	expect "" delete-phone-number --phone-number-id "$first"
	expect "" batch-delete-phone-number --phone-number-ids "$second" --query 'PhoneNumberErrors[]'
	expect "Unassigned None" restore-phone-number --phone-number-id "$first" --query 'PhoneNumber.[Status, CallingName]'

	expect "" update-phone-number-settings --calling-name 'Works'
	expect "Works" get-phone-number-settings --query CallingName
	expect "" update-global-settings --business-calling CdrBucket=call-records --voice-connector CdrBucket=line-records
	expect "call-records line-records" get-global-settings --query '[BusinessCalling.CdrBucket, VoiceConnector.CdrBucket]'
	expect "36" create-meeting-dial-out --meeting-id "$absent" --from-phone-number "$first" --to-phone-number +12065550199 \
		--join-token T0ken --query 'length(TransactionId)'
}

bots() {
	bot=$(chime create-bot --account-id "$enterprise" --display-name Helper --domain "$domain" --query Bot.BotId)
	echo 'ok create-bot'
	expect "Helper (Bot) Helper-chimebot@$domain ChatBot False" get-bot --account-id "$enterprise" --bot-id "$bot" \
		--query 'Bot.[DisplayName, BotEmail, BotType, Disabled]'
	expect "$bot" list-bots --account-id "$enterprise" --query 'Bots[].BotId'
	expect "True" update-bot --account-id "$enterprise" --bot-id "$bot" --disabled --query Bot.Disabled
	expect "False" update-bot --account-id "$enterprise" --bot-id "$bot" --no-disabled --query Bot.Disabled
	expect "40" regenerate-security-token --account-id "$enterprise" --bot-id "$bot" --query 'length(Bot.SecurityToken)'
	refused NotFoundException get-events-configuration --account-id "$enterprise" --bot-id "$bot"
	if [ -n "$HOOK" ]; then
		expect "$HOOK" put-events-configuration --account-id "$enterprise" --bot-id "$bot" --outbound-events-https-endpoint "$HOOK" \
			--query EventsConfiguration.OutboundEventsHTTPSEndpoint
	fi
	function=arn:aws:lambda:us-east-1:111122223333:function:helper
	expect "$bot" put-events-configuration --account-id "$enterprise" --bot-id "$bot" --lambda-function-arn "$function" \
		--query EventsConfiguration.BotId
	expect "$function None" get-events-configuration --account-id "$enterprise" --bot-id "$bot" \
		--query 'EventsConfiguration.[LambdaFunctionArn, OutboundEventsHTTPSEndpoint]'
}

rooms() {
	room=$(chime create-room --account-id "$enterprise" --name Kitchen --client-request-token "room-$$" --query Room.RoomId)
	echo 'ok create-room'
	expect "$room" create-room --account-id "$enterprise" --name Kitchen --client-request-token "room-$$" --query Room.RoomId
	expect "Attic" update-room --account-id "$enterprise" --room-id "$room" --name Attic --query Room.Name
	expect "Attic $enterprise" get-room --account-id "$enterprise" --room-id "$room" --query 'Room.[Name, AccountId]'
	expect "Member ann@example.com User" create-room-membership --account-id "$enterprise" --room-id "$room" --member-id "$ann" \
		--query 'RoomMembership.[Role, Member.Email, Member.MemberType]'
	expect "$ann Conflict" batch-create-room-membership --account-id "$enterprise" --room-id "$room" \
		--membership-item-list "MemberId=$ann" "MemberId=$hall,Role=Administrator" "MemberId=$bot" \
		--query 'Errors[].[MemberId, ErrorCode]'
	expect "3" list-room-memberships --account-id "$enterprise" --room-id "$room" --query 'length(RoomMemberships)'
	expect "$room" list-rooms --account-id "$enterprise" --member-id "$bot" --query 'Rooms[].RoomId'
	expect "Administrator" update-room-membership --account-id "$enterprise" --room-id "$room" --member-id "$ann" --role Administrator \
		--query RoomMembership.Role
	expect "" delete-room-membership --account-id "$enterprise" --room-id "$room" --member-id "$bot"
	expect "" delete-events-configuration --account-id "$enterprise" --bot-id "$bot"
}

messages() {
	cat >"$work/messages.jsonl" <<-END
		{"AccountId": "$enterprise", "RoomId": "$room", "MessageId": "room-message", "Sender": "ann@example.com", "Content": "Oops", "CreatedTimestamp": "2026-01-02T03:04:05.678Z"}
		{"AccountId": "$enterprise", "ConversationId": "talk", "MessageId": "talk-message", "Sender": "ann@example.com", "Content": "Oops", "CreatedTimestamp": "2026-01-02T03:04:05.678Z"}
	END
	"$CARILLON" message import "$work/messages.jsonl" >/dev/null
	expect "" redact-room-message --account-id "$enterprise" --room-id "$room" --message-id room-message
	expect "" redact-conversation-message --account-id "$enterprise" --conversation-id talk --message-id talk-message
	"$CARILLON" message list --account-id "$enterprise" --room-id "$room" | grep -q '"Redacted": true'
	"$CARILLON" message list --account-id "$enterprise" --conversation-id talk | grep -q '"Redacted": true'
	expect "" put-retention-settings --account-id "$enterprise" \
		--retention-settings 'RoomRetentionSettings={RetentionDays=30},ConversationRetentionSettings={RetentionDays=5475}'
	expect "30 5475" get-retention-settings --account-id "$enterprise" \
		--query 'RetentionSettings.[RoomRetentionSettings.RetentionDays, ConversationRetentionSettings.RetentionDays]'
	expect "" delete-room --account-id "$enterprise" --room-id "$room"
	refused NotFoundException get-room --account-id "$enterprise" --room-id "$room"
}

accounts
users
numbers
bots
rooms
messages
