package chime

import (
	"errors"
	"slices"
	"strings"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// importRecordsStep is how many records are added in one transaction.
const importRecordsStep = 256

// DivideImportRecords has a large import leave others room between its parts.
func (s *Service) DivideImportRecords(in *api.ImportRecordsInput) (parts api.Parts[*api.ImportRecordsInput, *api.ImportRecordsOutput]) {
	for lines := range slices.Chunk(in.Lines, importRecordsStep) {
		parts.Inputs = append(parts.Inputs, &api.ImportRecordsInput{Kind: in.Kind, Lines: lines})
	}
	parts.Join = joinImportRecords
	return parts
}

func joinImportRecords(outs []*api.ImportRecordsOutput) *api.ImportRecordsOutput {
	all := newImportReport()
	for i, out := range outs {
		all.outcomes = append(all.outcomes, out.Outcomes...)
		all.failed = append(all.failed, further(out.Errors, i*importRecordsStep)...)
	}
	return all.ofRecords()
}

// ofRecords is what ImportRecords answers.
func (p *importReport) ofRecords() *api.ImportRecordsOutput {
	return &api.ImportRecordsOutput{
		Imported: api.Some(p.number(api.ImportOutcomeCreated)), Existing: api.Some(p.number(api.ImportOutcomeUnchanged)),
		Outcomes: p.outcomes, Errors: p.inOrder(),
	}
}

// ImportRecords adds records of one kind to the caller's AWS account, as an export
// has them, with their ids; each succeeds or fails on its own. One that is there as
// it is left alone, so an import can be repeated; one that is there and differs is
// refused. A large import has several transactions: if one of them fails, what those
// before it have added stays.
func (s *Service) ImportRecords(w *work.Unit, in *api.ImportRecordsInput) (*api.ImportRecordsOutput, error) {
	m := archiveImport{importReport: reportOf(len(in.Lines)), s: s, w: w, kind: store.ArchiveKindOf(in.Kind)}
	if m.kind == nil {
		return nil, api.Invalid("Kind", "be one of %s", strings.Join(kindNames(), ", "))
	}
	if err := m.lock(); err != nil {
		return nil, err
	}
	rows, err := m.rows(in.Lines)
	if err != nil {
		return nil, err
	}
	rows, strange, err := m.admitted(rows)
	if err != nil {
		return nil, err
	}
	there, err := m.add(rows)
	if err != nil {
		return nil, err
	}
	if err := m.compare(append(there, strange...)); err != nil {
		return nil, err
	}
	return m.ofRecords(), nil
}

func kindNames() (names []string) {
	for _, k := range store.ArchiveKinds() {
		names = append(names, k.Name)
	}
	return names
}

// archiveImport is a part of a call of ImportRecords.
type archiveImport struct {
	*importReport
	s    *Service
	w    *work.Unit
	kind *store.ArchiveKind
	// accounts and rooms are whether there are such ones, by their ids.
	accounts map[string]bool
	rooms    map[[2]string]bool
	// owners are the users who get numbers, with these.
	owners map[string]string
	// named are the users and groups that there are, by their accounts; nil: records of
	// this kind need none.
	named map[string]archiveNames
}

// archivedRow is a record with its index in the request.
type archivedRow struct {
	*store.ArchiveRow
	index int
}

// lock keeps others from what belongs to all of the AWS account.
func (m *archiveImport) lock() error {
	if m.kind.InAccounts() {
		return nil // each account is locked that records name
	}
	if err := oneBatch(m.w); err != nil || m.kind.Name != kindSettings {
		return err
	}
	return m.w.ForgetBlankSettings(m.w.Caller.AwsAccountID)
}

// rows reads the lines, and refuses those that cannot be.
func (m *archiveImport) rows(lines []string) (rows []archivedRow, err error) {
	var accounts []string
	for i, line := range lines {
		r, err := m.kind.Parse(line)
		if err == nil {
			err = checkArchived(m.kind.Name, r)
		}
		var rule *store.ArchiveError
		if errors.As(err, &rule) {
			err = api.BadRequest.Errorf("%s: %s", messageBadRequest, rule.Error())
		}
		refusal, failure := work.Split(err)
		switch {
		case failure != nil:
			return nil, failure
		case refusal != nil:
			m.fail(i, refusal)
		default:
			rows, accounts = append(rows, archivedRow{r, i}), append(accounts, r.Text("AccountId"))
		}
	}
	return rows, m.keep(accounts)
}

// keep finds out which accounts are the caller's, and locks them: in order, so that
// two imports do not block each other.
func (m *archiveImport) keep(ids []string) error {
	m.accounts = map[string]bool{"": true} // what belongs to no account
	if m.kind.Name == kindAccounts {
		return nil
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if id == "" {
			continue
		}
		_, err := m.w.LockAccount(m.w.Caller.AwsAccountID, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		m.accounts[id] = err == nil
		m.s.ranks.doubt(m.w, id)
	}
	return nil
}

// admitted refuses the records of accounts, rooms and users that there are not. strange
// are those that nobody may add, but that may be there.
func (m *archiveImport) admitted(rows []archivedRow) (admitted, strange []archivedRow, err error) {
	if err := m.findNamed(rows); err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		refusal, failure := work.Split(m.belongs(r))
		if failure != nil {
			return nil, nil, failure
		}
		free, err := m.free(r)
		switch {
		case err != nil:
			return nil, nil, err
		case refusal != nil:
			m.fail(r.index, refusal)
		case !free:
			strange = append(strange, r)
		default:
			admitted = append(admitted, r)
		}
	}
	return admitted, strange, nil
}

// belongs returns the refusal of a record that belongs to what is not there.
func (m *archiveImport) belongs(r archivedRow) error {
	account := r.Text("AccountId")
	if m.kind.Name != kindAccounts && !m.accounts[account] {
		return api.NotFound.Errorf("%s: there is no such account", messageNotFound)
	}
	switch there, err := m.hasRoom(account, r.Room()); {
	case err != nil:
		return err
	case !there:
		return api.NotFound.Errorf("%s: there is no such room", messageNotFound)
	}
	if err := m.checkNamed(r); err != nil {
		return err
	}
	return m.checkOwner(r)
}

// hasRoom reports whether an account has a room, and keeps it; "" is none that anybody
// needs.
func (m *archiveImport) hasRoom(account, room string) (bool, error) {
	if room == "" {
		return true, nil
	}
	key := [2]string{account, room}
	if there, known := m.rooms[key]; known {
		return there, nil
	}
	if m.rooms == nil {
		m.rooms = map[[2]string]bool{}
	}
	_, err := m.w.KeepRoom(account, room)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	m.rooms[key] = err == nil
	return err == nil, nil
}

// add adds records, and returns those whose places are taken.
func (m *archiveImport) add(rows []archivedRow) (there []archivedRow, err error) {
	records := make([]*store.ArchiveRow, len(rows))
	for i := range rows {
		records[i] = rows[i].ArchiveRow
	}
	added, err := m.w.ImportArchive(m.kind, m.w.Caller.AwsAccountID, records, m.w.NowMs())
	if err != nil {
		return nil, err
	}
	var fresh []archivedRow
	for i, r := range rows {
		if added[i] {
			fresh = append(fresh, r)
		} else {
			there = append(there, r)
		}
	}
	fresh, err = m.withinQuota(fresh)
	if err != nil {
		return nil, err
	}
	for _, r := range fresh {
		m.outcomes[r.index] = api.ImportOutcomeCreated
	}
	return there, m.follow(fresh)
}

// compare tells records that are there as they are from those whose places others
// have.
func (m *archiveImport) compare(rows []archivedRow) error {
	for _, r := range rows {
		have, err := m.w.ArchivedRow(r.ArchiveRow, m.w.Caller.AwsAccountID)
		switch {
		case errors.Is(err, store.ErrNotFound):
			m.fail(r.index, api.Conflict.Errorf("%s: the key, or a value that only one may have, is taken or not to be had", messageConflict))
		case err != nil:
			return err
		default:
			m.differs(r, have)
		}
	}
	return nil
}

func (m *archiveImport) differs(r archivedRow, have *store.ArchiveRow) {
	if names := r.Differences(have); len(names) > 0 {
		m.fail(r.index, api.Conflict.Errorf("%s: it is there with another %s", messageConflict, strings.Join(names, ", ")))
		return
	}
	m.outcomes[r.index] = api.ImportOutcomeUnchanged
}
