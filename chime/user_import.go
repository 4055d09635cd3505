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
		part := *in
		part.Users = users
		parts.Inputs = append(parts.Inputs, &part)
	}
	parts.Join = joinImportUsers
	return parts
}

func joinImportUsers(outs []*api.ImportUsersOutput) *api.ImportUsersOutput {
	all := newImportReport()
	for i, out := range outs {
		all.outcomes = append(all.outcomes, out.Outcomes...)
		all.failed = append(all.failed, further(out.Errors, i*importUsersStep)...)
	}
	return all.ofUsers()
}

// ofUsers is what ImportUsers answers.
func (p *importReport) ofUsers() *api.ImportUsersOutput {
	return &api.ImportUsersOutput{
		Imported: api.Some(p.number(api.ImportOutcomeCreated)), Existing: api.Some(p.number(api.ImportOutcomeUnchanged)),
		Updated: api.Some(p.number(api.ImportOutcomeUpdated)), Outcomes: p.outcomes, Errors: p.inOrder(),
	}
}

// ImportUsers adds users that another system knows, as ListUsers of Amazon
// Chime showed them; each succeeds or fails on its own. A large import has
// several transactions: if one of them fails, what those before it have added
// stays. A user that is there already is left as it is, or changed if that is
// asked for, so an import can be repeated. A dry run tells what would happen.
func (s *Service) ImportUsers(w *work.Unit, in *api.ImportUsersInput) (*api.ImportUsersOutput, error) {
	a, err := keepAccount(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	s.ranks.doubt(w, in.AccountId) // who was created long ago comes in between
	m := userImport{importReport: reportOf(len(in.Users)), w: w, in: in}
	rows, again, err := m.rows(a)
	if err != nil {
		return nil, err
	}
	if err := m.insert(rows); err != nil {
		return nil, err
	}
	for i := range again {
		if err := m.insert(again[i : i+1]); err != nil {
			return nil, err
		}
	}
	return m.ofUsers(), nil
}

// userImport is a call of ImportUsers, or a part of one.
type userImport struct {
	*importReport
	w  *work.Unit
	in *api.ImportUsersInput
}

// importRow is a user to be added, with its index in the request.
type importRow struct {
	store.User
	index int
}

// insert adds rows, or looks what would become of them.
func (m *userImport) insert(rows []importRow) error {
	added, err := m.added(rows)
	if err != nil {
		return err
	}
	for i := range rows {
		if added[rows[i].UserID] {
			m.outcomes[rows[i].index] = api.ImportOutcomeCreated
			continue
		}
		if err := m.taken(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// added returns the ids of the rows that are, or would be, added.
func (m *userImport) added(rows []importRow) (map[string]bool, error) {
	if m.in.DryRun.V {
		return m.free(rows)
	}
	records := make([]store.User, len(rows))
	for i := range rows {
		records[i] = rows[i].User
	}
	return m.w.InsertUsers(records)
}

// free returns the ids of the rows whose id and address nobody has.
func (m *userImport) free(rows []importRow) (map[string]bool, error) {
	free := map[string]bool{}
	for i := range rows {
		_, err := m.w.LockUserByEmail(rows[i].AwsAccountID, rows[i].AccountID, rows[i].Email)
		if errors.Is(err, store.ErrNotFound) {
			_, err = m.w.User(rows[i].AwsAccountID, rows[i].AccountID, rows[i].UserID)
			free[rows[i].UserID] = errors.Is(err, store.ErrNotFound)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	return free, nil
}

// taken tells a user that was imported before from one whose address or id
// somebody else has.
func (m *userImport) taken(row *importRow) error {
	u, err := m.w.LockUserByEmail(row.AwsAccountID, row.AccountID, row.Email)
	in := &m.in.Users[row.index]
	switch {
	case err == nil && (!in.UserId.Set || u.UserID == row.UserID):
		return m.existing(row.index, u, in)
	case err == nil, errors.Is(err, store.ErrNotFound):
		m.fail(row.index, api.Conflict.Errorf("%s: another user of the account has the UserId or the e-mail address", messageConflict))
	default:
		return err
	}
	return nil
}

// existing changes a user that is there, if that is asked for: licence, type and
// name, as far as they are given.
func (m *userImport) existing(index int, u *store.User, in *api.ImportedUser) error {
	m.outcomes[index] = api.ImportOutcomeUnchanged
	if !m.in.UpdateExisting.V {
		return nil
	}
	before := *u
	err := userChange{license: in.LicenseType, userType: in.UserType}.apply(u)
	if refusal, failure := work.Split(err); failure != nil || refusal != nil {
		if refusal != nil {
			m.fail(index, refusal)
		}
		return failure
	}
	if u.Registration != string(api.RegistrationStatusUnregistered) {
		u.DisplayName = in.DisplayName.Or(u.DisplayName)
	}
	if *u == before {
		return nil
	}
	m.outcomes[index] = api.ImportOutcomeUpdated
	if m.in.DryRun.V {
		return nil
	}
	return m.w.UpdateUser(u)
}

// rows turns the good users of a request into rows. again are those whose
// UserId a row before them has: they are added after it, one by one, since ids
// tell which rows of a statement were added.
func (m *userImport) rows(a *store.Account) (rows, again []importRow, err error) {
	seen := map[string]bool{}
	for i := range m.in.Users {
		u, err := importedUser(m.w, a, &m.in.Users[i])
		refusal, failure := work.Split(err)
		switch {
		case failure != nil:
			return nil, nil, failure
		case refusal != nil:
			m.fail(i, refusal)
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
	importTelephony(&u, in.UserSettings)
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

// importTelephony sets what a user may do by telephone.
func importTelephony(u *store.User, in *api.ImportedUserSettings) {
	if in != nil && in.Telephony != nil {
		u.InboundCalling, u.OutboundCalling, u.SMS = in.Telephony.InboundCalling.V, in.Telephony.OutboundCalling.V, in.Telephony.SMS.V
	}
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
