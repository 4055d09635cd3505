package chime

import (
	"context"
	"slices"

	"carillon/api"
	"carillon/store"
)

// supportedLicenses is what every account offers.
var supportedLicenses = []api.License{api.LicenseBasic, api.LicensePro}

// Page sizes of the lists whose limit is 200.
const profilePageSize = 100

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
		SupportedLicenses:    supportedLicenses,
		UseProTrialLicense:   api.Some(false),
	}
}

func delegateGroups(a *store.Account) []api.SigninDelegateGroup {
	groups := make([]api.SigninDelegateGroup, len(a.DelegateGroups))
	for i, name := range a.DelegateGroups {
		groups[i].GroupName = api.Some(name)
	}
	return groups
}

func (s *Service) newAccount(ctx context.Context, name string, t api.AccountType) *store.Account {
	return &store.Account{
		AccountID:      s.NewID(),
		AwsAccountID:   awsAccount(ctx),
		Name:           name,
		Type:           string(t),
		Status:         string(api.AccountStatusActive),
		DefaultLicense: string(api.LicensePro),
		CreatedMs:      s.nowMs(),
	}
}

// CreateAccount makes a Team account; the API makes no others.
func (s *Service) CreateAccount(ctx context.Context, in *api.CreateAccountInput) (*api.CreateAccountOutput, error) {
	a := s.newAccount(ctx, in.Name.V, api.AccountTypeTeam)
	err := s.Store.Update(ctx, func(r store.Records) error {
		if err := r.InsertAccount(a); err != nil {
			return err
		}
		return s.withinAccountQuota(r, a)
	})
	return &api.CreateAccountOutput{Account: accountShape(a)}, err
}

// GetAccount returns an account.
func (s *Service) GetAccount(ctx context.Context, in *api.GetAccountInput) (*api.GetAccountOutput, error) {
	var out api.GetAccountOutput
	err := s.inAccount(ctx, in.AccountId, func(_ store.Records, a *store.Account) error {
		out.Account = accountShape(a)
		return nil
	})
	return &out, err
}

// ListAccounts returns the caller's accounts, newest first.
func (s *Service) ListAccounts(ctx context.Context, in *api.ListAccountsInput) (*api.ListAccountsOutput, error) {
	sc := scope("ListAccounts", awsAccount(ctx), "")
	c, err := s.tokens.open(sc, in.NextToken, &in.Name, &in.UserEmail)
	if err != nil {
		return nil, err
	}
	limit := in.MaxResults.Or(profilePageSize)
	filter := store.AccountFilter{
		AwsAccountID: awsAccount(ctx), NamePrefix: in.Name.V, UserEmail: in.UserEmail.V,
		BeforeMs: c.Ms, BeforeID: c.ID, Limit: limit + 1,
	}
	var rows []store.Account
	err = s.view(ctx, func(r store.Records) (err error) {
		rows, err = r.Accounts(filter)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, next := page(s.tokens, sc, c, rows, limit, func(a *store.Account) (int64, string) { return a.CreatedMs, a.AccountID })
	out := &api.ListAccountsOutput{Accounts: make([]api.Account, len(rows)), NextToken: next}
	for i := range rows {
		out.Accounts[i] = *accountShape(&rows[i])
	}
	return out, nil
}

// UpdateAccount changes the name and the licence of users to come.
func (s *Service) UpdateAccount(ctx context.Context, in *api.UpdateAccountInput) (*api.UpdateAccountOutput, error) {
	var out api.UpdateAccountOutput
	err := s.changeAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		if err := checkLicense("DefaultLicense", in.DefaultLicense); err != nil {
			return err
		}
		a.Name = in.Name.Or(a.Name)
		a.DefaultLicense = string(in.DefaultLicense.Or(api.License(a.DefaultLicense)))
		out.Account = accountShape(a)
		return r.UpdateAccount(a)
	})
	return &out, err
}

func checkLicense(member string, l api.Opt[api.License]) error {
	if l.Set && !slices.Contains(supportedLicenses, l.V) {
		return api.Invalid(member, "be one of the licenses that the account supports: %v, not %s", supportedLicenses, l.V)
	}
	return nil
}

// DeleteAccount deletes an account that nothing holds: a Team account without
// users, an Enterprise account without domains.
func (s *Service) DeleteAccount(ctx context.Context, in *api.DeleteAccountInput) error {
	return s.changeAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		if err := deletable(r, a); err != nil {
			return err
		}
		if err := r.ReleaseUserNumbers(a.AccountID, "", unassigned, s.nowMs()); err != nil {
			return err
		}
		return r.DeleteAccount(a, s.nowMs())
	})
}

func deletable(r store.Records, a *store.Account) error {
	if isType(a, api.AccountTypeTeam) {
		used, err := r.HasUsers(a.AccountID)
		if err == nil && used {
			err = api.UnprocessableEntity.Errorf("A Team account can be deleted when all its users and invitations are suspended; this one still has some")
		}
		return err
	}
	domains, err := r.Domains(a.AccountID)
	if err == nil && len(domains) > 0 {
		err = api.UnprocessableEntity.Errorf("An Enterprise account can be deleted when all its domains are released; this one still has %d", len(domains))
	}
	return err
}

// GetAccountSettings returns the settings of an account.
func (s *Service) GetAccountSettings(ctx context.Context, in *api.GetAccountSettingsInput) (*api.GetAccountSettingsOutput, error) {
	var out api.GetAccountSettingsOutput
	err := s.inAccount(ctx, in.AccountId, func(_ store.Records, a *store.Account) error {
		out.AccountSettings = &api.AccountSettings{
			DisableRemoteControl: api.Some(a.DisableRemoteControl),
			EnableDialOut:        api.Some(a.EnableDialOut),
		}
		return nil
	})
	return &out, err
}

// UpdateAccountSettings changes the settings that are given.
func (s *Service) UpdateAccountSettings(ctx context.Context, in *api.UpdateAccountSettingsInput) error {
	return s.changeAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		a.DisableRemoteControl = in.AccountSettings.DisableRemoteControl.Or(a.DisableRemoteControl)
		a.EnableDialOut = in.AccountSettings.EnableDialOut.Or(a.EnableDialOut)
		return r.UpdateAccount(a)
	})
}

// AssociateSigninDelegateGroupsWithAccount adds groups; those that are there
// already stay.
func (s *Service) AssociateSigninDelegateGroupsWithAccount(ctx context.Context, in *api.AssociateSigninDelegateGroupsWithAccountInput) error {
	return s.changeGroups(ctx, in.AccountId, func(a *store.Account) error {
		for i, g := range in.SigninDelegateGroups {
			if !g.GroupName.Set {
				return api.Invalid("SigninDelegateGroups["+itoa(i)+"].GroupName", "not be null")
			}
			if !slices.Contains(a.DelegateGroups, g.GroupName.V) {
				a.DelegateGroups = append(a.DelegateGroups, g.GroupName.V)
			}
		}
		return nil
	})
}

// DisassociateSigninDelegateGroupsFromAccount removes groups; unknown names
// are ignored.
func (s *Service) DisassociateSigninDelegateGroupsFromAccount(ctx context.Context, in *api.DisassociateSigninDelegateGroupsFromAccountInput) error {
	return s.changeGroups(ctx, in.AccountId, func(a *store.Account) error {
		a.DelegateGroups = slices.DeleteFunc(a.DelegateGroups, func(name string) bool {
			return slices.Contains(in.GroupNames, name)
		})
		return nil
	})
}

// changeGroups changes the sign-in delegate groups, which only directory
// accounts have.
func (s *Service) changeGroups(ctx context.Context, accountID string, change func(*store.Account) error) error {
	return s.changeAccount(ctx, accountID, func(r store.Records, a *store.Account) error {
		if !isType(a, api.AccountTypeEnterpriseDirectory) {
			return wrongType(a, string(api.AccountTypeEnterpriseDirectory))
		}
		if err := change(a); err != nil {
			return err
		}
		return r.UpdateAccount(a)
	})
}
