package e2e

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// memberFailures is failures for memberships.
func memberFailures(t testing.TB, errors []types.MemberError) (list []failure) {
	t.Helper()
	for _, e := range errors {
		if aws.ToString(e.ErrorMessage) == "" {
			t.Errorf("the error of %s has no message", aws.ToString(e.MemberId))
		}
		list = append(list, failure{aws.ToString(e.MemberId), e.ErrorCode})
	}
	return list
}

func TestBatchCreateRoomMembership_success(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room, users := *e.room(t, id, "Kitchen").RoomId, e.users(t, id, 2)
		bot, _ := e.lambdaBot(t, id, "Helper")
		items := membershipItems(users[0], users[1], *bot.BotId)
		items[1].Role = types.RoomMembershipRoleAdministrator
		errors, err := e.batchJoin(t, id, room, items...)
		succeed(t, err)
		equal(t, "errors", errors, []types.MemberError{})
		members := e.members(t, id, room)
		equal(t, "number of members", len(members), 3)
		roles := map[string]types.RoomMembershipRole{}
		for _, m := range members {
			roles[*m.Member.MemberId] = m.Role
			equal(t, "UpdatedTimestamp", m.UpdatedTimestamp, members[0].UpdatedTimestamp)
		}
		equal(t, "roles", roles, map[string]types.RoomMembershipRole{users[0]: "Member", users[1]: "Administrator", *bot.BotId: "Member"})
	})
}

func TestBatchCreateRoomMembership_items_on_their_own(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room, users, mute := *e.room(t, id, "Kitchen").RoomId, e.users(t, id, 3), *e.bot(t, id, "Mute").BotId
		e.join(t, id, room, users[0])
		e.suspend(t, id, users[1])
		errors, err := e.batchJoin(t, id, room, membershipItems(unknownID, users[0], users[1], mute, users[2], users[2])...)
		succeed(t, err)
		equal(t, "errors", memberFailures(t, errors), []failure{
			{unknownID, "NotFound"}, {users[0], "Conflict"}, {users[1], "BadRequest"}, {mute, "BadRequest"}, {users[2], "Conflict"},
		})
		equal(t, "message", *errors[0].ErrorMessage, messageNotFound)
		equal(t, "number of members", len(e.members(t, id, room)), 2)
	})
}

func TestBatchCreateRoomMembership_limits(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room, users := *e.room(t, id, "Kitchen").RoomId, e.users(t, id, 51)
		_, err := e.batchJoin(t, id, room, membershipItems(users...)...)
		refused(t, err, badRequest, "'MembershipItemList'")
		equal(t, "members", e.members(t, id, room), []types.RoomMembership{})
		for _, n := range []int{0, 50} {
			errors, err := e.batchJoin(t, id, room, membershipItems(users[:n]...)...)
			succeed(t, err)
			equal(t, fmt.Sprintf("errors of %d items", n), errors, []types.MemberError{})
			equal(t, "number of members", len(e.members(t, id, room)), n)
		}
	})
}

func TestBatchCreateRoomMembership_bad_items(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room, ann := *e.room(t, id, "Kitchen").RoomId, *e.user(t, id, "ann@example.com").UserId
		good := types.MembershipItem{MemberId: &ann}
		for word, bad := range map[string]types.MembershipItem{"Role": {MemberId: &ann, Role: "Owner"}, "MemberId": {MemberId: aws.String(" ")}} {
			_, err := e.batchJoin(t, id, room, good, bad)
			refused(t, err, badRequest, word)
		}
		e.send(t, "POST", "/accounts/"+id+"/rooms/"+room+"/memberships?operation=batch-create", "{}").refused(t, badRequest, "'MembershipItemList'")
		equal(t, "members", e.members(t, id, room), []types.RoomMembership{})
	})
}

func TestBatchCreateRoomMembership_unknown_room(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsRoom(t, func(c *caller, accountID, roomID string) error {
			_, err := c.batchJoin(t, accountID, roomID, membershipItems(unknownID)...)
			return err
		})
	})
}
