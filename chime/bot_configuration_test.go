package chime_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"carillon/api"
	"carillon/chime"
)

// sent is a request that a receiver got.
type sent struct {
	url    string
	header map[string]string
	body   []byte
}

// receiver stands for an endpoint outside.
type receiver struct {
	mu     sync.Mutex
	got    []sent
	answer func(sent) (answer, error)
}

func (r *receiver) post(_ context.Context, url string, header map[string]string, body []byte) (int, []byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := sent{url, header, body}
	r.got = append(r.got, s)
	a, err := r.answer(s)
	return a.Status, a.Body, err
}

// take returns what arrived and forgets it.
func (r *receiver) take() []sent {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

// answer is what an endpoint outside answers.
type answer struct {
	Status int
	Body   []byte
}

// echo answers a challenge as it must be answered.
func echo(s sent) (answer, error) {
	var in struct{ Challenge string }
	if err := json.Unmarshal(s.body, &in); err != nil {
		return answer{}, err
	}
	body, err := json.Marshal(in)
	return answer{Status: 200, Body: body}, err
}

func status(n int) func(sent) (answer, error) {
	return func(sent) (answer, error) { return answer{Status: n}, nil }
}

// listening gives the world a receiver for the endpoints of bots.
func (w *world) listening() *receiver {
	r := &receiver{answer: echo}
	w.configure(func(c *chime.Config) { c.Webhooks = r.post })
	return r
}

const (
	endpoint = "https://bot.example/events"
	lambda   = "arn:aws:lambda:us-east-1:111122223333:function:Bot_1-x:PROD"
)

func (w *world) putEvents(account, bot, https, arn string) (*api.EventsConfiguration, error) {
	out, err := w.PutEventsConfiguration(w.ctx, &api.PutEventsConfigurationInput{
		AccountId: account, BotId: bot, OutboundEventsHTTPSEndpoint: api.NonZero(https), LambdaFunctionArn: api.NonZero(arn),
	})
	if err != nil {
		return nil, err
	}
	return out.EventsConfiguration, nil
}

func (w *world) getEvents(account, bot string) (*api.EventsConfiguration, error) {
	out, err := w.GetEventsConfiguration(w.ctx, &api.GetEventsConfigurationInput{AccountId: account, BotId: bot})
	return out.EventsConfiguration, err
}

// bot makes a bot and returns it.
func (w *world) bot(account, name string) *api.Bot {
	w.Helper()
	b, err := w.createBot(account, name)
	w.must(err)
	return b
}

func TestEventsConfiguration(t *testing.T) {
	w := newWorld(t)
	r := w.listening()
	a := w.enterprise()
	bot := w.bot(a, "x").BotId.V
	_, err := w.getEvents(a, bot)
	w.refused("before any", err, api.NotFound)
	remove := func() error {
		return w.DeleteEventsConfiguration(w.ctx, &api.DeleteEventsConfigurationInput{AccountId: a, BotId: bot})
	}
	w.must(remove())
	for _, step := range []struct{ https, arn string }{{endpoint, ""}, {"", lambda}, {"https://bot.example:8000", ""}} {
		put, err := w.putEvents(a, bot, step.https, step.arn)
		w.must(err)
		got, err := w.getEvents(a, bot)
		w.must(err)
		if *put != *got || got.BotId.V != bot || got.OutboundEventsHTTPSEndpoint != api.NonZero(step.https) || got.LambdaFunctionArn != api.NonZero(step.arn) {
			t.Errorf("%+v: put %+v, got %+v", step, put, got)
		}
	}
	if list := r.take(); len(list) != 2 || list[0].url != endpoint {
		t.Errorf("challenges: %+v", list)
	}
	w.must(remove())
	w.must(remove())
	_, err = w.getEvents(a, bot)
	w.refused("after it was deleted", err, api.NotFound)
}

// The challenge is another each time, 20 characters long, and must come back.
func TestEventsConfiguration_challenge(t *testing.T) {
	w := newWorld(t)
	r := w.listening()
	a := w.enterprise()
	bot := w.bot(a, "x").BotId.V
	body := func(text string) func(sent) (answer, error) {
		return func(sent) (answer, error) { return answer{Status: 200, Body: []byte(text)}, nil }
	}
	for name, test := range map[string]struct {
		answer func(sent) (answer, error)
		part   string
	}{
		"no answer":   {func(sent) (answer, error) { return answer{}, errors.New("it refused") }, "it refused"},
		"status 500":  {status(500), "500"},
		"status 302":  {status(302), "302"},
		"status 201":  {func(s sent) (answer, error) { x, err := echo(s); x.Status = 201; return x, err }, "201"},
		"empty":       {body(""), "challenge"},
		"another one": {body(`{"Challenge": "00000000000000000000"}`), "challenge"},
		"not JSON":    {body("Challenge"), "challenge"},
	} {
		r.answer = test.answer
		_, err := w.putEvents(a, bot, endpoint, "")
		w.refused(name, err, api.BadRequest, "OutboundEventsHTTPSEndpoint", test.part)
	}
	_, err := w.getEvents(a, bot)
	w.refused("after all that", err, api.NotFound)
	seen := map[string]bool{}
	for _, s := range r.take() {
		var in struct{ Challenge, EventType string }
		w.must(json.Unmarshal(s.body, &in))
		if len(in.Challenge) != 20 || seen[in.Challenge] || in.EventType != "HTTPSEndpointVerification" || s.url != endpoint {
			t.Errorf("sent %s to %s", s.body, s.url)
		}
		seen[in.Challenge] = true
	}
}

// Nothing is sent for what is refused anyway.
func TestEventsConfiguration_refused(t *testing.T) {
	w := newWorld(t)
	r := w.listening()
	a := w.enterprise()
	bot := w.bot(a, "x").BotId.V
	for name, test := range map[string]struct{ https, arn, part string }{
		"none":         {"", "", "either"},
		"both":         {endpoint, lambda, "either"},
		"http":         {"http://bot.example/", "", "https"},
		"no host":      {"https:///events", "", "https"},
		"user name":    {"https://u:p@bot.example/", "", "user name"},
		"no URL":       {"https://bot.example:port/", "", "https"},
		"no scheme":    {"bot.example", "", "https"},
		"other ARN":    {"", "arn:aws:sns:us-east-1:111122223333:topic", "LambdaFunctionArn"},
		"short ARN":    {"", "arn:aws:lambda:us-east-1:1:function:x", "LambdaFunctionArn"},
		"ARN and more": {"", lambda + "\nx", "LambdaFunctionArn"},
	} {
		_, err := w.putEvents(a, bot, test.https, test.arn)
		w.refused(name, err, api.BadRequest, test.part)
	}
	for name, ids := range map[string][2]string{"no bot": {a, "ghost"}, "no account": {"ghost", bot}, "another account": {w.enterprise(), bot}} {
		_, err := w.putEvents(ids[0], ids[1], endpoint, "")
		w.refused(name, err, api.NotFound)
	}
	_, err := w.putEvents(w.team(), bot, endpoint, "")
	w.refused("Team", err, api.BadRequest, "Enterprise")
	w.freeze(a)
	_, err = w.putEvents(a, bot, endpoint, "")
	w.refused("suspended account", err, api.Forbidden)
	if list := r.take(); len(list) > 0 {
		t.Errorf("sent %+v", list)
	}
}

// Bots join rooms when they run and have somewhere to be told, never as
// administrators.
func TestRoomMembership_bots(t *testing.T) {
	w := newWorld(t)
	w.listening()
	a := w.enterprise()
	room, b := w.room(a), w.bot(a, "Helper")
	id := b.BotId.V
	_, err := w.add(a, room, id, none)
	w.refused("no events configuration", err, api.BadRequest, "events configuration")
	_, err = w.putEvents(a, id, endpoint, "")
	w.must(err)
	_, err = w.add(a, room, id, administrator)
	w.refused("administrator", err, api.BadRequest, "Administrator")
	_, err = w.disable(a, id, api.Some(true))
	w.must(err)
	_, err = w.add(a, room, id, none)
	w.refused("disabled", err, api.BadRequest, "disabled")
	_, err = w.disable(a, id, api.Some(false))
	w.must(err)
	m, err := w.add(a, room, id, none)
	w.must(err)
	if m.Member.MemberType.V != api.MemberTypeBot || m.Member.FullName.V != "Helper (Bot)" || m.Member.Email != b.BotEmail || m.Role != member {
		t.Errorf("made %+v of %+v", m, m.Member)
	}
	_, err = w.setRole(a, room, id, administrator)
	w.refused("a role", err, api.BadRequest, "bot")
	if failed := w.join(a, room, id); len(failed) != 1 || !strings.HasSuffix(failed[0], " Conflict") {
		t.Errorf("again: %v", failed)
	}
	if rooms, err := w.ListRooms(w.ctx, &api.ListRoomsInput{AccountId: a, MemberId: api.Some(id)}); err != nil || len(rooms.Rooms) != 1 {
		t.Errorf("rooms of the bot: %+v, %v", rooms, err)
	}
	_, err = w.disable(a, id, api.Some(true))
	w.must(err)
	w.must(w.leave(a, room, id)) // also when it is disabled
}
