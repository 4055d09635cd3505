package chime_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"carillon/api"
	"carillon/chime"
)

const meeting = "0a1b2c3d-0000-4000-8000-00000000000f"

func (w *world) dialOut(from, to string) (string, error) {
	out, err := w.CreateMeetingDialOut(w.ctx, &api.CreateMeetingDialOutInput{
		MeetingId: meeting, FromPhoneNumber: api.Some(from), ToPhoneNumber: api.Some(to), JoinToken: api.Some("Join+1"),
	})
	return transaction(out, err)
}

func transaction(out *api.CreateMeetingDialOutOutput, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return out.TransactionId.V, nil
}

// dialing gives the world an operator's dial-out service.
func (w *world) dialing() *receiver {
	r := &receiver{answer: status(200)}
	w.configure(func(c *chime.Config) {
		c.Operator, c.DialOutURL, c.DialOutSecret = r.post, "http://127.0.0.1:9/dial", func(context.Context) (string, error) { return "the operator's", nil }
	})
	return r
}

func TestCreateMeetingDialOut(t *testing.T) {
	w := newWorld(t)
	r := w.dialing()
	w.own(fiction(0), fiction(1))
	a := w.team()
	w.must(w.associate(a, w.create(a, "u@example.com"), fiction(1)))
	for _, from := range []string{fiction(0), "12065550101"} {
		id, err := w.dialOut(from, "442079460018")
		w.must(err)
		w.mustWork()
		list := r.take()
		var in struct{ TransactionId, MeetingId, FromPhoneNumber, ToPhoneNumber, JoinToken string }
		if len(list) != 1 || json.Unmarshal(list[0].body, &in) != nil {
			t.Fatalf("got %+v", list)
		}
		w.verify(list[0], "the operator's")
		if in.TransactionId != id || in.MeetingId != meeting || in.FromPhoneNumber != "+"+strings.TrimPrefix(from, "+") ||
			in.ToPhoneNumber != "+442079460018" || in.JoinToken != "Join+1" || list[0].url != "http://127.0.0.1:9/dial" {
			t.Errorf("sent %+v", in)
		}
	}
}

func TestCreateMeetingDialOut_refused(t *testing.T) {
	w := newWorld(t)
	w.own(fiction(0), fiction(1))
	_, err := w.dialOut(fiction(0), fiction(9))
	w.refused("not configured", err, api.AccessDenied, "--dial-out-url")
	r := w.dialing()
	w.must(w.release(fiction(1)))
	w.order(api.PhoneNumberProductTypeBusinessCalling, fiction(2))
	for name, number := range map[string]string{"unknown": fiction(5), "queued": fiction(1), "ordered": fiction(2)} {
		_, err := w.dialOut(number, fiction(9))
		w.refused(name, err, api.BadRequest, "FromPhoneNumber")
	}
	w.ctx = as(other)
	_, err = w.dialOut(fiction(0), fiction(9))
	w.refused("another AWS account", err, api.BadRequest, "FromPhoneNumber")
	w.mustWork()
	if list := r.take(); len(list) > 0 {
		t.Errorf("sent %+v", list)
	}
}

// What the operator's service refuses is kept for the operator to see.
func TestCreateMeetingDialOut_undeliverable(t *testing.T) {
	w := newWorld(t)
	r := w.dialing()
	r.answer = status(400)
	w.own(fiction(0))
	_, err := w.dialOut(fiction(0), fiction(9))
	w.must(err)
	if failed := w.runJobs(); len(failed) != 1 || !strings.Contains(failed[0], "undeliverable") {
		t.Errorf("got %v", failed)
	}
	if n := len(r.take()); n != 1 {
		t.Errorf("%d attempts", n)
	}
}
