package server

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"carillon/access"
	"carillon/chime"
	"carillon/internal/storetest"
	"carillon/sigv4"
)

// BenchmarkScimPage is what pages of SCIM cost without the network: users whom the API
// has made, and users whom a provider has pushed with all that Okta sends.
func BenchmarkScimPage(b *testing.B) {
	for name, database := range map[string]func(testing.TB) string{"sqlite": nil, "postgres": storetest.PostgresURL} {
		b.Run(name, func(b *testing.B) {
			o := Options{Data: b.TempDir(), Fidelity: chime.Documented, Root: access.RootKey{AwsAccountID: aws}, Quotas: chime.DefaultQuotas}
			if database != nil {
				o.Database = database(b)
			}
			log := NewLog(io.Discard, "json", slog.LevelInfo)
			defer log.Close()
			o.Log = log.Logger
			srv, err := Open(b.Context(), o)
			if err != nil {
				b.Fatal(err)
			}
			defer srv.Close()
			c := newScimBench(b, srv)
			b.Run("made=100", func(b *testing.B) { c.page(b, "startIndex=101&count=100") })
			b.Run("pushed=100", func(b *testing.B) { c.page(b, "startIndex=301&count=100") })
			b.Run("pushed=200", func(b *testing.B) { c.page(b, "startIndex=301&count=200") })
			b.Run("filter", func(b *testing.B) { c.page(b, "count=1&filter=title+eq+%22nobody%22") }) // 600 users are looked at
			b.Run("pushed=200,attributes", func(b *testing.B) { c.page(b, "startIndex=301&count=200&attributes=userName,emails.value") })
		})
	}
}

// scimBench is a provider with 300 users of the API and 300 of its own, who are in a
// group.
type scimBench struct {
	benchClient
	token string
}

func newScimBench(b *testing.B, srv *Server) *scimBench {
	key := sigv4.Credentials{AccessKeyID: srv.Root.AccessKeyID, SecretAccessKey: srv.Root.SecretAccessKey}
	c := &scimBench{benchClient: benchClient{srv, key}}
	account := c.created(b, "/carillon/v1/accounts", `{"Name":"Bench","AccountType":"EnterpriseDirectory"}`, "Account", "AccountId")
	c.token = c.created(b, "/carillon/v1/accounts/"+account+"/scim-tokens", `{"Name":"Bench"}`, "ScimToken", "Token")
	for i := range 300 {
		c.created(b, "/accounts/"+account+"/users?operation=create", fmt.Sprintf(`{"Email":"made%d@example.com"}`, i), "User", "UserId")
	}
	var ids []string
	for i := range 300 {
		ids = append(ids, `{"value":"`+c.pushed(b, i)+`"}`)
	}
	c.send(b, http.MethodPost, "/Groups", `{"displayName":"Everybody","members":[`+strings.Join(ids, ",")+`]}`, http.StatusCreated)
	return c
}

// pushed makes a user as Okta does and returns its id.
func (c *scimBench) pushed(b *testing.B, i int) string {
	w := c.send(b, http.MethodPost, "/Users", fmt.Sprintf(`{"userName":"pushed%d@example.com","externalId":"00u%d","displayName":"Given Family",
		"name":{"givenName":"Given","familyName":"Family","middleName":"M"},"emails":[{"value":"pushed%[1]d@example.com","type":"work","primary":true},{"value":"home%[1]d@example.com","type":"home"}],
		"title":"Engineer","locale":"en-US","phoneNumbers":[{"value":"+1 206 555 0100","type":"mobile"}],"active":true,
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"R&D","employeeNumber":"%[2]d","manager":{"value":"x"}}}`, i, i), http.StatusCreated)
	return strings.TrimPrefix(w.Header().Get("Location"), "http://example.com/scim/v2/Users/")
}

func (c *scimBench) send(b *testing.B, method, target, body string, want int) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	c.srv.Handler.ServeHTTP(w, c.request(method, target, body))
	if w.Code != want {
		b.Fatalf("%d %s", w.Code, w.Body)
	}
	return w
}

func (c *scimBench) request(method, target, body string) *http.Request {
	r := httptest.NewRequest(method, "/scim/v2"+target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+c.token)
	return r
}

// page asks for a page over and over.
func (c *scimBench) page(b *testing.B, query string) {
	b.ReportAllocs()
	for b.Loop() {
		w := discard{header: http.Header{}}
		c.srv.Handler.ServeHTTP(&w, c.request(http.MethodGet, "/Users?"+query, ""))
		if w.status != http.StatusOK {
			b.Fatal(w.status)
		}
	}
}
