package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// invocation is what the operator's endpoint for Lambda functions is sent.
type invocation struct {
	FunctionArn string
	Payload     json.RawMessage
}

func TestBotLambda_invoke(t *testing.T) {
	forEachAmple(t, func(t *testing.T, e *env) {
		id := e.enterprise(t)
		room := e.room(t, id, "Kitchen")
		bot, arn := e.lambdaBot(t, id, "Helper")
		e.join(t, id, *room.RoomId, *bot.BotId)
		sent := reception(t).lambda.awaitWith(t, arn)
		sent.signedBy(t, *bot.SecurityToken)
		got := parseJSON[invocation](t, sent.body)
		equal(t, "FunctionArn", got.FunctionArn, arn)
		invite := parseJSON[event](t, string(got.Payload))
		invite.about(t, "Invite", room)
		invite.endpoint(t, "Persistent", e.endpoint)
		say(t, invite.InboundHttpsEndpoint.Url, "Hello from a function")
		say(t, e.webhook(t, id, room.RoomId, "News").Url, "@Helper in "+*room.RoomId)
		mention := reception(t).lambda.awaitWith(t, "@Helper in "+*room.RoomId)
		equal(t, "FunctionArn", parseJSON[invocation](t, mention.body).FunctionArn, arn)
	})
}

// Without --lambda-invoke-url events are recorded as failed, in log and metrics.
func TestBotLambda_not_configured(t *testing.T) {
	forEach(t, func(t *testing.T, engine *engine) {
		address := freeAddress(t)
		e := engine.start(t, "--metrics-listen", address)
		id := e.enterprise(t)
		bot, arn := e.lambdaBot(t, id, "Helper")
		e.join(t, id, *e.room(t, id, "Kitchen").RoomId, *bot.BotId)
		eventually(t, "end of the job", func() bool { return len(e.server.jobLines("bot-event")) > 0 })
		got := e.server.jobLines("bot-event")
		equal(t, "runs", len(got), 1)
		equal(t, "outcome", got[0].Outcome, "failed")
		if !strings.Contains(got[0].Cause, "--lambda-invoke-url") || strings.Contains(got[0].Cause, arn) {
			t.Errorf("the log says %q", got[0].Cause)
		}
		equal(t, "count of failures", hasMetric(t, address, `carillon_jobs_total{kind="bot-event",outcome="failed"} 1`), true)
		equal(t, "number of members", len(e.listMembers(t, id, e.listRooms(t, id, nil).all(t, 1)[0]).all(t, 1)), 1)
	})
}

// hasMetric reports whether a server shows a line among its metrics.
func hasMetric(t testing.TB, address, line string) bool {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/metrics", nil)
	succeed(t, err)
	return strings.Contains(do(t, r).body, line+"\n")
}
