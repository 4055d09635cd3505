package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// envScimSpeed is how many users the account has whose SCIM is measured.
const envScimSpeed = "CARILLON_SCIM_SPEED"

// What is promised: creations on one connection, one after the other, and the median
// of requests in a large account.
const (
	scimCreates = 100 // a second
	scimFilter  = 5 * time.Millisecond
	scimPage    = 20 * time.Millisecond
)

func TestScim_speed(t *testing.T) {
	users, err := strconv.Atoi(os.Getenv(envScimSpeed))
	if err != nil {
		t.Skipf("SKIPPED: %s does not say how many users", envScimSpeed)
	}
	for _, e := range engines() { // one after the other
		t.Run(e.name, func(t *testing.T) { measureScim(t, e.start(t), users) })
	}
}

func measureScim(t *testing.T, e *env, users int) {
	c := e.scim(t, e.enterprise(t))
	begun := time.Now()
	const made = 300
	for i := range made {
		c.do(t, "POST", "/Users", oktaUser(fmt.Sprintf("made-%d@example.com", i), fmt.Sprint("00u", i))).want(t, 201)
	}
	rate := made / time.Since(begun).Seconds()
	t.Logf("%.0f creations a second", rate)
	if rate < scimCreates {
		t.Errorf("%.0f creations a second, want %d", rate, scimCreates)
	}
	c.fill(t, e, users)
	begun = time.Now()
	c.do(t, "GET", "/Users?count=1", "").want(t, 200)
	t.Logf("the first page, nobody having asked before: %s", time.Since(begun).Round(time.Millisecond))
	succeed(t, e.server.stop())
	e = e.restart(t)
	c.base = e.endpoint + "/scim/v2"
	time.Sleep(5 * time.Second) // the server looks by itself meanwhile
	begun = time.Now()
	c.do(t, "GET", fmt.Sprintf("/Users?count=1&startIndex=%d", users/2), "").want(t, 200)
	t.Logf("the first page 5 s after a start: %s", time.Since(begun).Round(time.Millisecond))
	for _, filter := range []string{`userName eq "many-%d@example.com"`, `externalId eq "00u%d"`, `emails.value eq "many-%d@example.com"`} {
		c.median(t, scimFilter, func(i int) string { return filterTarget("Users", fmt.Sprintf(filter, i*13)) })
	}
	page := func(count int) func(int) string { // in the middle between two places that are remembered
		return func(i int) string { return fmt.Sprintf("/Users?count=%d&startIndex=%d", count, users/20*i+501) }
	}
	c.median(t, scimPage, page(100))
	c.median(t, scimPage, page(200))
	time.Sleep(31 * time.Second) // places are looked up again then
	c.median(t, scimPage, page(100))
	c.median(t, 0, func(i int) string { return filterTarget("Users", fmt.Sprintf(`displayName sw "Many %d"`, i)) })
}

// fill imports users.
func (c *scimClient) fill(t *testing.T, e *env, users int) {
	t.Helper()
	var rows strings.Builder
	rows.WriteString("Email\n")
	for i := range users {
		fmt.Fprintf(&rows, "many-%d@example.com\n", i)
	}
	file := filepath.Join(t.TempDir(), "users.csv")
	succeed(t, os.WriteFile(file, []byte(rows.String()), 0o600))
	if got := e.tryCarillon(t, "user", "import", "--account-id", c.account, file); got.code != 0 {
		t.Fatal(got.stderr)
	}
}

// median measures 20 requests; a limit of 0 is none.
func (c *scimClient) median(t *testing.T, limit time.Duration, target func(i int) string) {
	t.Helper()
	var took []time.Duration
	for i := range 20 {
		begun := time.Now()
		if got := c.do(t, "GET", target(i), ""); got.status != 200 {
			t.Logf("%s: %d %s", target(i), got.status, got.body)
		}
		took = append(took, time.Since(begun))
	}
	first := took[0]
	slices.Sort(took)
	t.Logf("%s: median %s, slowest %s, first %s", target(1), took[10], took[19], first)
	if limit > 0 && took[10] > limit {
		t.Errorf("median %s, want %s", took[10], limit)
	}
}
