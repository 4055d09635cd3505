package scim_test

import (
	"net/http/httptest"
	"testing"

	"carillon/api"
	"carillon/scim"
)

// What the rules have written goes to the client as it is, with addresses and without
// what the client does not want to see.
func TestServe_lists(t *testing.T) {
	const meta, core = `"meta":{"created":"C","lastModified":"M","resourceType":"User","version":"W/\"1\""}`, `"schemas":["S"]`
	out := &api.ListScimUsersOutput{Total: api.Some(7), Resources: []string{
		`{"active":true,"groups":[{"display":"R\u0026D","type":"direct","value":"g 1"}],"id":"u1",` + meta + `,` + core + `,"userName":"\u003ca@example.com"}`,
		`{"active":false,"emails":[{"type":"work","value":"b@example.com"}],"id":"u2",` + meta + `,` + core + `,"userName":"b@example.com"}`,
	}}
	located := func(id string) string {
		return `"meta":{"created":"C","lastModified":"M","location":"https://x.example/scim/v2/Users/` + id + `","resourceType":"User","version":"W/\"1\""}`
	}
	const head, tail = `{"Resources":[`, `],"itemsPerPage":2,"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"startIndex":3,"totalResults":7}`
	first := `"id":"u1",` + located("u1") + `,` + core + `,"userName":"\u003ca@example.com"}`
	for query, want := range map[string]string{
		"": `{"active":true,"groups":[{"$ref":"https://x.example/scim/v2/Groups/g%201","display":"R\u0026D","type":"direct","value":"g 1"}],` + first +
			`,{"active":false,"emails":[{"type":"work","value":"b@example.com"}],"id":"u2",` + located("u2") + `,` + core + `,"userName":"b@example.com"}`,
		"&attributes=active,emails.value":            `{"active":true,"id":"u1",` + core + `},{"active":false,"emails":[{"value":"b@example.com"}],"id":"u2",` + core + `}`,
		"&Attributes=active&attributes=emails.value": `{"active":true,"id":"u1",` + core + `},{"active":false,"emails":[{"value":"b@example.com"}],"id":"u2",` + core + `}`,
		"&excludedAttributes=groups,active,emails":   `{` + first + `,{"id":"u2",` + located("u2") + `,` + core + `,"userName":"b@example.com"}`,
	} {
		w := httptest.NewRecorder()
		status, err := scim.Serve(w, &scim.Request{
			Request: httptest.NewRequest("GET", "/scim/v2/Users?startIndex=3&count=2"+query, nil), Base: "https://x.example/scim/v2",
			Run: func(*api.Op, api.Input) (api.Output, error) { return out, nil },
		})
		if got := w.Body.String(); err != nil || status != 200 || got != head+want+tail {
			t.Errorf("%s: %d, %v, %s, want %s", query, status, err, got, head+want+tail)
		}
	}
}
