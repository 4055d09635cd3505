package console

import (
	"cmp"
	"strings"

	"carillon/api"
)

// maxItemNames is how many users, rooms or bots are named on a page, and maxNamesText
// how long the list of their ids may be: imported ones are of any length.
const (
	maxItemNames = 200
	maxNamesText = 16 << 10
)

// itemRef is a user, a room or a bot that a page is to name.
type itemRef struct{ AccountID, ID string }

// addTouchedNames adds what users, rooms and bots are called that rows of the audit
// name, by id. It asks once for all of a kind.
func (p *page) addTouchedNames(names map[string]string, events []api.AuditEvent) error {
	err := p.addUserNames(names, touchedItems(events, "AWS::Chime::User"))
	if err == nil {
		err = p.addRoomNames(names, touchedItems(events, "AWS::Chime::Room"))
	}
	if err == nil {
		err = p.addBotNames(names, touchedItems(events, "AWS::Chime::Bot"))
	}
	return err
}

// addUserNames adds what users are called, by id, as far as they are still there and
// the visitor may see them: the address, or else the name.
func (p *page) addUserNames(names map[string]string, users []itemRef) error {
	pairs := pairsOf(users)
	if pairs == "" || !p.may("ListUserNames") {
		return nil
	}
	out, err := p.calls().ListUserNames(p.r.Context(), &api.ListUserNamesInput{Users: api.Some(pairs)})
	if err != nil {
		return err
	}
	for _, u := range out.Names {
		names[u.UserId.V] = cmp.Or(u.PrimaryEmail.V, u.DisplayName.V)
	}
	return nil
}

// addRoomNames is addUserNames for rooms.
func (p *page) addRoomNames(names map[string]string, rooms []itemRef) error {
	pairs := pairsOf(rooms)
	if pairs == "" || !p.may("ListRoomNames") {
		return nil
	}
	out, err := p.calls().ListRoomNames(p.r.Context(), &api.ListRoomNamesInput{Rooms: api.Some(pairs)})
	if err != nil {
		return err
	}
	for _, m := range out.Names {
		names[m.RoomId.V] = m.Name.V
	}
	return nil
}

// addBotNames is addUserNames for bots.
func (p *page) addBotNames(names map[string]string, bots []itemRef) error {
	pairs := pairsOf(bots)
	if pairs == "" || !p.may("ListBotNames") {
		return nil
	}
	out, err := p.calls().ListBotNames(p.r.Context(), &api.ListBotNamesInput{Bots: api.Some(pairs)})
	if err != nil {
		return err
	}
	for _, b := range out.Names {
		names[b.BotId.V] = b.DisplayName.V
	}
	return nil
}

// pairsOf lists as many items as there may be.
func pairsOf(items []itemRef) (list string) {
	for _, item := range items[:min(len(items), maxItemNames)] {
		if pair := item.AccountID + "/" + item.ID; len(list)+len(pair) < maxNamesText {
			list += "," + pair
		}
	}
	return strings.TrimPrefix(list, ",")
}

// touchedItems are those of a type that rows of the audit name, each once, with the
// account that was touched beside.
func touchedItems(events []api.AuditEvent, kind string) (items []itemRef) {
	known := map[itemRef]bool{}
	for i := range events {
		account := accountOf(events[i].Resources)
		shown := 0
		for _, r := range events[i].Resources {
			item := itemRef{account, r.ResourceName.V}
			if r.ResourceType.V != kind || account == "" || strings.ContainsAny(item.AccountID+item.ID, "/,") {
				continue
			}
			if shown++; shown <= shownResources && !known[item] {
				known[item] = true
				items = append(items, item)
			}
		}
	}
	return items
}

// accountOf returns the Chime account among what a call has touched; empty: there is
// none.
func accountOf(touched []api.AuditResource) string {
	for _, r := range touched {
		if r.ResourceType.V == "AWS::Chime::Account" && r.ResourceName.V != "" {
			return r.ResourceName.V
		}
	}
	return ""
}
