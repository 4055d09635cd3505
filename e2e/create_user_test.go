package e2e

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// registered is a user as CreateUser answers and lists show it: without a PIN.
func registered(u *types.User, accountID, email, name string, userType types.UserType) *types.User {
	return &types.User{
		AccountId:                &accountID,
		AlexaForBusinessMetadata: &types.AlexaForBusinessMetadata{IsAlexaForBusinessEnabled: aws.Bool(false)},
		DisplayName:              &name,
		LicenseType:              types.LicensePro,
		PrimaryEmail:             &email,
		RegisteredOn:             u.RegisteredOn,
		UserId:                   u.UserId,
		UserRegistrationStatus:   types.RegistrationStatusRegistered,
		UserType:                 userType,
	}
}

func TestCreateUser_every_account_type(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.forEachType(t, accountTypes, func(t *testing.T, id string) {
			for email, userType := range map[string]types.UserType{
				"ann.lee@example.com": types.UserTypePrivateUser, "Room7@Example.com": types.UserTypeSharedDevice,
			} {
				u := e.create(t, &chime.CreateUserInput{AccountId: &id, Email: &email, UserType: userType, Username: aws.String("Ann Lee")})
				isUUID(t, "UserId", *u.UserId)
				isNow(t, "RegisteredOn", u.RegisteredOn)
				equal(t, "answer", u, registered(u, id, email, "Ann Lee", userType))
				equal(t, "list item", e.find(t, id, email), u)
			}
		})
	})
}

func TestCreateUser_default_type(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		u := e.user(t, id, "x@example.com")
		equal(t, "UserType", u.UserType, types.UserTypePrivateUser)
		equal(t, "PersonalPIN in the answer", u.PersonalPIN, nil)
		isPIN(t, e.get(t, id, *u.UserId).PersonalPIN)
	})
}

func TestCreateUser_display_name(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for _, tt := range []struct{ email, username, want string }{
			{"zoe.meyer@example.com", "", "Zoe Meyer"},
			{"max_power@example.com", "", "Max Power"},
			{"ann-marie@example.com", "", "Ann Marie"},
			{"bob@example.com", "", "Bob"},
			{"McKay@example.com", "", "McKay"},
			{"émile.zola@example.com", "", "Émile Zola"},
			{"carl@example.com", "Prof. Carl", "Prof. Carl"},
			{"dora@example.com", `"Dora" <& 董>`, `"Dora" <& 董>`},
		} {
			in := &chime.CreateUserInput{AccountId: &id, Email: &tt.email}
			if tt.username != "" {
				in.Username = &tt.username
			}
			u := e.create(t, in)
			equal(t, "DisplayName of "+tt.email, *u.DisplayName, tt.want)
			equal(t, "stored DisplayName", *e.get(t, id, *u.UserId).DisplayName, tt.want)
		}
	})
}

func TestCreateUser_conflict_same_email(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		first := e.user(t, id, "Same@Example.com")
		e.invitee(t, id, "Pending@example.com")
		e.user(t, id, "École@example.com")
		for _, email := range []string{
			"Same@Example.com", "same@example.com", "SAME@EXAMPLE.COM", "pending@EXAMPLE.com", "éCOLE@example.com",
		} {
			_, err := e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: &email, UserType: types.UserTypeSharedDevice})
			refused(t, err, conflict, "Request could not be completed due to a conflict")
		}
		equal(t, "the first user", e.find(t, id, "same@example.com"), first)
	})
}

func TestCreateUser_same_email_in_other_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.user(t, e.team(t), "same@example.com")
		e.user(t, e.team(t), "same@example.com")
	})
}

func TestCreateUser_email_again_after_removal(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		e.suspend(t, id, *e.user(t, id, "back@example.com").UserId)
		e.user(t, id, "BACK@example.com")
		equal(t, "PrimaryEmail", *e.find(t, id, "back@example.com").PrimaryEmail, "BACK@example.com")
	})
}

// emailLimits are addresses, and whether each is allowed.
var emailLimits = []struct {
	what, email string
	allowed     bool
}{
	{"shortest", "a@b.c", true},
	{"with tag and quote", "o'neil+tag@sub.example.co.uk", true},
	{"longest", ofLength(242, "a") + "@example.com", true},
	{"longest in code points", ofLength(242, "é") + "@example.com", true},
	{"too long", ofLength(243, "a") + "@example.com", false},
	{"too long in code points", ofLength(243, "é") + "@example.com", false},
	{"empty", "", false},
	{"no at sign", "example.com", false},
	{"no dot behind the at sign", "a.b@example", false},
	{"nothing before the at sign", "@example.com", false},
	{"nothing between at sign and dot", "a@.com", false},
	{"nothing behind the dot", "a@example.", false},
	{"a blank", "a b@example.com", false},
	{"a blank at the end", "a@example.com ", false},
	{"a no-break space", "a\u00a0b@example.com", false},
	{"a line break", "a@example.com\n", false},
	{"a control character", "a\u0001@example.com", false},
	{"a delete character", "a\u007f@example.com", false},
}

func TestCreateUser_email_limits(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for _, tt := range emailLimits {
			t.Run(tt.what, func(t *testing.T) {
				out, err := e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: &tt.email})
				if !tt.allowed {
					refused(t, err, badRequest, "Value at 'Email' failed to satisfy constraint")
					return
				}
				succeed(t, err)
				equal(t, "PrimaryEmail", *out.User.PrimaryEmail, tt.email)
				equal(t, "user by e-mail", e.find(t, id, tt.email).UserId, out.User.UserId)
			})
		}
	})
}

func TestCreateUser_email_missing(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		path := "/accounts/" + e.team(t) + "/users?operation=create"
		for _, body := range []string{"", "{}", `{"Email":null}`, `{"Username":"x"}`} {
			e.send(t, "POST", path, body).refused(t, badRequest, "'Email'")
		}
	})
}

func TestCreateUser_username_limits(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for email, name := range map[string]string{"a@example.com": ofLength(256, "n"), "b@example.com": ofLength(256, "名")} {
			u := e.create(t, &chime.CreateUserInput{AccountId: &id, Email: &email, Username: &name})
			equal(t, "DisplayName", *u.DisplayName, name)
		}
		for _, name := range []string{ofLength(257, "n"), ofLength(257, "名")} {
			_, err := e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: aws.String("c@example.com"), Username: &name})
			refused(t, err, badRequest, "'Username'", "256")
		}
	})
}

func TestCreateUser_unknown_type(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for _, userType := range []types.UserType{"sharedDevice", "Robot"} {
			_, err := e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: aws.String("a@example.com"), UserType: userType})
			refused(t, err, badRequest, "'UserType'", "PrivateUser", "SharedDevice")
		}
	})
}

func TestCreateUser_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsAccount(t, func(c *caller, accountID string) error {
			_, err := c.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &accountID, Email: aws.String("a@example.com")})
			return err
		})
	})
}

func TestCreateUser_observed_other_account_types(t *testing.T) {
	forEachObserved(t, func(t *testing.T, e *env) {
		for _, accountType := range allBut(types.AccountTypeEnterpriseDirectory) {
			domain := uniqueDomain()
			id := e.claiming(t, accountType, domain)
			for _, userType := range types.UserType("").Values() {
				_, err := e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: aws.String("a@" + domain), UserType: userType})
				refused(t, err, badRequest, "Service received a bad request")
			}
		}
	})
}

// claiming makes an account that claims a domain, if its type can.
func (c *caller) claiming(t testing.TB, accountType types.AccountType, domain string) string {
	t.Helper()
	if accountType == types.AccountTypeTeam {
		return c.team(t)
	}
	return c.account(t, accountType, domain)
}

func TestCreateUser_observed_domains(t *testing.T) {
	forEachObserved(t, func(t *testing.T, e *env) {
		domain := uniqueDomain()
		id := e.account(t, types.AccountTypeEnterpriseDirectory, domain)
		_, err := e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: aws.String("a@sub." + domain)})
		refused(t, err, badRequest, "Service received a bad request")
		e.device(t, id, "room@"+domain)
		e.user(t, id, "user@"+strings.ToUpper(domain))
		carillon[struct{}](t, e.caller, "domain", "remove", domain, "--account-id", id)
		_, err = e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: aws.String("b@" + domain)})
		refused(t, err, badRequest, "Service received a bad request")
	})
}
