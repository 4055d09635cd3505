package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func TestCreateRoomMembership_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		by := &c.arn
		c.forEachType(t, allBut(types.AccountTypeTeam), func(t *testing.T, id string) {
			room := c.room(t, id, "Kitchen")
			for _, tt := range []struct {
				user       *types.User
				role, want types.RoomMembershipRole
			}{
				{c.user(t, id, "jane.doe@example.com"), "", types.RoomMembershipRoleMember},
				{c.user(t, id, "ann@example.com"), types.RoomMembershipRoleMember, types.RoomMembershipRoleMember},
				{c.device(t, id, "hall@example.com"), types.RoomMembershipRoleAdministrator, types.RoomMembershipRoleAdministrator},
			} {
				got, err := c.tryJoin(t, id, *room.RoomId, *tt.user.UserId, tt.role)
				succeed(t, err)
				isNow(t, "UpdatedTimestamp", got.UpdatedTimestamp)
				equal(t, "membership", *got, types.RoomMembership{
					InvitedBy: by, Role: tt.want, RoomId: room.RoomId, UpdatedTimestamp: got.UpdatedTimestamp,
					Member: &types.Member{
						AccountId: &id, Email: tt.user.PrimaryEmail, FullName: tt.user.DisplayName, MemberId: tt.user.UserId, MemberType: types.MemberTypeUser,
					},
				})
				equal(t, "item of the list", c.members(t, id, *room.RoomId)[0], *got)
			}
		})
	})
}

func TestCreateRoomMembership_bot(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room := e.room(t, id, "Kitchen")
		bot, _ := e.lambdaBot(t, id, "Helper")
		got := e.join(t, id, *room.RoomId, *bot.BotId)
		equal(t, "member", *got.Member, types.Member{
			AccountId: &id, Email: bot.BotEmail, FullName: bot.DisplayName, MemberId: bot.BotId, MemberType: types.MemberTypeBot,
		})
		equal(t, "role", got.Role, types.RoomMembershipRoleMember)
	})
}

func TestCreateRoomMembership_bot_that_cannot_join(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room := *e.room(t, id, "Kitchen").RoomId
		mute := e.bot(t, id, "Mute")
		ready, _ := e.lambdaBot(t, id, "Ready")
		stopped, _ := e.lambdaBot(t, id, "Stopped")
		_, err := e.UpdateBot(t.Context(), &chime.UpdateBotInput{AccountId: &id, BotId: stopped.BotId, Disabled: aws.Bool(true)})
		succeed(t, err)
		for _, tt := range []struct {
			bot  *types.Bot
			role types.RoomMembershipRole
			word string
		}{{mute, "", "configuration"}, {stopped, "", "disabled"}, {ready, types.RoomMembershipRoleAdministrator, "Administrator"}} {
			_, err := e.tryJoin(t, id, room, *tt.bot.BotId, tt.role)
			refused(t, err, badRequest, tt.word)
		}
		equal(t, "members", e.members(t, id, room), []types.RoomMembership{})
	})
}

func TestCreateRoomMembership_twice(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room, ann := *e.room(t, id, "Kitchen").RoomId, *e.user(t, id, "ann@example.com").UserId
		first := e.join(t, id, room, ann)
		_, err := e.tryJoin(t, id, room, ann, types.RoomMembershipRoleAdministrator)
		refused(t, err, conflict)
		equal(t, "members", e.members(t, id, room), []types.RoomMembership{*first})
		succeed(t, e.leave(t, id, room, ann))
		e.join(t, id, room, ann)
	})
}

func TestCreateRoomMembership_unregistered(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		pending := *e.invitee(t, id, "new@example.com").UserId
		e.tryCarillon(t, "domain", "add", uniqueDomain(), "--account-id", id).succeeded(t)
		room, suspended := *e.room(t, id, "Kitchen").RoomId, *e.user(t, id, "out@example.com").UserId
		e.suspend(t, id, suspended)
		for _, user := range []string{pending, suspended} {
			_, err := e.tryJoin(t, id, room, user, "")
			refused(t, err, badRequest, "registered")
		}
	})
}

func TestCreateRoomMembership_unknown_member(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room, elsewhere := *e.room(t, id, "Kitchen").RoomId, *e.user(t, e.enterprise(t), "ann@example.com").UserId
		for _, member := range []string{unknownID, "x/é", elsewhere, room, id} {
			_, err := e.tryJoin(t, id, room, member, "")
			refused(t, err, notFound, messageNotFound)
		}
	})
}

func TestCreateRoomMembership_bad_members(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room, ann := e.room(t, id, "Kitchen"), *e.user(t, id, "ann@example.com").UserId
		path := "/accounts/" + id + "/rooms/" + *room.RoomId + "/memberships"
		for body, member := range map[string]string{
			"":                             "'MemberId'",
			`{"Role":"Member"}`:            "'MemberId'",
			`{"MemberId":" "}`:             "'MemberId'",
			`{"MemberId":["` + ann + `"]}`: "MemberId",
			`{"MemberId":"` + ann + `","Role":"member"}`:          "'Role'",
			`{"MemberId":"` + ann + `","Role":"Owner"}`:           "'Role'",
			`{"MemberId":"` + ann + `","Role":{"Name":"x"}}`:      "Role",
			`{"MemberId":"` + ann + `","MemberId":"` + ann + `"}`: "twice",
		} {
			e.send(t, "POST", path, body).refused(t, badRequest, member)
		}
		e.send(t, "POST", path, `{"MemberId":"`+ann+`","Role":null}`).ok(t, 201)
	})
}

func TestCreateRoomMembership_quota_of_the_room(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room, users := *e.room(t, id, "Kitchen").RoomId, e.users(t, id, 3)
		e.join(t, id, room, users[:2]...)
		_, err := e.tryJoin(t, id, room, users[2], "")
		refused(t, err, limitExceeded, "2")
		errors, err := e.batchJoin(t, id, room, membershipItems(users[0], users[2])...)
		succeed(t, err)
		equal(t, "errors of a batch", memberFailures(t, errors), []failure{{users[0], "Conflict"}, {users[2], "ResourceLimitExceeded"}})
		e.join(t, id, *e.room(t, id, "Cellar").RoomId, users[2])
		succeed(t, e.leave(t, id, room, users[0]))
		e.join(t, id, room, users[2])
	}, "--quota-room-memberships", "2")
}

// A member may be in as many rooms as an account may have. Only who lowers the
// quota gets to see that.
func TestCreateRoomMembership_quota_of_the_member(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		rooms, ann := e.rooms(t, id, 3), *e.user(t, id, "ann@example.com").UserId
		e.join(t, id, rooms[0], ann)
		e.join(t, id, rooms[1], ann)
		succeed(t, e.server.stop())
		e.server.flags = append(e.server.flags, "--quota-rooms", "2")
		lower := e.restart(t)
		_, err := lower.tryJoin(t, id, rooms[2], ann, "")
		refused(t, err, limitExceeded, "2")
		succeed(t, lower.leave(t, id, rooms[0], ann))
		lower.join(t, id, rooms[2], ann)
	}, "--quota-rooms", "3")
}

func TestCreateRoomMembership_unknown_room(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsRoom(t, func(c *caller, accountID, roomID string) error {
			_, err := c.tryJoin(t, accountID, roomID, unknownID, "")
			return err
		})
	})
}
