package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// importCounts is what carillon user import prints.
type importCounts struct {
	Import struct{ Rows, Created, Updated, Unchanged, Rejected int }
}

func counted(rows, created, unchanged, rejected int) (c importCounts) {
	c.Import.Rows, c.Import.Created, c.Import.Unchanged, c.Import.Rejected = rows, created, unchanged, rejected
	return c
}

// scratchFile writes a file of the test's own.
func scratchFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	succeed(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// fullUsers is a list of users with every member set, and odd names.
func fullUsers(n int) string {
	var text strings.Builder
	for i := range n {
		license, userType, pin, alexa := "Pro", "PrivateUser", fmt.Sprintf(`"PersonalPIN":"%010d",`, 1_000_000_000+i), "false"
		if i%3 == 0 {
			license, userType, pin, alexa = "Basic", "SharedDevice", "", "true"
		}
		fmt.Fprintf(&text, `{"UserId":"u-%05d","PrimaryEmail":"=U%d@example.com","DisplayName":"'@ Zoë \"№%d\"\n, ;","LicenseType":"%s","UserType":"%s",`, i, i, i, license, userType)
		fmt.Fprintf(&text, `"UserRegistrationStatus":"Registered","UserInvitationStatus":"Accepted","RegisteredOn":"2020-01-08T17:59:18.%03dZ","InvitedOn":"2019-01-07T17:59:18.006Z",`, i%1000)
		fmt.Fprintf(&text, `%s"AlexaForBusinessMetadata":{"IsAlexaForBusinessEnabled":%s,"AlexaForBusinessRoomArn":"arn:aws:a4b:us-east-1:1:room/%d"},`, pin, alexa, i)
		fmt.Fprintf(&text, `"UserSettings":{"Telephony":{"InboundCalling":%t,"OutboundCalling":true,"SMS":%t}}}`+"\n", i%2 == 0, i%5 == 0)
	}
	return text.String()
}

// withoutAccount is a list of JSON lines of an export, as it is for any account.
func withoutAccount(text, account string) string {
	return strings.ReplaceAll(text, `"AccountId":"`+account+`",`, "")
}

// TestUserExport takes a list through every format into other accounts: each says
// the same as what was imported first.
func TestUserExport(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		want := fullUsers(2500)
		file, from := scratchFile(t, "users.jsonl", want), e.team(t)
		equal(t, "import", carillon[importCounts](t, e.caller, "user", "import", file, "--account-id", from), counted(2500, 2500, 0, 0))
		for _, format := range []string{"csv", "json", "jsonl"} {
			list, to := filepath.Join(t.TempDir(), "list"), e.team(t)
			equal(t, "stdout", e.tryCarillon(t, "user", "export", "--account-id", from, "--format", format, list).succeeded(t), "")
			equal(t, format, carillon[importCounts](t, e.caller, "user", "import", list, "--account-id", to), counted(2500, 2500, 0, 0))
			got := e.tryCarillon(t, "user", "export", "--account-id", to, "--format", "jsonl").succeeded(t)
			if withoutAccount(got, to) != want {
				t.Errorf("%s: a round trip has changed users", format)
			}
		}
	})
}

// TestUserExport_all writes the users of all accounts, as one list that names them.
func TestUserExport_all(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		a, b := e.team(t), e.team(t)
		for _, account := range []string{a, b} {
			_, err := e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &account, Email: aws.String("x@example.com")})
			succeed(t, err)
		}
		all := carillon[struct{ Users []struct{ AccountId string } }](t, e.caller, "user", "export", "--all")
		equal(t, "users", len(all.Users), 2)
		if all.Users[0].AccountId == all.Users[1].AccountId {
			t.Errorf("got %v", all)
		}
	})
}

// TestUserExport_failed leaves a file as it was, and none where none was.
func TestUserExport_failed(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		file := scratchFile(t, "users.json", "as it was")
		e.tryCarillon(t, "user", "export", "--account-id", "none", file).failed(t, exitFailed, "NotFoundException")
		equal(t, "file", readFile(file), "as it was")
		e.tryCarillon(t, "user", "export", "--account-id", "none", file+".new").failed(t, exitFailed)
		left, err := os.ReadDir(filepath.Dir(file))
		succeed(t, err)
		equal(t, "files", len(left), 1)
		e.tryCarillon(t, "user", "export").failed(t, exitUsage)
	})
}

// importUntil starts an import, and ends something when it has added users.
func (e *env) importUntil(t *testing.T, account, file string, end func(client *os.Process)) {
	t.Helper()
	cmd := carillonCommand(e.environ(suite.dir), "user", "import", file, "--account-id", account, "--batch-size", "20")
	cmd.Stdout, cmd.Stderr = &bytes.Buffer{}, &bytes.Buffer{}
	before := len(e.allUsers(t, chime.ListUsersInput{AccountId: &account, MaxResults: aws.Int32(200)}))
	succeed(t, cmd.Start())
	eventually(t, "users", func() bool {
		return len(e.allUsers(t, chime.ListUsersInput{AccountId: &account, MaxResults: aws.Int32(200)})) > before
	})
	end(cmd.Process)
	if err := cmd.Wait(); err == nil {
		t.Log("the import was done before it was ended")
	}
}

// TestUserImport_killed kills an import, then the server below another, and runs it
// again: every row is there exactly once.
func TestUserImport_killed(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		const rows = 6000
		file, account := scratchFile(t, "users.jsonl", fullUsers(rows)), e.team(t)
		e.importUntil(t, account, file, func(client *os.Process) { succeed(t, client.Kill()) })
		e.importUntil(t, account, file, func(client *os.Process) {
			e.server.kill()
			time.Sleep(50 * time.Millisecond)
			succeed(t, client.Kill()) // it would try again for a while
		})
		s := e.server.restart(t)
		c := newCaller(s.endpoint, s.keys)
		got := carillon[importCounts](t, c, "user", "import", file, "--account-id", account).Import
		equal(t, "rows", got.Created+got.Unchanged, rows)
		t.Logf("%d were there", got.Unchanged)
		text := c.tryCarillon(t, "user", "export", "--account-id", account, "--format", "jsonl").succeeded(t)
		times := map[string]int{}
		for line := range strings.Lines(text) {
			times[parseJSON[struct{ UserId string }](t, line).UserId]++
		}
		equal(t, "users", len(times), rows)
		equal(t, "lines", strings.Count(text, "\n"), rows)
	})
}

// TestUserImport_rejects imports an old list of a spreadsheet, corrects what was
// refused, and imports that.
func TestUserImport_rejects(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		file := scratchFile(t, "old.csv", "E-Mail;Name;Tier\r\nzoe@example.com;Zo\xeb \x80;pro\r\nnobody;M\xfcller;pro\r\nann@example.com;Ann;Gold\r\n")
		rejects, account := filepath.Join(t.TempDir(), "rejects.csv"), e.team(t)
		r := e.tryCarillon(t, "user", "import", file, "--account-id", account, "--rejects", rejects)
		equal(t, "exit code", r.code, exitFailed)
		equal(t, "counts", parseJSON[importCounts](t, r.stdout), counted(3, 1, 0, 2))
		if !strings.Contains(r.stderr, "line 2") || !strings.Contains(strings.ToLower(r.stderr), "windows-1252") {
			t.Errorf("stderr lacks the guess: %s", r.stderr)
		}
		corrected := strings.NewReplacer("nobody", "nobody@example.com", "Gold", "Basic").Replace(readFile(rejects))
		again := scratchFile(t, "again.csv", corrected)
		equal(t, "corrected", carillon[importCounts](t, e.caller, "user", "import", again, "--account-id", account), counted(2, 2, 0, 0))
		text := e.tryCarillon(t, "user", "export", "--account-id", account, "--format", "csv").succeeded(t)
		for _, name := range []string{",Zoë €,Pro,", ",Müller,Pro,", ",Ann,Basic,"} {
			if !strings.Contains(text, name) {
				t.Errorf("lacks %s: %s", name, text)
			}
		}
	})
}
