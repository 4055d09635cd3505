package e2e

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Settings of the simulated month; README.md explains them.
const (
	envScimOperations = "CARILLON_SCIM_OPERATIONS"
	envScimSeed       = "CARILLON_SCIM_SEED"
)

// Sizes of the simulated month.
const (
	monthOperations = 600  // in each of the accounts, in the short form
	monthWhole      = 150  // operations from one look at everything to the next
	monthRun        = 5000 // operations of an account in the long form: then another one begins
	monthPeople     = 40   // addresses that are about
	monthGroups     = 8    // names of groups that are about
)

// month is a random identity provider with an account, beside administrators who use
// the API, and the model that says what every answer and the state must be.
type month struct {
	t       *testing.T
	r       *rand.Rand
	c       *scimClient
	admin   *caller
	team    bool // an inactive user is not in a Team account
	users   map[string]*monthUser
	groups  map[string]*monthGroup
	former  map[string]string // ids that an address brings back to the account
	gone    []string          // ids that no user has any more
	made    int               // users and groups so far
	recent  []monthStep       // what can be repeated
	seen    map[string]monthSight
	history []string
}

// monthStep is something that the provider or an administrator does. It asks the
// model what has to come of it, does it, and compares.
type monthStep func(*month)

// monthSight is a version of a resource that the provider has seen.
type monthSight struct{ version, content string }

// A random provider and a model of it agree on every answer and on the whole state.
func TestScim_month(t *testing.T) {
	long, seed := monthSettings(t)
	forEach(t, func(t *testing.T, e *engine) {
		if long > 0 {
			server := e.start(t)
			for done := 0; done < long && !t.Failed(); done += monthRun {
				runMonth(t, server, seed+uint64(done/monthRun), min(monthRun, long-done))
			}
			return
		}
		server := e.share(t, documented)
		runMonth(t, server, seed, monthOperations)
		runMonth(t, server, seed+1, monthOperations)
	})
}

// monthSettings returns how many operations the long form has, 0: it is the short
// one, and the seed, which a failed run names.
func monthSettings(t *testing.T) (long int, seed uint64) {
	t.Helper()
	seed = uint64(time.Now().UnixNano()) % 1_000_000
	var err error
	if text := os.Getenv(envScimSeed); text != "" {
		seed, err = strconv.ParseUint(text, 10, 64)
		succeed(t, err)
	}
	if text := os.Getenv(envScimOperations); text != "" {
		long, err = strconv.Atoi(text)
		succeed(t, err)
	}
	return long, seed
}

// runMonth runs a number of operations in a new account.
func runMonth(t *testing.T, e *env, seed uint64, operations int) {
	t.Helper()
	m := &month{
		t: t, r: rand.New(rand.NewPCG(seed, 13)), admin: e.caller, team: seed%2 == 1,
		users: map[string]*monthUser{}, groups: map[string]*monthGroup{}, former: map[string]string{}, seen: map[string]monthSight{},
	}
	account := map[bool]func(testing.TB) string{true: e.team, false: e.enterprise}[m.team]
	m.c = e.scim(t, account(t))
	t.Logf("%s=%d, %d operations", envScimSeed, seed, operations)
	begun := time.Now()
	for i := range operations {
		m.step()(m)
		if t.Failed() {
			t.Fatalf("%s=%d: operation %d diverges; the last ones:\n%s", envScimSeed, seed, i+1, strings.Join(m.history, "\n"))
		}
		if (i+1)%monthWhole == 0 || i == operations-1 {
			m.compareAll()
		}
	}
	t.Logf("%d operations in %s: %d users, %d groups at the end", operations, time.Since(begun).Round(time.Millisecond), len(m.users), len(m.groups))
}

// monthMix is how often which step is taken, in all 100.
var monthMix = []struct {
	weight int
	make   func(*month) monthStep
}{
	{14, (*month).postUser},
	{20, (*month).patchUser},
	{8, (*month).putUser},
	{3, (*month).deleteUser},
	{5, (*month).getUser},
	{8, (*month).findUsers},
	{5, (*month).postGroup},
	{13, (*month).patchGroup},
	{3, (*month).putGroup},
	{2, (*month).deleteGroup},
	{4, (*month).findGroups},
	{3, (*month).mapGroup},
	{12, (*month).administer},
}

// step returns what comes next: often a retry of what came a while ago, as it was.
func (m *month) step() monthStep {
	if len(m.recent) > 0 && m.r.IntN(8) == 0 {
		return m.recent[m.r.IntN(len(m.recent))]
	}
	n := m.r.IntN(100)
	for _, each := range monthMix {
		if n -= each.weight; n < 0 {
			step := each.make(m)
			m.recent = append(m.recent, step)
			m.recent = m.recent[max(0, len(m.recent)-12):]
			return step
		}
	}
	panic("the weights are less than 100")
}

// note keeps what is done for who reads of a failure.
func (m *month) note(format string, args ...any) {
	m.history = append(m.history, fmt.Sprintf(format, args...))
	m.history = m.history[max(0, len(m.history)-25):]
}

// send sends a request of the provider, and checks the status and what kind of
// refusal it is.
func (m *month) send(method, target, body string, want monthAnswer, headers ...string) scimAnswer {
	m.t.Helper()
	m.note("%s %s %s %v: want %v", method, target, body, headers, want)
	got := m.c.do(m.t, method, target, body, headers...)
	kind, _ := got.object["scimType"].(string)
	if have := (monthAnswer{got.status, kind}); got.status != want.status || got.status >= 400 && have != want {
		m.t.Errorf("%s %s: got %v, want %v: %s", method, target, have, want, got.body)
	}
	return got
}

// monthAnswer is a status with the scimType of a refusal.
type monthAnswer struct {
	status   int
	scimType string
}

var (
	monthMissing  = monthAnswer{status: 404}
	monthTaken    = monthAnswer{409, "uniqueness"}
	monthBadValue = monthAnswer{400, "invalidValue"}
	monthStuck    = monthAnswer{400, "mutability"}
	monthStale    = monthAnswer{status: 412}
)

// pick returns one of some things.
func pick[T any](m *month, list ...T) T { return list[m.r.IntN(len(list))] }

// inOrder returns some things in the order of their making, so that a seed tells
// everything.
func inOrder[V interface{ serial() int }](of map[string]V) []V {
	return slices.SortedFunc(maps.Values(of), func(a, b V) int { return cmp.Compare(a.serial(), b.serial()) })
}
