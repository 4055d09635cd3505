package chime

import (
	"encoding/json"

	"carillon/api"
	"carillon/internal/sealed"
)

// tokens seals page tokens. A token is stateless and opaque; it holds the
// filters of the list and the last item of the page before, and is good only
// for the operation, path and AWS account that it was made for, on every
// replica and after a restart.
type tokens struct {
	box *sealed.Box
}

// cursor is what a token holds.
type cursor struct {
	Filters []string `json:"f,omitempty"` // "" for an absent one, "=v" for a value
	Ms      int64    `json:"m,omitempty"`
	ID      string   `json:"i,omitempty"`
	// Key is what a search sorts by, Count how many it has found; with More there are
	// still more.
	Key   string `json:"k,omitempty"`
	Count int64  `json:"n,omitempty"`
	More  bool   `json:"o,omitempty"`
}

func newTokens(key [32]byte) *tokens { return &tokens{sealed.New(key)} }

// scope names the one list that a token belongs to.
func scope(operation, awsAccountID, path string) []byte {
	return []byte(operation + "\x00" + awsAccountID + "\x00" + path)
}

// seal returns the token of the page after c.
func (t *tokens) seal(scope []byte, c cursor) string {
	plain, _ := json.Marshal(c) // strings and numbers always marshal
	return t.box.Seal(scope, plain)
}

// open returns what a token holds. The filters of the request may be left out on
// later pages but not change; given holds those of the request and receives those
// of the list.
func (t *tokens) open(scope []byte, token string, given []*api.Opt[string]) (cursor, error) {
	c, ok := t.unseal(scope, token)
	if !ok || len(c.Filters) != len(given) {
		return c, api.Invalid("NextToken", "be a token that this list returned")
	}
	for i, f := range given {
		if f.Set && encodeFilter(*f) != c.Filters[i] {
			return c, api.Invalid("NextToken", "be used with the filters of the first page")
		}
		*f = decodeFilter(c.Filters[i])
	}
	return c, nil
}

func (t *tokens) unseal(scope []byte, token string) (c cursor, ok bool) {
	plain, ok := t.box.Open(scope, token)
	return c, ok && json.Unmarshal(plain, &c) == nil
}

// sealText hides a text that only the server is to read again.
func (t *tokens) sealText(scope []byte, text string) string {
	return t.seal(scope, cursor{ID: text})
}

// openText returns what sealText was given.
func (t *tokens) openText(scope []byte, sealed string) (text string, ok bool) {
	c, ok := t.unseal(scope, sealed)
	return c.ID, ok
}

func encodeFilters(filters []*api.Opt[string]) []string {
	var list []string
	for _, f := range filters {
		list = append(list, encodeFilter(*f))
	}
	return list
}

func encodeFilter(f api.Opt[string]) string {
	if !f.Set {
		return ""
	}
	return "=" + f.V
}

func decodeFilter(s string) api.Opt[string] {
	if s == "" {
		return api.Opt[string]{}
	}
	return api.Some(s[1:])
}

// textFilter is the form of an enumeration that tokens hold.
func textFilter[S ~string](v api.Opt[S]) api.Opt[string] {
	return api.Opt[string]{V: string(v.V), Set: v.Set}
}
