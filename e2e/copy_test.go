package e2e

import (
	"compress/gzip"
	"context"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/jackc/pgx/v5"
)

// copied is what carillon copy prints.
type copied struct {
	Copy struct {
		Tables []struct {
			Name   string
			Rows   int64
			Sha256 string
		}
	}
}

// tryCopy runs carillon copy.
func tryCopy(t testing.TB, from, to string) result {
	t.Helper()
	return carillonIn(t, cleanEnv(t.TempDir()), "copy", "--from", from, "--to", to)
}

func copyAll(t testing.TB, from, to string) copied {
	t.Helper()
	return parseJSON[copied](t, tryCopy(t, from, to).succeeded(t))
}

// movers are what outlives a move: what holders have in their hands.
type movers struct {
	account string
	users   []string
	token   *string // of the second page of users
	hook    string  // path of a webhook
	key     aws.Credentials
	session aws.Credentials
	bot     *string
	secret  string // the bot's security token
	room    *string
	posts   int // how many messages were posted by the webhook
}

// prepare makes a world with every kind of record.
func (e *env) prepare(t *testing.T) *movers {
	t.Helper()
	w := e.world(t)
	m := &movers{account: e.enterprise(t)}
	m.users = e.users(t, m.account, 5)
	m.token = e.listUsers(t, chime.ListUsersInput{AccountId: &m.account, MaxResults: aws.Int32(2)}).NextToken
	m.room = e.room(t, m.account, "Hall").RoomId
	e.join(t, m.account, *m.room, m.users[0])
	hook, err := url.Parse(e.webhook(t, m.account, m.room, "News").Url)
	succeed(t, err)
	m.hook = hook.RequestURI()
	m.say(t, e.caller)
	bot := e.bot(t, m.account, "Butler")
	m.bot, m.secret = bot.BotId, *bot.SecurityToken
	m.key = e.tenant(t).keys
	root := e.byName()
	m.session = credentialsIn(root.do(t, "sts", "GetSessionToken", members{"DurationSeconds": 3600}), "Credentials")
	newPrincipal(t, root, "Clerk", "AmazonChimeReadOnly")
	root.do(t, "iam", "CreatePolicy", members{"PolicyName": "Own", "PolicyDocument": denyAll})
	e.tryCarillon(t, "number", "add", "+12065550123").succeeded(t)
	w.send(t, "DELETE", "/accounts/"+w.spare, "").noContent(t)
	return m
}

// say posts a message at the webhook's address.
func (m *movers) say(t *testing.T, c *caller) {
	t.Helper()
	say(t, c.endpoint+m.hook, "hello")
	m.posts++
}

// check uses all of that at a server.
func (m *movers) check(t *testing.T, c *caller) {
	t.Helper()
	rest := c.listUsers(t, chime.ListUsersInput{AccountId: &m.account, NextToken: m.token})
	equal(t, "the rest of the users", userIDs(rest.Users), m.users[2:])
	m.say(t, c)
	equal(t, "messages", len(c.messages(t, m.account, inRoom(m.room))), m.posts)
	equal(t, "the bot's token", *c.getBot(t, m.account, m.bot).SecurityToken, m.secret)
	newCaller(c.endpoint, m.key).works(t, true)
	newCaller(c.endpoint, m.session).works(t, true)
	c.tryCarillon(t, "audit", "verify").verified(t, "")
}

// exports are what commands print of all there is.
func (m *movers) exports(t *testing.T, c *caller) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, command := range []string{
		"user export --account-id " + m.account, "account list", "number list", "domain list --account-id " + m.account,
		"message list --account-id " + m.account + " --room-id " + *m.room,
		"webhook list --account-id " + m.account + " --room-id " + *m.room,
	} {
		all[command] = strings.ReplaceAll(c.tryCarillon(t, strings.Fields(command)...).succeeded(t), c.endpoint, "")
	}
	records := filepath.Join(t.TempDir(), "audit.jsonl")
	c.tryCarillon(t, "audit", "export", "--all-accounts", records).succeeded(t)
	all["audit export"] = readFile(records)
	return all
}

// Everything moves to another engine and back: what is exported is the same byte for
// byte, and what people have in their hands stays good.
func TestCopy_there_and_back(t *testing.T) {
	t.Parallel()
	startsServers(t)
	for _, other := range []*engine{postgres, citus} {
		t.Run(other.name, func(t *testing.T) {
			t.Parallel()
			e := sqlite.start(t)
			m := e.prepare(t)
			before := m.exports(t, e.caller)
			succeed(t, e.server.stop())

			flags := other.newDatabase(t)
			database := flags[len(flags)-1]
			there := copyAll(t, e.server.data(), database)
			e2 := other.startOn(t, flags)
			equal(t, "root key", e2.keys, e.keys)
			equal(t, "exports", m.exports(t, e2.caller), before)
			m.check(t, e2.caller)
			before = m.exports(t, e2.caller)
			succeed(t, e2.server.stop())

			data := filepath.Join(t.TempDir(), "data")
			copyAll(t, database, data)
			s, err := startServer(filepath.Dir(data))
			succeed(t, err)
			s.cleanup(t)
			c := newCaller(s.endpoint, s.keys)
			equal(t, "exports", m.exports(t, c), before)
			m.check(t, c)
			checkCopied(t, there)
		})
	}
}

// checkCopied checks that a copy tells of every table, most of them not empty.
func checkCopied(t *testing.T, c copied) {
	t.Helper()
	rows := map[string]int64{}
	for _, table := range c.Copy.Tables {
		rows[table.Name] = table.Rows
		equal(t, table.Name+": length of the checksum", len(table.Sha256), 64)
	}
	for _, name := range strings.Fields("accounts user_rows domains access_keys server_secrets jobs phone_numbers phone_number_orders offered_numbers " +
		"account_counts rooms room_memberships messages webhooks bots iam_users iam_policies iam_policy_versions iam_attachments iam_changes") {
		if rows[name] == 0 {
			t.Errorf("no rows of %s were copied", name)
		}
	}
	equal(t, "audit records", rows["audit_pending"]+rows["audit_batches"] > 0, true)
}

// A copy that is killed closes its target to everybody until it was gone on with;
// and while it runs, no server starts at its source.
func TestCopy_killed(t *testing.T) {
	t.Parallel()
	startsServers(t)
	flags := postgres.newDatabase(t)
	database := flags[len(flags)-1]
	source := postgres.startOn(t, flags)
	id := source.team(t)
	source.users(t, id, 10)
	succeed(t, source.server.stop())

	release := holdTable(t, database, "rooms", "ACCESS EXCLUSIVE") // where the copy will wait
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	cmd := command(suite.binary, "copy", "--from", database, "--to", data)
	cmd.Env, cmd.SysProcAttr = cleanEnv(dir), endWithParent()
	succeed(t, cmd.Start())
	awaitWaiting(t, database)
	succeed(t, cmd.Process.Signal(syscall.SIGSTOP)) // it would wait for some seconds only
	refuseServe(t, "being copied", flags...)
	refuseServe(t, "in use", "--data", data)
	succeed(t, cmd.Process.Kill())
	_ = cmd.Wait() // it was killed
	release()

	refuseServe(t, "a copy into this database is not finished", "--data", data)
	carillonIn(t, cleanEnv(t.TempDir()), "migrate", "--data", data).failed(t, exitFailed, "not finished")
	tryCopy(t, data, filepath.Join(dir, "other")).failed(t, exitFailed, "the source", "not finished")
	copyAll(t, database, data)
	s, err := startServer(dir)
	succeed(t, err)
	s.cleanup(t)
	equal(t, "users", len(newCaller(s.endpoint, s.keys).listUsers(t, chime.ListUsersInput{AccountId: &id}).Users), 10)
}

// refuseServe runs a server that does not start.
func refuseServe(t *testing.T, words string, flags ...string) {
	t.Helper()
	dir := t.TempDir()
	args := append([]string{"serve", "--listen", "127.0.0.1:0", "--metrics-listen", ""}, flags...)
	if flags[0] != "--data" {
		args = append(args, "--data", filepath.Join(dir, "data"))
	}
	carillonIn(t, cleanEnv(dir), args...).failed(t, exitFailed, words)
}

// holdTable keeps others from a table, as the mode of the lock says, until release is called.
func holdTable(t *testing.T, database, table, mode string) (release func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	succeed(t, err)
	_, err = conn.Exec(t.Context(), "BEGIN; LOCK TABLE "+table+" IN "+mode+" MODE")
	succeed(t, err)
	release = func() { _ = conn.Close(context.Background()) }
	t.Cleanup(release)
	return release
}

// awaitWaiting returns when a session waits for a lock.
func awaitWaiting(t *testing.T, database string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), database)
	succeed(t, err)
	defer conn.Close(context.Background())
	eventually(t, "the copy at the table", func() (waiting bool) {
		succeed(t, conn.QueryRow(t.Context(),
			"SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')").Scan(&waiting))
		return waiting
	})
}

// What is not there, in use, not empty or of another version is not copied, and
// nothing is touched.
func TestCopy_refused(t *testing.T) {
	t.Parallel()
	startsServers(t)
	onFile, onPostgres := sqlite.start(t), postgres
	flags := onPostgres.newDatabase(t)
	database := flags[len(flags)-1]
	served := onPostgres.startOn(t, flags)
	id := served.team(t)
	stopped := sqlite.start(t)
	succeed(t, stopped.server.stop())
	fresh := func() string { return filepath.Join(t.TempDir(), "data") }
	older := t.TempDir()
	unpackFixture(t, "0006.db.gz", filepath.Join(older, "carillon.db"))

	tryCopy(t, onFile.server.data(), fresh()).failed(t, exitFailed, "the source", "in use by process")
	tryCopy(t, database, fresh()).failed(t, exitFailed, "the source", "a server runs on it")
	tryCopy(t, stopped.server.data(), onFile.server.data()).failed(t, exitFailed, "the target", "in use by process")
	tryCopy(t, stopped.server.data(), database).failed(t, exitFailed, "the target", "a server runs on it")
	tryCopy(t, fresh(), fresh()).failed(t, exitFailed, "the source", "there is no database in")
	tryCopy(t, older, fresh()).failed(t, exitFailed, "the source", "schema version 6", `"carillon migrate"`)
	tryCopy(t, stopped.server.data(), older).failed(t, exitFailed, "the target", "not empty", "accounts")
	tryCopy(t, older, older).failed(t, exitUsage, "are the same")
	succeed(t, served.server.stop())
	tryCopy(t, stopped.server.data(), database).failed(t, exitFailed, "the target", "not empty")
	again := onPostgres.startOn(t, flags)
	again.getAccount(t, id)
}

// unpackFixture writes the database of an earlier version to a file.
func unpackFixture(t *testing.T, name, path string) {
	t.Helper()
	packed, err := os.Open(filepath.Join("..", "store", "testdata", "schema", name))
	succeed(t, err)
	defer packed.Close()
	r, err := gzip.NewReader(packed)
	succeed(t, err)
	content, err := io.ReadAll(r)
	succeed(t, err)
	succeed(t, os.WriteFile(path, content, 0o600))
}

// A server that has lost the session by which it holds the database gets it back.
func TestOccupied_again_after_loss(t *testing.T) {
	t.Parallel()
	startsServers(t)
	flags := postgres.newDatabase(t)
	database := flags[len(flags)-1]
	e := postgres.startOn(t, flags)
	conn, err := pgx.Connect(t.Context(), database)
	succeed(t, err)
	defer conn.Close(context.Background())
	for range 2 {
		eventually(t, "the server's lock", func() (held bool) {
			succeed(t, conn.QueryRow(t.Context(), "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.mode = 'ShareLock' AND granted)").Scan(&held))
			return held
		})
		_, err = conn.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		succeed(t, err)
	}
	time.Sleep(10 * time.Millisecond)
	eventually(t, "the server serving again", func() bool { return e.health(t, "/readyz") == 200 })
}
