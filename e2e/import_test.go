package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// envExportUsers is how many users the round trip has.
const envExportUsers = "CARILLON_TEST_EXPORT_USERS"

// written is a directory as an export makes it, made by a test.
type written struct {
	dir   string
	files []map[string]any
}

// writing returns an empty one.
func writing(t *testing.T) *written { return &written{dir: t.TempDir()} }

// add adds a file.
func (w *written) add(t *testing.T, name, text string) *written {
	t.Helper()
	succeed(t, os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600))
	return w.tell(name, text)
}

// tell has the manifest tell of a file.
func (w *written) tell(name, text string) *written {
	sum := sha256.Sum256([]byte(text))
	w.files = append(w.files, map[string]any{"Name": name, "Records": strings.Count(text, "\n"), "Bytes": len(text), "Sha256": hex.EncodeToString(sum[:])})
	return w
}

// done writes the manifest and returns the directory.
func (w *written) done(t *testing.T) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"Format": 1, "Files": w.files})
	succeed(t, err)
	succeed(t, os.WriteFile(filepath.Join(w.dir, "manifest.json"), text, 0o600))
	return w.dir
}

const (
	archivedAccount = "7d2f1f4e-0000-4000-8000-000000000001"
	accountText     = `{"AccountId":"` + archivedAccount + `","Name":"Example","AccountType":"EnterpriseLWA","AccountStatus":"Active","DefaultLicense":"Pro","CreatedTimestamp":"2020-01-01T00:00:00.000Z"}` + "\n"
)

// usersText are users with every member set, as an export has them.
func usersText(n int) string {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `{"AccountId":%q,"UserId":"%08x-0000-4000-8000-%012x","PrimaryEmail":"Ünal.%d@Example.com","DisplayName":"Ünal \"%d\" \u003cO'Brien\u003e","LicenseType":"Basic",`+
			`"UserType":"SharedDevice","UserRegistrationStatus":"Suspended","UserInvitationStatus":"Accepted","InviteId":"i-%d","EmailStatus":"Sent","PersonalPIN":"%010d",`+
			`"IsAlexaForBusinessEnabled":true,"AlexaForBusinessRoomArn":"arn:aws:a4b:us-east-1:1:room/%d","InboundCalling":true,"OutboundCalling":true,"SMS":true,`+
			`"CreatedTimestamp":"2020-01-01T00:00:00.%03dZ","RegisteredOn":"2020-01-02T00:00:00.001Z","InvitedOn":"2019-01-01T00:00:00.000Z","SignedOutTimestamp":"2021-01-01T00:00:00.999Z","UpdatedTimestamp":"2022-01-01T00:00:00.007Z"}`+"\n",
			archivedAccount, i, i, i, i, i, i, i, i*1000/n)
	}
	return b.String()
}

// withUsers is an export of an account with users.
func withUsers(t *testing.T, n int) (dir, users string) {
	t.Helper()
	users = usersText(n)
	return writing(t).add(t, "accounts.jsonl", accountText).add(t, "users.jsonl", users).done(t), users
}

// Users with every member set go in and come out as they were, on every engine. In the
// long form they are 100,000.
func TestImport_every_member(t *testing.T) {
	n := 500
	if more, err := strconv.Atoi(os.Getenv(envExportUsers)); err == nil {
		n = more
	}
	dir, users := withUsers(t, n)
	forEachOwnServer(t, func(t *testing.T, e *env) {
		begun := time.Now()
		created, _ := e.imports(t, dir)
		equal(t, "created", created, int64(n+1))
		imported := time.Now()
		got := readFile(filepath.Join(e.export(t), "users.jsonl"))
		t.Logf("%d users: imported in %v, exported in %v", n, imported.Sub(begun).Round(time.Millisecond), time.Since(imported).Round(time.Millisecond))
		if got != users {
			t.Error("the users are not what they were")
		}
	})
}

// An import that ends anywhere, since the client or the server is killed, is run again,
// and everything is there exactly once.
func TestImport_killed(t *testing.T) {
	startsServers(t)
	const n = 6000
	dir, users := withUsers(t, n)
	forEachOwnServer(t, func(t *testing.T, e *env) {
		begin := func() (kill func()) {
			cmd := carillonCommand(e.environ(t.TempDir()), "import", dir)
			cmd.SysProcAttr = endWithParent()
			succeed(t, cmd.Start())
			return func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
		}
		there := func() int { return e.usersAtLeast(t, archivedAccount) }
		killClient := begin()
		eventually(t, "some users", func() bool { return there() > 0 })
		killClient()
		killClient = begin()
		before := there()
		eventually(t, "more users", func() bool { return there() > before || before >= 200 })
		e.server.kill()
		killClient()
		e.caller = newCaller(e.server.restart(t).endpoint, e.keys)
		created, unchanged := e.imports(t, dir)
		equal(t, "records", created+unchanged, int64(n+1))
		equal(t, "some were there", unchanged > 0, true)
		equal(t, "users", readFile(filepath.Join(e.export(t), "users.jsonl")) == users, true)
	})
}

// usersAtLeast returns how many users the first page has, 0 also if there is no account.
func (c *caller) usersAtLeast(t *testing.T, accountID string) int {
	t.Helper()
	most := int32(200)
	out, err := c.ListUsers(t.Context(), &chime.ListUsersInput{AccountId: &accountID, MaxResults: &most})
	if err != nil {
		return 0
	}
	return len(out.Users)
}

// An export whose reader or server is killed leaves no directory of its name, and the
// next one is whole.
func TestExport_killed(t *testing.T) {
	startsServers(t)
	dir, users := withUsers(t, 3000)
	e := ownServer(t)
	e.imports(t, dir)
	target := filepath.Join(t.TempDir(), "export")
	cmd := carillonCommand(e.environ(t.TempDir()), "export", target)
	cmd.SysProcAttr = endWithParent()
	succeed(t, cmd.Start())
	spool := filepath.Join(e.server.data(), "export.tmp", "*")
	eventually(t, "the export being made", func() bool {
		made, err := filepath.Glob(spool)
		succeed(t, err)
		return len(made) > 0
	})
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // it was killed
	equal(t, "users of what is there, if it is", wholeOrNot(target, users), true)
	e.server.kill()
	e.caller = newCaller(e.server.restart(t).endpoint, e.keys)
	eventually(t, "nothing left in the data directory", func() bool {
		left, err := filepath.Glob(spool)
		succeed(t, err)
		return len(left) == 0
	})
	equal(t, "users", readFile(filepath.Join(e.export(t), "users.jsonl")) == users, true)
}

// wholeOrNot reports whether there is no directory, or one with all users.
func wholeOrNot(dir, users string) bool {
	if _, err := os.Stat(dir); err != nil {
		return true
	}
	return readFile(filepath.Join(dir, "users.jsonl")) == users
}

// What is damaged, or is no export, is refused before anything is changed.
func TestImport_damaged(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	outside := filepath.Join(t.TempDir(), "outside")
	succeed(t, os.WriteFile(outside, []byte(accountText), 0o600))
	for name, test := range map[string]struct {
		make func(dir string, w *written)
		want string
	}{
		"truncated":       {func(dir string, _ *written) { overwrite(t, dir, accountText[:50]) }, "has not the"},
		"edited":          {func(dir string, _ *written) { overwrite(t, dir, strings.Replace(accountText, "Active", "Closed", 1)) }, "checksum"},
		"gone":            {func(dir string, _ *written) { succeed(t, os.Remove(filepath.Join(dir, "accounts.jsonl"))) }, "no such file"},
		"link to outside": {func(dir string, _ *written) { link(t, outside, filepath.Join(dir, "accounts.jsonl")) }, "escapes"},
		"other directory": {func(_ string, w *written) { w.tell("../accounts.jsonl", accountText) }, "no export has"},
		"absolute":        {func(_ string, w *written) { w.tell(outside, accountText) }, "no export has"},
		"unknown kind":    {func(_ string, w *written) { w.tell("keys.jsonl", "") }, "no export has"},
		"no manifest":     {func(dir string, _ *written) { succeed(t, os.Mkdir(filepath.Join(dir, "manifest.json"), 0o700)) }, "is no file"},
	} {
		w := writing(t).add(t, "accounts.jsonl", accountText)
		test.make(w.dir, w)
		if name != "no manifest" {
			w.done(t)
		}
		r := e.tryCarillon(t, "import", w.dir)
		if r.code != exitFailed || !strings.Contains(r.stderr, test.want) || r.stdout != "" {
			t.Errorf("%s: exit code %d, stderr: %s", name, r.code, r.stderr)
		}
	}
	equal(t, "accounts", len(e.listAccounts(t, chime.ListAccountsInput{}).Accounts), 0)
}

func overwrite(t *testing.T, dir, text string) {
	t.Helper()
	succeed(t, os.WriteFile(filepath.Join(dir, "accounts.jsonl"), []byte(text), 0o600))
}

func link(t *testing.T, to, from string) {
	t.Helper()
	succeed(t, os.Remove(from))
	succeed(t, os.Symlink(to, from))
}

// Lines that cannot be are refused and named, and the others are taken.
func TestImport_bad_lines(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	foreign := e.team(t)
	c := e.tenant(t)
	long := 100 << 20
	if testing.Short() {
		long = 1 << 20
	}
	good := usersText(2)
	lines := strings.SplitAfter(good, "\n")
	text := lines[0] +
		strings.Replace(lines[1], `{`, `{"Owner":"me",`, 1) +
		strings.Replace(lines[1], archivedAccount, foreign, 1) +
		strings.Replace(lines[1], `"SharedDevice"`, `"Robot"`, 1) +
		`{"AccountId":"` + strings.Repeat("a", long) + `"}` + "\n" +
		"not JSON\n" +
		lines[1]
	dir := writing(t).add(t, "accounts.jsonl", accountText).add(t, "users.jsonl", text).done(t)
	r := c.tryCarillon(t, "import", dir)
	equal(t, "exit code", r.code, exitFailed)
	counts := parseJSON[importReport](t, r.stdout).Import["Users"]
	equal(t, "created", counts.Created, 2)
	equal(t, "refused", counts.Rejected, 5)
	for _, want := range []string{
		"users.jsonl line 2: BadRequest", "users.jsonl line 3 (AccountId ", "there is no such account", "users.jsonl line 4: BadRequest",
		"users.jsonl line 5: the line is longer", "users.jsonl line 6: BadRequest", "5 records were refused",
	} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("stderr lacks %q: %.2000s", want, r.stderr)
		}
	}
	equal(t, "bytes on stderr", len(r.stderr) < 4000, true)
}
