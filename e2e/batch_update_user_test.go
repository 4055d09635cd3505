package e2e

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func (c *caller) batchUpdate(t testing.TB, accountID string, items ...types.UpdateUserRequestItem) ([]types.UserError, error) {
	t.Helper()
	out, err := c.BatchUpdateUser(t.Context(), &chime.BatchUpdateUserInput{
		AccountId: &accountID, UpdateUserRequestItems: append([]types.UpdateUserRequestItem{}, items...),
	})
	if err != nil {
		return nil, err
	}
	return out.UserErrors, nil
}

func TestBatchUpdateUser_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		ids := e.users(t, id, 3)
		failed, err := e.batchUpdate(
			t, id,
			types.UpdateUserRequestItem{UserId: &ids[0], LicenseType: types.LicenseBasic},
			types.UpdateUserRequestItem{UserId: &ids[1], UserType: types.UserTypeSharedDevice, AlexaForBusinessMetadata: alexa(true, roomARN)},
			types.UpdateUserRequestItem{UserId: &ids[2]},
		)
		succeed(t, err)
		equal(t, "errors", failed, []types.UserError{})
		equal(t, "license", e.get(t, id, ids[0]).LicenseType, types.LicenseBasic)
		device := e.get(t, id, ids[1])
		equal(t, "type", device.UserType, types.UserTypeSharedDevice)
		equal(t, "PIN", device.PersonalPIN, nil)
		equal(t, "Alexa", device.AlexaForBusinessMetadata, alexa(true, roomARN))
		equal(t, "license of the third", e.get(t, id, ids[2]).LicenseType, types.LicensePro)
	})
}

func TestBatchUpdateUser_some_fail(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		ids := e.users(t, id, 4)
		foreign := e.user(t, e.team(t), "foreign@example.com").UserId
		failed, err := e.batchUpdate(
			t, id,
			types.UpdateUserRequestItem{UserId: &ids[0], LicenseType: types.LicenseBasic},
			types.UpdateUserRequestItem{UserId: aws.String(unknownID), LicenseType: types.LicenseBasic},
			types.UpdateUserRequestItem{UserId: &ids[1], LicenseType: types.LicensePlus, UserType: types.UserTypeSharedDevice},
			types.UpdateUserRequestItem{UserId: foreign, LicenseType: types.LicenseBasic},
			types.UpdateUserRequestItem{UserId: &ids[2], AlexaForBusinessMetadata: alexa(true, roomARN)},
			types.UpdateUserRequestItem{UserId: &ids[3], LicenseType: types.LicenseBasic},
		)
		succeed(t, err)
		if len(failed) != 4 {
			t.Fatalf("%d items failed, want 4", len(failed))
		}
		equal(t, "errors", failed, []types.UserError{
			userError(unknownID, types.ErrorCodeNotFound, messageNotFound),
			userError(ids[1], types.ErrorCodeBadRequest, aws.ToString(failed[1].ErrorMessage)),
			userError(*foreign, types.ErrorCodeNotFound, messageNotFound),
			userError(ids[2], types.ErrorCodeBadRequest, aws.ToString(failed[3].ErrorMessage)),
		})
		for i, want := range []types.License{types.LicenseBasic, types.LicensePro, types.LicensePro, types.LicenseBasic} {
			u := e.get(t, id, ids[i])
			equal(t, fmt.Sprint("license of user ", i), u.LicenseType, want)
			equal(t, fmt.Sprint("type of user ", i), u.UserType, types.UserTypePrivateUser)
		}
	})
}

func TestBatchUpdateUser_same_user_twice(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		user := e.users(t, id, 1)[0]
		failed, err := e.batchUpdate(
			t, id,
			types.UpdateUserRequestItem{UserId: &user, LicenseType: types.LicenseBasic},
			types.UpdateUserRequestItem{UserId: &user, UserType: types.UserTypeSharedDevice},
		)
		succeed(t, err)
		equal(t, "errors", failed, []types.UserError{})
		got := e.get(t, id, user)
		equal(t, "license", got.LicenseType, types.LicenseBasic)
		equal(t, "type", got.UserType, types.UserTypeSharedDevice)
	})
}

func TestBatchUpdateUser_list_length(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		items := make([]types.UpdateUserRequestItem, 21)
		for i := range items {
			items[i] = types.UpdateUserRequestItem{UserId: aws.String(fmt.Sprintf("%s-%d", unknownID, i))}
		}
		for _, n := range []int{0, 20} {
			failed, err := e.batchUpdate(t, id, items[:n]...)
			succeed(t, err)
			equal(t, "errors", len(failed), n)
		}
		_, err := e.batchUpdate(t, id, items...)
		refused(t, err, badRequest, "'UpdateUserRequestItems'", "less than or equal to 20")
	})
}

func TestBatchUpdateUser_bad_items(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		user := e.users(t, id, 1)[0]
		good := `{"UserId":"` + user + `","LicenseType":"Basic"}`
		for items, member := range map[string]string{
			`null`:                          "'UpdateUserRequestItems'",
			`{}`:                            "'UpdateUserRequestItems'",
			`["x"]`:                         "'UpdateUserRequestItems[0]'",
			`[` + good + `,null]`:           "'UpdateUserRequestItems[1]'",
			`[` + good + `,{}]`:             "'UpdateUserRequestItems[1].UserId'",
			`[{"UserId":" "},` + good + `]`: "'UpdateUserRequestItems[0].UserId'",
			`[{"UserId":7}]`:                "'UpdateUserRequestItems[0].UserId'",
			`[` + good + `,{"UserId":"u","LicenseType":"Gold"}]`:                              "'UpdateUserRequestItems[1].LicenseType'",
			`[{"UserId":"u","UserType":"Robot"}]`:                                             "'UpdateUserRequestItems[0].UserType'",
			`[{"UserId":"u","AlexaForBusinessMetadata":{"IsAlexaForBusinessEnabled":"yes"}}]`: "'UpdateUserRequestItems[0].AlexaForBusinessMetadata.IsAlexaForBusinessEnabled'",
		} {
			e.send(t, "POST", "/accounts/"+id+"/users", `{"UpdateUserRequestItems":`+items+`}`).refused(t, badRequest, member)
		}
		e.send(t, "POST", "/accounts/"+id+"/users", "{}").refused(t, badRequest, "'UpdateUserRequestItems'")
		equal(t, "license", e.get(t, id, user).LicenseType, types.LicensePro)
	})
}

func TestBatchUpdateUser_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsAccount(t, func(c *caller, accountID string) error {
			_, err := c.batchUpdate(t, accountID, types.UpdateUserRequestItem{UserId: aws.String(unknownID)})
			return err
		})
	})
}
