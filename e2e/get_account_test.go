package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// getAccount returns an account that must be there.
func (c *caller) getAccount(t testing.TB, accountID string) *types.Account {
	t.Helper()
	out, err := c.GetAccount(t.Context(), &chime.GetAccountInput{AccountId: &accountID})
	succeed(t, err)
	return out.Account
}

func TestGetAccount_every_type(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, accountType := range accountTypes {
			a := e.getAccount(t, e.account(t, accountType))
			isNow(t, "CreatedTimestamp", a.CreatedTimestamp)
			equal(t, string(accountType), a, &types.Account{
				AccountId:            a.AccountId,
				AccountStatus:        types.AccountStatusActive,
				AccountType:          accountType,
				AwsAccountId:         aws.String(rootAwsAccount),
				CreatedTimestamp:     a.CreatedTimestamp,
				DefaultLicense:       types.LicensePro,
				Name:                 aws.String("Test"),
				SigninDelegateGroups: []types.SigninDelegateGroup{},
				SupportedLicenses:    []types.License{types.LicenseBasic, types.LicensePro},
			})
		}
	})
}

func TestGetAccount_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsAccount(t, func(c *caller, accountID string) error {
			_, err := c.GetAccount(t.Context(), &chime.GetAccountInput{AccountId: &accountID})
			return err
		})
	})
}
