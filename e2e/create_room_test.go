package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// roomWithToken makes a room with an idempotency token.
func (c *caller) roomWithToken(t testing.TB, accountID, name, token string) (*types.Room, error) {
	t.Helper()
	out, err := c.CreateRoom(t.Context(), &chime.CreateRoomInput{AccountId: &accountID, Name: &name, ClientRequestToken: &token})
	if err != nil {
		return nil, err
	}
	return out.Room, nil
}

func TestCreateRoom_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.stranger(t)
		c.forEachType(t, allBut(types.AccountTypeTeam), func(t *testing.T, id string) {
			got := c.room(t, id, "Kitchen")
			isUUID(t, "RoomId", aws.ToString(got.RoomId))
			isNow(t, "CreatedTimestamp", got.CreatedTimestamp)
			equal(t, "Room", *got, types.Room{
				AccountId: &id, CreatedBy: &c.arn, CreatedTimestamp: got.CreatedTimestamp,
				Name: aws.String("Kitchen"), RoomId: got.RoomId, UpdatedTimestamp: got.CreatedTimestamp,
			})
			equal(t, "GetRoom", c.getRoom(t, id, *got.RoomId), got)
			equal(t, "members", c.members(t, id, *got.RoomId), []types.RoomMembership{})
		})
	})
}

func TestCreateRoom_by_root(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		room := e.room(t, e.enterprise(t), "x")
		equal(t, "CreatedBy", *room.CreatedBy, "arn:aws:iam::"+rootAwsAccount+":root")
	})
}

// roomNames are names of rooms, and whether each is allowed.
var roomNames = []struct {
	what, name string
	allowed    bool
}{
	{"empty", "", false},
	{"blank", " \t\n", false},
	{"shortest", "x", true},
	{"longest", ofLength(256, "x"), true},
	{"longest in code points", ofLength(256, "é"), true},
	{"too long", ofLength(257, "x"), false},
	{"with a line break", " first\nsecond ", true},
}

func TestCreateRoom_name_limits(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		for _, tt := range roomNames {
			t.Run(tt.what, func(t *testing.T) {
				out, err := e.CreateRoom(t.Context(), &chime.CreateRoomInput{AccountId: &id, Name: &tt.name})
				if !tt.allowed {
					refused(t, err, badRequest, "'Name'")
					return
				}
				succeed(t, err)
				equal(t, "Name", *e.getRoom(t, id, *out.Room.RoomId).Name, tt.name)
			})
		}
		for _, body := range []string{"", "{}", `{"Name":null}`} {
			e.send(t, "POST", "/accounts/"+id+"/rooms", body).refused(t, badRequest, "'Name'")
		}
	})
}

func TestCreateRoom_without_token(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		for range 2 {
			e.send(t, "POST", "/accounts/"+id+"/rooms", `{"Name":"Twin"}`).ok(t, 201)
		}
		equal(t, "rooms", len(e.listRooms(t, id, nil).all(t, 99)), 2)
	})
}

func TestCreateRoom_token(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id, other := e.enterprise(t), e.enterprise(t)
		token := "Token_of-64" + ofLength(53, "x")
		first, err := e.roomWithToken(t, id, "Kitchen", token)
		succeed(t, err)
		again, err := e.roomWithToken(t, id, "Kitchen", token)
		succeed(t, err)
		equal(t, "room of a second request", again, first)
		_, err = e.roomWithToken(t, id, "Cellar", token)
		refused(t, err, badRequest, "ClientRequestToken")
		elsewhere, err := e.roomWithToken(t, other, "Cellar", token)
		succeed(t, err)
		equal(t, "account of the other room", *elsewhere.AccountId, other)
		equal(t, "rooms", e.listRooms(t, id, nil).all(t, 99), []string{*first.RoomId})
	})
}

// The token belongs to the name that the room had at first, and lives as long
// as the room.
func TestCreateRoom_token_after_changes(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		first, err := e.roomWithToken(t, id, "Kitchen", "ab")
		succeed(t, err)
		renamed, err := e.UpdateRoom(t.Context(), &chime.UpdateRoomInput{AccountId: &id, RoomId: first.RoomId, Name: aws.String("Cellar")})
		succeed(t, err)
		again, err := e.roomWithToken(t, id, "Kitchen", "ab")
		succeed(t, err)
		equal(t, "room", again, renamed.Room)
		_, err = e.roomWithToken(t, id, "Cellar", "ab")
		refused(t, err, badRequest)
		succeed(t, e.deleteRoom(t, id, *first.RoomId))
		next, err := e.roomWithToken(t, id, "Cellar", "ab")
		succeed(t, err)
		equal(t, "the room is another", *next.RoomId != *first.RoomId, true)
	})
}

func TestCreateRoom_bad_token(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		for _, token := range []string{"", "x", ofLength(65, "x"), "a b", "a/b", "ää"} {
			e.send(t, "POST", "/accounts/"+id+"/rooms", `{"Name":"x","ClientRequestToken":"`+token+`"}`).refused(t, badRequest, "'ClientRequestToken'")
		}
	})
}

func TestCreateRoom_quota(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		first, err := e.roomWithToken(t, id, "First", "first")
		succeed(t, err)
		e.room(t, id, "Second")
		_, err = e.CreateRoom(t.Context(), &chime.CreateRoomInput{AccountId: &id, Name: aws.String("Third")})
		refused(t, err, limitExceeded, "2")
		again, err := e.roomWithToken(t, id, "First", "first")
		succeed(t, err)
		equal(t, "room of a second request", again, first)
		e.room(t, e.enterprise(t), "Of another account")
		succeed(t, e.deleteRoom(t, id, *first.RoomId))
		e.room(t, id, "Third")
	}, "--quota-rooms", "2")
}

func TestCreateRoom_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsEnterprise(t, func(c *caller, accountID string) error {
			_, err := c.CreateRoom(t.Context(), &chime.CreateRoomInput{AccountId: &accountID, Name: aws.String("x")})
			return err
		})
	})
}
