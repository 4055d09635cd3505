package chime_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
)

// importRecords imports lines of a kind.
func (w *world) importRecords(kind string, lines ...string) imported {
	w.Helper()
	out, err := w.ImportRecords(w.ctx, &api.ImportRecordsInput{Kind: kind, Lines: lines})
	w.must(err)
	return imported{out.Imported.V, out.Existing.V, importFailures(out.Errors)}
}

// The records of accounts and of what is in them.
func accountLine(id string) string {
	return fmt.Sprintf(`{"AccountId":%q,"Name":"Example","AccountType":"EnterpriseDirectory","AccountStatus":"Active","DefaultLicense":"Pro","CreatedTimestamp":"2020-01-01T00:00:00.000Z"}`, id)
}

func roomLine(account, id string) string {
	return fmt.Sprintf(`{"AccountId":%q,"RoomId":%q,"Name":"Hall","CreatedTimestamp":"2020-01-01T00:00:00.000Z"}`, account, id)
}

func botLine(account, id string) string {
	return fmt.Sprintf(`{"AccountId":%q,"BotId":%q,"DisplayName":"Bot","BotEmail":%q}`, account, id, id+"@example.com")
}

func numberLine(e164, more string) string {
	return fmt.Sprintf(`{"E164PhoneNumber":%q,"ProductType":"BusinessCalling","CreatedTimestamp":"2020-01-01T00:00:00.000Z",%s}`, e164, more)
}

func userLine(account, id, email string) string {
	return fmt.Sprintf(`{"AccountId":%q,"UserId":%q,"PrimaryEmail":%q,"LicenseType":"Pro","UserType":"PrivateUser","UserRegistrationStatus":"Registered","CreatedTimestamp":"2020-01-01T00:00:00.000Z"}`, account, id, email)
}

func TestImportRecords_unknown(t *testing.T) {
	w := newWorld(t)
	for _, kind := range []string{"audit", "Users", "../users"} {
		_, err := w.ImportRecords(w.ctx, &api.ImportRecordsInput{Kind: kind, Lines: []string{"{}"}})
		w.refused(kind, err, api.BadRequest, "Kind", "accounts, domains, settings")
	}
}

// What is there as it is stays, what differs is named, and nobody gets into what is
// another one's.
func TestImportRecords_outcomes(t *testing.T) {
	w := newWorld(t)
	a := "account"
	w.wantImport("accounts", w.importRecords("accounts", accountLine(a), accountLine("second")), 2, 0)
	w.wantImport("again", w.importRecords("accounts", accountLine(a), accountLine("third"), accountLine("third")), 1, 2)
	w.wantImport("rooms", w.importRecords("rooms", roomLine(a, "r"), roomLine(a, "s")), 2, 0)
	changed := strings.Replace(roomLine(a, "r"), "Hall", "Kitchen", 1)
	out, err := w.ImportRecords(w.ctx, &api.ImportRecordsInput{Kind: "rooms", Lines: []string{changed, roomLine("nowhere", "r"), roomLine(a, "t")}})
	w.must(err)
	if out.Imported.V != 1 || len(out.Errors) != 2 || !strings.Contains(out.Errors[0].ErrorMessage.V, "another Name") || out.Errors[1].ErrorCode.V != "NotFound" {
		t.Errorf("got %+v", out)
	}
	w.wantImport("members", w.importRecords("memberships",
		fmt.Sprintf(`{"AccountId":%q,"RoomId":"r","MemberId":"m","MemberType":"User","Role":"Member"}`, a),
		fmt.Sprintf(`{"AccountId":%q,"RoomId":"gone","MemberId":"m","MemberType":"User","Role":"Member"}`, a)), 1, 0, "1 NotFound")
	w.wantImport("users", w.importRecords("users", userLine(a, "u", "Jane@example.com"), userLine(a, "v", "jane@EXAMPLE.com"), userLine(a, "x", "a b")),
		1, 0, "1 Conflict", "2 BadRequest")

	w.ctx = as(other)
	w.wantImport("somebody else's", w.importRecords("rooms", roomLine(a, "q"), roomLine(a, "r")), 0, 0, "0 NotFound", "1 NotFound")
	w.wantImport("somebody else's account", w.importRecords("accounts", accountLine(a)), 0, 0, "0 Conflict")
}

// Quotas hold; what is too much is taken back, the rest stays.
func TestImportRecords_quotas(t *testing.T) {
	w := newWorld(t)
	w.configure(func(c *chime.Config) {
		c.Quotas = chime.Quotas{Accounts: 2, PhoneNumbers: 1, Rooms: 1, RoomMemberships: 1, Bots: 1}
	})
	w.wantImport("accounts", w.importRecords("accounts", accountLine("a"), accountLine("b"), accountLine("c")), 2, 0, "2 ResourceLimitExceeded")
	w.wantImport("once more", w.importRecords("accounts", accountLine("b"), accountLine("c")), 0, 1, "1 ResourceLimitExceeded")
	w.wantImport("rooms", w.importRecords("rooms", roomLine("a", "r"), roomLine("b", "r"), roomLine("a", "s")), 2, 0, "2 ResourceLimitExceeded")
	w.wantImport("bots", w.importRecords("bots", botLine("a", "b"), botLine("a", "c")), 1, 0, "1 ResourceLimitExceeded")
	member := `{"AccountId":"a","RoomId":"r","MemberId":"%s","MemberType":"User","Role":"Member"}`
	w.wantImport("members", w.importRecords("memberships", fmt.Sprintf(member, "m"), fmt.Sprintf(member, "n")), 1, 0, "1 ResourceLimitExceeded")
	free := `"Status":"Unassigned"`
	w.wantImport("numbers", w.importRecords("numbers", numberLine("+12065550100", free), numberLine("+12065550101", free)), 1, 0, "1 ResourceLimitExceeded")
}

// What goes on by itself goes on after an import.
func TestImportRecords_jobs(t *testing.T) {
	w := newWorld(t)
	w.importRecords("accounts", accountLine("a"))
	since := w.clock().Format("2006-01-02T15:04:05.000Z07:00")
	w.wantImport("orders", w.importRecords("orders",
		`{"PhoneNumberOrderId":"o","ProductType":"BusinessCalling","Status":"Processing","OrderedPhoneNumbers":[{"e":"+12065550100","s":"Processing"}]}`), 1, 0)
	w.wantImport("numbers", w.importRecords("numbers",
		numberLine("+12065550100", `"Status":"AcquireInProgress","PhoneNumberOrderId":"o"`),
		numberLine("+12065550101", `"Status":"ReleaseInProgress","DeletionTimestamp":"`+since+`"`)), 2, 0)
	w.wantImport("retention", w.importRecords("retention",
		`{"AccountId":"a","RoomRetentionDays":1,"UpdatedTimestamp":"`+since+`","InitiateDeletionTimestamp":"`+since+`"}`), 1, 0)
	w.mustWork()
	w.wantStatus("+12065550100", api.PhoneNumberStatusUnassigned)
	w.wantStatus("+12065550101", api.PhoneNumberStatusReleaseInProgress)
	if w.waiting("retention") != 1 {
		t.Error("nothing deletes old messages")
	}
	w.advance(7*24*time.Hour + time.Minute)
	w.mustWork()
	w.refused("the number of the deletion queue", w.lookUp("+12065550101"), api.NotFound)
}

// A number and its user say the same of each other, whatever an import has.
func TestImportRecords_assigned(t *testing.T) {
	w := newWorld(t)
	w.importRecords("accounts", accountLine("a"))
	w.importRecords("users", userLine("a", "u", "u@example.com"), userLine("a", "v", "v@example.com"))
	owned := func(user string) string { return `"Status":"Assigned","AccountId":"a","UserId":"` + user + `"` }
	w.wantImport("numbers", w.importRecords("numbers",
		numberLine("+12065550100", owned("u")), numberLine("+12065550101", owned("u")), numberLine("+12065550102", owned("gone")),
		numberLine("+12065550103", `"Status":"Assigned"`), numberLine("+12065550104", strings.Replace(owned("v"), "Assigned", "Unassigned", 1)),
		numberLine("1 800 CHIME", owned("v"))), 1, 0, "1 Conflict", "2 NotFound", "3 BadRequest", "4 BadRequest", "5 BadRequest")
	if got := w.get("a", "u").PrimaryProvisionedNumber.V; got != "+12065550100" {
		t.Errorf("the user has the number %q", got)
	}
	w.wantImport("again", w.importRecords("numbers", numberLine("+12065550100", owned("u")), numberLine("+12065550101", owned("u"))), 0, 1, "1 Conflict")
	w.wantImport("users again", w.importRecords("users", userLine("a", "u", "u@example.com")), 0, 1)
	v, err := w.store.Verify(t.Context())
	if err != nil || len(v.Problems) > 0 {
		t.Errorf("found %v, %v", v.Problems, err)
	}
}

// An account that was deleted can come back, and be deleted again.
func TestImportRecords_deleted(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		w.wantImport("account", w.importRecords("accounts", accountLine("a")), 1, 0)
		w.must(w.DeleteAccount(w.ctx, &api.DeleteAccountInput{AccountId: "a"}))
		w.mustWork()
	}
}

// A bot that comes back in the same server has another token than before.
func TestImportRecords_tokens(t *testing.T) {
	w := newWorld(t)
	a := w.account(api.AccountTypeEnterpriseDirectory, "example.com")
	before := w.bot(a, "Butler")
	line := botLine(a, "other")
	w.wantImport("bots", w.importRecords("bots", line), 1, 0)
	if got := w.getBot(a, "other").SecurityToken.V; got == "" || got == before.SecurityToken.V {
		t.Errorf("the token is %q", got)
	}
	w.wantImport("again", w.importRecords("bots", line), 0, 1)
	bad := strings.Replace(line, `"DisplayName"`, `"OutboundEventsHTTPSEndpoint":"http://10.0.0.1/","DisplayName"`, 1)
	w.wantImport("plain endpoint", w.importRecords("bots", strings.ReplaceAll(bad, "other", "third")), 0, 0, "0 BadRequest")
}

// Settings take the place of the row that is only a lock.
func TestImportRecords_settings(t *testing.T) {
	w := newWorld(t)
	line := `{"CallingName":"Example","CallingNameUpdatedTimestamp":"2020-01-01T00:00:00.000Z"}`
	w.own("+12065550100") // which takes the lock
	w.wantImport("settings", w.importRecords("settings", line), 1, 0)
	w.wantImport("again", w.importRecords("settings", line), 0, 1)
	w.wantImport("others", w.importRecords("settings", `{"CallingName":"Other"}`), 0, 0, "0 Conflict")
}

// A large import has several transactions, and its indexes are those of the request.
func TestImportRecords_divided(t *testing.T) {
	w := newWorld(t)
	w.importRecords("accounts", accountLine("a"))
	var lines []string
	for i := range 600 {
		lines = append(lines, userLine("a", fmt.Sprint("u", i), fmt.Sprintf("u%d@example.com", i)))
	}
	lines[300], lines[599] = "{", "[]"
	w.wantImport("users", w.importRecords("users", lines...), 598, 0, "300 BadRequest", "599 BadRequest")
	w.wantImport("again", w.importRecords("users", lines...), 0, 598, "300 BadRequest", "599 BadRequest")
}

// What belongs to a user or a group is taken only if there is such one: in the account
// or, where they may come back, among those who left.
func TestImportRecords_references(t *testing.T) {
	w := newWorld(t)
	w.importRecords("accounts", accountLine("a"), accountLine("b"))
	w.importRecords("users", userLine("a", "u", "u@example.com"), userLine("b", "elsewhere", "e@example.com"))
	w.importRecords("former-users", `{"AccountId":"a","PrimaryEmail":"f@example.com","UserId":"former"}`)
	w.importRecords("scim-users", `{"AccountId":"a","UserId":"left","LeftEmail":"l@example.com"}`)
	w.importRecords("scim-groups", `{"AccountId":"a","GroupId":"g","DisplayName":"Group"}`)
	week := `"WeekBeginning":"2020-01-05T00:00:00.000Z","LastActiveOn":"2020-01-06T00:00:00.000Z"`
	invitation := `"EmailAddress":"u@example.com","Status":"Pending","EmailStatus":"NotSent"`
	tests := []struct {
		kind, line string
		missing    string // what the refusal says is missing; empty: it is taken
	}{
		{"activity", `{"AccountId":"a","UserId":"u",` + week + `}`, ""},
		{"activity", `{"AccountId":"a","UserId":"former",` + week + `}`, ""},
		{"activity", `{"AccountId":"a","UserId":"left",` + week + `}`, "UserId"},
		{"activity", `{"AccountId":"a","UserId":"elsewhere",` + week + `}`, "UserId"},
		{"invitations", `{"AccountId":"a","InviteId":"i","UserId":"u",` + invitation + `}`, ""},
		{"invitations", `{"AccountId":"a","InviteId":"j","UserId":"former",` + invitation + `}`, "UserId"},
		{"invitations", `{"AccountId":"a","InviteId":"k",` + invitation + `}`, "UserId"},
		{"scim-members", `{"AccountId":"a","GroupId":"g","UserId":"u"}`, ""},
		{"scim-members", `{"AccountId":"a","GroupId":"g","UserId":"left"}`, ""},
		{"scim-members", `{"AccountId":"a","GroupId":"g","UserId":"gone"}`, "UserId"},
		{"scim-members", `{"AccountId":"a","GroupId":"gone","UserId":"u"}`, "GroupId"},
		{"scim-members", `{"AccountId":"b","GroupId":"g","UserId":"elsewhere"}`, "GroupId"},
	}
	for _, test := range tests {
		out, err := w.ImportRecords(w.ctx, &api.ImportRecordsInput{Kind: test.kind, Lines: []string{test.line}})
		w.must(err)
		switch {
		case test.missing == "" && (out.Imported.V != 1 || len(out.Errors) > 0):
			t.Errorf("%s %s: got %+v", test.kind, test.line, out)
		case test.missing != "" && (len(out.Errors) != 1 || out.Errors[0].ErrorCode.V != "NotFound" || !strings.Contains(out.Errors[0].ErrorMessage.V, test.missing)):
			t.Errorf("%s %s: got %+v, want that %s is missing", test.kind, test.line, out, test.missing)
		}
	}
}
