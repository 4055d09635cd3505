package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

func TestUpdateRoom_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		want := e.room(t, id, "Kitchen")
		out, err := e.UpdateRoom(t.Context(), &chime.UpdateRoomInput{AccountId: &id, RoomId: want.RoomId, Name: aws.String("Cellar")})
		succeed(t, err)
		isNow(t, "UpdatedTimestamp", out.Room.UpdatedTimestamp)
		if !out.Room.UpdatedTimestamp.After(*want.UpdatedTimestamp) {
			t.Error("UpdatedTimestamp stayed")
		}
		want.Name, want.UpdatedTimestamp = aws.String("Cellar"), out.Room.UpdatedTimestamp
		equal(t, "answer", out.Room, want)
		equal(t, "GetRoom", e.getRoom(t, id, *want.RoomId), want)
	})
}

func TestUpdateRoom_name_limits(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room := e.room(t, id, "Kitchen")
		for _, tt := range roomNames {
			_, err := e.UpdateRoom(t.Context(), &chime.UpdateRoomInput{AccountId: &id, RoomId: room.RoomId, Name: &tt.name})
			if !tt.allowed {
				refused(t, err, badRequest, "'Name'")
				continue
			}
			succeed(t, err)
			equal(t, tt.what+" name", *e.getRoom(t, id, *room.RoomId).Name, tt.name)
		}
	})
}

func TestUpdateRoom_nothing(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		want := e.room(t, id, "Kitchen")
		for _, body := range []string{"", "{}", `{"Name":null,"CreatedBy":"me"}`} {
			e.send(t, "POST", "/accounts/"+id+"/rooms/"+*want.RoomId, body).ok(t, 200)
		}
		equal(t, "room", e.getRoom(t, id, *want.RoomId), want)
	})
}

func TestUpdateRoom_unknown(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsRoom(t, func(c *caller, accountID, roomID string) error {
			_, err := c.UpdateRoom(t.Context(), &chime.UpdateRoomInput{AccountId: &accountID, RoomId: &roomID, Name: aws.String("x")})
			return err
		})
	})
}
