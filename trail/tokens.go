package trail

import (
	"encoding/json"
	"errors"

	"carillon/internal/sealed"
)

// tokens seals the positions of lists. A token is good on every replica, for the
// list that it was made for only: its name, the AWS account and what is looked for
// are sealed with it.
type tokens struct{ box *sealed.Box }

// ErrToken says that a token was not made for this list.
var ErrToken = errors.New("trail: not a token of this list")

// seal returns the token for a value in a list.
func (t tokens) seal(scope, v any) string { return t.box.Seal(textOf(scope), textOf(v)) }

// open reads the value of a token.
func (t tokens) open(scope any, token string, v any) error {
	text, ok := t.box.Open(textOf(scope), token)
	if !ok || json.Unmarshal(text, v) != nil {
		return ErrToken
	}
	return nil
}

func textOf(v any) []byte {
	text, _ := json.Marshal(v) // of texts and numbers
	return text
}

// scope is the list that a token belongs to: the query without its position and
// limit, under the name of the operation.
type scope struct {
	List  string
	Query Query
}

// Resume sets the position of a query to that of a token. An empty token is the
// first page.
func (t *Trail) Resume(list string, q *Query, token string) error {
	if token == "" {
		return nil
	}
	return t.tokens.open(scopeOf(list, *q), token, &q.After)
}

// Token returns the token of the page after one; empty: there is none.
func (t *Trail) Token(list string, q Query, p Page) string {
	if p.Next == "" {
		return ""
	}
	return t.tokens.seal(scopeOf(list, q), p.Next)
}

func scopeOf(list string, q Query) scope {
	q.After, q.Limit = "", 0
	return scope{list, q}
}
