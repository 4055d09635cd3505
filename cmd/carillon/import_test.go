package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"carillon/internal/client"
)

// file writes a file and returns its path.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// compact returns what a command printed without blanks.
func (r result) compact() string { return strings.Join(strings.Fields(r.out), "") }

// wantResult checks exit code, result and parts of the error stream; a failed
// import has a result too.
func (r result) wantResult(t *testing.T, what string, code int, out string, parts ...string) {
	t.Helper()
	if r.code != code || r.compact() != out {
		t.Errorf("%s: exit code %d, %s, want %d, %s\nerr: %s", what, r.code, r.compact(), code, out, r.err)
	}
	for _, part := range parts {
		if !strings.Contains(r.err, part) {
			t.Errorf("%s: the errors lack %q: %s", what, part, r.err)
		}
	}
}

// newAccount makes an account and returns its id.
func newAccount(t *testing.T, args ...string) string {
	t.Helper()
	var out accountOutput
	carillon(t, append([]string{"account", "create", "--name", "x"}, args...)...).decode(t, &out)
	return out.Account.AccountId
}

type offered struct {
	PhoneNumbers []struct{ E164PhoneNumber, Country, Type, City, State string }
}

func TestNumber(t *testing.T) {
	against(t)
	var out offered
	carillon(t, "number", "add", "+12065550100", "--city", "Seattle", "--state", "WA", "--product", "BusinessCalling", "--product", "VoiceConnector").decode(t, &out)
	if n := out.PhoneNumbers; len(n) != 1 || n[0].E164PhoneNumber != "+12065550100" || n[0].City != "Seattle" || n[0].State != "WA" || n[0].Country != "US" {
		t.Errorf("added %+v", out)
	}
	carillon(t, "number", "add", "one").want(t, "no number", exitFailed, "BadRequestException")
	carillon(t, "number", "add", "+12065550100", "--type", "Mobile").want(t, "type", exitUsage, "Mobile")
	carillon(t, "number", "add").want(t, "none", exitUsage)
	carillon(t, "number", "add", "+18885550100", "--product", "BusinessCalling").want(t, "product", exitFailed, "toll-free")
	carillon(t, "number", "list").decode(t, &out)
	if len(out.PhoneNumbers) != 1 {
		t.Errorf("listed %+v", out)
	}
}

func TestNumberImport(t *testing.T) {
	against(t)
	var csv strings.Builder
	csv.WriteString("\ufeffNumber, City,STATE,products,Type,country\n")
	for i := range 205 {
		fmt.Fprintf(&csv, "+1206556%04d,\"Seattle, W\", WA ,BusinessCalling;VoiceConnector,Local,US\n", i)
	}
	path := file(t, csv.String())
	for range 2 {
		carillon(t, "number", "import", path).wantResult(t, "import", exitDone, `{"Offered":205}`)
	}
	var out offered
	carillon(t, "number", "list").decode(t, &out)
	if n := out.PhoneNumbers; len(n) != 205 || n[0].City != "Seattle, W" || n[0].State != "WA" || n[204].E164PhoneNumber != "+12065560204" {
		t.Errorf("%d numbers, %+v", len(n), n[:min(1, len(n))])
	}
	for name, test := range map[string]struct{ csv, part string }{
		"unknown column": {"number,colour\n", `"colour"`},
		"no number":      {"city\nSeattle\n", "number"},
		"no header":      {"", "header"},
		"open header":    {"number,\"city\n+12065550100\n", "quote"},
	} {
		carillon(t, "number", "import", file(t, test.csv)).want(t, name, exitFailed, test.part)
	}
	carillon(t, "number", "import", "/nonexistent").want(t, "no file", exitFailed, "/nonexistent")
}

const usersCSV = "\ufeffemail,UserId,displayname,LicenseType,UserType,RegisteredOn,InvitedOn,UserRegistrationStatus,UserInvitationStatus,PersonalPIN\n" +
	"jane@example.com,jane,\"Doe, Jane\",Basic,PrivateUser,2019-01-09T00:00:00.000Z,2019-01-08T00:00:00.000Z,Registered,Accepted,1234567890\n" +
	"device@example.com,, ,,SharedDevice,,,,,\n" +
	"pending@example.com,,,,,,2019-01-07T00:00:00.000Z,Unregistered,Pending,\n"

func TestUserImport_csv(t *testing.T) {
	against(t)
	id := newAccount(t)
	path := file(t, usersCSV)
	carillon(t, "user", "import", path, "--account-id", id).wantResult(t, "first", exitDone, `{"Import":{"Rows":3,"Created":3,"Updated":0,"Unchanged":0,"Rejected":0}}`)
	carillon(t, "user", "import", path, "--account-id", id).wantResult(t, "again", exitDone, `{"Import":{"Rows":3,"Created":0,"Updated":0,"Unchanged":3,"Rejected":0}}`)
	var list struct {
		Users []struct{ PrimaryEmail, DisplayName string }
	}
	carillon(t, "user", "export", "--account-id", id).decode(t, &list)
	if len(list.Users) != 3 || list.Users[0].PrimaryEmail != "pending@example.com" || list.Users[1].DisplayName != "Doe, Jane" {
		t.Errorf("exported %v", list)
	}
	bad := "email,UserId,LicenseType\nx@example.com,jane,\nnobody,,\ngood@example.com,,\ny@example.com,,Plus\n"
	carillon(t, "user", "import", file(t, bad), "--account-id", id).wantResult(t, "some refused", exitFailed, `{"Import":{"Rows":4,"Created":1,"Updated":0,"Unchanged":0,"Rejected":3}}`,
		"line 2: ", "line 3: PrimaryEmail must", "line 5: LicenseType must", "3 users were refused")
}

// Users of several accounts may be mixed; batches keep the numbers of rows.
func TestUserImport_accounts(t *testing.T) {
	against(t)
	one, two := newAccount(t), newAccount(t)
	var csv strings.Builder
	csv.WriteString("AccountId,PrimaryEmail\n")
	for i := range 1005 {
		fmt.Fprintf(&csv, "%s,%d@example.com\n", one, i)
	}
	fmt.Fprintf(&csv, "%s,a@example.com\n%s,b\n%s,c@example.com\n", two, two, one)
	carillon(t, "user", "import", file(t, csv.String())).wantResult(t, "import", exitFailed, `{"Import":{"Rows":1008,"Created":1007,"Updated":0,"Unchanged":0,"Rejected":1}}`, "line 1008: PrimaryEmail must")
	carillon(t, "user", "import", file(t, "PrimaryEmail\na@example.com\n")).wantResult(t, "no account", exitFailed, `{"Import":{"Rows":1,"Created":0,"Updated":0,"Unchanged":0,"Rejected":1}}`, "--account-id")
	carillon(t, "user", "import", file(t, "AccountId,PrimaryEmail\nghost,a@example.com\n")).wantResult(t, "unknown account", exitFailed, `{"Import":{"Rows":1,"Created":0,"Updated":0,"Unchanged":0,"Rejected":1}}`, "NotFoundException")
}

func TestUserImport_json(t *testing.T) {
	against(t)
	for name, text := range map[string]string{
		"object":      `{"NextToken": null, "Users": [{"PrimaryEmail": "a@example.com", "PersonalPIN": null, "Extra": {"x": 1}}, {"PrimaryEmail": "b@example.com"}], "More": [1]}`,
		"list":        "\n [{\"PrimaryEmail\": \"a@example.com\"}, {\"PrimaryEmail\": \"b@example.com\"}]",
		"with a mark": "\ufeff[{\"PrimaryEmail\": \"a@example.com\"}, {\"PrimaryEmail\": \"b@example.com\"}]",
	} {
		carillon(t, "user", "import", file(t, text), "--account-id", newAccount(t)).wantResult(t, name, exitDone, `{"Import":{"Rows":2,"Created":2,"Updated":0,"Unchanged":0,"Rejected":0}}`)
	}
	carillon(t, "user", "import", file(t, `{"Users": []}`), "--account-id", "x").wantResult(t, "nobody", exitDone, `{"Import":{"Rows":0,"Created":0,"Updated":0,"Unchanged":0,"Rejected":0}}`)
	id := newAccount(t)
	for name, text := range map[string]string{
		"empty": "", "blank": " \n", "cut": `{"Users": [{"PrimaryEmail": "a@example.com"}`, "cut in a user": `[{"PrimaryEmail": `, "no list": `{"Users": 1}`,
		"unknown column": "colour\n", "two addresses": "email,PrimaryEmail\n",
	} {
		carillon(t, "user", "import", file(t, text), "--account-id", id).want(t, name, exitFailed)
	}
	carillon(t, "user", "import", "/nonexistent", "--account-id", id).want(t, "no file", exitFailed, "/nonexistent")
}

// No user of a file is passed over in silence, as when pages of a list are in
// one file.
func TestUserImport_pages(t *testing.T) {
	against(t)
	for name, text := range map[string]string{
		"two lists": `{"Users": [{"PrimaryEmail": "a@example.com"}]} {"Users": [{"PrimaryEmail": "b@example.com"}]}`,
		"cut":       `{"Users": [{"PrimaryEmail": "a@example.com"}], "NextToken": `,
	} {
		r := carillon(t, "user", "import", file(t, text), "--account-id", newAccount(t))
		if r.code == exitDone && !strings.Contains(r.compact(), `"Created":2`) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// What was exported can be imported elsewhere and is the same there.
func TestUser_roundTrip(t *testing.T) {
	against(t)
	first := newAccount(t)
	carillon(t, "user", "import", file(t, usersCSV), "--account-id", first).want(t, "import", exitDone)
	for _, format := range []string{"json", "csv"} {
		export := carillon(t, "user", "export", "--account-id", first, "--format", format)
		export.want(t, format, exitDone)
		second := newAccount(t)
		carillon(t, "user", "import", file(t, export.out), "--account-id", second).wantResult(t, format, exitDone, `{"Import":{"Rows":3,"Created":3,"Updated":0,"Unchanged":0,"Rejected":0}}`)
		again := carillon(t, "user", "export", "--account-id", second, "--format", format)
		if got := strings.ReplaceAll(again.out, second, first); got != export.out {
			t.Errorf("%s: exported\n%s\nthen\n%s", format, export.out, got)
		}
	}
	carillon(t, "user", "export", "--account-id", newAccount(t)).wantResult(t, "nobody", exitDone, `{"Users":[]}`)
	carillon(t, "user", "export", "--account-id", "ghost", "--format", "csv").want(t, "unknown account", exitFailed, "NotFoundException")
	carillon(t, "user", "export").want(t, "no account", exitUsage, "account-id")
	carillon(t, "user", "export", "--account-id", first, "--format", "xml").want(t, "format", exitUsage, "xml")
}

// newRoom makes an Enterprise account with a room and returns the flags for it.
func newRoom(t *testing.T) (account, room string) {
	t.Helper()
	account = newAccount(t, "--type", "EnterpriseLWA")
	cl, err := (&remoteFlags{}).client(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	answer, err := cl.Call(t.Context(), "CreateRoom", client.Members{"AccountId": account, "Name": "x"})
	if err != nil {
		t.Fatal(err)
	}
	var out struct{ Room struct{ RoomId string } }
	if err := json.Unmarshal(answer, &out); err != nil {
		t.Fatal(err)
	}
	return account, out.Room.RoomId
}

func TestWebhook(t *testing.T) {
	against(t)
	account, room := newRoom(t)
	hook := func(args ...string) result {
		return carillon(t, append(append([]string{"webhook"}, args...), "--account-id", account, "--room-id", room)...)
	}
	var made struct {
		Webhook struct{ WebhookId, Name, Url string }
	}
	hook("create", "--name", "Alarm").decode(t, &made)
	answer, err := http.Post(made.Webhook.Url, "application/json", bytes.NewReader([]byte(`{"Content": "It works"}`)))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || made.Webhook.Name != "Alarm" {
		t.Errorf("posting to %+v: %d", made, answer.StatusCode)
	}
	var list struct{ Webhooks []struct{ WebhookId string } }
	hook("list").decode(t, &list)
	if len(list.Webhooks) != 1 || list.Webhooks[0].WebhookId != made.Webhook.WebhookId {
		t.Errorf("listed %+v", list)
	}
	hook("delete", "--webhook-id", made.Webhook.WebhookId).want(t, "delete", exitDone)
	hook("delete", "--webhook-id", made.Webhook.WebhookId).want(t, "delete again", exitFailed, "NotFoundException")
	hook("delete").want(t, "none", exitUsage, "webhook-id")
	carillon(t, "webhook", "list", "--account-id", account, "--room-id", "a/b").want(t, "odd id", exitFailed, "NotFoundException")
	messages := carillon(t, "message", "list", "--account-id", account, "--room-id", room)
	if !strings.Contains(messages.out, "It works") || !strings.Contains(messages.out, "Alarm") {
		t.Errorf("messages: %+v", messages)
	}
}

type messageList struct {
	Messages []struct{ MessageId, Content, CreatedTimestamp string }
}

func TestMessage(t *testing.T) {
	against(t)
	account, room := newRoom(t)
	var lines strings.Builder
	for i := range 205 {
		fmt.Fprintf(&lines, `{"AccountId": %q, "RoomId": %q, "MessageId": "m%03d", "Sender": "s", "Content": "é", "CreatedTimestamp": "2019-01-08T17:59:18.006Z"}`+"\r\n\n", account, room, i)
	}
	fmt.Fprintf(&lines, `{"AccountId": %q, "ConversationId": "c", "MessageId": "m", "Sender": "s", "Content": "x", "CreatedTimestamp": "2019-01-08T17:59:18Z"}`, account)
	path := file(t, lines.String())
	for range 2 {
		carillon(t, "message", "import", path).wantResult(t, "import", exitDone, `{"Failed":0,"Imported":206}`)
	}
	var list messageList
	carillon(t, "message", "list", "--account-id", account, "--room-id", room).decode(t, &list)
	if n := list.Messages; len(n) != 205 || n[0].MessageId != "m204" || n[204].Content != "é" || n[0].CreatedTimestamp != "2019-01-08T17:59:18.006Z" {
		t.Errorf("%d messages, first %+v", len(n), n[:min(1, len(n))])
	}
	carillon(t, "message", "list", "--account-id", account, "--conversation-id", "c").decode(t, &list)
	if len(list.Messages) != 1 {
		t.Errorf("the conversation has %+v", list)
	}
	carillon(t, "message", "list", "--account-id", account).want(t, "neither", exitUsage)
	carillon(t, "message", "list", "--account-id", account, "--room-id", room, "--conversation-id", "c").want(t, "both", exitUsage)
}

// Refused lines are named by their number in the file.
func TestMessageImport_refused(t *testing.T) {
	against(t)
	account, room := newRoom(t)
	line := func(room, id string) string {
		text, err := json.Marshal(map[string]string{
			"AccountId": account, "RoomId": room, "MessageId": id, "Sender": "s", "Content": strings.Repeat("x", 4000), "CreatedTimestamp": "2019-01-08T17:59:18Z",
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var lines []string
	for i := range 150 {
		lines = append(lines, line(room, fmt.Sprint("m", i)))
	}
	lines[2], lines[120] = "", line("ghost", "m")
	carillon(t, "message", "import", file(t, strings.Join(lines, "\n"))).wantResult(t, "one unknown room", exitFailed, `{"Failed":1,"Imported":148}`, "line 121: NotFound", "1 message was refused")
	carillon(t, "message", "import", file(t, line(room, "a")+"\n[]\n")).wantResult(t, "a list", exitFailed, `{"Failed":1,"Imported":1}`, "line 2: BadRequestException")
	carillon(t, "message", "import", file(t, "")).wantResult(t, "empty", exitDone, `{"Failed":0,"Imported":0}`)
	carillon(t, "message", "import", "/nonexistent").want(t, "no file", exitFailed, "/nonexistent")
}
