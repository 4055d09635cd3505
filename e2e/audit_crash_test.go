package e2e

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// auditRounds is how often the servers of TestAudit_survives_crashes are killed,
// unless this variable says otherwise.
const auditRounds = "CARILLON_TEST_AUDIT_ROUNDS"

// exportedRecord is what the test looks at in a line of an export.
type exportedRecord struct {
	EventName, ErrorCode string
	ResponseElements     struct {
		User struct{ UserId, AccountId string }
	}
}

// A server that is killed has a record for each user that it has acknowledged, a
// user for each record, and a chain that verifies.
func TestAudit_survives_crashes(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		rounds := 3
		if n, err := strconv.Atoi(os.Getenv(auditRounds)); err == nil {
			rounds = n
		}
		s, c := e.server, e.caller
		accounts := map[string]*acknowledged{}
		for range rounds {
			id := c.team(t)
			go func() {
				time.Sleep(time.Duration(200+rand.IntN(400)) * time.Millisecond)
				s.kill()
			}()
			accounts[id] = c.createUntilDeath(t, id)
			<-s.exited
			s = s.restart(t)
			c = newCaller(s.endpoint, s.keys)
			c.compareRecords(t, id, accounts[id])
		}
		for id, a := range accounts {
			c.compareRecords(t, id, a)
		}
		c.tryCarillon(t, "audit", "verify").succeeded(t)
	})
}

// compareRecords compares the records of an account with its users.
func (c *caller) compareRecords(t *testing.T, accountID string, a *acknowledged) {
	t.Helper()
	a.verify(t, c, accountID)
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	c.tryCarillon(t, "audit", "export", file).succeeded(t)
	text, err := os.ReadFile(file)
	succeed(t, err)
	recorded := map[string]int{}
	for line := range strings.Lines(string(text)) {
		var r exportedRecord
		succeed(t, json.Unmarshal([]byte(line), &r))
		if r.EventName == "CreateUser" && r.ErrorCode == "" && r.ResponseElements.User.AccountId == accountID {
			recorded[r.ResponseElements.User.UserId]++
		}
	}
	users := c.allUsers(t, chime.ListUsersInput{AccountId: &accountID, MaxResults: aws.Int32(200)})
	for _, u := range users {
		if n := recorded[*u.UserId]; n != 1 {
			t.Errorf("the user %s has %d records", *u.UserId, n)
		}
		delete(recorded, *u.UserId)
	}
	for id := range recorded {
		t.Errorf("a record of the user %s, who is not there", id)
	}
	t.Logf("%d users, %d acknowledged", len(users), len(a.users))
}
