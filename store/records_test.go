package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"testing"

	"carillon/internal/pgtest"
	"carillon/internal/storetest"
	"carillon/store"
	"carillon/store/engine"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// Every test of records runs on both engines, and on Citus if there is one.

func TestRecords_sqlite(t *testing.T) { records(t, openSQLite) }

func TestRecords_postgres(t *testing.T) {
	if testing.Short() {
		t.Skip("one caller each, as on SQLite")
	}
	records(t, openPostgres)
}

func openSQLite(t *testing.T) engine.Engine { return storetest.SQLite(t) }

func openPostgres(t *testing.T) engine.Engine { return storetest.Postgres(t) }

// db is a store under test, with its schema.
type db struct {
	*testing.T
	*store.Store
	engine engine.Engine
}

type recordTest struct {
	name string
	run  func(*db)
}

// workTests are those of what accounts and users work with.
var workTests = []recordTest{
	{"iamUsers", iamUsers},
	{"iamPolicies", iamPolicies},
	{"iamGrants", iamGrants},
	{"iamHoldings", iamHoldings},
	{"iamChanges", iamChanges},
	{"job", job},
	{"jobsDue", jobsDue},
	{"jobsOfTenants", jobsOfTenants},
	{"jobOwner", jobOwner},
	{"jobsCounted", jobsCounted},
	{"jobsAtOnce", jobsAtOnce},
	{"jobRevived", jobRevived},
	{"jobsListed", jobsListed},
	{"jobRetried", jobRetried},
	{"phoneNumber", phoneNumber},
	{"phoneNumberPages", phoneNumberPages},
	{"phoneNumbersReleased", phoneNumbersReleased},
	{"phoneNumberQueue", phoneNumberQueue},
	{"order", order},
	{"orderPages", orderPages},
	{"offer", offer},
	{"offerFilters", offerFilters},
	{"awsAccountSettings", awsAccountSettings},
	{"retentionSettings", retentionSettings},
	{"testClock", testClock},
	{"erasedAll", erasedAll},
	{"room", room},
	{"roomPages", roomPages},
	{"roomMembership", roomMembership},
	{"roomMembershipPages", roomMembershipPages},
	{"roomDeleted", roomDeleted},
	{"workAbsent", workAbsent},
	{"message", message},
	{"messagePages", messagePages},
	{"messagesPurged", messagesPurged},
	{"webhook", webhook},
	{"webhooksPurged", webhooksPurged},
	{"invitation", invitation},
	{"invitationPages", invitationPages},
	{"activity", activity},
	{"bot", bot},
	{"botPages", botPages},
	{"insertUsers", insertUsers},
	{"userNames", userNames},
	{"itemNames", itemNames},
	{"usersPacked", usersPacked},
	{"usersUnpacked", usersUnpacked},
	{"usersPackedErased", usersPackedErased},
	{"accountDeletedWithAll", accountDeletedWithAll},
	{"accountMarked", accountMarked},
	{"formerActivity", formerActivity},
	{"accountErased", accountErased},
	{"accountPurgedErased", accountPurgedErased},
	{"purgedInSteps", purgedInSteps},
	{"consoleNotes", consoleNotes},
	{"consoleFiles", consoleFiles},
	{"scimRequestsForgotten", scimRequestsForgotten},
	{"licensed", licensed},
	{"messageByID", messageByID},
	{"webhookClocks", webhookClocks},
	{"webhookAtOnce", webhookAtOnce},
}

// records runs all tests of records on the engine that open opens.
func records(t *testing.T, open func(*testing.T) engine.Engine) {
	tests := []recordTest{
		{"account", account},
		{"accountAbsent", accountAbsent},
		{"accountTenancy", accountTenancy},
		{"accountPages", accountPages},
		{"accountNames", accountNames},
		{"accountsByEmail", accountsByEmail},
		{"accountsManyAndFew", accountsManyAndFew},
		{"accountCount", accountCount},
		{"accountCountAtOnce", accountCountAtOnce},
		{"accountDeleted", accountDeleted},
		{"accountPurged", accountPurged},
		{"user", user},
		{"userAbsent", userAbsent},
		{"userEmails", userEmails},
		{"userWithoutAccount", userWithoutAccount},
		{"userPages", userPages},
		{"userPagesByType", userPagesByType},
		{"userRemoved", userRemoved},
		{"usersMoved", usersMoved},
		{"usersViewed", usersViewed},
		{"domains", domains},
		{"accessKey", accessKey},
		{"accessKeys", accessKeys},
		{"serverSecrets", serverSecrets},
		{"rolledBack", rolledBack},
		{"deleteEmptyAccountAmidInserts", deleteEmptyAccountAmidInserts},
		{"deleteAccountAmidInserts", deleteAccountAmidInserts},
		{"insertOneEmailAtOnce", insertOneEmailAtOnce},
		{"schemaTwice", schemaTwice},
		{"schemaAtOnce", schemaAtOnce},
		{"schemaNewer", schemaNewer},
		{"schemaNewerCompatible", schemaNewerCompatible},
		{"schemaStep", schemaStep},
		{"rekeyed", rekeyed},
		{"schemaMissing", schemaMissing},
	}
	for _, test := range append(tests, workTests...) {
		t.Run(test.name, func(t *testing.T) {
			d := newDB(t, open(t))
			d.must(d.Migrate(t.Context()))
			test.run(d)
		})
	}
}

func newDB(t *testing.T, e engine.Engine) *db {
	return &db{T: t, Store: store.New(e), engine: e}
}

func (d *db) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// update runs fn in an Update of its own.
func (d *db) update(fn func(store.Records) error) error {
	return d.Update(context.Background(), fn)
}

// write is update for what must succeed.
func (d *db) write(fn func(store.Records) error) {
	d.Helper()
	d.must(d.update(fn))
}

// read runs fn in a View, which must succeed.
func (d *db) read(fn func(store.Records) error) {
	d.Helper()
	d.must(d.View(context.Background(), fn))
}

// refused runs fn in an Update, which must fail with want.
func (d *db) refused(want error, fn func(store.Records) error) {
	d.Helper()
	if err := d.update(fn); !errors.Is(err, want) {
		d.Errorf("got error %v, want %v", err, want)
	}
}

// equal compares two records or lists of them.
func (d *db) equal(what string, got, want any) {
	d.Helper()
	if !reflect.DeepEqual(got, want) {
		d.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

const aws = "111122223333"

// addAccount adds an account that was created at a moment.
func (d *db) addAccount(id string, createdMs int64) *store.Account {
	d.Helper()
	a := &store.Account{AccountID: id, AwsAccountID: aws, Name: id, Type: "Team", Status: "Active", CreatedMs: createdMs}
	d.write(func(r store.Records) error { return r.InsertAccount(a) })
	return a
}

// addUser adds a user that was created at a moment.
func (d *db) addUser(account, id string, createdMs int64) *store.User {
	d.Helper()
	u := newUser(account, id, createdMs)
	d.write(func(r store.Records) error { return r.InsertUser(u) })
	return u
}

func newUser(account, id string, createdMs int64) *store.User {
	return &store.User{
		AccountID: account, UserID: id, AwsAccountID: aws, Email: id + "@example.com",
		Type: "PrivateUser", CreatedMs: createdMs,
	}
}

// filled returns a record with another value in every field, so that a column
// that is left out or mixed up shows. The sign tells two of them apart.
func filled[T any](d *db, sign string) (record T) {
	d.Helper()
	v := reflect.ValueOf(&record).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		switch field := v.Field(i).Addr().Interface().(type) {
		case *string:
			*field = fmt.Sprintf("%s %s 'é' \"%%_\\ 日本\n", name, sign)
		case *bool:
			*field = (i+len(sign))%2 == 0
		case *int64:
			*field = int64(i+1)<<40 + int64(len(sign))
		case *[]string:
			*field = []string{name, sign + ",\"'", ""}
		case *[]store.OrderedNumber:
			*field = []store.OrderedNumber{{E164: sign, Status: "\"'é"}, {E164: "+", Status: sign}}
		case *[]byte:
			*field = []byte{0, 255, byte(i), '\''}
		default:
			d.Fatalf("field %s has type %s", name, v.Field(i).Type())
		}
	}
	return record
}

// exec runs one statement of SQL that has no method.
func (d *db) exec(query string, args ...any) {
	d.Helper()
	d.must(d.engine.Update(context.Background(), func(tx engine.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	}))
}

// count returns how many rows a table has.
func (d *db) count(table string) (n int64) {
	d.Helper()
	d.must(d.engine.View(context.Background(), func(tx engine.Tx) error {
		return tx.Query("SELECT count(*) FROM "+table, nil, func(row engine.Row) error { return row.Scan(&n) })
	}))
	return n
}

// deleteAccount deletes an account with all that is in it, as the rules do in
// many transactions.
func deleteAccount(r store.Records, a *store.Account, nowMs int64) error {
	if err := r.MarkAccountDeleted(a, nowMs); err != nil {
		return err
	}
	for {
		if done, err := r.EraseAccount(a.AccountID, 2); done || err != nil {
			return err
		}
	}
}
