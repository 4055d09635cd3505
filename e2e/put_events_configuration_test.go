package e2e

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func (c *caller) tryLambda(t testing.TB, accountID string, botID *string, arn string) (*types.EventsConfiguration, error) {
	t.Helper()
	out, err := c.PutEventsConfiguration(t.Context(), &chime.PutEventsConfigurationInput{AccountId: &accountID, BotId: botID, LambdaFunctionArn: &arn})
	if err != nil {
		return nil, err
	}
	return out.EventsConfiguration, nil
}

func TestPutEventsConfiguration_endpoint(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		bot, h := e.bot(t, id, "Helper"), newHook(t)
		got, err := e.tryHook(t, id, bot.BotId, h.url)
		succeed(t, err)
		equal(t, "answer", *got, types.EventsConfiguration{BotId: bot.BotId, OutboundEventsHTTPSEndpoint: &h.url})
		equal(t, "GetEventsConfiguration", e.events(t, id, bot.BotId), got)
		equal(t, "bot", e.getBot(t, id, bot.BotId), bot)
		sent := h.receivedChallenges()
		equal(t, "challenges", len(sent), 1)
		equal(t, "method", sent[0].method, http.MethodPost)
		equal(t, "Content-Type", sent[0].header.Get("Content-Type"), "application/json")
		members := parseJSON[map[string]string](t, sent[0].body)
		equal(t, "EventType", members["EventType"], "HTTPSEndpointVerification")
		if len(members["Challenge"]) < 16 || len(members) != 2 {
			t.Errorf("the challenge is %s", sent[0].body)
		}
		equal(t, "events", len(h.received()), 0)
	})
}

func TestPutEventsConfiguration_lambda(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		bot := e.bot(t, id, "Helper")
		for _, arn := range []string{
			"arn:aws:lambda:us-east-1:111122223333:function:chat-bot_1", "arn:aws:lambda:eu-west-1:111122223333:function:f:7",
			"arn:aws-cn:lambda:cn-north-1:111122223333:function:f:$LATEST",
		} {
			got, err := e.tryLambda(t, id, bot.BotId, arn)
			succeed(t, err)
			equal(t, "answer", *got, types.EventsConfiguration{BotId: bot.BotId, LambdaFunctionArn: &arn})
			equal(t, "GetEventsConfiguration", e.events(t, id, bot.BotId), got)
		}
		for _, arn := range []string{"", "f", "arn:aws:s3:::bucket", "arn:aws:lambda:us-east-1:1111:function:f", "arn:aws:lambda:us-east-1:111122223333:function:a b"} {
			_, err := e.tryLambda(t, id, bot.BotId, arn)
			refused(t, err, badRequest, "LambdaFunctionArn")
		}
	})
}

func TestPutEventsConfiguration_replaces(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		bot, first := e.hookedBot(t, id, "Helper")
		arn := uniqueFunction()
		_, err := e.tryLambda(t, id, bot.BotId, arn)
		succeed(t, err)
		equal(t, "configuration", *e.events(t, id, bot.BotId), types.EventsConfiguration{BotId: bot.BotId, LambdaFunctionArn: &arn})
		second := newHook(t)
		_, err = e.tryHook(t, id, bot.BotId, second.url)
		succeed(t, err)
		equal(t, "configuration", *e.events(t, id, bot.BotId), types.EventsConfiguration{BotId: bot.BotId, OutboundEventsHTTPSEndpoint: &second.url})
		e.join(t, id, *e.room(t, id, "Kitchen").RoomId, *bot.BotId)
		second.await(t, 1)
		equal(t, "events at the first endpoint", len(first.received()), 0)
	})
}

func TestPutEventsConfiguration_answer(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		bot, arn := e.bot(t, id, "Helper"), uniqueFunction()
		path := "/accounts/" + id + "/bots/" + *bot.BotId + "/events-configuration"
		for range 2 { // 201 even for a replacement
			got := e.send(t, "PUT", path, `{"LambdaFunctionArn":"`+arn+`"}`)
			got.ok(t, 201)
			equal(t, "body", got.body, `{"EventsConfiguration":{"BotId":"`+*bot.BotId+`","LambdaFunctionArn":"`+arn+`","OutboundEventsHTTPSEndpoint":null}}`)
		}
	})
}

func TestPutEventsConfiguration_one_of_two(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		bot, h := e.bot(t, id, "Helper"), newHook(t)
		for _, in := range []chime.PutEventsConfigurationInput{{}, {OutboundEventsHTTPSEndpoint: &h.url, LambdaFunctionArn: aws.String(uniqueFunction())}} {
			in.AccountId, in.BotId = &id, bot.BotId
			_, err := e.PutEventsConfiguration(t.Context(), &in)
			refused(t, err, badRequest, "either")
		}
		equal(t, "challenges", len(h.receivedChallenges()), 0)
	})
}

func TestPutEventsConfiguration_not_https(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		bot := e.bot(t, id, "Helper")
		plain := reception(t).add(reception(t).plain)
		for _, url := range []string{plain.url, "", "x", "https://", "https:///path", "ftp://127.0.0.1/", "file:///etc/passwd", "https://user:secret@127.0.0.1/", "//127.0.0.1/"} {
			_, err := e.tryHook(t, id, bot.BotId, url)
			refused(t, err, badRequest, "OutboundEventsHTTPSEndpoint")
		}
		equal(t, "challenges", len(plain.receivedChallenges()), 0)
	})
}

// failedVerifications are endpoints that do not pass the challenge, with what
// the refusal says of them.
var failedVerifications = []struct {
	what, word string
	answer     func(w http.ResponseWriter, challenge string)
}{
	{"another challenge", "challenge", func(w http.ResponseWriter, _ string) { repeatChallenge(w, "00000000000000000000") }},
	{"no challenge", "challenge", func(w http.ResponseWriter, _ string) { write200(w, "{}") }},
	{"no JSON", "challenge", func(w http.ResponseWriter, challenge string) { write200(w, challenge) }},
	{"nothing", "challenge", func(http.ResponseWriter, string) {}},
	{"too much", "challenge", func(w http.ResponseWriter, c string) {
		write200(w, `{"x":"`+strings.Repeat("x", 1<<20)+`","Challenge":"`+c+`"}`)
	}},
	{"status 201", "201", func(w http.ResponseWriter, c string) { w.WriteHeader(201); repeatChallenge(w, c) }},
	{"status 403", "403", func(w http.ResponseWriter, c string) { w.WriteHeader(403); repeatChallenge(w, c) }},
	{"status 500", "500", func(w http.ResponseWriter, c string) { w.WriteHeader(500); repeatChallenge(w, c) }},
	{"broken connection", "connection", func(http.ResponseWriter, string) { panic(http.ErrAbortHandler) }},
}

func write200(w http.ResponseWriter, body string) {
	_, _ = w.Write([]byte(body)) // the server may be gone
}

func TestPutEventsConfiguration_failed_verification(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		bot, arn := e.lambdaBot(t, id, "Helper")
		for _, tt := range failedVerifications {
			h := newHook(t)
			h.answerChallenges(tt.answer)
			_, err := e.tryHook(t, id, bot.BotId, h.url)
			t.Log("the endpoint answers with", tt.what)
			refused(t, err, badRequest, "OutboundEventsHTTPSEndpoint", tt.word)
			equal(t, "challenges", len(h.receivedChallenges()), 1)
		}
		equal(t, "configuration", *e.events(t, id, bot.BotId).LambdaFunctionArn, arn)
	})
}

func TestPutEventsConfiguration_redirect(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		bot, from, to := e.bot(t, id, "Helper"), newHook(t), newHook(t)
		for _, status := range []int{301, 302, 307, 308} {
			from.answerChallenges(func(w http.ResponseWriter, challenge string) {
				w.Header().Set("Location", to.url)
				w.WriteHeader(status)
				repeatChallenge(w, challenge)
			})
			_, err := e.tryHook(t, id, bot.BotId, from.url)
			refused(t, err, badRequest, strconv.Itoa(status))
		}
		equal(t, "challenges at the target", len(to.receivedChallenges()), 0)
	})
}

func TestPutEventsConfiguration_slow_endpoint(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		bot, h := e.bot(t, id, "Helper"), newHook(t)
		h.answerChallenges(func(w http.ResponseWriter, challenge string) {
			time.Sleep(3 * time.Second)
			repeatChallenge(w, challenge)
		})
		_, err := e.tryHook(t, id, bot.BotId, h.url)
		refused(t, err, badRequest, "2s")
		_, err = e.GetEventsConfiguration(t.Context(), &chime.GetEventsConfigurationInput{AccountId: &id, BotId: bot.BotId})
		refused(t, err, notFound)
	})
}

func TestPutEventsConfiguration_unreachable(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		bot := e.bot(t, id, "Helper")
		strange := reception(t).add(reception(t).strange)
		for url, word := range map[string]string{
			strange.url:                           "certificate",
			"https://" + freeAddress(t) + "/hook": "refused",
			"https://nowhere.invalid/hook":        "resolve",
		} {
			_, err := e.tryHook(t, id, bot.BotId, url)
			refused(t, err, badRequest, "OutboundEventsHTTPSEndpoint", word)
		}
		equal(t, "challenges", len(strange.receivedChallenges()), 0)
	})
}

func TestPutEventsConfiguration_private_address(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) { // without --allow-private-webhooks
		id := e.enterprise(t)
		bot, h := e.bot(t, id, "Helper"), newHook(t)
		port := h.url[strings.LastIndex(h.url, ":"):]
		for _, url := range []string{
			h.url, "https://localhost" + port, "https://127.1.2.3" + port, "https://[::1]" + port, "https://[::ffff:127.0.0.1]" + port, "https://0.0.0.0" + port,
			"https://[::]" + port, "https://10.0.0.1", "https://172.16.0.1", "https://192.168.0.1", "https://169.254.169.254/latest", "https://100.64.0.1",
			"https://[fd00::1]", "https://[fe80::1]", "https://[64:ff9b::7f00:1]", "https://[2002:7f00:1::]", "https://2130706433" + port, "https://0x7f.1" + port,
		} {
			_, err := e.tryHook(t, id, bot.BotId, url)
			refused(t, err, badRequest, "OutboundEventsHTTPSEndpoint")
			if !strings.Contains(url, "0x7f") && !strings.Contains(url, "2130706433") { // which some systems look up
				refused(t, err, badRequest, "private")
			}
		}
		equal(t, "challenges", len(h.receivedChallenges()), 0)
	})
}

func TestPutEventsConfiguration_unknown(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		h := newHook(t)
		e.needsBot(t, notFound, func(c *caller, accountID, botID string) error {
			_, err := c.tryHook(t, accountID, &botID, h.url)
			return err
		})
		equal(t, "challenges", len(h.receivedChallenges()), 0)
	})
}
