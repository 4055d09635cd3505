package chime

import (
	"carillon/api"
	"carillon/store"
)

// withinAccountQuota refuses an account, which has just been inserted in this
// transaction, if it is one too many for its AWS account. Nobody can add another
// until the transaction ends, so the quota is exact.
func (s *Service) withinAccountQuota(r store.Records, a *store.Account) error {
	n, err := r.CountAccounts(a.AwsAccountID)
	if err == nil && n > int64(s.Quotas.Accounts) {
		err = api.ResourceLimitExceeded.Errorf("The AWS account may have %d accounts", s.Quotas.Accounts)
	}
	return err
}
