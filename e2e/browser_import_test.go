package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/chromedp/chromedp"
)

// A list with bad rows is looked at first; then the good ones come in.
func TestBrowser_import_with_errors(t *testing.T) {
	forEachBrowsing(t, func(t *testing.T, e *env, b *tab) {
		c := e.tenant(t)
		account := c.team(t)
		c.user(t, account, "old@example.com")
		list := filepath.Join(t.TempDir(), "users.csv")
		succeed(t, os.WriteFile(list, []byte("Email;Name;License\nnew@example.com;New One;Basic\nnobody;No Address;Pro\nold@example.com;Old;Pro\nlast@example.com;Last;Gold\n"), 0o600))
		b.signIn(c.keys)
		b.open("/ui/accounts/" + account)
		b.follow("Import users from a file")
		b.do("choosing a file", chromedp.SetUploadFiles(labelled("File"), []string{list}))
		b.press("Send and preview")
		b.awaits("This is what an import would do: 4 rows.")
		b.sees("Rows that would be refused", "new@example.com")
		out, err := c.ListUsers(t.Context(), &chime.ListUsersInput{AccountId: &account})
		succeed(t, err)
		equal(t, "users before", len(out.Users), 1)
		b.press("Import: 4 rows")
		b.awaits("Done: 4 rows.")
		b.sees("Rows that were refused", "Email", "LicenseType")
		b.follow("Back to the users")
		b.sees("2 users", "New One", "new@example.com", "old@example.com")
	})
}
