package chime

import (
	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// ListUserNames returns addresses and names of users by their ids, whatever accounts
// they are in. Who is not there is left out.
func (s *Service) ListUserNames(w *work.Unit, in *api.ListUserNamesInput) (*api.ListUserNamesOutput, error) {
	named, err := namedItems("Users", in.Users.V)
	if err != nil {
		return nil, err
	}
	keys := make([]store.UserKey, len(named))
	for i, k := range named {
		keys[i] = store.UserKey{AccountID: k.AccountID, UserID: k.ItemID}
	}
	out := &api.ListUserNamesOutput{Names: []api.NameOfUser{}}
	err = w.UserNames(w.Caller.AwsAccountID, keys, func(u *store.User) {
		out.Names = append(out.Names, api.NameOfUser{
			AccountId: api.Some(u.AccountID), UserId: api.Some(u.UserID), PrimaryEmail: api.NonZero(u.Email), DisplayName: api.NonZero(u.DisplayName),
		})
	})
	return out, err
}
