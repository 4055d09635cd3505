package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// scimClient is an identity provider with a token.
type scimClient struct {
	base, token, account string
}

type scimToken struct {
	ScimToken struct{ TokenId, Token, BaseUrl, Name, AccountId, ExpiresOn string }
}

// scim makes a token for an account.
func (c *caller) scim(t testing.TB, accountID string) *scimClient {
	t.Helper()
	made := carillon[scimToken](t, c, "scim-token", "create", "--account-id", accountID, "--name", "Okta").ScimToken
	return &scimClient{c.endpoint + "/scim/v2", made.Token, accountID}
}

// scimAnswer is an answer of SCIM with its body read.
type scimAnswer struct {
	answer
	object members
}

// do sends a request as Okta and Entra ID do.
func (c *scimClient) do(t testing.TB, method, target, body string, headers ...string) scimAnswer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.base+target, strings.NewReader(body))
	succeed(t, err)
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	r.Header.Set("User-Agent", "")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	a := scimAnswer{answer: do(t, r)}
	if got := a.header.Get("Content-Type"); got != "application/scim+json" && a.status != http.StatusNotModified {
		t.Errorf("%s %s: Content-Type is %q", method, target, got)
	}
	if a.header.Get("x-amzn-RequestId") == "" {
		t.Errorf("%s %s: no request id", method, target)
	}
	if a.body != "" {
		succeed(t, json.Unmarshal([]byte(a.body), &a.object))
	}
	return a
}

// want checks the status and returns the object.
func (a scimAnswer) want(t testing.TB, status int) members {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a.object
}

// refusedAs checks an error of SCIM (R4).
func (a scimAnswer) refusedAs(t testing.TB, status int, scimType string) {
	t.Helper()
	a.want(t, status)
	kind, _ := a.object["scimType"].(string)
	if text := http.StatusText(status); a.object["status"] != jsonStatus(status) || a.object["detail"] == "" || kind != scimType {
		t.Errorf("%s: %s, want scimType %q", text, a.body, scimType)
	}
	equal(t, "schemas", a.object["schemas"].([]any), []any{"urn:ietf:params:scim:api:messages:2.0:Error"})
}

func jsonStatus(status int) string {
	text, _ := json.Marshal(status)
	return string(text)
}

// dig returns what is at a path of an object: names and, of lists, numbers.
func dig(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			object, _ := v.(map[string]any)
			if object == nil {
				m, _ := v.(members)
				object = m
			}
			v = object[p]
		case int:
			list, _ := v.([]any)
			if p >= len(list) {
				return nil
			}
			v = list[p]
		}
	}
	return v
}

// provisioned makes an account of any type.
func (c *caller) provisioned(t testing.TB, kind string) string {
	t.Helper()
	made := carillon[map[string]struct{ AccountId string }](t, c, "account", "create", "--name", "SCIM", "--type", kind)
	return made["Account"].AccountId
}
