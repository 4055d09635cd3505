package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// backupReport is what carillon backup prints.
type backupReport struct {
	Backup struct {
		File, Sha256  string
		Bytes         int64
		SchemaVersion int
		Users         int
	}
}

// startSQLite starts a server of the test's own, with an embedded database.
func startSQLite(t *testing.T, flags ...string) (*server, *caller) {
	t.Helper()
	startsServers(t)
	s, err := startServer(t.TempDir(), flags...)
	succeed(t, err)
	s.cleanup(t)
	return s, newCaller(s.endpoint, s.keys)
}

// createUntil creates users from 16 goroutines until stop is closed. Those that are
// begun and not answered are in tried only.
func (c *caller) createUntil(t *testing.T, stop <-chan struct{}, accountID string, got, tried *acknowledged) {
	t.Helper()
	var group sync.WaitGroup
	for worker := range 16 {
		group.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				email := fmt.Sprintf("load-%d-%d@example.com", worker, i)
				tried.add(email, "")
				out, err := c.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &accountID, Email: &email})
				if err != nil {
					t.Error(err)
					return
				}
				got.add(email, *out.User.UserId)
			}
		})
	}
	group.Wait()
}

func (a *acknowledged) snapshot() map[string]string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.users)
}

// TestBackup_under_load makes backups while users are created as fast as can be: each
// has all that was acknowledged before it, and nothing that was not yet asked for.
func TestBackup_under_load(t *testing.T) {
	rounds := 2
	if n, err := strconv.Atoi(os.Getenv("CARILLON_TEST_BACKUPS")); err == nil {
		rounds = n
	}
	s, c := startSQLite(t)
	id := c.team(t)
	got, tried := &acknowledged{users: map[string]string{}}, &acknowledged{users: map[string]string{}}
	stop := make(chan struct{})
	var load sync.WaitGroup
	load.Go(func() { c.createUntil(t, stop, id, got, tried) })
	defer load.Wait()
	leave := sync.OnceFunc(func() { close(stop) })
	defer leave()
	for round := range rounds {
		time.Sleep(200 * time.Millisecond)
		before := got.snapshot()
		file := filepath.Join(s.dir, "file.backup")
		report := carillon[backupReport](t, c, "backup", file)
		after := tried.snapshot()
		if round == rounds-1 {
			leave()
			load.Wait()
		}
		t.Logf("round %d: %d users acknowledged before, %d in the backup, %d asked for by its end", round, len(before), report.Backup.Users, len(after))
		restoredHas(t, s, file, id, before, after)
	}
}

// restoredHas restores a backup, serves it and compares its users with those that it
// must have and those that it may have.
func restoredHas(t *testing.T, s *server, file, accountID string, must, may map[string]string) {
	t.Helper()
	dir := t.TempDir()
	carillonIn(t, cleanEnv(dir), "restore", file, "--data", filepath.Join(dir, "data")).succeeded(t)
	carillonIn(t, cleanEnv(dir), "verify", "--data", filepath.Join(dir, "data")).succeeded(t)
	restored, err := startServer(dir)
	succeed(t, err)
	defer func() { succeed(t, restored.stop()) }()
	equal(t, "root key", restored.keys, s.keys)
	found := map[string]string{}
	for _, u := range newCaller(restored.endpoint, restored.keys).allUsers(t, chime.ListUsersInput{AccountId: &accountID, MaxResults: aws.Int32(200)}) {
		email := strings.ToLower(*u.PrimaryEmail)
		if _, twice := found[email]; twice {
			t.Errorf("%s is there twice", email)
		}
		if _, asked := may[email]; !asked {
			t.Errorf("%s was not asked for by the end of the backup", email)
		}
		found[email] = *u.UserId
	}
	for email, id := range must {
		if found[email] != id {
			t.Errorf("%s was acknowledged before the backup with the id %s; it has %q", email, id, found[email])
		}
	}
}

// TestBackup_moves_everything has a second server go on where a backup was made: the
// same keys, page tokens and webhook addresses.
func TestBackup_moves_everything(t *testing.T) {
	s, c := startSQLite(t)
	id, roomID, w := c.newsroom(t)
	c.users(t, id, 3)
	page, err := c.ListUsers(t.Context(), &chime.ListUsersInput{AccountId: &id, MaxResults: aws.Int32(1)})
	succeed(t, err)
	file := filepath.Join(s.dir, "file.backup")
	carillon[backupReport](t, c, "backup", file)
	dir := t.TempDir()
	carillonIn(t, cleanEnv(dir), "restore", file, "--data", filepath.Join(dir, "data")).succeeded(t)
	next, err := startServer(dir)
	succeed(t, err)
	next.cleanup(t)
	c2 := newCaller(next.endpoint, s.keys)
	rest, err := c2.ListUsers(t.Context(), &chime.ListUsersInput{AccountId: &id, NextToken: page.NextToken})
	succeed(t, err)
	equal(t, "users on the next page", len(rest.Users), 2)
	hooks := c2.roomWebhooks(t, id, roomID)
	equal(t, "webhooks", len(hooks), 1)
	equal(t, "address of the webhook", strings.TrimPrefix(hooks[0].Url, next.endpoint), strings.TrimPrefix(w.Url, s.endpoint))
}

// TestBackup_file_refused changes files and directories so that nothing may be restored.
func TestBackup_file_refused(t *testing.T) {
	s, c := startSQLite(t)
	c.users(t, c.team(t), 20)
	file := filepath.Join(s.dir, "file.backup")
	report := carillon[backupReport](t, c, "backup", file)
	content := readFile(file)
	equal(t, "Bytes", report.Backup.Bytes, int64(len(content)))
	info, err := os.Stat(file)
	succeed(t, err)
	equal(t, "mode", info.Mode().Perm(), 0o600)
	carillonIn(t, cleanEnv(s.dir), "restore", file, "--data", s.data()).failed(t, exitFailed, "there is a database")
	for name, text := range map[string]string{
		"cut":     content[:len(content)/2],
		"changed": content[:len(content)/2] + string(content[len(content)/2]^1) + content[len(content)/2+1:],
		"other":   "something else",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			bad := filepath.Join(dir, "bad.backup")
			succeed(t, os.WriteFile(bad, []byte(text), 0o600))
			carillonIn(t, cleanEnv(dir), "restore", bad, "--data", filepath.Join(dir, "data")).failed(t, exitFailed, "nothing was restored")
			if _, err := os.Stat(filepath.Join(dir, "data")); err == nil {
				t.Error("the data directory was made")
			}
			if r := carillonIn(t, cleanEnv(dir), "verify", bad); r.code != exitFailed {
				t.Errorf("verify: %+v", r)
			}
		})
	}
}

// TestBackup_encrypted takes the way by way of age, and without a server.
func TestBackup_encrypted(t *testing.T) {
	s, c := startSQLite(t)
	c.users(t, c.team(t), 2)
	succeed(t, s.stop())
	file := filepath.Join(s.dir, "file.backup")
	r := carillonIn(t, cleanEnv(s.dir), "backup", file, "--data", s.data(), "--endpoint-url", s.endpoint, "--encrypt-to", ageRecipient)
	equal(t, "users", parseJSON[backupReport](t, r.succeeded(t)).Backup.Users, 2)
	if strings.Contains(readFile(file), "root-key") || !strings.HasPrefix(readFile(file), "age-encryption.org/") {
		t.Error("the file is not encrypted")
	}
	carillonIn(t, cleanEnv(s.dir), "restore", file, "--data", filepath.Join(s.dir, "other")).failed(t, exitFailed, "--identity")
}

// TestBackup_killed kills the command: there is no file.
func TestBackup_killed(t *testing.T) {
	s, c := startSQLite(t)
	c.users(t, c.team(t), 50)
	file := filepath.Join(s.dir, "file.backup")
	for i := range 4 {
		cmd := carillonCommand(c.environ(s.dir), "backup", file)
		succeed(t, cmd.Start())
		time.Sleep(time.Duration(5*i) * time.Millisecond)
		_ = cmd.Process.Kill()
		err := cmd.Wait()
		if text := readFile(file); text != "" && err != nil {
			carillonIn(t, cleanEnv(s.dir), "verify", file).succeeded(t) // it was faster, and whole
		}
		_ = os.Remove(file)
	}
}

// Two pairs of age, for tests only.
const (
	ageRecipient      = "age1kqsvwq6sv0xcv8279lncvza6sz02r04aqe85djg5cvqz9yc665tssn430l"
	ageOtherRecipient = "age18d9rdynev2ldzwa68qdz2vtytm5ta7d9wfk9cezm0gkd3t0g0gjqjh5jqe"
	ageOtherIdentity  = "AGE-SECRET-KEY-1Y8LREYYPSP727TZQKGUAFR9JKCLKLSKAURG3WMJ99PZH4QTETW5QTSWVEK"
)

// TestBackup_schedule has a server make backups by itself, as its clock moves.
func TestBackup_schedule(t *testing.T) {
	for _, backup := range scheduledBackups(t) {
		carillonIn(t, cleanEnv(t.TempDir()), "verify", backup).succeeded(t)
	}
}

// TestBackup_schedule_encrypted: each of two can read what the server makes, and
// nobody else.
func TestBackup_schedule_encrypted(t *testing.T) {
	home := t.TempDir()
	identity, restored := filepath.Join(home, "identity"), filepath.Join(home, "restored")
	succeed(t, os.WriteFile(identity, []byte(ageOtherIdentity+"\n"), 0o600))
	backups := scheduledBackups(t, "--backup-encrypt-to", ageRecipient, "--backup-encrypt-to", ageOtherRecipient)
	for _, backup := range backups {
		if !strings.HasPrefix(readFile(backup), "age-encryption.org/") {
			t.Errorf("%s is not encrypted", backup)
		}
	}
	carillonIn(t, cleanEnv(home), "verify", backups[0]).failed(t, exitFailed, "--identity")
	carillonIn(t, cleanEnv(home), "verify", backups[0], "--identity", identity).succeeded(t)
	carillonIn(t, cleanEnv(home), "restore", backups[0], "--data", restored, "--identity", identity).succeeded(t)
	carillonIn(t, cleanEnv(home), "verify", "--data", restored).succeeded(t)
}

// TestBackup_schedule_recipient is wrong usage, before anything is made.
func TestBackup_schedule_recipient(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	r := carillonIn(t, cleanEnv(t.TempDir()), "serve", "--data", data, "--backup-dir", data, "--backup-encrypt-to", "age1somebody")
	r.failed(t, exitUsage, "--backup-encrypt-to", "age recipients")
	if _, err := os.Stat(data); err == nil {
		t.Error("the data directory was made")
	}
}

// scheduledBackups has a server make three backups of which it keeps two, as its
// clock moves, and returns those.
func scheduledBackups(t *testing.T, flags ...string) []string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "backups")
	_, c := startSQLite(t, append([]string{"--backup-dir", dir, "--backup-every", "24h", "--backup-keep", "2", "--test-clock"}, flags...)...)
	seen := map[string]bool{}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		left, _ := filepath.Glob(filepath.Join(dir, "carillon-*.backup"))
		for _, name := range left {
			if seen[name] {
				continue
			}
			seen[name] = true
			if len(seen) < 3 {
				c.send(t, "POST", clockPath, `{"Advance":"25h"}`)
			}
		}
		if len(seen) > 2 && len(left) == 2 {
			return left
		}
	}
	t.Fatalf("backups made: %d", len(seen))
	return nil
}

// TestBackup_postgres says what to use there, and verify looks at the database.
func TestBackup_postgres(t *testing.T) {
	forEach(t, func(t *testing.T, engine *engine) {
		if engine != postgres {
			return
		}
		e := engine.start(t)
		e.tryCarillon(t, "backup", filepath.Join(t.TempDir(), "file")).failed(t, exitFailed, "BadRequestException", "pg_dump")
		e.users(t, e.team(t), 2)
		args := append([]string{"verify"}, e.server.flags...)
		r := carillonIn(t, cleanEnv(t.TempDir()), args...)
		if r.code != 0 || !strings.Contains(r.stdout, `"Ok": true`) {
			t.Errorf("verify: %+v", r)
		}
	})
}

// TestVerify_changed changes a byte of a row, with and without a server on it.
func TestVerify_changed(t *testing.T) {
	s, c := startSQLite(t)
	id := c.team(t)
	c.user(t, id, "somebody-to-find@example.com")
	verify := []string{"verify", "--data", s.data()}
	carillonIn(t, cleanEnv(s.dir), verify...).succeeded(t)
	succeed(t, s.stop())
	carillonIn(t, cleanEnv(s.dir), verify...).succeeded(t)
	path := filepath.Join(s.data(), "carillon.db")
	text := readFile(path)
	succeed(t, os.WriteFile(path, []byte(strings.Replace(text, "somebody-to-find@", "somebody-to-fins@", 1)), 0o600))
	for _, running := range []bool{false, true} {
		if running {
			next := s.restart(t)
			if !strings.Contains(readFile(next.log()), "not what was written") {
				t.Error("the start says nothing of it")
			}
		}
		r := carillonIn(t, cleanEnv(s.dir), verify...)
		equal(t, "exit code", r.code, exitFailed)
		if !strings.Contains(r.stdout, `"Ok": false`) || !strings.Contains(r.stdout, "is not what was written") {
			t.Errorf("%+v", r)
		}
	}
}
