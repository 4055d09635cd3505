// Package policy is the IAM policy language: it parses and checks documents,
// decides requests by them, and explains the decisions.
//
// [Parse] refuses what IAM refuses, with IAM's text and the place. [Compile]
// makes a [Set] of the documents of one principal, and [Set.Decide] answers as
// IAM does for identity policies: nothing is allowed that no statement allows,
// and a Deny that matches wins. [Set.Explain] answers as the policy simulator.
//
// What the language means follows AWS's documentation; where that is silent,
// docs/decisions/2026-11-26-policy.md says what was chosen.
package policy

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Document is a policy that Parse has found good. It never changes and may be
// shared.
type Document struct {
	version    text
	leading    bool // white space before the document
	statements []statement
}

// statement is one statement as it stands.
type statement struct {
	sid        text
	effect     text
	principal  *where // of a Principal or NotPrincipal
	actions    list
	resources  list
	conditions []clause
	at         where // of the statement's first character
	start, end Position
}

// list is Action or NotAction, Resource or NotResource.
type list struct {
	given  bool
	not    bool
	at     where
	values []text
}

// clause is one condition key below an operator.
type clause struct {
	operator string // as spelled
	key      text
	values   []text
}

// text is a scalar and where it stands.
type text struct {
	string
	where
}

// where is a place in a document: its position and the path of members to it,
// as in Statement[0].Action[2].
type where struct {
	Position
	path string
}

func (w where) member(name string) string {
	if w.path == "" {
		return name
	}
	return w.path + "." + name
}

// Position is a place in a document. Lines and columns count from 1; columns
// count characters, and a tab is one.
type Position struct {
	Line, Column int
}

// Error says why a document was refused. IAM's code for all of them is
// MalformedPolicyDocument.
type Error struct {
	// Text is what IAM answers, word by word.
	Text string
	// Path names what was refused, as in Statement[0].Action[2]. It is empty
	// for the document itself and for what is not JSON.
	Path string
	// Hint, if not empty, says what Text does not, as in "unknown element".
	Hint string
	// Position is that of the first character of what was refused.
	Position
}

// Error returns IAM's text with the place and the hint behind it.
func (e *Error) Error() string {
	var detail string
	for _, s := range []string{e.Path, e.Hint} {
		if s != "" {
			detail += ": " + s
		}
	}
	return fmt.Sprintf("%s (line %d, column %d%s)", e.Text, e.Line, e.Column, detail)
}

// Parse reads an identity policy and checks it as IAM does before it stores or
// simulates one. Every error is an [*Error]. Parse takes time in proportion to
// the text, however hostile; the size of the text is for the caller to limit.
//
// Version must be 2012-10-17: the older version that a missing one means is
// refused as well.
func Parse(text string) (*Document, error) {
	root, err := readJSON(text)
	if err != nil {
		return nil, err
	}
	d, err := build(root)
	if err == nil {
		d.leading = strings.ContainsAny(text[:1], " \t\r\n")
		err = d.check()
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// SizeWithoutWhitespace returns how many characters of a document count against
// IAM's quotas of policy sizes. IAM documents that it counts no white space;
// it does not say that strings are an exception, so none is made.
func SizeWithoutWhitespace(text string) int {
	n := utf8.RuneCountInString(text)
	for i := range len(text) {
		if isSpace(text[i]) {
			n--
		}
	}
	return n
}
