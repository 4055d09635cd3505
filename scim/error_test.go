package scim_test

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	"carillon/api"
	"carillon/scim"
)

// R4, R5: each refusal has a status, as a text too, and says more only where that is
// defined and nobody's secret.
func TestWriteError(t *testing.T) {
	busy := api.ServiceUnavailable.Errorf("Too much to do")
	busy.RetryAfter = 1500 * time.Millisecond
	for what, c := range map[string]struct {
		err        error
		want       map[string]any
		name, text string // of a header
	}{
		"400":         {api.ScimKind("invalidFilter").Errorf("Why"), map[string]any{"status": "400", "scimType": "invalidFilter", "detail": "Why"}, "Allow", ""},
		"other rules": {api.BadRequest.Errorf("Why"), map[string]any{"status": "400", "scimType": "invalidValue", "detail": "Why"}, "Retry-After", ""},
		"401":         {scim.Unauthorized, map[string]any{"status": "401", "detail": scim.Unauthorized.Message}, "WWW-Authenticate", "Bearer"},
		"403":         {api.Forbidden.Errorf("No"), map[string]any{"status": "403", "detail": "No"}, "WWW-Authenticate", ""},
		"404":         {api.NotFound.Errorf("None"), map[string]any{"status": "404", "detail": "None"}, "Allow", ""},
		"409":         {api.ScimKind("uniqueness").Errorf("Taken"), map[string]any{"status": "409", "scimType": "uniqueness", "detail": "Taken"}, "Allow", ""},
		"412":         {api.ScimPrecondition.Errorf("Changed"), map[string]any{"status": "412", "detail": "Changed"}, "Allow", ""},
		"413":         {api.EntityTooLarge.Errorf("Large"), map[string]any{"status": "413", "detail": "Large"}, "Allow", ""},
		"503":         {busy, map[string]any{"status": "503", "detail": "Too much to do"}, "Retry-After", "2"},
		"500":         {errors.New("secret"), map[string]any{"status": "500", "detail": "The server failed to answer; see its log for this request id"}, "Allow", ""},
	} {
		w := httptest.NewRecorder()
		scim.WriteError(w, c.err)
		var got map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		c.want["schemas"] = []any{"urn:ietf:params:scim:api:messages:2.0:Error"}
		if !reflect.DeepEqual(got, c.want) || w.Header().Get(c.name) != c.text || w.Header().Get("Content-Type") != "application/scim+json" {
			t.Errorf("%s: %v with %v", what, got, w.Header())
		}
	}
}
