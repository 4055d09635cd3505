package e2e

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// Refusals that only rooms, bots and numbers have.
var (
	limitExceeded      = refusal{"ResourceLimitExceededException", "ResourceLimitExceeded", 400}
	accessDenied       = refusal{"AccessDeniedException", "AccessDenied", 403}
	unmodelledNotFound = refusal{"NotFoundException", "", 404} // as the SDK sees it where the model has no such error
)

// enterprise makes an EnterpriseLWA account with a domain and returns its id.
func (c *caller) enterprise(t testing.TB) string {
	t.Helper()
	return c.account(t, types.AccountTypeEnterpriseLWA, uniqueDomain())
}

// room makes a room.
func (c *caller) room(t testing.TB, accountID, name string) *types.Room {
	t.Helper()
	out, err := c.CreateRoom(t.Context(), &chime.CreateRoomInput{AccountId: &accountID, Name: &name})
	succeed(t, err)
	return out.Room
}

// rooms makes n rooms and returns their ids, newest first, as lists show them.
func (c *caller) rooms(t testing.TB, accountID string, n int) []string {
	t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[n-1-i] = *c.room(t, accountID, fmt.Sprintf("Room %d", i)).RoomId
	}
	return ids
}

// getRoom returns a room as GetRoom shows it.
func (c *caller) getRoom(t testing.TB, accountID, roomID string) *types.Room {
	t.Helper()
	out, err := c.GetRoom(t.Context(), &chime.GetRoomInput{AccountId: &accountID, RoomId: &roomID})
	succeed(t, err)
	return out.Room
}

func (c *caller) deleteRoom(t testing.TB, accountID, roomID string) error {
	t.Helper()
	_, err := c.DeleteRoom(t.Context(), &chime.DeleteRoomInput{AccountId: &accountID, RoomId: &roomID})
	return err
}

// listRooms is the list of an account's rooms, or of those of a member.
func (c *caller) listRooms(t testing.TB, accountID string, memberID *string) pager {
	return func(size *int32, token *string) (ids []string, next *string, err error) {
		out, err := c.ListRooms(t.Context(), &chime.ListRoomsInput{AccountId: &accountID, MemberId: memberID, MaxResults: size, NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		for _, room := range out.Rooms {
			ids = append(ids, *room.RoomId)
		}
		return ids, out.NextToken, nil
	}
}

// tryJoin adds a member to a room.
func (c *caller) tryJoin(t testing.TB, accountID, roomID, memberID string, role types.RoomMembershipRole) (*types.RoomMembership, error) {
	t.Helper()
	out, err := c.CreateRoomMembership(t.Context(), &chime.CreateRoomMembershipInput{
		AccountId: &accountID, RoomId: &roomID, MemberId: &memberID, Role: role,
	})
	if err != nil {
		return nil, err
	}
	return out.RoomMembership, nil
}

// join adds members to a room and returns the membership of the last one.
func (c *caller) join(t testing.TB, accountID, roomID string, memberIDs ...string) (last *types.RoomMembership) {
	t.Helper()
	for _, id := range memberIDs {
		m, err := c.tryJoin(t, accountID, roomID, id, "")
		succeed(t, err)
		last = m
	}
	return last
}

func (c *caller) leave(t testing.TB, accountID, roomID, memberID string) error {
	t.Helper()
	_, err := c.DeleteRoomMembership(t.Context(), &chime.DeleteRoomMembershipInput{AccountId: &accountID, RoomId: &roomID, MemberId: &memberID})
	return err
}

// members returns the memberships of a room.
func (c *caller) members(t testing.TB, accountID, roomID string) []types.RoomMembership {
	t.Helper()
	out, err := c.ListRoomMemberships(t.Context(), &chime.ListRoomMembershipsInput{AccountId: &accountID, RoomId: &roomID})
	succeed(t, err)
	return out.RoomMemberships
}

// batchJoin adds members by one call and returns the errors of the items.
func (c *caller) batchJoin(t testing.TB, accountID, roomID string, items ...types.MembershipItem) ([]types.MemberError, error) {
	t.Helper()
	out, err := c.BatchCreateRoomMembership(t.Context(), &chime.BatchCreateRoomMembershipInput{
		AccountId: &accountID, RoomId: &roomID, MembershipItemList: append([]types.MembershipItem{}, items...),
	})
	if err != nil {
		return nil, err
	}
	return out.Errors, nil
}

// membershipItems are items of a batch with the standard role.
func membershipItems(memberIDs ...string) []types.MembershipItem {
	items := make([]types.MembershipItem, len(memberIDs))
	for i := range memberIDs {
		items[i].MemberId = &memberIDs[i]
	}
	return items
}

// bot makes a bot in the account's first domain.
func (c *caller) bot(t testing.TB, accountID, name string) *types.Bot {
	t.Helper()
	out, err := c.CreateBot(t.Context(), &chime.CreateBotInput{AccountId: &accountID, DisplayName: &name})
	succeed(t, err)
	return out.Bot
}

// getBot returns a bot as GetBot shows it.
func (c *caller) getBot(t testing.TB, accountID string, botID *string) *types.Bot {
	t.Helper()
	out, err := c.GetBot(t.Context(), &chime.GetBotInput{AccountId: &accountID, BotId: botID})
	succeed(t, err)
	return out.Bot
}

// tryHook sends a bot's events to an HTTPS endpoint.
func (c *caller) tryHook(t testing.TB, accountID string, botID *string, url string) (*types.EventsConfiguration, error) {
	t.Helper()
	out, err := c.PutEventsConfiguration(t.Context(), &chime.PutEventsConfigurationInput{
		AccountId: &accountID, BotId: botID, OutboundEventsHTTPSEndpoint: &url,
	})
	if err != nil {
		return nil, err
	}
	return out.EventsConfiguration, nil
}

// hookedBot makes a bot whose events go to a new endpoint.
func (c *caller) hookedBot(t testing.TB, accountID, name string) (*types.Bot, *hook) {
	t.Helper()
	b, h := c.bot(t, accountID, name), newHook(t)
	_, err := c.tryHook(t, accountID, b.BotId, h.url)
	succeed(t, err)
	return b, h
}

// lambdaBot makes a bot whose events go to a Lambda function, which needs no
// endpoint, and returns it with the function's ARN.
func (c *caller) lambdaBot(t testing.TB, accountID, name string) (*types.Bot, string) {
	t.Helper()
	b, arn := c.bot(t, accountID, name), uniqueFunction()
	_, err := c.PutEventsConfiguration(t.Context(), &chime.PutEventsConfigurationInput{AccountId: &accountID, BotId: b.BotId, LambdaFunctionArn: &arn})
	succeed(t, err)
	return b, arn
}

// uniqueFunction is the ARN of a Lambda function that no other test names.
func uniqueFunction() string {
	return fmt.Sprintf("arn:aws:lambda:us-east-1:111122223333:function:bot-%x", rand.Uint64())
}

// needsEnterprise checks that an operation knows only Enterprise accounts of
// the caller's AWS account.
func (e *env) needsEnterprise(t *testing.T, call accountCall) {
	t.Helper()
	e.needsAccount(t, call)
	refused(t, call(e.caller, e.team(t)), badRequest, "Enterprise")
}

// childCall is an operation on something in an account, with everything else valid.
type childCall func(c *caller, accountID, childID string) error

// child is what an account has, for checks that an operation finds only its own.
type child struct {
	member string  // the path member that names it
	want   refusal // of ids that are not there
	// create makes one; remove, unless nil, deletes it again.
	create func(accountID string) (id string)
	remove func(accountID, id string)
}

// needsChild checks that an operation knows only what belongs to the account
// that the path names, which is an Enterprise account in the caller's AWS
// account.
func (e *env) needsChild(t *testing.T, k child, call childCall) {
	t.Helper()
	account, other := e.enterprise(t), e.enterprise(t)
	id := k.create(account)
	message := messageNotFound
	refused(t, call(e.caller, account, " "), badRequest, "'"+k.member+"'")
	refused(t, call(e.caller, account, unknownID), k.want, message)
	refused(t, call(e.caller, account, "x/../y é"), k.want, message)
	refused(t, call(e.caller, other, id), k.want, message)
	refused(t, call(e.caller, unknownID, id), k.want, message)
	refused(t, call(e.stranger(t), account, id), k.want, message)
	refused(t, call(e.caller, e.team(t), id), badRequest, "Enterprise")
	if k.remove != nil {
		k.remove(account, id)
		refused(t, call(e.caller, account, id), k.want, message)
	}
}

// needsRoom is needsChild for rooms.
func (e *env) needsRoom(t *testing.T, call childCall) {
	t.Helper()
	e.needsChild(t, child{
		"RoomId", notFound,
		func(accountID string) string { return *e.room(t, accountID, "Here").RoomId },
		func(accountID, id string) { succeed(t, e.deleteRoom(t, accountID, id)) },
	}, call)
}

// needsBot is needsChild for bots, which cannot be deleted.
func (e *env) needsBot(t *testing.T, want refusal, call childCall) {
	t.Helper()
	e.needsChild(t, child{"BotId", want, func(accountID string) string { return *e.bot(t, accountID, "Here").BotId }, nil}, call)
}
