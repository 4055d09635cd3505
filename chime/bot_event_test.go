package chime_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
	"carillon/store"
)

// event is what a bot's receiver understands of a body.
type event struct {
	Sender               struct{ SenderId, SenderIdType string }
	Discussion           struct{ DiscussionId, DiscussionType string }
	EventType            string
	InboundHttpsEndpoint *struct{ EndpointType, Url string }
	EventTimestamp       string
	EventId              string
	Message              string
}

// verify checks the signature of a request as a receiver does, and that its
// timestamp is of now, in real time.
func (w *world) verify(s sent, key string) {
	w.Helper()
	at := s.header["Chime-Request-Timestamp"]
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(append([]byte(at+"|"), s.body...))
	if got := s.header["Chime-Signature"]; got != base64.StdEncoding.EncodeToString(mac.Sum(nil)) {
		w.Errorf("the signature %q of %s is wrong", got, s.body)
	}
	moment, err := time.Parse("2006-01-02T15:04:05.000Z", at)
	if err != nil || time.Since(moment).Abs() > time.Minute {
		w.Errorf("the timestamp is %q", at)
	}
}

func (w *world) event(s sent) (e event) {
	w.Helper()
	w.must(json.Unmarshal(s.body, &e))
	return e
}

// stage is a room with a bot in it, whose receiver has heard of it.
type stage struct {
	*world
	*receiver
	account, room string
	bot           *api.Bot
	invitation    event
}

func newStage(t *testing.T) *stage {
	t.Helper()
	w := newWorld(t)
	s := &stage{world: w, receiver: w.listening()}
	s.account = w.enterprise()
	s.room, s.bot = w.room(s.account), w.bot(s.account, "Helper")
	_, err := w.putEvents(s.account, s.bot.BotId.V, endpoint, "")
	w.must(err)
	s.take()
	s.receiver.answer = status(200)
	_, err = w.add(s.account, s.room, s.bot.BotId.V, none)
	w.must(err)
	s.invitation = s.next("Invite")
	return s
}

// next runs the jobs, after which one event of a type must have arrived.
func (s *stage) next(eventType string) event {
	s.Helper()
	s.mustWork()
	list := s.take()
	if len(list) != 1 {
		s.Fatalf("%d events, want one %s", len(list), eventType)
	}
	s.verify(list[0], s.getBot(s.account, s.bot.BotId.V).SecurityToken.V)
	e := s.event(list[0])
	if e.EventType != eventType || list[0].url != endpoint || e.Discussion.DiscussionId != s.room || e.Discussion.DiscussionType != "Room" || e.EventId == "" {
		s.Errorf("got %s at %s, want %s", list[0].body, list[0].url, eventType)
	}
	return e
}

// quiet runs the jobs, after which nothing must have arrived.
func (s *stage) quiet(what string) {
	s.Helper()
	s.mustWork()
	if list := s.take(); len(list) > 0 {
		s.Errorf("%s: %d events", what, len(list))
	}
}

func TestBotEvent_invite(t *testing.T) {
	s := newStage(t)
	e := s.invitation
	if e.Sender.SenderId != "arn:aws:iam::111122223333:root" || e.EventTimestamp != "2026-11-21T20:33:04.567Z" || e.InboundHttpsEndpoint.EndpointType != "Persistent" {
		t.Errorf("got %+v", e)
	}
	s.advance(365 * 24 * time.Hour)
	s.clean()
	s.must(s.say(e.InboundHttpsEndpoint.Url, "Thank you for the invitation"))
	if list := s.read(s.account, s.room); len(list) != 1 || list[0].content != "Thank you for the invitation" {
		t.Errorf("the room has %v", list)
	}
	hooks, err := s.ListRoomWebhooks(s.ctx, &api.ListRoomWebhooksInput{AccountId: s.account, RoomId: s.room})
	if err != nil || len(hooks.Webhooks) > 0 {
		t.Errorf("the bot's address is listed: %+v, %v", hooks, err)
	}
}

// A mention carries an address that is good for two minutes.
func TestBotEvent_mention(t *testing.T) {
	s := newStage(t)
	link := s.hook(s.account, s.room)
	s.must(s.say(link, "Hello @Helper, <how> are you?"))
	e := s.next("Mention")
	if e.Message != "Hello @Helper, <how> are you?" || e.Sender.SenderId != "Hook" || e.InboundHttpsEndpoint.EndpointType != "ShortLived" {
		t.Errorf("got %+v", e)
	}
	s.advance(2 * time.Minute)
	s.must(s.say(e.InboundHttpsEndpoint.Url, "I am well, says @Helper"))
	s.quiet("a bot does not hear itself")
	s.advance(time.Millisecond)
	s.refused("after two minutes", s.say(e.InboundHttpsEndpoint.Url, "x"), api.NotFound)
	s.must(s.say(link, "to "+s.bot.BotEmail.V))
	s.next("Mention")
	s.advance(time.Second)
	s.must(s.say(link, "Helper without a sign; somebody@example.com"))
	s.quiet("no mention")
}

// A name that only begins like that of a bot is another one.
func TestBotEvent_mentionOfAnother(t *testing.T) {
	s := newStage(t)
	s.must(s.say(s.hook(s.account, s.room), "@Helpers are many"))
	s.quiet("another name that begins the same")
}

func TestBotEvent_remove(t *testing.T) {
	s := newStage(t)
	s.must(s.leave(s.account, s.room, s.bot.BotId.V))
	if e := s.next("Remove"); e.InboundHttpsEndpoint != nil || e.Message != "" {
		t.Errorf("got %+v", e)
	}
	s.refused("its way into the room", s.say(s.invitation.InboundHttpsEndpoint.Url, "x"), api.NotFound)
	s.must(s.say(s.hook(s.account, s.room), "@Helper"))
	s.quiet("a mention where it is no member")
}

// A bot that was stopped or has no endpoint any more is told nothing.
func TestBotEvent_unwanted(t *testing.T) {
	s := newStage(t)
	link := s.hook(s.account, s.room)
	_, err := s.disable(s.account, s.bot.BotId.V, api.Some(true))
	s.must(err)
	s.must(s.say(link, "@Helper"))
	s.quiet("disabled")
	_, err = s.disable(s.account, s.bot.BotId.V, api.Some(false))
	s.must(err)
	s.advance(time.Second)
	s.must(s.say(link, "@Helper"))
	s.must(s.DeleteEventsConfiguration(s.ctx, &api.DeleteEventsConfigurationInput{AccountId: s.account, BotId: s.bot.BotId.V}))
	s.quiet("no endpoint any more")
}

// Whatever token a bot has when an event goes out signs it.
func TestBotEvent_regenerated(t *testing.T) {
	s := newStage(t)
	s.must(s.say(s.hook(s.account, s.room), "@Helper"))
	old := s.bot.SecurityToken.V
	b, err := s.regenerate(s.account, s.bot.BotId.V)
	s.must(err)
	if b.SecurityToken.V == old {
		t.Fatal("the token is the same")
	}
	s.next("Mention")
}

// Time-outs and 5xx are tried again twice, with a new timestamp; anything else
// but 200 is not.
func TestBotEvent_retries(t *testing.T) {
	for name, test := range map[string]struct {
		answers  []int // 0: none
		attempts int
		part     string // of the failure
	}{
		"third time":  {[]int{503, 0, 200}, 3, ""},
		"second time": {[]int{500, 200}, 2, ""},
		"never":       {[]int{500, 502, 503, 200}, 3, "undeliverable: the endpoint answered with status 503"},
		"no answer":   {[]int{0, 0, 0, 200}, 3, "undeliverable: nobody there"},
		"refused":     {[]int{404, 200}, 1, "undeliverable: the endpoint answered with status 404"},
		"redirect":    {[]int{302, 200}, 1, "undeliverable: the endpoint answered with status 302"},
		"other 2xx":   {[]int{202, 200}, 1, "undeliverable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			attempts := 0
			s.receiver.answer = func(sent) (answer, error) {
				code := test.answers[attempts]
				if attempts++; code == 0 {
					return answer{}, errors.New("nobody there")
				}
				return answer{Status: code}, nil
			}
			s.must(s.say(s.hook(s.account, s.room), "@Helper"))
			failed := s.runJobs()
			if attempts != test.attempts || len(failed) != min(1, len(test.part)) || len(failed) == 1 && !strings.Contains(failed[0], test.part) {
				t.Errorf("%d attempts, failed %v", attempts, failed)
			}
			s.sameEvent(s.take())
		})
	}
}

// sameEvent checks that attempts differ in timestamp and signature alone.
func (s *stage) sameEvent(list []sent) {
	s.Helper()
	for i, x := range list {
		s.verify(x, s.bot.SecurityToken.V)
		if i > 0 && (string(x.body) != string(list[i-1].body) || x.header["Chime-Request-Timestamp"] <= list[i-1].header["Chime-Request-Timestamp"]) {
			s.Errorf("attempt %d is %s at %s", i, x.body, x.header["Chime-Request-Timestamp"])
		}
	}
}

// Events for a Lambda function go to the operator's endpoint, which is told the
// function.
func TestBotEvent_lambda(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	room, b := w.room(a), w.bot(a, "Helper")
	_, err := w.putEvents(a, b.BotId.V, "", lambda)
	w.must(err)
	_, err = w.add(a, room, b.BotId.V, none)
	w.must(err)
	if failed := w.runJobs(); len(failed) != 1 || !strings.Contains(failed[0], "undeliverable") || !strings.Contains(failed[0], "--lambda-invoke-url") {
		t.Errorf("without an endpoint: %v", failed)
	}
	r := &receiver{answer: status(200)}
	w.configure(func(c *chime.Config) { c.Operator, c.LambdaURL = r.post, "http://127.0.0.1:9/invoke" })
	w.must(w.leave(a, room, b.BotId.V))
	w.mustWork()
	list := r.take()
	var in struct {
		FunctionArn string
		Payload     event
	}
	if len(list) != 1 || json.Unmarshal(list[0].body, &in) != nil || in.FunctionArn != lambda || in.Payload.EventType != "Remove" || list[0].url != "http://127.0.0.1:9/invoke" {
		t.Fatalf("got %+v", list)
	}
	w.verify(list[0], b.SecurityToken.V)
}

// What somebody asks for by a webhook is done for the AWS account of the room,
// which shares with none what there is for that.
func TestMention_tenant(t *testing.T) {
	s := newStage(t)
	link := s.hook(s.account, s.room)
	s.ctx = context.WithValue(context.Background(), callerKey{}, &api.Caller{}) // who is not known
	s.must(s.say(link, "@Helper, hello"))
	var due []store.TenantJobs
	s.must(s.store.View(s.ctx, func(r store.Records) (err error) {
		due, err = r.DueJobs(s.now.Load(), time.Now().UnixMilli(), 2, "bot-event")
		return err
	}))
	if len(due) != 1 || due[0].AwsAccountID != aws {
		t.Errorf("the job is of %v, want %s", due, aws)
	}
}
