package chime

import (
	"slices"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// supportedLicenses is what every account offers.
func supportedLicenses() []api.License { return []api.License{api.LicenseBasic, api.LicensePro} }

func accountShape(a *store.Account) *api.Account {
	return &api.Account{
		AccountId:            a.AccountID,
		AccountStatus:        api.Some(api.AccountStatus(a.Status)),
		AccountType:          api.Some(api.AccountType(a.Type)),
		AwsAccountId:         a.AwsAccountID,
		BillingType:          api.Some("SeatBilling"),
		CreatedTimestamp:     api.Timestamp(a.CreatedMs),
		DefaultLicense:       api.Some(api.License(a.DefaultLicense)),
		DelegationStatus:     api.Some("NoDelegation"),
		DirectoryId:          api.NonZero(a.DirectoryID),
		Groups:               []api.Group{},
		Name:                 a.Name,
		SigninDelegateGroups: delegateGroups(a),
		SupportedLicenses:    supportedLicenses(),
		UseProTrialLicense:   api.Some(false),
	}
}

func newAccount(w *work.Unit, name string, t api.AccountType) *store.Account {
	return &store.Account{
		AccountID:      w.NewID(),
		AwsAccountID:   w.Caller.AwsAccountID,
		Name:           name,
		Type:           string(t),
		Status:         string(api.AccountStatusActive),
		DefaultLicense: string(api.LicensePro),
		CreatedMs:      w.NowMs(),
	}
}

// CreateAccount makes a Team account; the API makes no others.
func (s *Service) CreateAccount(w *work.Unit, in *api.CreateAccountInput) (*api.CreateAccountOutput, error) {
	a := newAccount(w, in.Name.V, api.AccountTypeTeam)
	return &api.CreateAccountOutput{Account: accountShape(a)}, s.insertAccount(w, a)
}

// GetAccount returns an account.
func (s *Service) GetAccount(w *work.Unit, in *api.GetAccountInput) (*api.GetAccountOutput, error) {
	a, err := account(w, in.AccountId)
	return &api.GetAccountOutput{Account: accountShape(a)}, err
}

// accountList is newest first.
var accountList = list[store.Account, api.Account]{
	pageSize: profilePageSize,
	at:       func(a *store.Account) store.Position { return store.Position{Ms: a.CreatedMs, ID: a.AccountID} },
	shape:    value(accountShape),
	size:     jsonSize[api.Account],
}

// ListAccounts returns the caller's accounts, newest first.
func (s *Service) ListAccounts(w *work.Unit, in *api.ListAccountsInput) (*api.ListAccountsOutput, error) {
	q := listing{in: in, token: in.NextToken, maxResults: in.MaxResults, filters: []*api.Opt[string]{&in.Name, &in.UserEmail}}
	accounts, next, err := accountList.page(s, w, q, func(after store.Position, limit int) ([]store.Account, error) {
		return w.Accounts(store.AccountFilter{
			AwsAccountID: w.Caller.AwsAccountID, NamePrefix: in.Name.V, UserEmail: in.UserEmail.V, After: after, Limit: limit,
		})
	})
	return &api.ListAccountsOutput{Accounts: accounts, NextToken: next}, err
}

// UpdateAccount changes the name and the licence of users to come.
func (s *Service) UpdateAccount(w *work.Unit, in *api.UpdateAccountInput) (*api.UpdateAccountOutput, error) {
	a, err := lockAccount(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	if err := checkLicense("DefaultLicense", in.DefaultLicense); err != nil {
		return nil, err
	}
	a.Name = in.Name.Or(a.Name)
	a.DefaultLicense = string(in.DefaultLicense.Or(api.License(a.DefaultLicense)))
	return &api.UpdateAccountOutput{Account: accountShape(a)}, w.UpdateAccount(a)
}

func checkLicense(member string, l api.Opt[api.License]) error {
	if l.Set && !slices.Contains(supportedLicenses(), l.V) {
		return api.Invalid(member, "be one of the licenses that the account supports: %v, not %s", supportedLicenses(), l.V)
	}
	return nil
}

// GetAccountSettings returns the settings of an account.
func (s *Service) GetAccountSettings(w *work.Unit, in *api.GetAccountSettingsInput) (*api.GetAccountSettingsOutput, error) {
	a, err := account(w, in.AccountId)
	return &api.GetAccountSettingsOutput{AccountSettings: &api.AccountSettings{
		DisableRemoteControl: api.Some(a.DisableRemoteControl),
		EnableDialOut:        api.Some(a.EnableDialOut),
	}}, err
}

// UpdateAccountSettings changes the settings that are given.
func (s *Service) UpdateAccountSettings(w *work.Unit, in *api.UpdateAccountSettingsInput) error {
	a, err := lockAccount(w, in.AccountId)
	if err != nil {
		return err
	}
	a.DisableRemoteControl = in.AccountSettings.DisableRemoteControl.Or(a.DisableRemoteControl)
	a.EnableDialOut = in.AccountSettings.EnableDialOut.Or(a.EnableDialOut)
	return w.UpdateAccount(a)
}
