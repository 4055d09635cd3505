package chime

import (
	"strings"
	"unicode"

	"carillon/api"
	"carillon/work"
)

// RenameUser changes the name that a user is shown with.
func (s *Service) RenameUser(w *work.Unit, in *api.RenameUserInput) (*api.RenameUserOutput, error) {
	u, err := lockUser(w, in.AccountId, in.UserId)
	if err != nil {
		return nil, err
	}
	if u.DisplayName, err = checkName("DisplayName", in.DisplayName.V); err != nil {
		return nil, err
	}
	shape := userShape(&u.User, fullDetail, noAlexa())
	return &api.RenameUserOutput{User: &shape}, w.UpdateUser(&u.User)
}

// checkName returns a person's name without blanks around it. Characters that
// cannot be seen have no place in it, other than those that join letters.
func checkName(member, name string) (string, error) {
	name = strings.TrimSpace(name)
	strange := func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) || unicode.In(r, unicode.Cf) && r != zeroWidthNonJoiner && r != zeroWidthJoiner
	}
	if strings.ContainsFunc(name, strange) {
		return "", api.Invalid(member, "not contain line breaks, control, bidirectional or other format characters")
	}
	return name, nil
}

// These join and part letters in the names of some languages.
const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)
