package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

func TestCreateAccount_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := e.stranger(t)
		out, err := c.CreateAccount(t.Context(), &chime.CreateAccountInput{Name: aws.String("Demo")})
		succeed(t, err)
		isUUID(t, "AccountId", aws.ToString(out.Account.AccountId))
		isNow(t, "CreatedTimestamp", out.Account.CreatedTimestamp)
		equal(t, "Account", out.Account, &types.Account{
			AccountId:            out.Account.AccountId,
			AccountStatus:        types.AccountStatusActive,
			AccountType:          types.AccountTypeTeam,
			AwsAccountId:         aws.String(otherAwsAccount),
			CreatedTimestamp:     out.Account.CreatedTimestamp,
			DefaultLicense:       types.LicensePro,
			Name:                 aws.String("Demo"),
			SigninDelegateGroups: []types.SigninDelegateGroup{},
			SupportedLicenses:    []types.License{types.LicenseBasic, types.LicensePro},
		})
		equal(t, "GetAccount", c.getAccount(t, *out.Account.AccountId), out.Account)
	})
}

// nameLimits are account names, and whether each is allowed.
var nameLimits = []struct {
	what, name string
	allowed    bool
}{
	{"empty", "", false},
	{"blank", " \t\n", false},
	{"shortest", "x", true},
	{"longest", ofLength(100, "x"), true},
	{"longest in code points", ofLength(100, "é"), true},
	{"longest beyond the basic plane", ofLength(100, "🔔"), true},
	{"too long", ofLength(101, "x"), false},
	{"too long in code points", ofLength(101, "é"), false},
	{"with blanks around", "  x  ", true},
	{"with a line break", "first\nsecond", true},
	{"with markup", `<b>"a" & 'b'\</b>`, true},
}

func TestCreateAccount_name_limits(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, tt := range nameLimits {
			t.Run(tt.what, func(t *testing.T) {
				out, err := e.CreateAccount(t.Context(), &chime.CreateAccountInput{Name: &tt.name})
				if !tt.allowed {
					refused(t, err, badRequest, "1 validation error detected: Value at 'Name' failed to satisfy constraint: Member must ")
					return
				}
				succeed(t, err)
				equal(t, "Name", *out.Account.Name, tt.name)
				equal(t, "stored name", *e.getAccount(t, *out.Account.AccountId).Name, tt.name)
			})
		}
	})
}

func TestCreateAccount_name_missing(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, body := range []string{"", "{}", `{"Name":null}`, `{"name":"x"}`} {
			e.send(t, "POST", "/accounts", body).refused(t, badRequest, "'Name'")
		}
	})
}

func TestCreateAccount_same_name_twice(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		in := &chime.CreateAccountInput{Name: aws.String("Twin")}
		first, err := e.CreateAccount(t.Context(), in)
		succeed(t, err)
		second, err := e.CreateAccount(t.Context(), in)
		succeed(t, err)
		if *first.Account.AccountId == *second.Account.AccountId {
			t.Error("two accounts have the same id")
		}
	})
}
