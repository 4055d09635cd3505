package chime

import (
	"strings"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// maxNames is how many users, rooms or bots are named at once.
const maxNames = 200

// namedItems reads the pairs of an account id and another id that a member lists.
func namedItems(member, list string) (keys []store.ItemKey, err error) {
	for pair := range strings.SplitSeq(list, ",") {
		accountID, id, found := strings.Cut(pair, "/")
		if !found || len(keys) == maxNames {
			return nil, api.Invalid(member, "be pairs of an account id and another id, as in ACCOUNT/ID, apart by commas, %d at most", maxNames)
		}
		keys = append(keys, store.ItemKey{AccountID: accountID, ItemID: id})
	}
	return keys, nil
}

// ListRoomNames returns names of rooms by their ids, whatever accounts they are in.
// What is not there is left out.
func (s *Service) ListRoomNames(w *work.Unit, in *api.ListRoomNamesInput) (*api.ListRoomNamesOutput, error) {
	keys, err := namedItems("Rooms", in.Rooms.V)
	if err != nil {
		return nil, err
	}
	out := &api.ListRoomNamesOutput{Names: []api.NameOfRoom{}}
	err = w.RoomNames(w.Caller.AwsAccountID, keys, func(k store.ItemKey, name string) {
		out.Names = append(out.Names, api.NameOfRoom{AccountId: api.Some(k.AccountID), RoomId: api.Some(k.ItemID), Name: api.Some(name)})
	})
	return out, err
}

// ListBotNames is ListRoomNames for bots.
func (s *Service) ListBotNames(w *work.Unit, in *api.ListBotNamesInput) (*api.ListBotNamesOutput, error) {
	keys, err := namedItems("Bots", in.Bots.V)
	if err != nil {
		return nil, err
	}
	out := &api.ListBotNamesOutput{Names: []api.NameOfBot{}}
	err = w.BotNames(w.Caller.AwsAccountID, keys, func(k store.ItemKey, name string) {
		out.Names = append(out.Names, api.NameOfBot{AccountId: api.Some(k.AccountID), BotId: api.Some(k.ItemID), DisplayName: api.Some(botName(name))})
	})
	return out, err
}
