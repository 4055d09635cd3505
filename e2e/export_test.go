package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// exportReport is what carillon export prints.
type exportReport struct {
	Export struct {
		Directory string
		Records   map[string]int64
	}
}

// importReport is what carillon import prints, a kind a member.
type importReport struct {
	Import map[string]struct{ Records, Created, Unchanged, Rejected int64 }
}

// export exports the caller's AWS account into a new directory.
func (c *caller) export(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "export")
	carillon[exportReport](t, c, "export", dir)
	return dir
}

// sums adds up what became of all records.
func (r importReport) sums() (created, unchanged, rejected int64) {
	for _, kind := range r.Import {
		created, unchanged, rejected = created+kind.Created, unchanged+kind.Unchanged, rejected+kind.Rejected
	}
	return created, unchanged, rejected
}

// imports imports a directory, all of which must be taken, and returns how many
// records were added and how many were there.
func (c *caller) imports(t *testing.T, dir string) (created, unchanged int64) {
	t.Helper()
	r := c.tryCarillon(t, "import", dir)
	if r.code != 0 {
		t.Fatalf("exit code %d, stderr: %s", r.code, r.stderr)
	}
	created, unchanged, rejected := parseJSON[importReport](t, r.stdout).sums()
	equal(t, "refused", rejected, 0)
	return created, unchanged
}

// archiveFiles returns the files of an export but those that tell of the export itself.
func archiveFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	succeed(t, err)
	files := map[string]string{}
	for _, e := range entries {
		if name := e.Name(); name != "audit.jsonl" && name != "manifest.json" {
			files[name] = readFile(filepath.Join(dir, name))
		}
	}
	equal(t, "files", len(files), 20)
	return files
}

// fullWorld is an AWS account with records of nearly every kind.
func (e *env) fullWorld(t *testing.T) world {
	t.Helper()
	w := e.world(t)
	room, err := w.CreateRoom(t.Context(), &chime.CreateRoomInput{AccountId: &w.account, Name: aws.String("Hall"), ClientRequestToken: aws.String("once")})
	succeed(t, err)
	w.join(t, w.account, *room.Room.RoomId, w.member)
	w.webhook(t, w.account, room.Room.RoomId, "News")
	w.invitee(t, w.team, "guest@example.com")
	w.suspend(t, w.account, w.member)
	succeed(t, w.assign(t, w.account, &w.user, w.assigned))
	for _, o := range []operation{
		{"PutRetentionSettings", "PUT", "/accounts/" + w.account + "/retention-settings", `{"RetentionSettings":{"RoomRetentionSettings":{"RetentionDays":90}}}`, 204},
		{"UpdatePhoneNumberSettings", "PUT", "/settings/phone-number", `{"CallingName":"Example"}`, 204},
		{"AssociateSigninDelegateGroupsWithAccount", "POST", "/accounts/" + w.directory + "?operation=associate-signin-delegate-groups", `{"SigninDelegateGroups":[{"GroupName":"g & h"}]}`, 200},
	} {
		equal(t, o.name, w.send(t, o.method, o.target, o.body).status, o.status)
	}
	return w
}

// Everything of an AWS account goes to another engine, into another AWS account there,
// and back, and is the same in each export; what is there is left alone.
func TestExport_there_and_back(t *testing.T) {
	t.Parallel()
	startsServers(t)
	first := sqlite.start(t)
	w := first.fullWorld(t)
	first.team(t) // another AWS account's
	dir := w.export(t)
	want := archiveFiles(t, dir)
	for _, name := range strings.Fields("accounts domains settings retention users invitations orders numbers rooms room-tokens bots memberships webhooks messages") {
		if want[name+".jsonl"] == "" {
			t.Errorf("there are no %s", name)
		}
	}
	for _, secret := range []string{*w.getBot(t, w.account, &w.bot).SecurityToken, "SecretAccessKey\":\"", "SecurityToken\":\""} {
		for name, text := range want {
			if strings.Contains(text, secret) {
				t.Errorf("%s has a secret", name)
			}
		}
	}
	for _, other := range []*engine{postgres, sqlite} {
		e := other.start(t)
		c := e.tenant(t)
		created, unchanged := c.imports(t, dir)
		equal(t, "there before", unchanged, 0)
		next := c.export(t)
		equal(t, "exports", archiveFiles(t, next), want)
		added, there := c.imports(t, dir)
		equal(t, "added again", added, 0)
		equal(t, "there", there, created)
		e.tenant(t).tryCarillon(t, "import", dir).refusedAll(t, created)
		if token := *c.getBot(t, w.account, &w.bot).SecurityToken; token == *w.getBot(t, w.account, &w.bot).SecurityToken {
			t.Error("the bot has the token of the other server")
		}
		equal(t, "number in the deletion queue", c.status(t, w.queued), types.PhoneNumberStatusReleaseInProgress)
		dir = next
		if other == sqlite {
			succeed(t, e.server.stop())
			carillonIn(t, cleanEnv(t.TempDir()), "verify", "--data", e.server.data()).succeeded(t)
		}
	}
}

// refusedAll checks that of an import for somebody else nothing was taken that
// belongs to a Chime account.
func (r result) refusedAll(t *testing.T, n int64) {
	t.Helper()
	equal(t, "exit code", r.code, exitFailed)
	created, unchanged, rejected := parseJSON[importReport](t, r.stdout).sums()
	equal(t, "of somebody else: refused and not", created+unchanged+rejected, n)
	rows := parseJSON[importReport](t, r.stdout).Import
	for kind, counts := range rows {
		if kind != "Settings" && kind != "Orders" && kind != "Domains" && counts.Created+counts.Unchanged > 0 {
			t.Errorf("%d %s of somebody else were taken", counts.Created+counts.Unchanged, kind)
		}
	}
	if !strings.Contains(r.stderr, "accounts.jsonl line 1 (AccountId") {
		t.Errorf("stderr: %.500s", r.stderr)
	}
}

// An export leaves what is there, and needs a permission of its own, as an import does.
func TestExport_refused(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	dir := t.TempDir()
	e.tryCarillon(t, "export", dir).failed(t, exitFailed, "is there already")
	e.tryCarillon(t, "export", filepath.Join(dir, "none", "new")).failed(t, exitFailed, "no such file")
	e.team(t)
	whole := e.export(t)
	reader := newCaller(e.endpoint, newPrincipal(t, e.byName(), "Reader", "AmazonChimeReadOnly").keys)
	reader.tryCarillon(t, "export", filepath.Join(dir, "new")).failed(t, exitFailed, "carillon:ExportRecords")
	reader.tryCarillon(t, "import", whole).failed(t, exitFailed, "carillon:ImportRecords")
	entries, err := os.ReadDir(dir)
	succeed(t, err)
	equal(t, "left behind", len(entries), 0)
}

// An export is its AWS account's alone, and one at a time; those who ask for it by the
// operations get it in parts.
func TestExport_operations(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	c, stranger := e.tenant(t), e.tenant(t)
	c.team(t)
	made := c.send(t, "POST", "/carillon/v1/exports", "")
	equal(t, "status", made.status, 200)
	part := "/carillon/v1/exports/" + parseJSON[struct{ ExportId string }](t, made.body).ExportId
	stranger.send(t, "GET", part, "").refused(t, notFound)
	c.send(t, "POST", "/carillon/v1/exports", "").refused(t, conflict)
	var got struct {
		State, AwsAccountId string
		Bytes               int
		Content             []byte
	}
	eventually(t, "the export", func() bool {
		got.State = ""
		a := c.send(t, "GET", part, "")
		succeed(t, json.Unmarshal([]byte(a.body), &got))
		return got.State == "Ready"
	})
	equal(t, "AWS account", "arn:aws:iam::"+got.AwsAccountId+":user/", c.arn[:len("arn:aws:iam::000000000000:user/")])
	equal(t, "bytes", len(got.Content), got.Bytes)
	equal(t, "bytes beyond the end", len(parseJSON[struct{ Content []byte }](t, c.send(t, "GET", part+"?offset=1000000", "").body).Content), 0)
	stranger.export(t)
	eventually(t, "the export that was read being gone", func() bool { return c.send(t, "GET", part, "").status == 404 })
	c.export(t)
}
