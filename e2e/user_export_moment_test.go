package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// TestUserExport_moment exports users while the first and the last one always change
// together: an export never has one of two changes, and holds nobody back.
func TestUserExport_moment(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		account := c.team(t)
		const users = 2500
		carillon[importCounts](t, c, "user", "import", scratchFile(t, "users.jsonl", fullUsers(users)), "--account-id", account)
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		changes := make(chan int)
		go func() { changes <- c.changeTogether(ctx, account, "u-00001", "u-02499") }()
		for range 5 {
			text := c.tryCarillon(t, "user", "export", "--account-id", account, "--format", "jsonl").succeeded(t)
			lines := strings.Split(strings.TrimSpace(text), "\n")
			equal(t, "users", len(lines), users)
			first, last := licenseOf(t, lines, "u-00001"), licenseOf(t, lines, "u-02499")
			equal(t, "licences of users who change together", first, last)
		}
		stop()
		if n := <-changes; n < 5 {
			t.Errorf("%d changes during the exports", n)
		}
	})
}

// changeTogether changes the licences of users, again and again until ctx ends, and
// returns how often it did.
func (c *caller) changeTogether(ctx context.Context, account string, users ...string) (times int) {
	for ; ; times++ {
		in := &chime.BatchUpdateUserInput{AccountId: &account}
		for _, user := range users {
			in.UpdateUserRequestItems = append(in.UpdateUserRequestItems, types.UpdateUserRequestItem{
				UserId: &user, LicenseType: []types.License{types.LicenseBasic, types.LicensePro}[times%2],
			})
		}
		if _, err := c.BatchUpdateUser(ctx, in); err != nil {
			return times
		}
	}
}

func licenseOf(t *testing.T, lines []string, user string) string {
	t.Helper()
	for _, line := range lines {
		if u := parseJSON[struct{ UserId, LicenseType string }](t, line); u.UserId == user {
			return u.LicenseType
		}
	}
	t.Fatalf("user %s is not in the export", user)
	return ""
}
