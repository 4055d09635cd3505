package e2e

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// dialOut asks for a call from a number; the rest is valid unless change says
// otherwise.
func (c *caller) dialOut(t testing.TB, from string, change ...func(*chime.CreateMeetingDialOutInput)) (*string, error) {
	t.Helper()
	in := &chime.CreateMeetingDialOutInput{
		MeetingId: aws.String(unknownID), FromPhoneNumber: &from, ToPhoneNumber: aws.String("+12065550142"), JoinToken: aws.String("Token+/1"),
	}
	for _, f := range change {
		f(in)
	}
	out, err := c.CreateMeetingDialOut(t.Context(), in)
	if err != nil {
		return nil, err
	}
	return out.TransactionId, nil
}

func TestCreateMeetingDialOut_success(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		v := e.inventory(t)
		for _, from := range []string{v.free, v.connector[1:], v.assigned} {
			id, err := v.dialOut(t, from)
			succeed(t, err)
			isUUID(t, "TransactionId", aws.ToString(id))
			sent := reception(t).dialOut.awaitWith(t, *id)
			sent.signedBy(t, e.keys.SecretAccessKey) // the operator's
			equal(t, "request", parseJSON[map[string]string](t, sent.body), map[string]string{
				"TransactionId": *id, "MeetingId": unknownID, "FromPhoneNumber": "+" + from[len(from)-11:], "ToPhoneNumber": "+12065550142", "JoinToken": "Token+/1",
			})
		}
	})
}

func TestCreateMeetingDialOut_answer(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number := c.own(t, businessCalling, 1)[0]
		c.send(t, "POST", "/meetings/"+unknownID+"/dial-outs", `{"FromPhoneNumber":"`+number+`","ToPhoneNumber":"12065550142","JoinToken":"ab"}`).ok(t, 201)
	})
}

func TestCreateMeetingDialOut_foreign_number(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		v := e.inventory(t)
		theirs := e.tenant(t).own(t, businessCalling, 1)[0]
		for _, from := range []string{theirs, v.deleted, "+12065550199", "+4930123456"} {
			_, err := v.dialOut(t, from)
			refused(t, err, badRequest, "FromPhoneNumber")
		}
	})
}

func TestCreateMeetingDialOut_bad_members(t *testing.T) {
	tests := map[string][]func(*chime.CreateMeetingDialOutInput){
		"'MeetingId'": {
			func(in *chime.CreateMeetingDialOutInput) { in.MeetingId = aws.String("x") },
			func(in *chime.CreateMeetingDialOutInput) { in.MeetingId = aws.String(unknownID + "0") },
		},
		"'ToPhoneNumber'": {
			func(in *chime.CreateMeetingDialOutInput) { in.ToPhoneNumber = aws.String("") },
			func(in *chime.CreateMeetingDialOutInput) { in.ToPhoneNumber = aws.String("+0123") },
		},
		"'FromPhoneNumber'": {func(in *chime.CreateMeetingDialOutInput) { in.FromPhoneNumber = aws.String("sip:ann") }},
		"'JoinToken'": {
			func(in *chime.CreateMeetingDialOutInput) { in.JoinToken = aws.String("a") },
			func(in *chime.CreateMeetingDialOutInput) { in.JoinToken = aws.String("a-b") },
			func(in *chime.CreateMeetingDialOutInput) { in.JoinToken = aws.String(ofLength(2049, "a")) },
		},
	}
	forEachAmple(t, func(t *testing.T, e *env) {
		c := e.tenant(t)
		number := c.own(t, businessCalling, 1)[0]
		for member, changes := range tests {
			for _, change := range changes {
				_, err := c.dialOut(t, number, change)
				refused(t, err, badRequest, member)
			}
		}
		for _, length := range []int{2, 2048} {
			_, err := c.dialOut(t, number, func(in *chime.CreateMeetingDialOutInput) { in.JoinToken = aws.String(ofLength(length, "a")) })
			succeed(t, err)
		}
	})
}

// Without --dial-out-url the shape is looked at first, and the number is not.
func TestCreateMeetingDialOut_not_configured(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		_, err := e.dialOut(t, "+12065550199")
		refused(t, err, accessDenied, "--dial-out-url")
		_, err = e.dialOut(t, "x")
		refused(t, err, badRequest, "'FromPhoneNumber'")
	})
}

// What the operator's endpoint cannot take at once is sent again.
func TestCreateMeetingDialOut_endpoint_fails(t *testing.T) {
	r := reception(t)
	forEach(t, func(t *testing.T, engine *engine) {
		h := r.add(r.plain)
		h.answerDeliveries(func(w http.ResponseWriter, n int) {
			if n < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		})
		e := engine.startSending(t, "--dial-out-url", h.url)
		id, err := e.dialOut(t, e.own(t, businessCalling, 1)[0])
		succeed(t, err)
		for _, d := range h.await(t, 3) {
			d.signedBy(t, e.keys.SecretAccessKey)
			equal(t, "TransactionId", parseJSON[map[string]string](t, d.body)["TransactionId"], *id)
		}
		eventually(t, "end of the job", func() bool { return len(e.server.jobLines("dial-out")) == 1 })
		equal(t, "outcome", e.server.jobLines("dial-out")[0].Outcome, "done")
	})
}
