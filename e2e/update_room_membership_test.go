package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func (c *caller) changeRole(t testing.TB, accountID, roomID, memberID string, role types.RoomMembershipRole) (*types.RoomMembership, error) {
	t.Helper()
	out, err := c.UpdateRoomMembership(t.Context(), &chime.UpdateRoomMembershipInput{
		AccountId: &accountID, RoomId: &roomID, MemberId: &memberID, Role: role,
	})
	if err != nil {
		return nil, err
	}
	return out.RoomMembership, nil
}

func TestUpdateRoomMembership_role(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c, other := e.keyOf(t, rootAwsAccount), e.caller // InvitedBy stays who it was
		id := c.enterprise(t)
		room, ann := *c.room(t, id, "Kitchen").RoomId, *c.user(t, id, "ann@example.com").UserId
		want := c.join(t, id, room, ann)
		for _, role := range []types.RoomMembershipRole{"Administrator", "Administrator", "Member"} { // the last one, too
			got, err := other.changeRole(t, id, room, ann, role)
			succeed(t, err)
			isNow(t, "UpdatedTimestamp", got.UpdatedTimestamp)
			if !got.UpdatedTimestamp.After(*want.UpdatedTimestamp) {
				t.Error("UpdatedTimestamp stayed")
			}
			want.Role, want.UpdatedTimestamp = role, got.UpdatedTimestamp
			equal(t, "answer", got, want)
			equal(t, "members", c.members(t, id, room), []types.RoomMembership{*want})
		}
	})
}

func TestUpdateRoomMembership_nothing(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room, ann := *e.room(t, id, "Kitchen").RoomId, *e.user(t, id, "ann@example.com").UserId
		want, err := e.tryJoin(t, id, room, ann, types.RoomMembershipRoleAdministrator)
		succeed(t, err)
		for _, body := range []string{"", "{}", `{"Role":null}`} {
			e.send(t, "POST", "/accounts/"+id+"/rooms/"+room+"/memberships/"+ann, body).ok(t, 200)
		}
		equal(t, "members", e.members(t, id, room), []types.RoomMembership{*want})
		_, err = e.changeRole(t, id, room, ann, "administrator")
		refused(t, err, badRequest, "'Role'")
	})
}

func TestUpdateRoomMembership_bot(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room := *e.room(t, id, "Kitchen").RoomId
		bot, _ := e.lambdaBot(t, id, "Helper")
		e.join(t, id, room, *bot.BotId)
		for _, role := range []types.RoomMembershipRole{"Administrator", "Member"} {
			_, err := e.changeRole(t, id, room, *bot.BotId, role)
			refused(t, err, badRequest, "bot")
		}
	})
}

func TestUpdateRoomMembership_unknown(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		needsMembership(t, e, func(c *caller, accountID, roomID, memberID string) error {
			_, err := c.changeRole(t, accountID, roomID, memberID, "Administrator")
			return err
		})
	})
}

// needsMembership checks that an operation finds members only of the room that
// the path names.
func needsMembership(t *testing.T, e *env, call func(c *caller, accountID, roomID, memberID string) error) {
	t.Helper()
	e.needsRoom(t, func(c *caller, accountID, roomID string) error { return call(c, accountID, roomID, unknownID) })
	id := e.enterprise(t)
	rooms, users := e.rooms(t, id, 2), e.users(t, id, 2)
	e.join(t, id, rooms[0], users[0])
	e.join(t, id, rooms[1], users[1])
	for _, member := range []string{unknownID, users[1], "x/../y é"} {
		refused(t, call(e.caller, id, rooms[0], member), notFound, messageNotFound)
	}
	refused(t, call(e.caller, id, rooms[0], " "), badRequest, "'MemberId'")
	refused(t, call(e.stranger(t), id, rooms[0], users[0]), notFound, messageNotFound)
	equal(t, "role", e.members(t, id, rooms[0])[0].Role, types.RoomMembershipRoleMember)
}
