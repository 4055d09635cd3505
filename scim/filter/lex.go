package filter

import (
	"encoding/json"
	"slices"
	"strings"

	"carillon/scim/schema"
)

// kind is what a token is.
type kind uint8

const (
	end kind = iota
	word
	quoted
	open    // (
	closing // )
	bracket // [
	closed  // ]
)

type token struct {
	kind kind
	text string // of quoted: what it stands for
}

func malformed(format string, args ...any) error {
	return schema.Refuse("invalidFilter", format, args...)
}

// lex splits a filter into tokens. Blanks separate words.
func lex(text string) ([]token, error) {
	var tokens []token
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || c == '\t':
			i++
		case strings.IndexByte("()[]", c) >= 0:
			tokens = append(tokens, token{kind: open + kind(strings.IndexByte("()[]", c))})
			i++
		case c == '"' || c == '\'':
			t, n, err := lexQuoted(text[i:], c)
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, t)
			i += n
		default:
			n := strings.IndexAny(text[i:]+" ", " \t()[]\"")
			tokens = append(tokens, token{kind: word, text: text[i : i+n]})
			i += n
		}
	}
	if slices.ContainsFunc(tokens, func(t token) bool { return strings.ContainsRune(t.text, 0) }) {
		return nil, malformed("a text in the filter has a NUL character")
	}
	return tokens, nil
}

// lexQuoted reads a text in quotation marks, which is written as in JSON.
func lexQuoted(text string, mark byte) (token, int, error) {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case mark:
			inner := text[1:i]
			if mark == '\'' {
				return token{kind: quoted, text: inner}, i + 1, nil
			}
			var value string
			if json.Unmarshal([]byte(text[:i+1]), &value) != nil {
				return token{}, 0, malformed("a text in the filter has an invalid escape")
			}
			return token{kind: quoted, text: value}, i + 1, nil
		}
	}
	return token{}, 0, malformed("a text in the filter has no end")
}
