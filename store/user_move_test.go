package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"carillon/store"
	"carillon/store/engine"
)

// oldUsers matches the definitions of the table of users and its indexes as they
// were before version 8.
var oldUsers = regexp.MustCompile(`(?s)CREATE (?:TABLE users|INDEX users_\w+ ON users) .*?;\n`)

// newTables matches the names of tables that a script makes.
var newTables = regexp.MustCompile(`CREATE TABLE (\w+)`)

// dropsAfter8 are statements that drop what migrations after version 8 made.
func (d *db) dropsAfter8() (statements []string) {
	d.Helper()
	scripts, err := filepath.Glob("migrations/*.sql")
	d.must(err)
	for _, path := range scripts {
		if filepath.Base(path) < "0009" {
			continue
		}
		script, err := os.ReadFile(path)
		d.must(err)
		for _, name := range newTables.FindAllStringSubmatch(string(script), -1) {
			statements = append(statements, "DROP TABLE "+name[1])
		}
	}
	return statements
}

// before8 makes an empty database one of version 7.
func (d *db) before8() {
	d.Helper()
	first, err := os.ReadFile("migrations/0001_accounts_users_keys.sql")
	d.must(err)
	statements := append(oldUsers.FindAllString(string(first), -1), "DELETE FROM schema_version WHERE version > 7")
	d.equal("statements", len(statements), 4)
	d.must(d.engine.Migrate(d.Context(), func(tx engine.Tx) error {
		for _, s := range slices.Concat(d.dropsAfter8(), []string{"DROP VIEW users", "DROP TABLE user_rows"}, statements) {
			if _, err := tx.Exec(s); err != nil {
				return err
			}
		}
		return nil
	}))
}

// insertBefore8 adds a user as version 7 had it.
func insertBefore8(tx engine.Tx, u *store.User, emailKey string) error {
	_, err := tx.Exec(`INSERT INTO users (account_id, user_id, aws_account_id, email, email_key, display_name, license, user_type, registration,
			invitation, invite_id, email_status, personal_pin, phone_number, alexa_enabled, alexa_room_arn, inbound_calling, outbound_calling, sms,
			created_ms, registered_ms, invited_ms, signed_out_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`,
		u.AccountID, u.UserID, u.AwsAccountID, u.Email, emailKey, u.DisplayName, u.License, u.Type, u.Registration, u.Invitation, u.InviteID,
		u.EmailStatus, u.PersonalPIN, u.PhoneNumber, u.AlexaEnabled, u.AlexaRoomArn, u.InboundCalling, u.OutboundCalling, u.SMS, u.CreatedMs,
		u.RegisteredMs, u.InvitedMs, u.SignedOutMs)
	return err
}

// manyBefore8 are users as version 7 had them.
var manyBefore8 = strings.NewReplacer(
	"INTO user_rows (account_id, place, other_id, email_key, shared_device, data)", `INTO users (account_id, user_id, aws_account_id, email, email_key,
		display_name, license, user_type, registration, invitation, invite_id, email_status, personal_pin, phone_number, alexa_enabled, alexa_room_arn,
		inbound_calling, outbound_calling, sms, created_ms, registered_ms, invited_ms, signed_out_ms)`,
	"SELECT account, CAST(CAST(i AS TEXT) AS BYTEA), '', ", `SELECT account, '0191f4c8-7000-7000-8000-0000' || CAST(10000000 + i AS TEXT), '111122223333',
		CAST(mixed AS TEXT) || '@example.com', `,
	`FALSE, '{"n":"Somebody","p":"1234567890","r":0}'`, `'Somebody', 'Pro', 'PrivateUser', 'Registered', '', '', '', '1234567890', '', FALSE, '',
		FALSE, FALSE, FALSE, i, i, 0, 0`,
).Replace(manyUsers)

// dying is a database whose process dies in one of the transactions of Migrate.
type dying struct {
	engine.Engine
	in int // how many are done before
}

func (e *dying) Migrate(ctx context.Context, fn func(engine.Tx) error) error {
	return e.Engine.Migrate(ctx, func(tx engine.Tx) error {
		e.in--
		return errors.Join(fn(tx), map[bool]error{true: errCrash}[e.in < 0])
	})
}

// The move of users to their new table goes on where it was cut off, and keeps
// everything of everybody.
func usersMoved(d *db) {
	if testing.Short() {
		d.Skip("fills many rows")
	}
	d.addAccount("odd", 1)
	d.before8()
	odd := oddUsers(d)
	d.must(d.engine.Update(d.Context(), func(tx engine.Tx) error {
		if err := fill(tx, 5000, 1, manyBefore8); err != nil {
			return err
		}
		for i := range odd {
			if err := insertBefore8(tx, &odd[i], store.EmailKey(odd[i].Email)); err != nil {
				return err
			}
		}
		return nil
	}))
	d.exec("UPDATE accounts SET aws_account_id = $1 WHERE account_id = 'a0'", aws) // fill's are deleted
	for crash := range 3 {
		if err := store.New(&dying{d.engine, crash}).Migrate(d.Context()); !errors.Is(err, errCrash) {
			d.Fatalf("crash %d: %v", crash, err)
		}
	}
	d.must(d.Migrate(d.Context()))
	d.must(d.Ready(d.Context()))
	d.equal("odd ones", d.users(store.UserFilter{AccountID: "odd", Limit: 99}), odd)
	many := d.users(store.UserFilter{AccountID: "a0", Limit: 9999})
	d.equal("many", len(many), 5000)
	d.equal("one", many[4999], store.User{
		AccountID: "a0", UserID: "0191f4c8-7000-7000-8000-000010005000", AwsAccountID: aws, Email: "729860360@example.com", DisplayName: "Somebody",
		License: "Pro", Type: "PrivateUser", Registration: "Registered", PersonalPIN: "1234567890", CreatedMs: timedMs, RegisteredMs: 5000,
	})
	d.equal("rows of the view", d.count("users"), int64(5000+len(odd)))
}

// timedMs is the time of ids that begin with 0191f4c8-7000.
const timedMs = 0x0191f4c87000

// oddUsers are users of all kinds, in the order of their list.
func oddUsers(d *db) []store.User {
	full := addedUser(d)
	full.UserID, full.CreatedMs = "full", 3
	other := *newUser("odd", "11111111-2222-4333-8444-555555555555", 5)
	upper := *newUser("odd", "11111111-2222-4333-8444-55555555555A", 5)
	upper.DisplayName = "\"\\\n\u2028<&>é\U0001F600"
	timed := *newUser("odd", timedID, timedMs)
	timed.RegisteredMs, timed.License, timed.Email = timedMs-1, "", "Ä "+timedID
	list := []store.User{*newUser("odd", "x", 2), full, other, upper, timed, *newUser("odd", "later", timedMs+1)}
	for i := range list {
		list[i].AccountID, list[i].AwsAccountID = "odd", aws
	}
	return list
}

// The view shows each user as it is.
func usersViewed(d *db) {
	d.addAccount("odd", 1)
	want := map[string]store.User{}
	for _, u := range oddUsers(d) {
		d.write(func(r store.Records) error { return r.InsertUser(&u) })
		want[u.UserID] = u
	}
	got := map[string]store.User{}
	d.must(d.engine.View(d.Context(), func(tx engine.Tx) error {
		return tx.Query(`SELECT account_id, user_id, aws_account_id, email, display_name, license, user_type, registration, invitation, invite_id,
				email_status, personal_pin, phone_number, alexa_enabled, alexa_room_arn, inbound_calling, outbound_calling, sms, created_ms,
				registered_ms, invited_ms, signed_out_ms FROM users`, nil, func(row engine.Row) error {
			var u store.User
			err := row.Scan(&u.AccountID, &u.UserID, &u.AwsAccountID, &u.Email, &u.DisplayName, &u.License, &u.Type, &u.Registration, &u.Invitation,
				&u.InviteID, &u.EmailStatus, &u.PersonalPIN, &u.PhoneNumber, &u.AlexaEnabled, &u.AlexaRoomArn, &u.InboundCalling, &u.OutboundCalling,
				&u.SMS, &u.CreatedMs, &u.RegisteredMs, &u.InvitedMs, &u.SignedOutMs)
			got[u.UserID] = u
			return err
		})
	}))
	d.equal("view", got, want)
}
