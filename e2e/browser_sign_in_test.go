package e2e

import "testing"

func TestBrowser_sign_in(t *testing.T) {
	forEachBrowsing(t, func(t *testing.T, e *env, b *tab) {
		c := e.tenant(t)
		b.open("/ui/audit?event=CreateUser") // leads to the form, and afterwards back
		b.title("Sign in")
		b.trySignIn(c.keys.AccessKeyID, "wrong", 401)
		b.title("Sign in")
		b.sees("Sign in")
		b.trySignIn(c.keys.AccessKeyID, c.keys.SecretAccessKey, 200)
		b.title("Audit")
		b.press("Sign out")
		b.title("Sign in")
		b.open("/ui/")
		b.title("Sign in")
	})
}
