package store

import "carillon/store/engine"

// ItemKey is what tells a room or a bot apart.
type ItemKey struct{ AccountID, ItemID string }

const (
	roomNamesByID = `SELECT account_id, room_id, name FROM rooms WHERE account_id = $1` + ownedBySecond + ` AND room_id = $3`
	botNamesByID  = `SELECT account_id, bot_id, display_name FROM bots WHERE account_id = $1` + ownedBySecond + ` AND bot_id = $3`
)

// RoomNames calls each, in no order, for those of some rooms that are in accounts of an
// AWS account, with what they are called.
func (r Records) RoomNames(awsAccountID string, keys []ItemKey, each func(k ItemKey, name string)) error {
	return r.itemNames(roomNamesByID, awsAccountID, keys, each)
}

// BotNames is RoomNames for bots; names are without the suffix that answers show.
func (r Records) BotNames(awsAccountID string, keys []ItemKey, each func(k ItemKey, name string)) error {
	return r.itemNames(botNamesByID, awsAccountID, keys, each)
}

func (r Records) itemNames(query, awsAccountID string, keys []ItemKey, each func(k ItemKey, name string)) error {
	lists := make([][]any, len(keys))
	for i, k := range keys {
		lists[i] = []any{k.AccountID, awsAccountID, k.ItemID}
	}
	return engine.Batch(r.tx, query, lists, func(row engine.Row) error {
		var k ItemKey
		var name string
		if err := row.Scan(&k.AccountID, &k.ItemID, &name); err != nil {
			return err
		}
		each(k, name)
		return nil
	})
}
