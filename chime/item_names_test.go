package chime_test

import (
	"strings"
	"testing"

	"carillon/api"
	"carillon/chime"
)

func TestListItemNames(t *testing.T) {
	w := newWorldOf(t, chime.Documented)
	account := w.account(api.AccountTypeEnterpriseLWA, "example.com")
	room, err := w.CreateRoom(w.ctx, &api.CreateRoomInput{AccountId: account, Name: api.Some("Lobby")})
	w.must(err)
	bot := w.bot(account, "Helper")
	roomPair, botPair, nobody := account+"/"+room.Room.RoomId.V, account+"/"+bot.BotId.V, ","+account+"/nobody"
	rooms, err := w.ListRoomNames(w.ctx, &api.ListRoomNamesInput{Rooms: api.Some(roomPair + nobody)})
	w.must(err)
	if len(rooms.Names) != 1 || rooms.Names[0].RoomId != room.Room.RoomId || rooms.Names[0].Name.V != "Lobby" {
		t.Errorf("named: %+v", rooms.Names)
	}
	bots, err := w.ListBotNames(w.ctx, &api.ListBotNamesInput{Bots: api.Some(botPair + nobody)})
	w.must(err)
	if len(bots.Names) != 1 || bots.Names[0].BotId != bot.BotId || bots.Names[0].DisplayName != bot.DisplayName {
		t.Errorf("named: %+v", bots.Names)
	}
	rooms, err = w.ListRoomNames(as(other), &api.ListRoomNamesInput{Rooms: api.Some(roomPair)})
	w.must(err)
	bots, err = w.ListBotNames(as(other), &api.ListBotNamesInput{Bots: api.Some(botPair)})
	w.must(err)
	if len(rooms.Names)+len(bots.Names) > 0 {
		t.Errorf("to another AWS account: %+v, %+v", rooms.Names, bots.Names)
	}
	for _, pairs := range []string{"", "x", roomPair + ",", roomPair + strings.Repeat(","+roomPair, 200)} {
		_, err := w.ListRoomNames(w.ctx, &api.ListRoomNamesInput{Rooms: api.Some(pairs)})
		w.refused(pairs[:min(len(pairs), 20)], err, api.BadRequest)
		_, err = w.ListBotNames(w.ctx, &api.ListBotNamesInput{Bots: api.Some(pairs)})
		w.refused(pairs[:min(len(pairs), 20)], err, api.BadRequest)
	}
}
