package chime_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
)

func (w *world) createBot(account, name string, domain ...string) (*api.Bot, error) {
	in := &api.CreateBotInput{AccountId: account, DisplayName: api.Some(name)}
	if len(domain) > 0 {
		in.Domain = api.Some(domain[0])
	}
	out, err := w.CreateBot(w.ctx, in)
	if err != nil {
		return nil, err
	}
	return out.Bot, nil
}

func (w *world) getBot(account, bot string) *api.Bot {
	w.Helper()
	out, err := w.GetBot(w.ctx, &api.GetBotInput{AccountId: account, BotId: bot})
	w.must(err)
	return out.Bot
}

func (w *world) disable(account, bot string, disabled api.Opt[bool]) (*api.Bot, error) {
	out, err := w.UpdateBot(w.ctx, &api.UpdateBotInput{AccountId: account, BotId: bot, Disabled: disabled})
	if err != nil {
		return nil, err
	}
	return out.Bot, nil
}

func (w *world) regenerate(account, bot string) (*api.Bot, error) {
	out, err := w.RegenerateSecurityToken(w.ctx, &api.RegenerateSecurityTokenInput{AccountId: account, BotId: bot})
	if err != nil {
		return nil, err
	}
	return out.Bot, nil
}

var fortyCharacters = regexp.MustCompile(`^[A-Za-z0-9+/]{40}$`)

func TestBot(t *testing.T) {
	w := newWorld(t)
	a := w.account(api.AccountTypeEnterpriseOIDC, "one.example", "two.example")
	b, err := w.createBot(a, "My Bot\u00a02")
	w.must(err)
	if b.DisplayName.V != "My Bot\u00a02 (Bot)" || b.BotEmail.V != "MyBot2-chimebot@one.example" || b.BotType.V != api.BotTypeChatBot ||
		b.Disabled != api.Some(false) || b.UserId != b.BotId || !fortyCharacters.MatchString(b.SecurityToken.V) ||
		b.CreatedTimestamp.Time() != epoch || b.UpdatedTimestamp != b.CreatedTimestamp {
		t.Errorf("made %+v", b)
	}
	at := w.advance(time.Minute)
	if same, err := w.disable(a, b.BotId.V, api.Opt[bool]{}); err != nil || *same != *b {
		t.Errorf("nothing to change: %+v, %v", same, err)
	}
	stopped, err := w.disable(a, b.BotId.V, api.Some(true))
	w.must(err)
	if !stopped.Disabled.V || stopped.UpdatedTimestamp != at || *w.getBot(a, b.BotId.V) != *stopped {
		t.Errorf("stopped %+v", stopped)
	}
}

// A token is always the same until it is regenerated, which leaves
// UpdatedTimestamp alone.
func TestBot_token(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	b, err := w.createBot(a, "one")
	w.must(err)
	another, err := w.createBot(a, "two")
	w.must(err)
	seen := map[string]bool{another.SecurityToken.V: true}
	token := b.SecurityToken.V
	for range 3 {
		if seen[token] || !fortyCharacters.MatchString(token) {
			t.Errorf("the token %q is not new", token)
		}
		seen[token] = true
		w.configure(func(*chime.Config) {}) // as after a restart
		if got := w.getBot(a, b.BotId.V).SecurityToken.V; got != token {
			t.Errorf("the token changed to %q", got)
		}
		w.advance(time.Minute)
		again, err := w.regenerate(a, b.BotId.V)
		w.must(err)
		if again.UpdatedTimestamp != b.UpdatedTimestamp {
			t.Errorf("updated at %d, want %d", again.UpdatedTimestamp, b.UpdatedTimestamp)
		}
		token = again.SecurityToken.V
	}
	if got := w.getBot(a, another.BotId.V).SecurityToken; got != another.SecurityToken {
		t.Error("the other bot's token changed")
	}
}

func TestCreateBot_names(t *testing.T) {
	w := newWorld(t)
	w.configure(func(c *chime.Config) { c.Quotas.Bots = 100 })
	a := w.account(api.AccountTypeEnterpriseLWA, "one.example", "two.example")
	for name, email := range map[string]string{
		"x":                           "x-chimebot@one.example",
		"a b\tc":                      "abc-chimebot@one.example",
		"Bö&t":                        "Bö&t-chimebot@one.example",
		strings.Repeat("é", 55):       strings.Repeat("é", 55) + "-chimebot@one.example",
		strings.Repeat("e", 56):       "",
		"":                            "",
		" \t":                         "",
		"a@b":                         "",
		"a,b":                         "",
		"a<b>":                        "",
		"a\x00b":                      "",
		`a"b`:                         "",
		strings.Repeat(" ", 54) + "y": "y-chimebot@one.example",
	} {
		b, err := w.createBot(a, name)
		if email == "" {
			w.refused(fmt.Sprintf("%q", name), err, api.BadRequest, "DisplayName")
		} else if err != nil || b.BotEmail.V != email {
			t.Errorf("%q: %+v, %v, want %s", name, b, err, email)
		}
	}
	_, err := w.createBot(a, "A B C")
	w.refused("an address that is taken", err, api.BadRequest, "address")
	if b, err := w.createBot(a, "A B C", "TWO.example"); err != nil || b.BotEmail.V != "ABC-chimebot@two.example" {
		t.Errorf("another domain: %+v, %v", b, err)
	}
	_, err = w.createBot(a, "z", "three.example")
	w.refused("a foreign domain", err, api.BadRequest, "Domain")
	_, err = w.createBot(w.account(api.AccountTypeEnterpriseLWA), "z")
	w.refused("no domain", err, api.BadRequest, "Domain")
}

func TestCreateBot_quota(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	for i := range 10 {
		_, err := w.createBot(a, fmt.Sprint("bot", i))
		w.must(err)
	}
	_, err := w.createBot(a, "one too many")
	w.refused("an eleventh", err, api.ResourceLimitExceeded, "10")
	_, err = w.createBot(w.enterprise(), "elsewhere")
	w.must(err)
}

func TestBot_refused(t *testing.T) {
	w := newWorld(t)
	a, team := w.enterprise(), w.team()
	b, err := w.createBot(a, "x")
	w.must(err)
	calls := map[string]func(account, bot string) error{
		"CreateBot": func(a, _ string) error { _, err := w.createBot(a, "y"); return err },
		"GetBot": func(a, b string) error {
			_, err := w.GetBot(w.ctx, &api.GetBotInput{AccountId: a, BotId: b})
			return err
		},
		"UpdateBot":               func(a, b string) error { _, err := w.disable(a, b, api.Some(true)); return err },
		"RegenerateSecurityToken": func(a, b string) error { _, err := w.regenerate(a, b); return err },
		"ListBots": func(a, _ string) error {
			_, err := w.ListBots(w.ctx, &api.ListBotsInput{AccountId: a})
			return err
		},
		"GetEventsConfiguration": func(a, b string) error {
			_, err := w.GetEventsConfiguration(w.ctx, &api.GetEventsConfigurationInput{AccountId: a, BotId: b})
			return err
		},
		"DeleteEventsConfiguration": func(a, b string) error {
			return w.DeleteEventsConfiguration(w.ctx, &api.DeleteEventsConfigurationInput{AccountId: a, BotId: b})
		},
	}
	for name, call := range calls {
		w.refused(name+" of a Team account", call(team, b.BotId.V), api.BadRequest, "Enterprise")
		w.refused(name+" of no account", call("ghost", b.BotId.V), api.NotFound)
		if name != "CreateBot" && name != "ListBots" {
			w.refused(name+" of no bot", call(a, "ghost"), api.NotFound)
			w.refused(name+" in another account", call(w.enterprise(), b.BotId.V), api.NotFound)
		}
		w.ctx = as(other)
		w.refused(name+" of another AWS account", call(a, b.BotId.V), api.NotFound)
		w.ctx = as(aws)
	}
}

// Bots come newest first, ten on a page if nothing else is asked for.
func TestListBots(t *testing.T) {
	w := newWorld(t)
	w.configure(func(c *chime.Config) { c.Quotas.Bots = 100 })
	a := w.enterprise()
	var want []string
	for i := range 12 {
		w.advance(time.Duration(i%2) * time.Millisecond)
		b, err := w.createBot(a, fmt.Sprint("bot", i))
		w.must(err)
		want = append(want, b.BotId.V)
	}
	slices.Reverse(want)
	for _, test := range []struct {
		size  api.Opt[int]
		pages int
	}{{api.Opt[int]{}, 2}, {api.Some(1), 12}, {api.Some(5), 3}, {api.Some(99), 1}} {
		got, pages := w.pages(api.Opt[string]{}, func(token api.Opt[string]) ([]string, api.Opt[string], error) {
			out, err := w.ListBots(w.ctx, &api.ListBotsInput{AccountId: a, NextToken: token, MaxResults: test.size})
			var ids []string
			for i := range out.Bots {
				ids = append(ids, out.Bots[i].BotId.V)
			}
			return ids, out.NextToken, err
		})
		if !slices.Equal(got, want) || pages != test.pages {
			t.Errorf("pages of %v: %v on %d pages, want %v", test.size, got, pages, want)
		}
	}
}
