package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// hook makes a room with a webhook, and returns the room's messages and the
// webhook's path.
func (s *site) hook() (messages, path string) {
	s.Helper()
	var account struct{ Account struct{ AccountId string } }
	s.call("POST", "/carillon/v1/accounts", `{"Name": "x", "AccountType": "EnterpriseLWA"}`, &account)
	var room struct{ Room struct{ RoomId string } }
	s.call("POST", "/accounts/"+account.Account.AccountId+"/rooms", `{"Name": "x"}`, &room)
	own := "/carillon/v1/accounts/" + account.Account.AccountId + "/rooms/" + room.Room.RoomId
	var hook struct{ Webhook struct{ Url string } }
	s.call("POST", own+"/webhooks", `{"Name": "Hook"}`, &hook)
	u, err := url.Parse(hook.Webhook.Url)
	if err != nil || u.Scheme != "https" || u.Host != "chime.example" {
		s.Fatalf("the address is %s", hook.Webhook.Url)
	}
	return own + "/messages", u.RequestURI()
}

func hooks(o *Options) { o.PublicURL, o.Quotas.Rooms = "https://chime.example/", 9 }

func (s *site) contents(messages string) (list []string) {
	s.Helper()
	var out struct{ Messages []struct{ Content string } }
	s.call("GET", messages, "", &out)
	for _, m := range out.Messages {
		list = append(list, m.Content)
	}
	return list
}

func TestWebhook(t *testing.T) {
	s := newSite(t, hooks)
	messages, path := s.hook()
	w := s.send(request("POST", path, `{"Other": [1], "Content": "H\u00e9llo"}`))
	if w.Code != 200 || !strings.HasPrefix(w.Body.String(), `{"MessageId":"`) || !strings.Contains(w.Body.String(), `","RoomId":"`) || requestID(w) == "" {
		t.Errorf("got %d %s %v", w.Code, w.Body, w.Header())
	}
	if got := s.contents(messages); len(got) != 1 || got[0] != "Héllo" {
		t.Errorf("the room has %q", got)
	}
	w = s.send(request("POST", path, `{"Content": "too soon"}`))
	s.wantError("at once", w, 429, "ThrottledClientException")
	if w.Header().Get("Retry-After") != "1" {
		t.Errorf("headers %v", w.Header())
	}
}

func TestWebhook_refused(t *testing.T) {
	s := newSite(t, hooks)
	_, path := s.hook()
	id, query, _ := strings.Cut(path, "?")
	const good = `{"Content": "x"}`
	for name, test := range map[string]struct {
		method, target, body string
		status               int
		name                 string
	}{
		"unknown":       {"POST", "/incomingwebhooks/ghost?" + query, good, 404, "NotFoundException"},
		"no id":         {"POST", "/incomingwebhooks/?" + query, good, 400, "BadRequestException"},
		"more path":     {"POST", id + "/x?" + query, good, 404, "UnknownOperationException"},
		"no token":      {"POST", id, good, 403, "ForbiddenException"},
		"wrong token":   {"POST", path + "x", good, 403, "ForbiddenException"},
		"over 4 KiB":    {"POST", path, `{"Content": "` + strings.Repeat("x", 4097) + `"}`, 413, "RequestEntityTooLargeException"},
		"over 1 MiB":    {"POST", path, `{"Content": "` + strings.Repeat("x", 1<<20) + `"}`, 413, "RequestEntityTooLargeException"},
		"no body":       {"POST", path, "", 400, "BadRequestException"},
		"no JSON":       {"POST", path, "Content=x", 400, "BadRequestException"},
		"half":          {"POST", path, `{"Content": "x"`, 400, "BadRequestException"},
		"a list":        {"POST", path, `["x"]`, 400, "BadRequestException"},
		"a number":      {"POST", path, `{"Content": 1}`, 400, "BadRequestException"},
		"null":          {"POST", path, `{"Content": null}`, 400, "BadRequestException"},
		"without":       {"POST", path, `{}`, 400, "BadRequestException"},
		"empty":         {"POST", path, `{"Content": ""}`, 400, "BadRequestException"},
		"given twice":   {"POST", path, `{"Content": "x", "Content": "y"}`, 400, "BadRequestException"},
		"read":          {"GET", path, "", 405, "UnknownOperationException"},
		"replaced":      {"PUT", path, good, 405, "UnknownOperationException"},
		"not a webhook": {"POST", "/incomingwebhook/x", good, 403, "MissingAuthenticationTokenException"},
	} {
		w := s.send(request(test.method, test.target, test.body))
		s.wantError(name, w, test.status, test.name)
		if test.status == 405 && w.Header().Get("Allow") != http.MethodPost {
			t.Errorf("%s: Allow is %q", name, w.Header().Get("Allow"))
		}
	}
}

// Nothing of a message, the token, or the path of the webhook is ever logged.
func TestWebhook_log(t *testing.T) {
	s := newSite(t, hooks)
	_, path := s.hook()
	id, query, _ := strings.Cut(strings.TrimPrefix(path, webhookPath), "?")
	token := strings.TrimPrefix(query, "token=")
	before := len(s.entries("request"))
	send := func(target, body string) *httptest.ResponseRecorder { return s.send(request("POST", target, body)) }
	send(path, `{"Content": "marker"}`)
	send(path, `{"Content": "marker again"}`)
	send(path, `{"Content": "marker`)
	send(path, `{"marker": {"marker": 1}, "Content": ["marker"]}`)
	send(webhookPath+id+"?token=marker", `{"Content": "marker"}`)
	send(webhookPath+"marker?"+query, `{"Content": "marker"}`)
	send(path, `{"Content": "`+strings.Repeat("marker", 1000)+`"}`)
	list := s.entries("request")[before:]
	if len(list) != 7 {
		t.Fatalf("%d lines", len(list))
	}
	for i, line := range list {
		if line["op"] != "PostRoomWebhookMessage" || line["principal"] != nil {
			t.Errorf("line %d: %v", i, line)
		}
	}
	for _, secret := range []string{"marker", token, id, "incomingwebhooks"} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("%q is logged", secret)
		}
	}
}
