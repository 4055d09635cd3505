package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func TestUpdateAccount_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		want := e.getAccount(t, id)
		for _, tt := range []struct {
			name    *string
			license types.License
		}{
			{aws.String("Renamed"), ""},
			{nil, types.LicenseBasic},
			{nil, ""},
			{aws.String("Again"), types.LicensePro},
		} {
			if tt.name != nil {
				want.Name = tt.name
			}
			if tt.license != "" {
				want.DefaultLicense = tt.license
			}
			out, err := e.UpdateAccount(t.Context(), &chime.UpdateAccountInput{AccountId: &id, Name: tt.name, DefaultLicense: tt.license})
			succeed(t, err)
			equal(t, "answer", out.Account, want)
			equal(t, "GetAccount", e.getAccount(t, id), want)
		}
	})
}

func TestUpdateAccount_null_members(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		before := e.getAccount(t, id)
		for _, body := range []string{"", "{}", `{"Name":null,"DefaultLicense":null}`} {
			e.send(t, "POST", "/accounts/"+id, body).ok(t, 200)
		}
		equal(t, "account", e.getAccount(t, id), before)
	})
}

func TestUpdateAccount_name_limits(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for _, tt := range nameLimits {
			t.Run(tt.what, func(t *testing.T) {
				out, err := e.UpdateAccount(t.Context(), &chime.UpdateAccountInput{AccountId: &id, Name: &tt.name})
				if !tt.allowed {
					refused(t, err, badRequest, "'Name'")
					return
				}
				succeed(t, err)
				equal(t, "Name", *out.Account.Name, tt.name)
			})
		}
	})
}

func TestUpdateAccount_unsupported_license(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		before := e.getAccount(t, id)
		for _, license := range []types.License{types.LicensePlus, types.LicenseProTrial, "pro", "Gold"} {
			_, err := e.UpdateAccount(t.Context(), &chime.UpdateAccountInput{AccountId: &id, Name: aws.String("No"), DefaultLicense: license})
			refused(t, err, badRequest, "'DefaultLicense'")
		}
		equal(t, "account", e.getAccount(t, id), before)
	})
}

func TestUpdateAccount_license_of_users(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		before := e.user(t, id, "before@example.com")
		_, err := e.UpdateAccount(t.Context(), &chime.UpdateAccountInput{AccountId: &id, DefaultLicense: types.LicenseBasic})
		succeed(t, err)
		after := e.user(t, id, "after@example.com")
		invited := e.invitee(t, id, "invited@example.com")
		equal(t, "license of an old user", e.get(t, id, *before.UserId).LicenseType, types.LicensePro)
		equal(t, "license of a new user", after.LicenseType, types.LicenseBasic)
		equal(t, "license of an invited user", invited.LicenseType, types.LicenseBasic)
	})
}

func TestUpdateAccount_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsAccount(t, func(c *caller, accountID string) error {
			_, err := c.UpdateAccount(t.Context(), &chime.UpdateAccountInput{AccountId: &accountID, Name: aws.String("x")})
			return err
		})
	})
}
