package wire

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"carillon/api"
)

// translation puts refusals of those who know only the vocabulary of Chime into
// that of another service.
type translation struct {
	failure api.Kind
	kinds   map[api.Kind]api.Kind
}

func newTranslation(s *api.Service) translation {
	from, to := api.Chime.Common, s.Common
	t := translation{s.Failure, map[api.Kind]api.Kind{
		from.Denied: to.Denied, from.Invalid: to.Invalid, from.Unknown: to.Unknown,
		from.TooLarge: to.TooLarge, from.TooSlow: to.TooSlow,
		from.Throttled: to.Throttled, from.Unavailable: to.Unavailable, from.Failure: to.Failure,
	}}
	if s.Protocol == api.Query {
		for name, code := range signatureCodes {
			t.kinds[api.Kind{Name: name, Status: http.StatusForbidden}] = api.Kind{Name: string(code), Code: code, Status: http.StatusForbidden}
		}
	}
	return t
}

// signatureCodes are the names that Query has for the refusals of signatures.
var signatureCodes = map[string]api.ErrorCode{
	"ExpiredTokenException":               "ExpiredToken",
	"IncompleteSignatureException":        "IncompleteSignature",
	"InvalidSignatureException":           "SignatureDoesNotMatch",
	"MissingAuthenticationTokenException": "MissingAuthenticationToken",
	"UnrecognizedClientException":         "InvalidClientTokenId",
}

// Told returns what a caller is told of an error.
func (t *translation) Told(err error) *api.Error {
	e := *refusalOf(err, t.failure)
	if kind, other := t.kinds[e.Kind]; other && kind != e.Kind {
		e.Kind, e.Code = kind, ""
	}
	e.Message = inCamelCase(e.Message)
	return &e
}

// The parts of a message of [api.Check] that name members: only there may they
// be changed.
var (
	violations = regexp.MustCompile(`^\d+ validation errors? detected: `)
	place      = regexp.MustCompile(`Value at '([\w.\[\]]+)'`)
	index      = regexp.MustCompile(`\[(\d+)\]`)
)

// inCamelCase writes the members in a message as these services do: Tags[0].Key
// as tags.1.member.key.
func inCamelCase(message string) string {
	if !violations.MatchString(message) {
		return message
	}
	return place.ReplaceAllStringFunc(message, func(s string) string {
		before, path, _ := strings.Cut(s, "'")
		path = index.ReplaceAllStringFunc(path, func(s string) string {
			i, _ := strconv.Atoi(s[1 : len(s)-1])
			return "." + strconv.Itoa(i+1) + ".member"
		})
		return before + "'" + lowerFirst(path)
	})
}

// lowerFirst makes the first letter of every step of a path small.
func lowerFirst(path string) string {
	steps := strings.Split(path, ".")
	for i, step := range steps {
		if step != "" {
			steps[i] = strings.ToLower(step[:1]) + step[1:]
		}
	}
	return strings.Join(steps, ".")
}
