package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// headNames returns the names of the headers in the lines of a head, sorted.
func headNames(lines []string) []string {
	var names []string
	for _, line := range lines[1:] {
		name, _, _ := strings.Cut(line, ":")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// signedHead sends a signed request and returns the lines of the answer's head.
func (c *caller) signedHead(t *testing.T, method, target, body string) []string {
	t.Helper()
	r := c.request(t, method, target, body)
	signerOf(c).sign(r, body)
	return c.head(t, r)
}

func TestWire_head_of_answer(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		usual := []string{"Connection", "Content-Length", "Content-Type", "Date", "x-amzn-RequestId"}
		for _, tt := range []struct {
			method, target, body string
			status               string
			names                []string
		}{
			{"POST", "/accounts", `{"Name":"x"}`, "HTTP/1.1 201 Created", usual},
			{"GET", "/accounts/" + id, "", "HTTP/1.1 200 OK", usual},
			{"DELETE", "/accounts/" + id, "", "HTTP/1.1 204 No Content", []string{"Connection", "Content-Type", "Date", "x-amzn-RequestId"}},
			{"GET", "/accounts/" + id, "", "HTTP/1.1 404 Not Found", append([]string{"x-amzn-ErrorType"}, usual...)},
		} {
			lines := e.signedHead(t, tt.method, tt.target, tt.body)
			slices.Sort(tt.names)
			equal(t, "status line", lines[0], tt.status)
			equal(t, "headers of "+tt.status, headNames(lines), tt.names)
			for _, want := range []string{"Connection: keep-alive", "Content-Type: application/json"} {
				if !slices.Contains(lines, want) {
					t.Errorf("the head lacks %q: %q", want, lines)
				}
			}
		}
	})
}

func TestWire_request_ids_differ(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		first, second := e.send(t, "GET", "/accounts", ""), e.send(t, "GET", "/accounts", "")
		if first.header.Get("x-amzn-RequestId") == second.header.Get("x-amzn-RequestId") {
			t.Error("two answers have the same request id")
		}
	})
}

func TestWire_empty_output(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseDirectory)
		for operation, body := range map[string]string{
			"associate-signin-delegate-groups":    `{"SigninDelegateGroups":[{"GroupName":"rooms"}]}`,
			"disassociate-signin-delegate-groups": `{"GroupNames":["rooms"]}`,
		} {
			got := e.send(t, "POST", "/accounts/"+id+"?operation="+operation, body)
			got.ok(t, 200)
			equal(t, "body", got.body, "{}")
			equal(t, "Content-Length", got.length, 2)
		}
	})
}

func TestWire_no_content(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		user := e.users(t, id, 1)[0]
		e.send(t, "PUT", "/accounts/"+id+"/settings", `{"AccountSettings":{}}`).noContent(t)
		e.send(t, "POST", "/accounts/"+id+"/users/"+user+"?operation=logout", "").noContent(t)
		e.send(t, "PUT", "/accounts/"+id+"/users/"+user+"/settings",
			`{"UserSettings":{"Telephony":{"InboundCalling":true,"OutboundCalling":true,"SMS":true}}}`).noContent(t)
		e.suspend(t, id, user)
		e.send(t, "DELETE", "/accounts/"+id, "").noContent(t)
	})
}

func TestWire_status_of_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		user := e.users(t, id, 1)[0]
		for _, tt := range []struct {
			status               int
			method, target, body string
		}{
			{201, "POST", "/accounts", `{"Name":"x"}`},
			{200, "GET", "/accounts", ""},
			{200, "GET", "/accounts/" + id, ""},
			{200, "POST", "/accounts/" + id, `{"Name":"y"}`},
			{200, "GET", "/accounts/" + id + "/settings", ""},
			{201, "POST", "/accounts/" + id + "/users?operation=create", `{"Email":"a@example.com"}`},
			{201, "POST", "/accounts/" + id + "/users?operation=add", `{"UserEmailList":["b@example.com"]}`},
			{200, "POST", "/accounts/" + id + "/users?operation=suspend", `{"UserIdList":[]}`},
			{200, "POST", "/accounts/" + id + "/users", `{"UpdateUserRequestItems":[]}`},
			{200, "GET", "/accounts/" + id + "/users", ""},
			{200, "GET", "/accounts/" + id + "/users/" + user, ""},
			{200, "POST", "/accounts/" + id + "/users/" + user, "{}"},
			{200, "POST", "/accounts/" + id + "/users/" + user + "?operation=reset-personal-pin", ""},
			{200, "GET", "/accounts/" + id + "/users/" + user + "/settings", ""},
		} {
			e.send(t, tt.method, tt.target, tt.body).ok(t, tt.status)
		}
	})
}

func TestWire_text_in_json(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for sent, answered := range map[string]string{
			`"\u00e9\ud83d\udd14\/"`: `"é🔔/"`,
			`"a\"b\\c\td\u0001"`:     `"a\"b\\c\td\u0001"`,
			`"<&>"`:                  `"<&>"`,
		} {
			got := e.send(t, "POST", "/accounts", `{"Name":`+sent+`}`)
			got.ok(t, 201)
			if !strings.Contains(got.body, `"Name":`+answered) {
				t.Errorf("%s came back as %s", sent, got.body)
			}
		}
	})
}

func TestWire_no_compression_unasked(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		e.invited(t, id, 100)
		for _, encoding := range []string{"", "identity"} {
			r := e.request(t, "GET", "/accounts/"+id+"/users", "")
			if encoding != "" {
				r.Header.Set("Accept-Encoding", encoding)
			}
			signerOf(e.caller).sign(r, "")
			got := do(t, r)
			got.ok(t, 200)
			equal(t, "Content-Encoding", got.header.Get("Content-Encoding"), "")
		}
	})
}

func TestWire_no_cross_origin(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, method := range []string{"GET", "OPTIONS"} {
			r := e.request(t, method, "/accounts", "")
			r.Header.Set("Origin", "https://example.com")
			r.Header.Set("Access-Control-Request-Method", "POST")
			signerOf(e.caller).sign(r, "")
			for name := range do(t, r).header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("the answer to %s has the header %s", method, name)
				}
			}
		}
	})
}

func TestWire_connection_is_kept(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		conn := e.dial(t)
		for i := range 3 {
			r := e.request(t, "GET", "/accounts/"+unknownID, "")
			signerOf(e.caller).sign(r, "")
			succeed(t, r.Write(conn))
			got, err := readAnswer(conn)
			succeed(t, err)
			equal(t, fmt.Sprint("status of answer ", i), got.StatusCode, http.StatusNotFound)
		}
	})
}
