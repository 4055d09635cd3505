package store_test

import (
	"errors"
	"fmt"

	"carillon/store"
)

func room(d *db) {
	d.addAccount("a", 1)
	first := filled[store.Room](d, "+")
	first.AccountID = "a"
	d.write(func(r store.Records) error { return r.InsertRoom(&first) })
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertRoom(&first) })
	second := first
	second.Name, second.UpdatedMs = "other", 7
	d.write(func(r store.Records) error {
		locked, err := r.LockRoom("a", first.RoomID)
		d.equal("locked", locked, first)
		if err != nil {
			return err
		}
		return r.UpdateRoom(&second)
	})
	d.read(func(r store.Records) error {
		got, err := r.Room("a", first.RoomID)
		d.equal("updated", got, second)
		return err
	})
	token := filled[store.RoomToken](d, "+")
	token.AccountID = "a"
	d.write(func(r store.Records) error { return r.InsertRoomToken(&token) })
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertRoomToken(&token) })
	d.read(func(r store.Records) error {
		got, err := r.RoomToken("a", token.Token)
		d.equal("token", got, token)
		return err
	})
	d.refused(store.ErrReferenced, func(r store.Records) error { return r.InsertRoom(&store.Room{AccountID: "ghost", RoomID: "r"}) })
}

func (d *db) addRoom(account, id string, createdMs int64) {
	d.Helper()
	d.write(func(r store.Records) error {
		return r.InsertRoom(&store.Room{AccountID: account, RoomID: id, CreatedMs: createdMs})
	})
}

func (d *db) addMember(account, room, member string, createdMs int64) {
	d.Helper()
	m := &store.RoomMembership{AccountID: account, RoomID: room, MemberID: member, CreatedMs: createdMs}
	d.write(func(r store.Records) error { return r.InsertRoomMembership(m) })
}

// counted runs a method that counts.
func (d *db) counted(fn func(store.Records) (int64, error)) (n int64) {
	d.Helper()
	d.read(func(r store.Records) (err error) {
		n, err = fn(r)
		return err
	})
	return n
}

// Rooms come newest first, several of one moment by id.
func roomPages(d *db) {
	d.addAccount("a", 1)
	d.addAccount("b", 1)
	d.addRoom("b", "r1", 2)
	for i := range 7 {
		d.addRoom("a", fmt.Sprint("r", 7-i), int64(1+i/3))
		if i%2 == 0 {
			d.addMember("a", fmt.Sprint("r", 7-i), "m", 1)
		}
	}
	d.equal("rooms", d.counted(func(r store.Records) (int64, error) { return r.CountRooms("a") }), int64(7))
	d.equal("rooms of m", d.counted(func(r store.Records) (int64, error) { return r.CountRoomsOf("a", "m") }), int64(4))
	for member, want := range map[string][]string{"": {"r1", "r4", "r3", "r2", "r7", "r6", "r5"}, "m": {"r1", "r3", "r7", "r5"}, "x": nil} {
		for limit := 1; limit <= 8; limit++ {
			f := store.RoomFilter{AccountID: "a", MemberID: member, Limit: limit}
			got := paged(d, limit, func() (ids []string) {
				d.read(func(r store.Records) error {
					page, err := r.Rooms(f)
					ids = nil
					for _, m := range page {
						ids, f.After = append(ids, m.RoomID), store.Position{Ms: m.CreatedMs, ID: m.RoomID}
					}
					return err
				})
				return ids
			})
			d.equal(fmt.Sprintf("of %q by %d", member, limit), got, want)
		}
	}
}

func (d *db) member(account, room, id string) (m store.RoomMembership, err error) {
	err = d.View(d.Context(), func(r store.Records) (err error) {
		m, err = r.RoomMembership(account, room, id)
		return err
	})
	return m, err
}

// A membership comes with the name of the user or the bot.
func roomMembership(d *db) {
	d.addAccount("a", 1)
	d.addRoom("a", "r", 1)
	u := newUser("a", "u", 1)
	u.DisplayName = "Jane"
	b := &store.Bot{AccountID: "a", BotID: "b", DisplayName: "Bot", Email: "bot@example.com"}
	d.write(func(r store.Records) error {
		if err := r.InsertUser(u); err != nil {
			return err
		}
		return r.InsertBot(b)
	})
	for id, name := range map[string][2]string{"u": {"u@example.com", "Jane"}, "b": {"bot@example.com", "Bot"}, "gone": {"", ""}} {
		m := filled[store.RoomMembership](d, "+")
		m.AccountID, m.RoomID, m.MemberID, m.Email, m.FullName = "a", "r", id, "", ""
		d.write(func(r store.Records) error { return r.InsertRoomMembership(&m) })
		d.refused(store.ErrExists, func(r store.Records) error { return r.InsertRoomMembership(&m) })
		m.Email, m.FullName = name[0], name[1]
		got, err := d.member("a", "r", id)
		d.must(err)
		d.equal("inserted", got, m)
		m.Role, m.UpdatedMs = "other", 7
		d.write(func(r store.Records) error { return r.UpdateRoomMembership(&m) })
		got, err = d.member("a", "r", id)
		d.must(err)
		d.equal("updated", got, m)
	}
	d.equal("members", d.counted(func(r store.Records) (int64, error) { return r.CountRoomMembers("a", "r") }), int64(3))
	d.write(func(r store.Records) error { return r.DeleteRoomMembership("a", "r", "gone") })
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.DeleteRoomMembership("a", "r", "gone") })
	d.refused(store.ErrReferenced, func(r store.Records) error {
		return r.InsertRoomMembership(&store.RoomMembership{AccountID: "a", RoomID: "ghost", MemberID: "u"})
	})
}

func roomMembershipPages(d *db) {
	d.addAccount("a", 1)
	d.addRoom("a", "r", 1)
	d.addRoom("a", "s", 1)
	d.addMember("a", "s", "m1", 2)
	for i := range 7 {
		d.addMember("a", "r", fmt.Sprint("m", 7-i), int64(1+i/3))
	}
	for limit := 1; limit <= 8; limit++ {
		var ms int64
		var id string
		got := paged(d, limit, func() (ids []string) {
			d.read(func(r store.Records) error {
				page, err := r.RoomMemberships("a", "r", store.Position{Ms: ms, ID: id}, limit)
				ids = nil
				for _, m := range page {
					ids, ms, id = append(ids, m.MemberID), m.CreatedMs, m.MemberID
				}
				return err
			})
			return ids
		})
		d.equal(fmt.Sprint("pages of ", limit), got, []string{"m1", "m4", "m3", "m2", "m7", "m6", "m5"})
	}
}

// furnish gives a room something of everything.
func (d *db) furnish(account, room string) {
	d.Helper()
	d.addRoom(account, room, 1)
	d.addMember(account, room, "m", 1)
	d.write(func(r store.Records) error {
		if err := r.InsertRoomToken(&store.RoomToken{AccountID: account, Token: "t" + room, RoomID: room}); err != nil {
			return err
		}
		if err := r.InsertWebhook(&store.Webhook{WebhookID: account + room, AccountID: account, RoomID: room}); err != nil {
			return err
		}
		for _, container := range []string{store.InRoom, store.InConversation} {
			m := store.Message{AccountID: account, ContainerType: container, ContainerID: room, MessageID: "m", CreatedMs: 1}
			if err := r.InsertMessage(&m); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *db) rows(tables ...string) (counts []int64) {
	d.Helper()
	for _, table := range tables {
		counts = append(counts, d.count(table))
	}
	return counts
}

// A room goes with all that is in it; a conversation of the same id stays.
func roomDeleted(d *db) {
	d.addAccount("a", 1)
	d.furnish("a", "r")
	d.furnish("a", "s")
	d.write(func(r store.Records) error { return r.DeleteRoom("a", "r") })
	d.equal("left", d.rows("rooms", "room_memberships", "room_tokens", "webhooks", "messages"), []int64{1, 1, 1, 1, 4})
	d.write(func(r store.Records) error { return second(r.EraseRoomMessages("a", "r", 100)) })
	d.equal("messages left", d.rows("messages"), []int64{3})
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.DeleteRoom("a", "r") })
}

// An account goes with all that is in it, and others stay.
func accountDeletedWithAll(d *db) {
	tables := []string{"user_rows", "rooms", "room_memberships", "room_tokens", "webhooks", "messages", "bots", "retention_settings"}
	var accounts []*store.Account
	for _, id := range []string{"a", "b"} {
		accounts = append(accounts, d.addAccount(id, 1))
		d.addUser(id, "u", 1)
		d.furnish(id, "r")
		d.write(func(r store.Records) error {
			if err := r.InsertBot(&store.Bot{AccountID: id, BotID: "b"}); err != nil {
				return err
			}
			return r.PutRetentionSettings(&store.RetentionSettings{AccountID: id})
		})
	}
	d.equal("before", d.rows(tables...), []int64{2, 2, 2, 2, 2, 4, 2, 2})
	d.write(func(r store.Records) error { return deleteAccount(r, accounts[0], 9) })
	d.equal("after", d.rows(tables...), []int64{1, 1, 1, 1, 1, 2, 1, 1})
}

func workAbsent(d *db) {
	d.addAccount("a", 1)
	for name, fn := range map[string]func(store.Records) error{
		"Room":                 func(r store.Records) error { return second(r.Room("a", "x")) },
		"LockRoom":             func(r store.Records) error { return second(r.LockRoom("a", "x")) },
		"UpdateRoom":           func(r store.Records) error { return r.UpdateRoom(&store.Room{AccountID: "a", RoomID: "x"}) },
		"RoomToken":            func(r store.Records) error { return second(r.RoomToken("a", "x")) },
		"RoomMembership":       func(r store.Records) error { return second(r.RoomMembership("a", "x", "x")) },
		"UpdateRoomMembership": func(r store.Records) error { return r.UpdateRoomMembership(&store.RoomMembership{AccountID: "a"}) },
		"RedactMessage":        func(r store.Records) error { return r.RedactMessage("a", store.InRoom, "x", "x") },
		"Webhook":              func(r store.Records) error { return second(r.Webhook("x")) },
		"DeleteRoomWebhook":    func(r store.Records) error { return r.DeleteRoomWebhook("a", "x", "x") },
		"Bot":                  func(r store.Records) error { return second(r.Bot("a", "x")) },
		"LockBot":              func(r store.Records) error { return second(r.LockBot("a", "x")) },
		"UpdateBot":            func(r store.Records) error { return r.UpdateBot(&store.Bot{AccountID: "a", BotID: "x"}) },
		"UpdatePhoneNumber":    func(r store.Records) error { return r.UpdatePhoneNumber(&store.PhoneNumber{E164: "x"}) },
		"UpdateAwsAccountSettings": func(r store.Records) error {
			return r.UpdateAwsAccountSettings(&store.AwsAccountSettings{AwsAccountID: aws})
		},
	} {
		d.refused(store.ErrNotFound, fn)
		if err := d.update(fn); !errors.Is(err, store.ErrNotFound) {
			d.Errorf("%s: %v", name, err)
		}
	}
}
