package e2e

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// crashTime bounds the rounds of a crash test together.
const crashTime = 60 * time.Second

// acknowledged are the users that a server has confirmed, by e-mail address in
// lower case.
type acknowledged struct {
	mu    sync.Mutex
	users map[string]string // address → id
}

func (a *acknowledged) add(email, id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.users[strings.ToLower(email)] = id
}

// createUntilDeath creates users from 16 goroutines until the server is gone,
// each address from two of them in two spellings, and returns the users that
// were acknowledged.
func (c *caller) createUntilDeath(t *testing.T, accountID string) *acknowledged {
	t.Helper()
	var group sync.WaitGroup
	got := &acknowledged{users: map[string]string{}}
	for worker := range 16 {
		group.Go(func() {
			for i := 0; ; i++ {
				email := mixedCase(fmt.Sprintf("crash-%d-%d@example.com", worker/2, i), worker%2)
				out, err := c.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &accountID, Email: &email})
				switch {
				case err == nil:
					got.add(email, *out.User.UserId)
				case !isConflict(err):
					return // the connection broke
				}
			}
		})
	}
	group.Wait()
	return got
}

// verify checks that an account has every acknowledged user and none twice.
func (a *acknowledged) verify(t *testing.T, c *caller, accountID string) {
	t.Helper()
	found := map[string]string{}
	for _, u := range c.allUsers(t, chime.ListUsersInput{AccountId: &accountID, MaxResults: aws.Int32(200)}) {
		email := strings.ToLower(*u.PrimaryEmail)
		if found[email] != "" {
			t.Errorf("two users have the address %s", email)
		}
		found[email] = *u.UserId
	}
	checked := 0
	for email, id := range a.users {
		if found[email] != id {
			t.Errorf("the user %s was acknowledged with the id %s; the list has %q", email, id, found[email])
		}
		if checked++; checked <= 20 { // the list has shown the others
			equal(t, "GetUser", strings.ToLower(*c.get(t, accountID, id).PrimaryEmail), email)
		}
	}
}

func TestCrash_loses_nothing_acknowledged(t *testing.T) {
	rounds := map[string]int{"sqlite": 20, "postgres": 4}
	forEachOwnServer(t, func(t *testing.T, e *env) {
		end := time.Now().Add(crashTime)
		s, c := e.server, e.caller
		all := map[string]*acknowledged{} // by account
		round := 0
		for ; round < rounds[e.engine.name] && time.Now().Before(end); round++ {
			id := c.team(t)
			go func() {
				time.Sleep(time.Duration(30+rand.IntN(120)) * time.Millisecond)
				s.kill()
			}()
			all[id] = c.createUntilDeath(t, id)
			<-s.exited
			s = s.restart(t)
			c = newCaller(s.endpoint, s.keys)
			all[id].verify(t, c, id)
		}
		users := 0
		for id, a := range all { // also those of the first rounds
			a.verify(t, c, id)
			users += len(a.users)
		}
		t.Logf("%d crashes, %d users acknowledged", round, users)
		if users == 0 {
			t.Error("no user was acknowledged before a crash")
		}
	})
}
