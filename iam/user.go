package iam

import (
	"errors"

	"carillon/access"
	"carillon/api"
	"carillon/api/iam"
	"carillon/store"
	"carillon/work"
)

// userIDPrefix begins the ids of users.
const userIDPrefix = "AIDA"

// messageNoUser is what IAM says of a user who is not there.
const messageNoUser = "The user with name %s cannot be found."

func userShape(u *store.IamUser) iam.User {
	return iam.User{Arn: u.ARN(), CreateDate: api.Timestamp(u.CreatedMs), Path: u.Path, UserId: u.UserID, UserName: u.UserName}
}

// user returns a user of the caller's AWS account.
func user(w *work.Unit, name string) (*store.IamUser, error) {
	u, err := w.IamUser(w.Caller.AwsAccountID, name)
	return &u, missing(err, messageNoUser, name)
}

// userOrSelf returns the user of a name or, without one, the user who asks.
func userOrSelf(w *work.Unit, name api.Opt[string]) (*store.IamUser, error) {
	if name.Set {
		return user(w, name.V)
	}
	if w.Caller.UserName == "" {
		return nil, invalid.Errorf("Must specify UserName when calling with the root key, whose own key these operations do not change: see the server's settings and RotateRootKey (carillon root rotate)")
	}
	u, err := user(w, w.Caller.UserName)
	if err == nil && u.UserID != w.Caller.UserID { // who has got the name since the caller was looked up
		err = iam.NoSuchEntity.Errorf(messageNoUser, w.Caller.UserName)
	}
	return u, err
}

// changedUser begins a change of a user or, without a name, of the one who asks.
func (s *Service) changedUser(w *work.Unit, name api.Opt[string]) (*store.IamUser, error) {
	if err := s.changing(w); err != nil {
		return nil, err
	}
	return userOrSelf(w, name)
}

// CreateUser makes a user without keys and policies.
func (s *Service) CreateUser(w *work.Unit, in *iam.CreateUserInput) (*iam.CreateUserOutput, error) {
	if err := noTags(in.Tags); err != nil {
		return nil, err
	}
	if in.PermissionsBoundary.Set {
		return nil, iam.InvalidInput.Errorf("This server has no permissions boundaries: leave PermissionsBoundary out")
	}
	if err := s.changing(w); err != nil {
		return nil, err
	}
	u := newUser(w, w.Caller.AwsAccountID, in.UserName.V, in.Path.Or("/"))
	if err := addUser(w, u); err != nil {
		return nil, err
	}
	shape := userShape(u)
	return &iam.CreateUserOutput{User: &shape}, nil
}

func newUser(w *work.Unit, awsAccountID, name, path string) *store.IamUser {
	return &store.IamUser{AwsAccountID: awsAccountID, UserID: access.NewID(userIDPrefix), UserName: name, Path: path, CreatedMs: w.NowMs()}
}

// addUser adds a user to an AWS account that is being changed.
func addUser(w *work.Unit, u *store.IamUser) error {
	have, err := w.CountIamUsers(u.AwsAccountID)
	if err != nil {
		return err
	}
	err = w.InsertIamUser(u)
	switch {
	case errors.Is(err, store.ErrExists):
		return userExists(u.UserName)
	case err == nil && have >= maxUsers:
		return iam.LimitExceeded.Errorf("Cannot exceed quota for UsersPerAccount: %d", maxUsers)
	}
	return err
}

func userExists(name string) error {
	return iam.EntityAlreadyExists.Errorf("User with name %s already exists.", name)
}

// GetUser returns a user; without a name, who asks.
func (s *Service) GetUser(w *work.Unit, in *iam.GetUserInput) (*iam.GetUserOutput, error) {
	if !in.UserName.Set && w.Caller.UserName == "" {
		// As on AWS, root is no user and has no name.
		return &iam.GetUserOutput{User: &iam.User{Arn: w.Caller.ARN, UserId: w.Caller.AwsAccountID}}, nil
	}
	u, err := userOrSelf(w, in.UserName)
	if err != nil {
		return nil, err
	}
	shape := userShape(u)
	return &iam.GetUserOutput{User: &shape}, nil
}

// ListUsers returns the users below a path, by name.
func (s *Service) ListUsers(w *work.Unit, in *iam.ListUsersInput) (*iam.ListUsersOutput, error) {
	prefix := in.PathPrefix.Or("/")
	l, err := s.list(w, in.Marker, in.MaxItems, prefix)
	if err != nil {
		return nil, err
	}
	rows, err := w.IamUsers(w.Caller.AwsAccountID, prefix, l.after, l.limit+1)
	users, end := page(l, rows, userKey)
	return &iam.ListUsersOutput{Users: shapes(users, userShape), IsTruncated: end.truncated, Marker: end.marker}, err
}

// userKey is where a user is in lists.
func userKey(u *store.IamUser) string { return store.Fold(u.UserName) }

// UpdateUser gives a user another name or path. Keys and policies stay.
func (s *Service) UpdateUser(w *work.Unit, in *iam.UpdateUserInput) error {
	u, err := s.changedUser(w, in.UserName)
	if err != nil {
		return err
	}
	if in.NewUserName.Set {
		if err := nameFree(w, u, in.NewUserName.V); err != nil {
			return err
		}
	}
	u.UserName, u.Path = in.NewUserName.Or(u.UserName), in.NewPath.Or(u.Path)
	return w.UpdateIamUser(u)
}

// nameFree returns nil when a user may have a name: his own in other letters is
// one, too.
func nameFree(w *work.Unit, u *store.IamUser, name string) error {
	other, err := w.IamUser(u.AwsAccountID, name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err == nil && other.UserID != u.UserID:
		return userExists(name)
	}
	return err
}

// DeleteUser removes a user who has nothing left.
func (s *Service) DeleteUser(w *work.Unit, in *iam.DeleteUserInput) error {
	u, err := s.changedUser(w, in.UserName)
	if err != nil {
		return err
	}
	if err := hasNothing(w, u); err != nil {
		return err
	}
	return w.DeleteIamUser(u.UserID)
}

// hasNothing refuses to delete a user who has something.
func hasNothing(w *work.Unit, u *store.IamUser) error {
	keys, err1 := w.AccessKeysOf(u.UserID)
	attached, err2 := w.AttachmentsOfUser(u.UserID)
	inline, err3 := w.IamUserPolicies(u.UserID)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	switch {
	case len(attached) > 0:
		return iam.DeleteConflict.Errorf("Cannot delete entity, must detach all policies first.")
	case len(inline) > 0:
		return iam.DeleteConflict.Errorf("Cannot delete entity, must delete policies first.")
	case len(keys) > 0:
		return iam.DeleteConflict.Errorf("Cannot delete entity, must delete access keys first.")
	}
	return nil
}
