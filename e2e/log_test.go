package e2e

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// sensitive are values that the model marks as such. No other text has "zq".
var sensitive = struct{ email, other, name, arn string }{
	"zq.person+tag@zq-mail.example", "zq.other@zq-mail.example", "Zq Displayname", "arn:aws:a4b:us-east-1:1:room/zq-room",
}

// useSensitive sends the sensitive values wherever they can go, in good
// requests and in bad ones.
func useSensitive(t *testing.T, c *caller) {
	t.Helper()
	id := c.team(t)
	in := &chime.CreateUserInput{AccountId: &id, Email: &sensitive.email, Username: &sensitive.name, UserType: types.UserTypeSharedDevice}
	user := c.create(t, in)
	_, err := c.CreateUser(t.Context(), in)
	refused(t, err, conflict)
	c.invitee(t, id, sensitive.other)
	c.update(t, chime.UpdateUserInput{AlexaForBusinessMetadata: alexa(true, sensitive.arn)}, id, user.UserId)
	c.find(t, id, sensitive.email)
	c.listAccounts(t, chime.ListAccountsInput{UserEmail: &sensitive.email})
	email := url.QueryEscape(sensitive.email)
	for _, r := range []struct{ method, target, body string }{
		{"POST", "/accounts/" + id + "/users?operation=create", `{"Email":"` + sensitive.email + `",`},
		{"POST", "/accounts/" + id + "/users?operation=create", `{"Email":["` + sensitive.email + `"]}`},
		{"POST", "/accounts/" + id + "/users?operation=create", `{"Email":"` + sensitive.email + `","UserType":"` + sensitive.name + `"}`},
		{"POST", "/accounts/" + id + "/users?operation=" + email, ""},
		{"GET", "/accounts/" + id + "/users?max-results=0&user-email=" + email, ""},
		{"GET", "/accounts/" + id + "/users/" + email, ""},
		{"GET", "/zq-nowhere/" + email, ""},
		{"POST", "/meetings", `{"Name":"` + sensitive.name + `"}`},
		{"POST", "/accounts", `{"Name":"` + sensitive.name + ofLength(2<<20, "x") + `"}`},
	} {
		if got := c.send(t, r.method, r.target, r.body); got.status < 400 {
			t.Errorf("%s %s got %d", r.method, r.target, got.status)
		}
	}
	unsigned := c.request(t, "GET", "/accounts?user-email="+email, "")
	do(t, unsigned).refused(t, missingToken)
}

var accessKeyID = regexp.MustCompile(`AKIA[A-Z2-7]{16}`)

func TestLog_has_nothing_sensitive(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		other := e.stranger(t)
		useSensitive(t, e.caller)
		useSensitive(t, other)
		succeed(t, e.server.stop())
		log := strings.ToLower(accessKeyID.ReplaceAllString(readFile(e.server.log()), "")) // which may have any letters
		for _, word := range []string{"zq", e.keys.SecretAccessKey, other.keys.SecretAccessKey, "signature="} {
			if i := strings.Index(log, strings.ToLower(word)); i >= 0 {
				t.Errorf("the log has %q: %s", word, log[max(0, i-200):min(len(log), i+200)])
			}
		}
	}, "--log-level", "debug")
}

// logLine is what an operator finds in the line of a request.
type logLine struct {
	Level     string   `json:"level"`
	Time      string   `json:"time"`
	RequestID string   `json:"request_id"`
	Op        string   `json:"op"`
	Status    int      `json:"status"`
	ErrorCode string   `json:"error_code"`
	Account   string   `json:"account_id"`
	Principal string   `json:"principal"`
	Duration  *float64 `json:"duration_ms"`
}

// logLines returns the lines of a log behind the banner, each of them JSON.
func logLines(t *testing.T, text string) []logLine {
	t.Helper()
	i := strings.Index(text, "\n{")
	if i < 0 {
		t.Fatalf("the log has no JSON: %s", text)
	}
	var list []logLine
	for line := range strings.Lines(text[i+1:]) {
		var l logLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Errorf("%v in the line %s", err, line)
		}
		list = append(list, l)
	}
	return list
}

func TestLog_line_of_request(t *testing.T) {
	forEachOwnServer(t, func(t *testing.T, e *env) {
		c := e.stranger(t)
		good := c.send(t, "GET", "/accounts", "")
		bad := c.send(t, "GET", "/accounts/"+unknownID, "")
		unknown := do(t, c.request(t, "GET", "/nothing", ""))
		do(t, c.request(t, "GET", "/healthz", ""))
		succeed(t, e.server.stop())
		lines := map[string]logLine{}
		for _, l := range logLines(t, readFile(e.server.log())) {
			lines[l.RequestID] = l
		}
		for _, tt := range []struct {
			answer answer
			want   logLine
		}{
			{good, logLine{Op: "ListAccounts", Status: 200, Account: otherAwsAccount, Principal: c.arn}},
			{bad, logLine{Op: "GetAccount", Status: 404, ErrorCode: "NotFound", Account: otherAwsAccount, Principal: c.arn}},
			{unknown, logLine{Op: "unknown", Status: 403}},
		} {
			id := tt.answer.header.Get("x-amzn-RequestId")
			got := lines[id]
			if got.Duration == nil || *got.Duration < 0 {
				t.Errorf("the line of %s has no duration", tt.want.Op)
			}
			tt.want.Level, tt.want.Time, tt.want.RequestID, tt.want.Duration = "INFO", got.Time, id, got.Duration
			equal(t, "line", got, tt.want)
		}
		equal(t, "lines", len(lines), 4) // with the one of the key
	})
}

func TestLog_one_line_each(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	for range 10 {
		_, err := e.CreateAccount(t.Context(), &chime.CreateAccountInput{Name: aws.String("x")})
		succeed(t, err)
	}
	succeed(t, e.server.stop())
	equal(t, "lines", strings.Count(readFile(e.server.log()), `"op":"CreateAccount"`), 10)
}
