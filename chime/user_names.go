package chime

import (
	"strings"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// maxNames is how many users are named at once.
const maxNames = 200

// ListUserNames returns addresses and names of users by their ids, whatever accounts
// they are in. Who is not there is left out.
func (s *Service) ListUserNames(w *work.Unit, in *api.ListUserNamesInput) (*api.ListUserNamesOutput, error) {
	var keys []store.UserKey
	for pair := range strings.SplitSeq(in.Users.V, ",") {
		accountID, userID, found := strings.Cut(pair, "/")
		if !found || len(keys) == maxNames {
			return nil, api.Invalid("Users", "be pairs of an account id and a user id, as in ACCOUNT/USER, apart by commas, 200 at most")
		}
		keys = append(keys, store.UserKey{AccountID: accountID, UserID: userID})
	}
	out := &api.ListUserNamesOutput{Names: []api.NameOfUser{}}
	err := w.UserNames(w.Caller.AwsAccountID, keys, func(u *store.User) {
		out.Names = append(out.Names, api.NameOfUser{
			AccountId: api.Some(u.AccountID), UserId: api.Some(u.UserID), PrimaryEmail: api.NonZero(u.Email), DisplayName: api.NonZero(u.DisplayName),
		})
	})
	return out, err
}
