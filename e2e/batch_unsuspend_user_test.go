package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func (c *caller) batchUnsuspend(t testing.TB, accountID string, userIDs ...string) ([]types.UserError, error) {
	t.Helper()
	out, err := c.BatchUnsuspendUser(t.Context(), &chime.BatchUnsuspendUserInput{AccountId: &accountID, UserIdList: append([]string{}, userIDs...)})
	if err != nil {
		return nil, err
	}
	return out.UserErrors, nil
}

func TestBatchUnsuspendUser_enterprise_lwa(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseLWA)
		ids := e.users(t, id, 3)
		before := e.get(t, id, ids[0])
		e.suspend(t, id, ids[0], ids[1])
		failed, err := e.batchUnsuspend(t, id, ids[0], ids[2], ids[0]) // the third was never suspended
		succeed(t, err)
		equal(t, "errors", failed, []types.UserError{})
		equal(t, "user", e.get(t, id, ids[0]), before)
		equal(t, "status of the second", e.get(t, id, ids[1]).UserRegistrationStatus, types.RegistrationStatusSuspended)
		equal(t, "status of the third", e.get(t, id, ids[2]).UserRegistrationStatus, types.RegistrationStatusRegistered)
	})
}

func TestBatchUnsuspendUser_other_account_types(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.forEachType(t, allBut(types.AccountTypeEnterpriseLWA), func(t *testing.T, id string) {
			_, err := e.batchUnsuspend(t, id, e.users(t, id, 1)...)
			refused(t, err, badRequest, "EnterpriseLWA")
		})
	})
}

func TestBatchUnsuspendUser_list_length(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseLWA)
		for _, n := range []int{0, 1, 50} {
			_, err := e.batchUnsuspend(t, id, manyIDs(n)...)
			succeed(t, err)
		}
		_, err := e.batchUnsuspend(t, id, manyIDs(51)...)
		refused(t, err, badRequest, "'UserIdList'", "less than or equal to 50")
		_, err = e.batchUnsuspend(t, id, "")
		refused(t, err, badRequest, "'UserIdList[0]'")
		e.send(t, "POST", "/accounts/"+id+"/users?operation=unsuspend", "{}").refused(t, badRequest, "'UserIdList'")
	})
}

func TestBatchUnsuspendUser_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsAccount(t, func(c *caller, accountID string) error {
			_, err := c.batchUnsuspend(t, accountID, unknownID)
			return err
		})
	})
}
