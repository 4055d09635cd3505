package chime

import (
	"errors"
	"slices"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// importUsersStep is how many users are added in one transaction: as many as
// SQLite adds in some 5 ms.
const importUsersStep = 256

// DivideImportUsers has a large import leave others room between its parts.
func (s *Service) DivideImportUsers(in *api.ImportUsersInput) (parts api.Parts[*api.ImportUsersInput, *api.ImportUsersOutput]) {
	for users := range slices.Chunk(in.Users, importUsersStep) {
		parts.Inputs = append(parts.Inputs, &api.ImportUsersInput{AccountId: in.AccountId, Users: users})
	}
	parts.Join = joinImportUsers
	return parts
}

func joinImportUsers(outs []*api.ImportUsersOutput) *api.ImportUsersOutput {
	imported, existing, failed := 0, 0, []api.ImportError{}
	for i, out := range outs {
		imported, existing = imported+out.Imported.V, existing+out.Existing.V
		failed = append(failed, further(out.Errors, i*importUsersStep)...)
	}
	return &api.ImportUsersOutput{Imported: api.Some(imported), Existing: api.Some(existing), Errors: failed}
}

// ImportUsers adds users that another system knows, as ListUsers of Amazon
// Chime showed them; each succeeds or fails on its own. A large import has
// several transactions: if one of them fails, what those before it have added
// stays. A user that is there already is left as it is, so an import can be
// repeated.
func (s *Service) ImportUsers(w *work.Unit, in *api.ImportUsersInput) (*api.ImportUsersOutput, error) {
	a, err := keepAccount(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	report := newImportReport()
	rows, again, err := importRows(w, a, in.Users, report)
	if err != nil {
		return nil, err
	}
	if err := report.insert(w, rows, in.Users); err != nil {
		return nil, err
	}
	for i := range again {
		if err := report.insert(w, again[i:i+1], in.Users); err != nil {
			return nil, err
		}
	}
	return &api.ImportUsersOutput{
		Imported: api.Some(report.imported), Existing: api.Some(report.existing), Errors: report.inOrder(),
	}, nil
}

// importRow is a user to be added, with its index in the request.
type importRow struct {
	store.User
	index int
}

// insert adds rows and counts what became of them.
func (p *importReport) insert(w *work.Unit, rows []importRow, users []api.ImportedUser) error {
	records := make([]store.User, len(rows))
	for i := range rows {
		records[i] = rows[i].User
	}
	added, err := w.InsertUsers(records)
	if err != nil {
		return err
	}
	for i := range rows {
		if added[rows[i].UserID] {
			p.imported++
			continue
		}
		if err := p.taken(w, &rows[i], users[rows[i].index].UserId.Set); err != nil {
			return err
		}
	}
	return nil
}

// taken tells a user that was imported before from one whose address or id
// somebody else has.
func (p *importReport) taken(w *work.Unit, row *importRow, idGiven bool) error {
	u, err := w.LockUserByEmail(row.AwsAccountID, row.AccountID, row.Email)
	switch {
	case err == nil && (!idGiven || u.UserID == row.UserID):
		p.existing++
	case err == nil, errors.Is(err, store.ErrNotFound):
		p.fail(row.index, api.Conflict.Errorf("%s: another user of the account has the UserId or the e-mail address", messageConflict))
	default:
		return err
	}
	return nil
}

// importRows turns the good users of a request into rows. again are those whose
// UserId a row before them has: they are added after it, one by one, since ids
// tell which rows of a statement were added.
func importRows(w *work.Unit, a *store.Account, users []api.ImportedUser, report *importReport) (rows, again []importRow, err error) {
	seen := map[string]bool{}
	for i := range users {
		u, err := importedUser(w, a, &users[i])
		refusal, failure := work.Split(err)
		switch {
		case failure != nil:
			return nil, nil, failure
		case refusal != nil:
			report.fail(i, refusal)
		case seen[u.UserID]:
			again = append(again, importRow{u, i})
		default:
			seen[u.UserID] = true
			rows = append(rows, importRow{u, i})
		}
	}
	return rows, again, nil
}

func importedUser(w *work.Unit, a *store.Account, in *api.ImportedUser) (store.User, error) {
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
		CreatedMs:    w.NowMs(),
	}
	if err := importTimes(&u, in); err != nil {
		return u, err
	}
	if !in.UserId.Set {
		u.UserID = store.TimedID(w.NewID(), u.CreatedMs)
	}
	if u.Registration != string(api.RegistrationStatusUnregistered) {
		u.DisplayName = in.DisplayName.Or(displayName("", u.Email))
	}
	change := userChange{license: in.LicenseType, userType: api.Some(in.UserType.Or(api.UserTypePrivateUser)), alexa: in.AlexaForBusinessMetadata}
	return u, change.apply(&u)
}

// importTimes sets the times of a user; the earliest is its place in the list.
func importTimes(u *store.User, in *api.ImportedUser) (err error) {
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
	return parseTime(member, v.V)
}
