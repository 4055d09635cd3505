package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

func TestListRooms_newest_first(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		list := e.listRooms(t, id, nil)
		list.isEmpty(t)
		ids := e.rooms(t, id, 5)
		list.holds(t, ids)
		e.listRooms(t, e.enterprise(t), nil).isEmpty(t)
		out, err := e.ListRooms(t.Context(), &chime.ListRoomsInput{AccountId: &id})
		succeed(t, err)
		equal(t, "item", &out.Rooms[0], e.getRoom(t, id, ids[0]))
	})
}

func TestListRooms_page_sizes(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		e.rooms(t, id, 100)
		e.listRooms(t, id, nil).pageSizes(t, 99, 99)
	})
}

func TestListRooms_of_a_member(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		ids, ann := e.rooms(t, id, 4), e.user(t, id, "ann@example.com").UserId
		bot, _ := e.lambdaBot(t, id, "Helper")
		before := e.getRoom(t, id, ids[0])
		for _, member := range []*string{ann, bot.BotId} {
			e.listRooms(t, id, member).isEmpty(t)
			e.join(t, id, ids[3], *member)
			e.join(t, id, ids[0], *member)
			e.listRooms(t, id, member).holds(t, []string{ids[0], ids[3]})
		}
		equal(t, "room after memberships", e.getRoom(t, id, ids[0]), before)
		succeed(t, e.leave(t, id, ids[0], *ann))
		equal(t, "rooms of Ann", e.listRooms(t, id, ann).all(t, 1), []string{ids[3]})
		for _, nobody := range []string{unknownID, "x", ids[0], "'"} {
			e.listRooms(t, id, &nobody).isEmpty(t)
		}
	})
}

func TestListRooms_token_and_filter(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		ids, ann := e.rooms(t, id, 3), e.user(t, id, "ann@example.com").UserId
		e.join(t, id, ids[0], *ann)
		e.join(t, id, ids[2], *ann)
		_, token := e.listRooms(t, id, ann).page(t, aws.Int32(1), nil)
		for _, member := range []*string{nil, ann} {
			rest, _ := e.listRooms(t, id, member).page(t, nil, token)
			equal(t, "page 2", rest, ids[2:])
		}
		_, _, err := e.listRooms(t, id, aws.String(unknownID))(nil, token)
		refused(t, err, badRequest, "'NextToken'")
		_, token = e.listRooms(t, id, nil).page(t, aws.Int32(1), nil)
		_, _, err = e.listRooms(t, id, ann)(nil, token)
		refused(t, err, badRequest, "'NextToken'")
	})
}

func TestListRooms_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsEnterprise(t, func(c *caller, accountID string) error {
			_, _, err := c.listRooms(t, accountID, nil)(nil, nil)
			return err
		})
	})
}
