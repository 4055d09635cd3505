package e2e

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// A trace of a client, as https://www.w3.org/TR/trace-context/ writes it.
const (
	clientTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
	clientSpan  = "00f067aa0ba902b7"
)

// A CreateUser of a client that is in a trace: its spans, its line of the log and
// its record of the audit.
func TestTracing_CreateUser(t *testing.T) {
	forEach(t, func(t *testing.T, engine *engine) {
		c := newCollector(t)
		e := engine.traced(t, c.URL, nil)
		o := e.office(t)
		r := o.admin.request(t, "POST", "/accounts/"+o.id+"/users?operation=create", `{"Email":"zq@zq.example"}`)
		signerOf(o.admin).sign(r, `{"Email":"zq@zq.example"}`)
		r.Header.Set("Traceparent", "00-"+clientTrace+"-"+clientSpan+"-01")
		got := do(t, r)
		equal(t, "status", got.status, 201)
		event := slices.DeleteFunc(o.lookUp(t, by("EventName", "CreateUser")), func(e auditEvent) bool { return e.EventSource != "chime.amazonaws.com" })[0]
		equal(t, "additionalEventData", event.record(t).AdditionalEventData, members{"traceId": clientTrace})
		succeed(t, e.server.stop())

		list := c.all(t, clientTrace)
		root := named(t, list, "CreateUser")
		equal(t, "parent", hex.EncodeToString(root.GetParentSpanId()), clientSpan)
		equal(t, "kind", root.GetKind().String(), "SPAN_KIND_SERVER")
		equal(t, "attributes", root.attributes, map[string]string{
			"aws.request_id": got.header.Get("x-amzn-RequestId"), "http.request.method": "POST", "http.response.status_code": "int_value:201",
			"url.scheme": "http", "http.route": "/accounts/{accountId}/users", "rpc.service": "chime", "rpc.method": "CreateUser", "cloud.account.id": o.account,
		})
		equal(t, "parts of the request", children(t, list, root), []string{"key look-up", "body", "signature", "place", "store update"})
		equal(t, "parts of the update", children(t, list, named(t, list, "store update")), []string{"wait", "run", "commit"})
		equal(t, "service", c.resource["service.name"]+" "+c.resource["deployment.environment.name"], "chime-test e2e")
		line := regexp.MustCompile(`.*"op":"CreateUser","status":201,.*` + clientTrace + `.*`).FindString(readFile(e.server.log()))
		equal(t, "trace_id in the log", parseJSON[map[string]any](t, line)["trace_id"], any(clientTrace))
	})
}

// An UpdateUser has its transaction in its trace, and a refusal its name.
func TestTracing_others(t *testing.T) {
	forEach(t, func(t *testing.T, engine *engine) {
		c := newCollector(t)
		e := engine.traced(t, c.URL, nil)
		id := e.team(t)
		user := e.user(t, id, "u@example.com")
		e.send(t, "POST", "/accounts/"+id+"/users/"+*user.UserId, `{"LicenseType":"Basic"}`).ok(t, 200)
		e.send(t, "GET", "/accounts/"+unknownID, "").refused(t, notFound)
		succeed(t, e.server.stop())

		list := c.all(t, "")
		update := named(t, list, "UpdateUser")
		equal(t, "parts of the request", children(t, list, update), []string{"key look-up", "body", "signature", "place", "store update"})
		get := named(t, list, "GetAccount")
		equal(t, "error.type", get.attributes["error.type"], "NotFoundException")
		equal(t, "status", get.GetStatus().GetCode().String(), "STATUS_CODE_UNSET") // it was the client's fault
		if id := hex.EncodeToString(get.GetTraceId()); !strings.Contains(readFile(e.server.log()), `"trace_id":"`+id+`"`) {
			t.Error("the log lacks the trace of a request without traceparent")
		}
	})
}

// What is sampled is for the variables to say, or for whoever began the trace.
func TestTracing_sampling(t *testing.T) {
	t.Parallel()
	startsServers(t)
	c := newCollector(t)
	e := engines()[0].traced(t, c.URL, []string{"OTEL_TRACES_SAMPLER=parentbased_always_off"})
	for _, flag := range []string{"00", "01"} {
		r := e.request(t, "GET", "/accounts", "")
		signerOf(e.caller).sign(r, "")
		r.Header.Set("Traceparent", "00-"+clientTrace[:31]+flag[1:]+"-"+clientSpan+"-"+flag)
		equal(t, "status", do(t, r).status, 200)
	}
	e.team(t)
	succeed(t, e.server.stop())
	spans := c.all(t, "")
	named(t, spans, "ListAccounts")
	equal(t, "spans", len(c.all(t, clientTrace[:31]+"1")), len(spans))
}

// No span has what is sensitive: what people send, where it is sent, names,
// addresses, tokens.
func TestTracing_has_nothing_sensitive(t *testing.T) {
	forEach(t, func(t *testing.T, engine *engine) {
		c := newCollector(t)
		dialOut := reception(t).add(reception(t).plain)
		e := engine.traced(t, c.URL, nil, "--allow-private-webhooks", "--dial-out-url", dialOut.url)
		useSensitive(t, e.caller)
		useSensitive(t, e.stranger(t))
		id := e.enterprise(t)
		room, err := e.roomWithToken(t, id, "Zq Room", "zq-token")
		succeed(t, err)
		bot, hook := e.hookedBot(t, id, "Zq-Bot")
		e.join(t, id, *room.RoomId, *bot.BotId)
		w := e.webhook(t, id, room.RoomId, "Zq-Hook")
		say(t, w.Url, "hello zq")
		transaction, err := e.dialOut(t, e.own(t, businessCalling, 1)[0])
		succeed(t, err)
		called := dialOut.awaitWith(t, *transaction)
		invited := hook.awaitWith(t, *room.RoomId)
		eventually(t, "end of the jobs", func() bool {
			return len(e.server.jobLines("dial-out")) == 1 && len(e.server.jobLines("bot-event")) == 1
		})
		succeed(t, e.server.stop())

		list := c.all(t, "")
		job := named(t, list, "job dial-out")
		if !strings.Contains(called.header.Get("Traceparent"), hex.EncodeToString(job.GetTraceId())) {
			t.Errorf("the operator's endpoint was told of the trace %q", called.header.Get("Traceparent"))
		}
		equal(t, "trace that a user's endpoint was told of", invited.header.Get("Traceparent"), "")
		equal(t, "parts of the job", children(t, list, job), []string{"POST", "store update"})
		named(t, list, "PostRoomWebhookMessage")
		c.lacks(t, map[string]string{
			"a name, an address or what somebody said": "zq", "a number": "1206555", "a security token": *bot.SecurityToken, "a join token": "token+/1",
			"an endpoint": path.Base(hook.url), "the operator's endpoint": path.Base(dialOut.url), "a webhook's token": w.Url[strings.Index(w.Url, "token=")+6:],
			"a secret": e.keys.SecretAccessKey, "a name of a user": "tester-",
		})
	})
}

// lacks checks that no span has some words, by what they are.
func (c *collector) lacks(t testing.TB, words map[string]string) {
	t.Helper()
	said := strings.ToLower(c.said.String())
	for what, word := range words {
		if i := strings.Index(said, strings.ToLower(word)); i >= 0 {
			t.Errorf("the spans have %s: %q", what, said[max(0, i-200):min(len(said), i+200)])
		}
	}
}

// A collector that takes requests and never answers is no trouble for anybody.
func TestTracing_stalled_collector(t *testing.T) {
	forEach(t, func(t *testing.T, engine *engine) {
		stalled := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}))
		t.Cleanup(stalled.Close)
		address := freeAddress(t)
		e := engine.traced(t, stalled.URL, []string{"OTEL_BSP_MAX_QUEUE_SIZE=10", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE=1"}, "--metrics-listen", address)
		id := e.team(t)
		for i := range 20 {
			begun := time.Now()
			e.user(t, id, fmt.Sprintf("u%d@example.com", i))
			if took := time.Since(begun); took > patience {
				t.Errorf("a request took %s", took)
			}
		}
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+address+"/metrics", nil)
		succeed(t, err)
		if !regexp.MustCompile(`(?m)^carillon_trace_spans_total\{outcome="dropped"\} [1-9]`).MatchString(do(t, r).body) {
			t.Error("no span is counted as dropped")
		}
		equal(t, "users", len(userIDs(e.listUsers(t, chime.ListUsersInput{AccountId: &id}).Users)), 20)
		succeed(t, e.server.stop())
	})
}

// What Carillon cannot do is said at once.
func TestTracing_wrong_settings(t *testing.T) {
	t.Parallel()
	for _, variable := range []string{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_TRACES_SAMPLER=mine", "OTEL_PROPAGATORS=b3"} {
		name, _, _ := strings.Cut(variable, "=")
		env := cleanEnv(t.TempDir(), "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318", variable)
		carillonIn(t, env, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir()).failed(t, exitUsage, name)
	}
}
