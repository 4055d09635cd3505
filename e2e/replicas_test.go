package e2e

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"

	"carillon/internal/pgtest"
)

// replicas starts two servers on one new PostgreSQL database.
func replicas(t *testing.T) (*caller, *caller) {
	t.Helper()
	t.Parallel()
	flags := postgres.newDatabase(t)
	var callers [2]*caller
	for i := range callers {
		s, err := startServer(t.TempDir(), flags...)
		succeed(t, err)
		s.cleanup(t)
		callers[i] = newCaller(s.endpoint, s.keys)
	}
	return callers[0], callers[1]
}

func TestReplicas_share_root_key(t *testing.T) {
	a, b := replicas(t)
	equal(t, "root key", b.keys, a.keys)
	id := a.team(t)
	equal(t, "account", b.getAccount(t, id), a.getAccount(t, id))
}

func TestReplicas_started_at_once(t *testing.T) {
	t.Parallel()
	flags := postgres.newDatabase(t)
	dirs := []string{t.TempDir(), t.TempDir(), t.TempDir()}
	servers := make([]*server, len(dirs))
	for _, err := range atOnce(len(dirs), func(i int) (err error) {
		servers[i], err = startServer(dirs[i], flags...)
		return err
	}) {
		succeed(t, err)
	}
	for _, s := range servers {
		s.cleanup(t)
		equal(t, "root key", s.keys, servers[0].keys)
		newCaller(s.endpoint, s.keys).works(t, true)
	}
}

func TestReplicas_same_email(t *testing.T) {
	a, b := replicas(t)
	race(t, a.team(t), a, b)
}

func TestReplicas_page_tokens(t *testing.T) {
	a, b := replicas(t)
	id := a.team(t)
	ids := a.users(t, id, 3)
	first := a.listUsers(t, chime.ListUsersInput{AccountId: &id, MaxResults: aws.Int32(1)})
	second := b.listUsers(t, chime.ListUsersInput{AccountId: &id, MaxResults: aws.Int32(1), NextToken: first.NextToken})
	third := a.listUsers(t, chime.ListUsersInput{AccountId: &id, MaxResults: aws.Int32(1), NextToken: second.NextToken})
	equal(t, "users", userIDs(append(append(first.Users, second.Users...), third.Users...)), ids)
}

func TestReplicas_keys(t *testing.T) {
	a, b := replicas(t)
	onA := a.tenant(t)
	onB := newCaller(b.endpoint, onA.keys)
	onA.works(t, true)
	onB.works(t, true)
	b.tryCarillon(t, "key", "disable", onA.keys.AccessKeyID).succeeded(t)
	onA.works(t, false)
	onB.works(t, false)
	a.tryCarillon(t, "key", "enable", onA.keys.AccessKeyID).succeeded(t)
	onB.works(t, true)
	b.tryCarillon(t, "key", "delete", onA.keys.AccessKeyID).succeeded(t)
	onA.works(t, false)
}

func TestRestart_page_token(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		id := e.team(t)
		ids := e.users(t, id, 2)
		first := e.listUsers(t, chime.ListUsersInput{AccountId: &id, MaxResults: aws.Int32(1)})
		key := e.tenant(t).keys
		succeed(t, e.server.stop())
		next := e.server.restart(t)
		c := newCaller(next.endpoint, next.keys)
		second := c.listUsers(t, chime.ListUsersInput{AccountId: &id, NextToken: first.NextToken})
		equal(t, "page 2", userIDs(second.Users), ids[1:])
		newCaller(next.endpoint, key).works(t, true)
	})
}

// health returns the status of a probe.
func (c *caller) health(t *testing.T, target string) int {
	t.Helper()
	return do(t, c.request(t, "GET", target, "")).status
}

func TestDatabase_goes_away_and_comes_back(t *testing.T) {
	t.Parallel()
	startsServers(t)
	db := pgtest.Start(t, pgtest.Options{})
	s, err := startServer(t.TempDir(), "--database", db.URL)
	succeed(t, err)
	s.cleanup(t)
	c := newCaller(s.endpoint, s.keys)
	id := c.team(t)

	db.Stop(t)
	_, err = c.GetAccount(t.Context(), &chime.GetAccountInput{AccountId: &id})
	refused(t, err, unavailable)
	_, err = c.CreateAccount(t.Context(), &chime.CreateAccountInput{Name: aws.String("x")})
	refused(t, err, unavailable)
	equal(t, "readyz without the database", c.health(t, "/readyz"), 503)
	equal(t, "healthz without the database", c.health(t, "/healthz"), 200)

	db.Restart(t)
	deadline := time.Now().Add(patience)
	for c.health(t, "/readyz") != 200 && time.Now().Before(deadline) {
		time.Sleep(50 * time.Millisecond)
	}
	equal(t, "readyz with the database", c.health(t, "/readyz"), 200)
	c.getAccount(t, id)
}
