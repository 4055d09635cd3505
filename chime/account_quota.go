package chime

import (
	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// insertAccount adds an account unless it is one too many for its AWS account.
// It is counted when it is there: until the transaction ends, nobody can add
// another, so the quota is exact.
func (s *Service) insertAccount(w *work.Unit, a *store.Account) error {
	if err := w.InsertAccount(a); err != nil {
		return err
	}
	n, err := w.CountAccounts(a.AwsAccountID)
	if err == nil && n > int64(s.config.Quotas.Accounts) {
		err = api.ResourceLimitExceeded.Errorf("The AWS account may have %d accounts", s.config.Quotas.Accounts)
	}
	return err
}
