package e2e

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func (c *caller) batchSuspend(t testing.TB, accountID string, userIDs ...string) ([]types.UserError, error) {
	t.Helper()
	out, err := c.BatchSuspendUser(t.Context(), &chime.BatchSuspendUserInput{AccountId: &accountID, UserIdList: append([]string{}, userIDs...)})
	if err != nil {
		return nil, err
	}
	return out.UserErrors, nil
}

// manyIDs returns n different ids that nothing has.
func manyIDs(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("%s-%d", unknownID, i)
	}
	return ids
}

func TestBatchSuspendUser_team(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		ids := e.users(t, id, 3)
		pending := *e.invitee(t, id, "pending@example.com").UserId
		failed, err := e.batchSuspend(t, id, ids[0], pending, ids[2])
		succeed(t, err)
		equal(t, "errors", failed, []types.UserError{})
		equal(t, "users", userIDs(e.allUsers(t, chime.ListUsersInput{AccountId: &id})), ids[1:2])
		for _, removed := range []string{ids[0], pending} {
			_, err := e.GetUser(t.Context(), &chime.GetUserInput{AccountId: &id, UserId: &removed})
			refused(t, err, notFound, messageNotFound)
		}
		failed, err = e.batchSuspend(t, id, ids[0])
		succeed(t, err)
		equal(t, "errors of a removed user", failed, []types.UserError{userError(ids[0], types.ErrorCodeNotFound, messageNotFound)})
	})
}

func TestBatchSuspendUser_enterprise_lwa(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseLWA)
		ids := e.users(t, id, 2)
		want := e.get(t, id, ids[0])
		want.UserRegistrationStatus = types.RegistrationStatusSuspended
		for range 2 { // again without harm
			failed, err := e.batchSuspend(t, id, ids[0], ids[0])
			succeed(t, err)
			equal(t, "errors", failed, []types.UserError{})
			equal(t, "suspended user", e.get(t, id, ids[0]), want)
		}
		equal(t, "status of the other user", e.get(t, id, ids[1]).UserRegistrationStatus, types.RegistrationStatusRegistered)
		_, err := e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: want.PrimaryEmail})
		refused(t, err, conflict)
	})
}

func TestBatchSuspendUser_directory_and_oidc(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, accountType := range []types.AccountType{types.AccountTypeEnterpriseDirectory, types.AccountTypeEnterpriseOIDC} {
			id := e.account(t, accountType)
			user := *e.user(t, id, "a@example.com").UserId
			failed, err := e.batchSuspend(t, id, user)
			succeed(t, err)
			equal(t, "errors", failed, []types.UserError{userError(user, types.ErrorCodeNotFound, messageNotFound)})
			equal(t, "status", e.get(t, id, user).UserRegistrationStatus, types.RegistrationStatusRegistered)
		}
	})
}

func TestBatchSuspendUser_some_unknown(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		ids := e.users(t, id, 2)
		foreign := *e.user(t, e.team(t), "foreign@example.com").UserId
		failed, err := e.batchSuspend(t, id, unknownID, ids[0], foreign, ids[1])
		succeed(t, err)
		equal(t, "errors", failed, []types.UserError{
			userError(unknownID, types.ErrorCodeNotFound, messageNotFound),
			userError(foreign, types.ErrorCodeNotFound, messageNotFound),
		})
		equal(t, "users", e.listUsers(t, chime.ListUsersInput{AccountId: &id}).Users, []types.User{})
	})
}

func TestBatchSuspendUser_list_length(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for _, n := range []int{0, 1, 50} {
			failed, err := e.batchSuspend(t, id, manyIDs(n)...)
			succeed(t, err)
			equal(t, "errors", len(failed), n)
		}
		_, err := e.batchSuspend(t, id, manyIDs(51)...)
		refused(t, err, badRequest, "'UserIdList'", "less than or equal to 50")
	})
}

func TestBatchSuspendUser_bad_ids(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		user := e.users(t, id, 1)[0]
		_, err := e.batchSuspend(t, id, user, " ")
		refused(t, err, badRequest, "'UserIdList[1]'")
		path := "/accounts/" + id + "/users?operation=suspend"
		for body, member := range map[string]string{
			"{}":                            "'UserIdList'",
			`{"UserIdList":"` + user + `"}`: "'UserIdList'",
			`{"UserIdList":[true]}`:         "'UserIdList[0]'",
		} {
			e.send(t, "POST", path, body).refused(t, badRequest, member)
		}
		equal(t, "user", e.get(t, id, user).UserId, aws.String(user))
	})
}

func TestBatchSuspendUser_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsAccount(t, func(c *caller, accountID string) error {
			_, err := c.batchSuspend(t, accountID, unknownID)
			return err
		})
	})
}
