package userlist

import (
	"regexp"
	"strings"
)

// violation is how the server says which member breaks which rule.
var violation = regexp.MustCompile(`Value at '([^']*)' failed to satisfy constraint: Member must ([^;]*)`)

// Rules of the API, in its words.
var (
	oneOf    = regexp.MustCompile(`^satisfy enum value set: \[([^\]]*)\]`)
	hasForm  = regexp.MustCompile(`^satisfy regular expression pattern: (.*)`)
	atLeast  = regexp.MustCompile(`^have length greater than or equal to (\d+)`)
	atMost   = regexp.MustCompile(`^have length less than or equal to (\d+), not`)
	anyEmail = `pattern: .+@.+`
)

// Plain says for people what a message of the API says, if it is that one member
// breaks a rule; else it returns the message.
func Plain(message string) string {
	m := violation.FindStringSubmatch(message)
	if m == nil || strings.Count(message, "Value at '") > 1 {
		return message
	}
	return m[1] + " must " + plainRule(m[1], m[2])
}

// plainRule says for people what a member must.
func plainRule(member, rule string) string {
	if strings.Contains(member, "Email") && strings.Contains(rule, anyEmail) {
		return "be an e-mail address"
	}
	for _, words := range []struct {
		rule *regexp.Regexp
		as   string
	}{{oneOf, "be one of $1"}, {hasForm, "have the form $1"}, {atLeast, "have at least $1 characters"}, {atMost, "have at most $1 characters"}} {
		if m := words.rule.FindStringSubmatch(rule); m != nil {
			return strings.Replace(words.as, "$1", m[1], 1)
		}
	}
	return rule
}
