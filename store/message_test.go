package store_test

import (
	"fmt"

	"carillon/store"
)

func (d *db) messages(f store.MessageFilter) (page []store.Message) {
	d.Helper()
	d.read(func(r store.Records) (err error) {
		page, err = r.Messages(f)
		return err
	})
	return page
}

func message(d *db) {
	d.addAccount("a", 1)
	m := filled[store.Message](d, "+")
	m.AccountID, m.ContainerType = "a", store.InConversation
	d.write(func(r store.Records) error { return r.InsertMessage(&m) })
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertMessage(&m) })
	filter := store.MessageFilter{AccountID: "a", ContainerType: store.InConversation, ContainerID: m.ContainerID, Limit: 9}
	d.equal("inserted", d.messages(filter), []store.Message{m})
	for range 2 {
		d.write(func(r store.Records) error { return r.RedactMessage("a", m.ContainerType, m.ContainerID, m.MessageID) })
		m.Content, m.Redacted = "", true
		d.equal("redacted", d.messages(filter), []store.Message{m})
	}
	for id, want := range map[string]bool{m.ContainerID: true, "ghost": false} {
		d.read(func(r store.Records) error {
			found, err := r.HasConversation("a", id)
			d.equal("conversation "+id, found, want)
			return err
		})
	}
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.RedactMessage("a", store.InRoom, m.ContainerID, m.MessageID) })
	d.refused(store.ErrReferenced, func(r store.Records) error {
		return r.InsertMessage(&store.Message{AccountID: "ghost", MessageID: "m"})
	})
}

// addMessages adds seven messages of three moments to a room.
func (d *db) addMessages(account, room string) {
	d.Helper()
	for i := range 7 {
		m := store.Message{AccountID: account, ContainerType: store.InRoom, ContainerID: room, MessageID: fmt.Sprint("m", 7-i), CreatedMs: int64(1 + i/3)}
		d.write(func(r store.Records) error { return r.InsertMessage(&m) })
	}
}

func messagePages(d *db) {
	d.addAccount("a", 1)
	d.addMessages("a", "r")
	d.addMessages("a", "s")
	for since, want := range map[int64][]string{0: {"m1", "m4", "m3", "m2", "m7", "m6", "m5"}, 2: {"m1", "m4", "m3", "m2"}, 4: nil} {
		for limit := 1; limit <= 8; limit++ {
			f := store.MessageFilter{AccountID: "a", ContainerType: store.InRoom, ContainerID: "r", SinceMs: since, Limit: limit}
			got := paged(d, limit, func() (ids []string) {
				for _, m := range d.messages(f) {
					ids, f.After = append(ids, m.MessageID), store.Position{Ms: m.CreatedMs, ID: m.MessageID}
				}
				return ids
			})
			d.equal(fmt.Sprintf("since %d by %d", since, limit), got, want)
		}
	}
}

func messagesPurged(d *db) {
	d.addAccount("a", 1)
	d.addAccount("b", 1)
	d.addMessages("a", "r")
	d.addMessages("a", "s")
	d.addMessages("b", "r")
	purge := func(container string, before int64) (n int64) {
		d.write(func(r store.Records) (err error) {
			n, err = r.PurgeMessages("a", container, before, 1000)
			return err
		})
		return n
	}
	d.equal("purged", []int64{purge(store.InConversation, 99), purge(store.InRoom, 1), purge(store.InRoom, 2), purge(store.InRoom, 2)}, []int64{0, 0, 6, 0})
	d.equal("left", d.count("messages"), int64(15))
}

func (d *db) addWebhook(w store.Webhook) {
	d.Helper()
	d.write(func(r store.Records) error { return r.InsertWebhook(&w) })
}

func webhook(d *db) {
	w := filled[store.Webhook](d, "+")
	w.BotID = ""
	d.addWebhook(w)
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertWebhook(&w) })
	get := func() (got store.Webhook) {
		d.read(func(r store.Records) (err error) {
			got, err = r.Webhook(w.WebhookID)
			return err
		})
		return got
	}
	d.equal("inserted", get(), w)
	older := store.Webhook{WebhookID: "older", AccountID: w.AccountID, RoomID: w.RoomID}
	d.addWebhook(older)
	d.addWebhook(store.Webhook{WebhookID: "bot's", AccountID: w.AccountID, RoomID: w.RoomID, BotID: "b"})
	d.read(func(r store.Records) error {
		list, err := r.RoomWebhooks(w.AccountID, w.RoomID)
		d.equal("of the room", list, []store.Webhook{older, w})
		return err
	})
	d.pace(w)
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.DeleteRoomWebhook(w.AccountID, w.RoomID, "bot's") })
	d.refused(store.ErrNotFound, func(r store.Records) error { return r.DeleteRoomWebhook(w.AccountID, "other", "older") })
	d.write(func(r store.Records) error { return r.DeleteRoomWebhook(w.AccountID, w.RoomID, "older") })
	d.write(func(r store.Records) error { return r.DeleteBotWebhooks(w.AccountID, w.RoomID, "b") })
	d.equal("left", get().WebhookID, w.WebhookID)
	d.equal("left", d.count("webhooks"), int64(1))
}

// pace posts to a webhook, too early and in time.
func (d *db) pace(w store.Webhook) {
	d.Helper()
	touch := func(now, since, until int64) (ok bool) {
		d.write(func(r store.Records) (err error) {
			ok, err = r.TouchWebhook(w.WebhookID, now, since, until)
			return err
		})
		return ok
	}
	at := w.PostedMs
	d.equal("touched", []bool{touch(at+5, at-1, at+7), touch(at+5, at, at+7), touch(at+9, at+4, at+11), touch(at+9, at+5, at+11)}, []bool{false, true, false, true})
	d.equal("touched by another clock", []bool{touch(at+2, at-3, at+9), touch(at+1, at-4, at+8)}, []bool{false, true})
}

func webhooksPurged(d *db) {
	for id, expires := range map[string]int64{"never": 0, "early": 5, "late": 6} {
		d.addWebhook(store.Webhook{WebhookID: id, ExpiresMs: expires})
	}
	for _, step := range []struct{ now, want int64 }{{5, 0}, {6, 1}, {99, 1}, {99, 0}} {
		d.write(func(r store.Records) error {
			n, err := r.PurgeWebhooks(step.now, 1000)
			d.equal(fmt.Sprint("purged at ", step.now), n, step.want)
			return err
		})
	}
}

func bot(d *db) {
	d.addAccount("a", 1)
	first := filled[store.Bot](d, "+")
	first.AccountID = "a"
	d.write(func(r store.Records) error { return r.InsertBot(&first) })
	same := store.Bot{AccountID: "a", BotID: "other", Email: store.Fold(first.Email)}
	d.refused(store.ErrExists, func(r store.Records) error { return r.InsertBot(&same) })
	second := filled[store.Bot](d, "++")
	second.AccountID, second.BotID, second.AwsAccountID, second.DisplayName = "a", first.BotID, first.AwsAccountID, first.DisplayName
	second.Email, second.CreatedMs = first.Email, first.CreatedMs
	d.write(func(r store.Records) error {
		locked, err := r.LockBot("a", first.BotID)
		d.equal("locked", locked, first)
		if err != nil {
			return err
		}
		return r.UpdateBot(&second)
	})
	d.addRoom("a", "r", 1)
	d.addMember("a", "r", first.BotID, 1)
	d.addMember("a", "r", "user", 1)
	d.read(func(r store.Records) error {
		got, err := r.Bot("a", first.BotID)
		d.equal("updated", got, second)
		list, err2 := r.BotsInRoom("a", "r")
		d.equal("in the room", list, []store.Bot{second})
		if err == nil {
			err = err2
		}
		return err
	})
}

func botPages(d *db) {
	d.addAccount("a", 1)
	for i := range 7 {
		b := store.Bot{AccountID: "a", BotID: fmt.Sprint("b", 7-i), Email: fmt.Sprint(i), CreatedMs: int64(1 + i/3)}
		d.write(func(r store.Records) error { return r.InsertBot(&b) })
	}
	d.equal("bots", d.counted(func(r store.Records) (int64, error) { return r.CountBots("a") }), int64(7))
	for limit := 1; limit <= 8; limit++ {
		var ms int64
		var id string
		got := paged(d, limit, func() (ids []string) {
			d.read(func(r store.Records) error {
				page, err := r.Bots("a", store.Position{Ms: ms, ID: id}, limit)
				ids = nil
				for _, b := range page {
					ids, ms, id = append(ids, b.BotID), b.CreatedMs, b.BotID
				}
				return err
			})
			return ids
		})
		d.equal(fmt.Sprint("pages of ", limit), got, []string{"b1", "b4", "b3", "b2", "b7", "b6", "b5"})
	}
}
