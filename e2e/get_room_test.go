package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

func TestGetRoom_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		first, second := e.room(t, id, "Same"), e.room(t, id, "Same")
		equal(t, "first room", e.getRoom(t, id, *first.RoomId), first)
		equal(t, "second room", e.getRoom(t, id, *second.RoomId), second)
	})
}

func TestGetRoom_unknown(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsRoom(t, func(c *caller, accountID, roomID string) error {
			_, err := c.GetRoom(t.Context(), &chime.GetRoomInput{AccountId: &accountID, RoomId: &roomID})
			return err
		})
	})
}
