package chime

import "carillon/api"

// maxDelegateGroups is how many sign-in delegate groups an account may have.
const maxDelegateGroups = 100

// checkDelegateGroups refuses more groups than an account may have; groups is
// what it would have after the change, each once.
func checkDelegateGroups(groups []string) error {
	if len(groups) > maxDelegateGroups {
		return api.Invalid("SigninDelegateGroups", "not give the account more than %d groups; it would have %d", maxDelegateGroups, len(groups))
	}
	return nil
}
