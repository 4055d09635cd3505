package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/chromedp/chromedp"
)

// A colleague gets a key in the console: what its policies deny is not offered, and
// refused if it is asked for all the same; without the key the session is over.
func TestBrowser_access(t *testing.T) {
	forEachBrowsing(t, func(t *testing.T, e *env, b *tab) {
		k := carillon[accessKey](t, e.caller, "key", "create", "--account", newAwsAccount(), "--user", "admin", "--policy", "AdministratorAccess")
		c := newCaller(e.endpoint, k.credentials())
		account := c.team(t)
		c.users(t, account, 1)
		b.signIn(c.keys)
		b.follow("Access")
		b.fill("User name", "ann")
		b.press("Create user")
		b.fill("Policy", "arn:aws:iam::aws:policy/AmazonChimeFullAccess")
		b.press("Attach policy")
		b.press("Create access key")
		b.sees("shown here only")
		keys := aws.Credentials{AccessKeyID: b.fact("Access key ID"), SecretAccessKey: b.fact("Secret access key")}
		b.follow("Back to ann")

		ann := b.another()
		ann.signIn(keys)
		ann.open("/ui/accounts/" + account)
		ann.fill("E-mail addresses", "guest@example.com")
		b.press("Detach AmazonChimeFullAccess")
		b.fill("Policy", "arn:aws:iam::aws:policy/AmazonChimeReadOnly")
		b.press("Attach policy")
		ann.pressAs("Invite", 403)
		ann.title("Not allowed")
		ann.open("/ui/accounts/" + account)
		ann.sees("user-0@example.com")
		ann.lacks("Invite users", "Change licence", "Server")

		b.press("Disable " + keys.AccessKeyID)
		eventually(t, "end of the session", func() bool {
			ann.open("/ui/")
			title, err := chromedp.Run(ann.ctx, chromedp.Title())
			return err == nil && title == "Sign in"
		})
		ann.trySignIn(keys.AccessKeyID, keys.SecretAccessKey, 401)
	})
}
