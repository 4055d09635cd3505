package e2e

import (
	"path"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// Names of rooms and bots are sensitive, as are endpoints, numbers and tokens:
// none of them reaches the log, nor does what people say.
func TestLog_has_nothing_sensitive_of_rooms_and_numbers(t *testing.T) {
	forEachSending(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseLWA, "mail.example")
		room, err := e.roomWithToken(t, id, "Zq Room", "zq-token")
		succeed(t, err)
		_, err = e.roomWithToken(t, id, "Zq Other", "zq-token")
		refused(t, err, badRequest)
		bot, hook := e.hookedBot(t, id, "Zq-Bot")
		hook.answerDeliveries(statuses(500))
		e.join(t, id, *room.RoomId, *bot.BotId)
		w := e.webhook(t, id, room.RoomId, "Zq-Hook")
		say(t, w.Url, "@Zq-Bot hello zq")
		post(t, w.Url, `{"Content":"zq`).refused(t, badRequest)
		_, err = e.tryHook(t, id, bot.BotId, "https://zq-endpoint.invalid/zq")
		refused(t, err, badRequest)
		number := e.own(t, businessCalling, 1)[0]
		e.nameNumber(t, number, "Zq Name")
		succeed(t, e.defaultName(t, "Zq Default"))
		refused(t, e.defaultName(t, "Zq"), badRequest)
		_, err = e.dialOut(t, number, func(in *chime.CreateMeetingDialOutInput) { in.JoinToken = aws.String("zqzq") })
		refused(t, err, accessDenied)
		e.send(t, "POST", "/phone-number-orders", `{"ProductType":"zq","E164PhoneNumbers":["`+number+`","zq"]}`).refused(t, badRequest)
		eventually(t, "failed deliveries", func() bool { return len(e.server.jobLines("bot-event")) == 2 })
		succeed(t, e.server.stop())
		log := strings.ToLower(strings.ReplaceAll(readFile(e.server.log()), e.keys.AccessKeyID, "")) // which is random
		for what, word := range map[string]string{
			"a name or what somebody said": "zq", "a number": number[1:], "a security token": *bot.SecurityToken,
			"an endpoint": path.Base(hook.url), "a webhook's token": w.Url[strings.Index(w.Url, "token=")+6:],
		} {
			if i := strings.Index(log, strings.ToLower(word)); i >= 0 {
				t.Errorf("the log has %s: %s", what, log[max(0, i-200):min(len(log), i+200)])
			}
		}
	}, "--allow-private-webhooks", "--log-level", "debug")
}
