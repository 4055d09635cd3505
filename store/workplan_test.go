package store_test

import (
	"fmt"
	"testing"

	"carillon/store"
)

func TestWorkPlans_sqlite(t *testing.T) {
	plans(t, openSQLite(t), sqlitePlanner, sqliteWords, (*db).populateWork, append(workQueries(), jobQueries()...))
}

func TestWorkPlans_postgres(t *testing.T) {
	plans(t, openPostgres(t), postgresPlanner, postgresWords, (*db).populateWork, append(workQueries(), jobQueries()...))
}

// populateWork adds so many rows of everything that reading all of a table
// costs more than an index.
func (d *db) populateWork() {
	d.Helper()
	for _, id := range []string{"a0", "a1"} {
		d.addAccount(id, 1)
		for _, room := range []string{"r0", "r1"} {
			d.addRoom(id, room, 1)
		}
	}
	d.write(func(r store.Records) error {
		for i := range 3000 {
			if err := addWork(r, i); err != nil {
				return err
			}
		}
		return nil
	})
	d.exec("ANALYZE")
}

// addWork adds one row to each table.
func addWork(r store.Records, i int) error {
	account, room, id, ms := fmt.Sprint("a", i%2), fmt.Sprint("r", i/2%2), fmt.Sprintf("id%04d", i), int64(i+1)
	owner := fmt.Sprint("aws", i%2)
	for _, err := range []error{
		r.InsertUser(newUser(account, id, ms)),
		r.InsertJob(&store.Job{JobID: id, AwsAccountID: owner, Kind: "k", DueMs: ms}),
		r.InsertPhoneNumber(&store.PhoneNumber{E164: "+" + id, AwsAccountID: owner, AccountID: account, UserID: id, CreatedMs: ms}),
		r.InsertOrder(&store.PhoneNumberOrder{AwsAccountID: owner, OrderID: id, CreatedMs: ms}),
		r.PutOfferedNumber(&store.OfferedNumber{E164: "+" + id}),
		r.InsertRoom(&store.Room{AccountID: account, RoomID: id, CreatedMs: ms}),
		r.InsertRoomMembership(&store.RoomMembership{AccountID: account, RoomID: room, MemberID: id, CreatedMs: ms}),
		r.InsertMessage(&store.Message{AccountID: account, ContainerType: store.InRoom, ContainerID: room, MessageID: id, CreatedMs: ms}),
		r.InsertWebhook(&store.Webhook{WebhookID: id, AccountID: account, RoomID: id, CreatedMs: ms}),
		r.InsertBot(&store.Bot{AccountID: account, BotID: id, Email: id, CreatedMs: ms}),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func workQueries() []hotQuery {
	return []hotQuery{
		{"due jobs", []string{"jobs_by_tenant"}, func(r store.Records) error { return second(r.DueJobs(0, 1, 1, "k")) }},
		{"leasing a tenant's", []string{"jobs_by_tenant"}, func(r store.Records) error {
			return second(r.LeaseTenantJobs("aws1", "me", 100, 0, 0, 16, "k"))
		}},
		{"leasing", []string{"jobs_due"}, func(r store.Records) error { return second(r.LeaseJobs("me", 100, 0, 0, 16)) }},
		{"number", []string{"sqlite_autoindex_phone_numbers_1", "phone_numbers_pkey"}, func(r store.Records) error {
			_, err := r.PhoneNumber("aws1", "+id0007")
			return err
		}},
		{"first numbers", []string{"phone_numbers_in_order"}, func(r store.Records) error {
			return second(r.PhoneNumbers(store.PhoneNumberFilter{AwsAccountID: "aws1", Limit: 10}))
		}},
		{"later numbers", []string{"phone_numbers_in_order"}, func(r store.Records) error {
			return second(r.PhoneNumbers(store.PhoneNumberFilter{AwsAccountID: "aws1", After: store.Position{Ms: 900, ID: "+x"}, Limit: 10}))
		}},
		{"owned in a block", []string{"sqlite_autoindex_phone_numbers_1", "phone_numbers_pkey"}, func(r store.Records) error {
			return second(r.OwnedBetween("+id0100", "+id0150"))
		}},
		{"later orders", []string{"phone_number_orders_newest"}, func(r store.Records) error {
			return second(r.Orders("aws1", store.Position{Ms: 900, ID: "x"}, 10))
		}},
		{"offers", []string{"sqlite_autoindex_offered_numbers_1", "offered_numbers_pkey"}, func(r store.Records) error {
			return second(r.OfferedNumbers(store.OfferFilter{After: store.Position{ID: "+id0100"}, Limit: 10}))
		}},
		{"room", []string{"sqlite_autoindex_rooms_1", "rooms_pkey"}, func(r store.Records) error { return second(r.Room("a1", "r1")) }},
		{"later rooms", []string{"rooms_newest"}, func(r store.Records) error {
			return second(r.Rooms(store.RoomFilter{AccountID: "a1", After: store.Position{Ms: 900, ID: "x"}, Limit: 10}))
		}},
		{"later messages", []string{"messages_newest"}, func(r store.Records) error {
			return second(r.Messages(store.MessageFilter{
				AccountID: "a1", ContainerType: store.InRoom, ContainerID: "r0", After: store.Position{Ms: 900, ID: "x"}, Limit: 10,
			}))
		}},
		{"webhook", []string{"sqlite_autoindex_webhooks_1", "webhooks_pkey"}, func(r store.Records) error { return second(r.Webhook("id0007")) }},
		{"webhooks of a room", []string{"webhooks_of_room"}, func(r store.Records) error { return second(r.RoomWebhooks("a1", "id0007")) }},
		{"bot", []string{"sqlite_autoindex_bots_1", "bots_pkey"}, func(r store.Records) error { return second(r.Bot("a1", "id0007")) }},
		{"later bots", []string{"bots_newest"}, func(r store.Records) error { return second(r.Bots("a1", store.Position{Ms: 900, ID: "x"}, 10)) }},
		{"members", []string{"room_memberships_newest"}, func(r store.Records) error {
			return second(r.RoomMemberships("a1", "r1", store.Position{Ms: 900, ID: "x"}, 10))
		}},
	}
}

// jobQueries are those of the operator's list.
func jobQueries() []hotQuery {
	return []hotQuery{
		{"first page of jobs", []string{"jobs_due"}, func(r store.Records) error { return second(r.Jobs(store.JobFilter{Limit: 100})) }},
		{"later page of jobs", []string{"jobs_due"}, func(r store.Records) error {
			return second(r.Jobs(store.JobFilter{AfterState: "Pending", AfterMs: 100, AfterID: "j", Limit: 100}))
		}},
		{"page of failed jobs", []string{"jobs_due"}, func(r store.Records) error {
			return second(r.Jobs(store.JobFilter{State: "Failed", AfterState: "Failed", AfterMs: 100, AfterID: "j", Limit: 100}))
		}},
	}
}
