package chime

import (
	"context"
	"errors"
	"time"

	"carillon/api"
	"carillon/store"
)

// ImportUsers adds users that another system knows, as ListUsers of Amazon
// Chime showed them, in one transaction; each succeeds or fails on its own. A
// user that is there already is left as it is, so an import can be repeated.
func (s *Service) ImportUsers(ctx context.Context, in *api.ImportUsersInput) (*api.ImportUsersOutput, error) {
	var report importReport
	err := s.writeAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		report = importReport{failed: []api.ImportError{}}
		rows, indexes := s.importRows(a, in.Users, &report)
		added, err := r.InsertUsers(rows)
		if err != nil {
			return err
		}
		for i := range rows {
			if added[rows[i].UserID] {
				report.imported++
				delete(added, rows[i].UserID) // a later row with the same id is another one
				continue
			}
			if err := report.taken(r, &rows[i], in.Users[indexes[i]].UserId.Set, indexes[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return &api.ImportUsersOutput{
		Imported: api.Some(report.imported), Existing: api.Some(report.existing), Errors: report.failed,
	}, err
}

// importReport counts what became of the rows.
type importReport struct {
	imported, existing int
	failed             []api.ImportError
}

func (p *importReport) fail(index int, refusal *api.Error) {
	p.failed = append(p.failed, api.ImportError{
		Index: api.Some(index), ErrorCode: api.Some(refusal.ErrorCode()), ErrorMessage: api.Some(refusal.Message),
	})
}

// taken tells a user that was imported before from one whose address or id
// somebody else has.
func (p *importReport) taken(r store.Records, row *store.User, idGiven bool, index int) error {
	u, err := r.LockUserByEmail(row.AccountID, row.Email)
	switch {
	case err == nil && (!idGiven || u.UserID == row.UserID):
		p.existing++
	case err == nil, errors.Is(err, store.ErrNotFound):
		p.fail(index, api.Conflict.Errorf("%s: another user of the account has the UserId or the e-mail address", messageConflict))
	default:
		return err
	}
	return nil
}

// importRows turns the good users of a request into rows, with their indexes.
func (s *Service) importRows(a *store.Account, users []api.ImportedUser, report *importReport) (rows []store.User, indexes []int) {
	for i := range users {
		u, err := s.importedUser(a, &users[i])
		if refusal, _ := itemError(err); refusal != nil {
			report.fail(i, refusal)
			continue
		}
		rows, indexes = append(rows, u), append(indexes, i)
	}
	return rows, indexes
}

func (s *Service) importedUser(a *store.Account, in *api.ImportedUser) (store.User, error) {
	if err := in.Validate(); err != nil {
		return store.User{}, err
	}
	if err := checkEmail("PrimaryEmail", in.PrimaryEmail.V); err != nil {
		return store.User{}, err
	}
	u := store.User{
		AccountID: a.AccountID, UserID: in.UserId.V, AwsAccountID: a.AwsAccountID, Email: in.PrimaryEmail.V,
		License:      string(in.LicenseType.Or(api.License(a.DefaultLicense))),
		Registration: string(in.UserRegistrationStatus.Or(api.RegistrationStatusRegistered)),
		Invitation:   string(in.UserInvitationStatus.V),
		PersonalPIN:  in.PersonalPIN.V,
		CreatedMs:    s.nowMs(),
	}
	if !in.UserId.Set {
		u.UserID = s.NewID()
	}
	if err := s.importTimes(&u, in); err != nil {
		return u, err
	}
	if u.Registration != string(api.RegistrationStatusUnregistered) {
		u.DisplayName = in.DisplayName.Or(displayName("", u.Email))
	}
	change := userChange{license: in.LicenseType, userType: api.Some(in.UserType.Or(api.UserTypePrivateUser)), alexa: in.AlexaForBusinessMetadata}
	return u, change.apply(&u)
}

// importTimes sets the times of a user; the earliest is its place in the list.
func (s *Service) importTimes(u *store.User, in *api.ImportedUser) (err error) {
	if u.InvitedMs, err = importTime("InvitedOn", in.InvitedOn); err != nil {
		return err
	}
	if u.RegisteredMs, err = importTime("RegisteredOn", in.RegisteredOn); err != nil {
		return err
	}
	registered := u.Registration != string(api.RegistrationStatusUnregistered)
	switch {
	case !registered:
		u.RegisteredMs = 0
	case u.RegisteredMs == 0:
		u.RegisteredMs = u.CreatedMs
	}
	for _, ms := range []int64{u.InvitedMs, u.RegisteredMs} {
		if ms != 0 {
			u.CreatedMs = min(u.CreatedMs, ms)
		}
	}
	return nil
}

func importTime(member string, v api.Opt[string]) (int64, error) {
	if !v.Set || v.V == "" {
		return 0, nil
	}
	t, err := time.Parse(time.RFC3339, v.V)
	if err != nil || t.UnixMilli() <= 0 {
		return 0, api.Invalid(member, "be a time such as 2019-01-08T17:59:18.006Z")
	}
	return t.UnixMilli(), nil
}
