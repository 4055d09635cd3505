package console_test

import "testing"

func TestRetention(t *testing.T) {
	b := signedIn(t)
	account := b.account("EnterpriseLWA")
	path := "/ui/accounts/" + account + "/retention"
	p := b.get(path)
	b.want("none", p, 200, "Example")
	b.shows("none", p, "for ever", "aws chime get-retention-settings --account-id "+account, `href="`+path+`" aria-current="page"`)
	b.hides("none", p, "Deletion for good")
	p = b.post(path, "RoomRetentionSettings", " 30 ", "ConversationRetentionSettings", "")
	b.shows("set", p, "The retention was changed.", "<dt>Chat rooms</dt><dd>30 days</dd>", "<dt>Conversations</dt><dd>for ever</dd>", "Deletion for good from",
		"RoomRetentionSettings={RetentionDays=30},ConversationRetentionSettings={}")
	for _, days := range []string{"soon", "0", "5476", "-1", "1.5", "99999999999999999999"} {
		p = b.post(path, "RoomRetentionSettings", "30", "ConversationRetentionSettings", days)
		b.shows(days, p, `role="alert"`, `value="`+days+`"`, `aria-describedby="retention-ConversationRetentionSettings-error"`, "<dd>30 days</dd>")
	}
	b.shows("cleared", b.post(path), "<dt>Chat rooms</dt><dd>for ever</dd>")
}

func TestRetention_team(t *testing.T) {
	b := signedIn(t)
	path := "/ui/accounts/" + b.account("Team") + "/retention"
	p := b.get(path)
	b.want("a Team account", p, 200, "Example")
	b.shows("a Team account", p, "keeps its messages for ever", "As a command")
	b.hides("a Team account", p, "Save retention")
	b.shows("forced", b.post(path, "RoomRetentionSettings", "30"), `role="alert"`)
}

func TestRetention_denied(t *testing.T) {
	root := signedIn(t)
	path := "/ui/accounts/" + root.account("EnterpriseLWA") + "/retention"
	root.post(path, "RoomRetentionSettings", "30")
	id, secret := root.key("reader", "AmazonChimeReadOnly")
	b := newBrowser(t, root.server)
	b.signIn(id, secret)
	p := b.get(path)
	b.shows("settings", p, "30 days")
	b.hides("settings", p, "Save retention", "put-retention-settings")
	b.want("forced", b.post(path, "RoomRetentionSettings", "1"), 403, "Not allowed")
	root.shows("after it", root.get(path), "30 days")
}
