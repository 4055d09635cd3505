package e2e

import (
	"os"
	"path/filepath"

	"github.com/chromedp/chromedp"
)

// forms opens the pages that no link leads to: previews, and what forms answer. It
// calls look on each, with a name for it, and ends signed out.
func (d demo) forms(b *tab, look func(name string)) {
	b.Helper()
	b.openAs("/ui/nowhere", 404)
	look("not-found")
	d.bulkForms(b, look)
	d.importForms(b, look)
	d.secretForms(b, look)
	d.invitationForms(b, look)
	b.open("/ui/")
	b.press("Sign out")
	look("sign-in")
	b.trySignIn("AKIANOBODY", "wrong", 401)
	look("sign-in-refused")
}

func (d demo) bulkForms(b *tab, look func(name string)) {
	b.Helper()
	b.open("/ui/accounts/" + d.company)
	b.check("Select all 27 matching")
	b.press("Reset PIN")
	look("bulk-preview")
	b.press("Reset PIN: 27 users")
	b.awaits("Done: 27 of 27 users, 1 refused.")
	look("bulk-result")
	b.open("/ui/accounts/" + d.studio)
	b.check("Select max@harbour.example")
	b.press("Change licence")
	look("bulk-licence")
}

func (d demo) importForms(b *tab, look func(name string)) {
	b.Helper()
	list := filepath.Join(d.TempDir(), "guests.csv")
	rows := "Email,Name,License,Shoe size\nnora@harbour.example,Nora Lund,Pro,38\nnobody,No Address,Pro,40\nivo@harbour.example,Ivo Brandt,Gold,44\n"
	succeed(b, os.WriteFile(list, []byte(rows), 0o600))
	b.open("/ui/accounts/" + d.studio + "/import")
	b.do("choosing a file", chromedp.SetUploadFiles(labelled("File"), []string{list}))
	b.press("Send and preview")
	b.awaits("This is what an import would do: 3 rows.")
	look("import-preview")
	b.press("Import: 3 rows")
	b.awaits("Done: 3 rows.")
	look("import-result")
}

// secretForms make secrets, and what else the operator makes.
func (d demo) secretForms(b *tab, look func(name string)) {
	b.Helper()
	b.open("/ui/access/users/clara")
	b.press("Create access key")
	look("access-key")
	b.open("/ui/access/users/clara")
	b.fill("Policy", "nothing")
	b.press("Attach policy")
	look("wrong-field")
	b.open("/ui/access/simulator?principal=arn:aws:iam::" + rootAwsAccount + ":user/clara&actions=chime:ListUsers,chime:UpdateUser")
	look("simulator")
	b.open("/ui/server")
	b.press("Make a backup")
	b.awaits("SHA-256")
	look("backup")
}

func (d demo) invitationForms(b *tab, look func(name string)) {
	b.Helper()
	b.open("/ui/accounts/" + d.studio)
	b.fill("E-mail addresses", "lena@harbour.example; nobody")
	b.press("Invite")
	look("invited")
	invitation := d.post.letterTo(b, "max@harbour.example").link(b)
	b.open(invitation)
	look("invitation")
	b.fill("Your name", "Max Hollis")
	b.press("Accept")
	look("invitation-accepted")
	b.openAs(invitation, 410)
	look("invitation-used")
}
