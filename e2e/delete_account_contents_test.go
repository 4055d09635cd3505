package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// Deleting an Enterprise account deletes what is in it, at once for callers,
// and after ninety days for good (§7-15 and 16 of the behaviour notes).
func TestDeleteAccount_with_rooms_and_bots(t *testing.T) {
	forEachSending(t, func(t *testing.T, e *env) {
		domain := uniqueDomain()
		id := e.account(t, types.AccountTypeEnterpriseLWA, domain)
		room, ann := e.room(t, id, "Kitchen"), e.user(t, id, "ann@example.com")
		bot, hook := e.hookedBot(t, id, "Helper")
		e.join(t, id, *room.RoomId, *ann.UserId, *bot.BotId)
		address := hook.await(t, 1)[0].event(t).InboundHttpsEndpoint.Url
		number := e.own(t, businessCalling, 1)[0]
		succeed(t, e.assign(t, id, ann.UserId, number))
		e.importMessages(t, message{AccountId: id, ConversationId: "talk", MessageId: "m", Sender: "s", Content: "c", CreatedTimestamp: daysAgo(1)})
		succeed(t, e.retain(t, id, days(10, 10)))
		w := e.webhook(t, id, room.RoomId, "News")
		e.tryCarillon(t, "domain", "remove", domain, "--account-id", id).succeeded(t)
		succeed(t, e.deleteAccount(t, id))
		e.isGone(t, id)
		for _, url := range []string{w.Url, address} {
			post(t, url, contentBody("Anybody here?")).refused(t, notFound)
		}
		equal(t, "status of the number", e.status(t, number), types.PhoneNumberStatusUnassigned)
		e.advance(t, "2400h") // 100 days
		eventually(t, "housekeeping", func() bool { return len(e.server.jobLines("housekeeping")) > 0 })
		for _, j := range append(e.server.jobLines("housekeeping"), e.server.jobLines("retention")...) {
			equal(t, "outcome of "+j.Kind+": "+j.Cause, j.Outcome, "done")
		}
	}, "--test-clock", "--allow-private-webhooks")
}
