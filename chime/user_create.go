package chime

import (
	"slices"
	"strings"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// userItem is one of the calls of CreateUser that share a transaction.
type userItem = api.Item[*work.Unit, *api.CreateUserInput, *api.CreateUserOutput]

// CreateUser adds registered users, each of which may be refused on its own.
// The address must be new to the account.
func (s *Service) CreateUser(items []*userItem) error {
	w := items[0].Work // all of them have the same records
	accounts, err := accountsOf(w, items)
	if err != nil {
		return err
	}
	rows, of := make([]store.User, 0, len(items)), make([]*userItem, 0, len(items))
	for _, it := range items {
		u, err := s.prepareUser(it.Work, accounts[it.In.AccountId], it.In)
		refusal, failure := work.Split(err)
		switch {
		case failure != nil:
			return failure
		case refusal != nil:
			it.Err = refusal
		default:
			rows, of = append(rows, *u), append(of, it)
		}
	}
	return insertUsers(w, rows, of)
}

// insertUsers adds the users of some items. What the database does not add has
// an address that is taken: ids never are.
func insertUsers(w *work.Unit, rows []store.User, of []*userItem) error {
	added, err := w.InsertUsers(rows)
	for i := range rows {
		if !added[rows[i].UserID] {
			of[i].Err = api.Conflict.Errorf("%s: the account already has a user with this e-mail address", messageConflict)
			continue
		}
		shape := userShape(&rows[i], listDetail, noAlexa())
		of[i].Out = &api.CreateUserOutput{User: &shape}
	}
	return err
}

// accountsOf reads the accounts of a batch.
func accountsOf(w *work.Unit, items []*userItem) (map[string]*store.Account, error) {
	byID := map[string]*store.Account{}
	var ids []string
	for _, it := range items {
		if _, known := byID[it.In.AccountId]; !known {
			byID[it.In.AccountId] = nil
			ids = append(ids, it.In.AccountId)
		}
	}
	list, err := w.KeepAccounts(ids)
	for i := range list {
		byID[list[i].AccountID] = &list[i]
	}
	return byID, err
}

// prepareUser returns the row of a user who may be created in an account, which
// is nil if there is none.
func (s *Service) prepareUser(w *work.Unit, a *store.Account, in *api.CreateUserInput) (*store.User, error) {
	if err := checkNewUser(in); err != nil {
		return nil, err
	}
	if a == nil || a.AwsAccountID != w.Caller.AwsAccountID {
		return nil, store.NoAccount
	}
	a, err := writable(a, nil)
	if err != nil {
		return nil, err
	}
	if err := s.mayCreate(w, a, in.Email.V); err != nil {
		return nil, err
	}
	return newUser(w, a, in), nil
}

func checkNewUser(in *api.CreateUserInput) error {
	if !in.Email.Set {
		return api.Invalid("Email", "not be null")
	}
	return checkEmail("Email", in.Email.V)
}

// mayCreate is the live service's refusal, which its documentation lacks.
func (s *Service) mayCreate(w *work.Unit, a *store.Account, email string) error {
	if s.config.Fidelity != Observed {
		return nil
	}
	if !isType(a, api.AccountTypeEnterpriseDirectory) {
		return api.BadRequest.Errorf(messageBadRequest)
	}
	domains, err := w.Domains(a.AccountID)
	claimed := slices.ContainsFunc(domains, func(d store.Domain) bool { return strings.EqualFold(d.Name, domainOf(email)) })
	if err == nil && !claimed {
		err = api.BadRequest.Errorf("%s: the domain of Email is not claimed by the account", messageBadRequest)
	}
	return err
}

func newUser(w *work.Unit, a *store.Account, in *api.CreateUserInput) *store.User {
	u := &store.User{
		AccountID: a.AccountID, UserID: store.TimedID(w.NewID(), w.NowMs()), AwsAccountID: a.AwsAccountID,
		Email:       in.Email.V,
		DisplayName: displayName(in.Username.V, in.Email.V),
		License:     a.DefaultLicense,
		CreatedMs:   w.NowMs(),
	}
	register(u, in.UserType.Or(api.UserTypePrivateUser), w.NowMs())
	return u
}

// register makes u a registered user. Only private users have a meeting PIN.
func register(u *store.User, t api.UserType, now int64) {
	u.Registration = string(api.RegistrationStatusRegistered)
	u.RegisteredMs = now
	setType(u, t)
}

func setType(u *store.User, t api.UserType) {
	u.Type = string(t)
	switch {
	case t == api.UserTypeSharedDevice:
		u.PersonalPIN = ""
	case u.RegisteredMs != 0 && u.PersonalPIN == "":
		u.PersonalPIN = newPIN()
	}
}
