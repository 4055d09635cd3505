package chime_test

import (
	"context"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
	"carillon/store/engine"
)

// counting is a database that counts the transactions that may write.
type counting struct {
	engine.Engine
	updates int
}

func (e *counting) Update(ctx context.Context, fn func(engine.Tx) error) error {
	e.updates++
	return e.Engine.Update(ctx, fn)
}

// Strangers who post to an address that is none come no further than to a read.
func TestPostRoomWebhookMessage_stranger(t *testing.T) {
	e := &counting{}
	w := newWorldOn(t, chime.Documented, func(inner engine.Engine) engine.Engine {
		e.Engine = inner
		return e
	})
	a := w.enterprise()
	id, token := address(w.hook(a, w.room(a)))
	before := e.updates
	for name, call := range map[string][2]string{"unknown": {"ghost", token}, "no token": {id, ""}, "wrong token": {id, token + "x"}, "neither": {"ghost", ""}} {
		if _, err := w.post(call[0], call[1], "x"); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if n := e.updates - before; n != 0 {
		t.Errorf("%d transactions that write", n)
	}
	w.must(second(w.post(id, token, "x")))
	if e.updates == before {
		t.Error("nothing was counted")
	}
}

// After the clock was put back, webhooks and names do not wait until it has come
// as far as it had been.
func TestPace_clockBack(t *testing.T) {
	for _, back := range []time.Duration{time.Minute, time.Hour, 400 * day} {
		w := newWorld(t)
		a := w.enterprise()
		link := w.hook(a, w.room(a))
		w.must(w.say(link, "1"))
		w.must(w.defaultName("First"))
		w.advance(-back)
		w.must(w.say(link, "2"))
		w.refused("at once", w.say(link, "3"), api.ThrottledClient)
		w.must(w.defaultName("Second"))
		w.refused("at once", w.defaultName("Third"), api.BadRequest)
		w.advance(time.Second)
		w.must(w.say(link, "4"))
	}
}

// A clock that is put back a little makes nobody wait for long.
func TestPace_clockBackALittle(t *testing.T) {
	w := newWorld(t)
	a := w.enterprise()
	link := w.hook(a, w.room(a))
	w.must(w.say(link, "1"))
	w.advance(-3 * time.Second)
	w.refused("before", w.say(link, "2"), api.ThrottledClient)
	w.advance(4 * time.Second)
	w.must(w.say(link, "3"))
}
