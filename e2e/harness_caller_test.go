package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// region is the one that clients are told; servers take any.
const region = "us-east-1"

// caller is who sends requests: a key and an SDK client that signs with it.
// Its methods make what tests need and fail the test if that fails.
type caller struct {
	*chime.Client
	endpoint string
	keys     aws.Credentials
	arn      string // empty: the caller's key was not made by keyOf
}

func newCaller(endpoint string, keys aws.Credentials) *caller {
	return &caller{Client: newChime(endpoint, keys), endpoint: endpoint, keys: keys}
}

// newChime returns an SDK client that does not try again, so that tests see
// every answer.
func newChime(endpoint string, keys aws.Credentials, more ...func(*chime.Options)) *chime.Client {
	return chime.New(chime.Options{
		BaseEndpoint: aws.String(endpoint), Region: region, RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(staticKeys(keys)),
		HTTPClient:  &http.Client{Timeout: time.Minute},
	}, more...)
}

// rootAwsAccount is the AWS account of the root key unless a flag sets it.
const rootAwsAccount = "000000000000"

// otherAwsAccount is an AWS account that is not the root key's.
const otherAwsAccount = "222233334444"

// accessKey is what carillon key create prints.
type accessKey struct {
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string
	Arn             string
}

func (k accessKey) credentials() aws.Credentials {
	return aws.Credentials{AccessKeyID: k.AccessKeyID, SecretAccessKey: k.SecretAccessKey}
}

// keyOf returns a caller with a new key of an AWS account: of a user of its own,
// since others may use the AWS account and a user has two keys at most.
func (c *caller) keyOf(t testing.TB, awsAccountID string) *caller {
	t.Helper()
	return c.userOf(t, awsAccountID, fmt.Sprintf("tester-%x", rand.Uint64()))
}

// userOf returns a caller with a new key of a user.
func (c *caller) userOf(t testing.TB, awsAccountID, name string) *caller {
	t.Helper()
	k := carillon[accessKey](t, c, "key", "create", "--user", name, "--account", awsAccountID)
	made := newCaller(c.endpoint, k.credentials())
	made.arn = k.Arn
	return made
}

// stranger returns a caller of an AWS account that is not the root key's.
func (c *caller) stranger(t testing.TB) *caller {
	t.Helper()
	return c.keyOf(t, otherAwsAccount)
}

// tenant returns a caller whose AWS account nobody else uses, for tests that
// look at everything an AWS account has.
func (c *caller) tenant(t testing.TB) *caller {
	t.Helper()
	return c.userOf(t, newAwsAccount(), "tester")
}

// newAwsAccount returns the id of an AWS account that nobody else uses.
func newAwsAccount() string {
	return fmt.Sprintf("%012d", 300_000_000_000+rand.Int64N(600_000_000_000))
}

// team makes an empty Team account and returns its id.
func (c *caller) team(t testing.TB) string {
	t.Helper()
	out, err := c.CreateAccount(t.Context(), &chime.CreateAccountInput{Name: aws.String("Team of " + t.Name()[:min(80, len(t.Name()))])})
	if err != nil {
		t.Fatal(err)
	}
	return *out.Account.AccountId
}

// account makes an account of a type with domains and returns its id.
func (c *caller) account(t testing.TB, accountType types.AccountType, domains ...string) string {
	t.Helper()
	args := []string{"account", "create", "--name", "Test", "--type", string(accountType)}
	for _, d := range domains {
		args = append(args, "--domain", d)
	}
	return carillon[struct{ Account struct{ AccountId string } }](t, c, args...).Account.AccountId
}

// accountTypes are all types, in the order of their growth.
var accountTypes = []types.AccountType{
	types.AccountTypeTeam, types.AccountTypeEnterpriseLWA, types.AccountTypeEnterpriseDirectory, types.AccountTypeEnterpriseOIDC,
}

// forEachType runs a test with an account of each of some types.
func (c *caller) forEachType(t *testing.T, some []types.AccountType, test func(t *testing.T, accountID string)) {
	t.Helper()
	for _, accountType := range some {
		t.Run(string(accountType), func(t *testing.T) { test(t, c.account(t, accountType)) })
	}
}

// allBut returns the account types without one.
func allBut(one types.AccountType) (list []types.AccountType) {
	for _, t := range accountTypes {
		if t != one {
			list = append(list, t)
		}
	}
	return list
}

// user makes a registered private user.
func (c *caller) user(t testing.TB, accountID, email string) *types.User {
	t.Helper()
	return c.create(t, &chime.CreateUserInput{AccountId: &accountID, Email: &email})
}

// device makes a shared device.
func (c *caller) device(t testing.TB, accountID, email string) *types.User {
	t.Helper()
	return c.create(t, &chime.CreateUserInput{AccountId: &accountID, Email: &email, UserType: types.UserTypeSharedDevice})
}

func (c *caller) create(t testing.TB, in *chime.CreateUserInput) *types.User {
	t.Helper()
	out, err := c.CreateUser(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out.User
}

// users makes n private users, user-0@example.com and so on, and returns their ids.
func (c *caller) users(t testing.TB, accountID string, n int) []string {
	t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[i] = *c.user(t, accountID, fmt.Sprintf("user-%d@example.com", i)).UserId
	}
	return ids
}

// invitee invites an address to a Team account and returns the pending user.
func (c *caller) invitee(t testing.TB, accountID, email string) *types.User {
	t.Helper()
	_, err := c.InviteUsers(t.Context(), &chime.InviteUsersInput{AccountId: &accountID, UserEmailList: []string{email}})
	if err != nil {
		t.Fatal(err)
	}
	return c.find(t, accountID, email)
}

// find returns the one user with an address, as lists show it.
func (c *caller) find(t testing.TB, accountID, email string) *types.User {
	t.Helper()
	out, err := c.ListUsers(t.Context(), &chime.ListUsersInput{AccountId: &accountID, UserEmail: &email})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Users) != 1 {
		t.Fatalf("%d users have the address %s, want 1", len(out.Users), email)
	}
	return &out.Users[0]
}

// get returns a user as GetUser shows it.
func (c *caller) get(t testing.TB, accountID, userID string) *types.User {
	t.Helper()
	out, err := c.GetUser(t.Context(), &chime.GetUserInput{AccountId: &accountID, UserId: &userID})
	if err != nil {
		t.Fatal(err)
	}
	return out.User
}

// suspend suspends users, all of which must be there.
func (c *caller) suspend(t testing.TB, accountID string, userIDs ...string) {
	t.Helper()
	out, err := c.BatchSuspendUser(t.Context(), &chime.BatchSuspendUserInput{AccountId: &accountID, UserIdList: userIDs})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.UserErrors) != 0 {
		t.Fatalf("suspending: %d errors, the first: %s", len(out.UserErrors), aws.ToString(out.UserErrors[0].ErrorMessage))
	}
}

// uniqueDomain returns a domain that no other test claims.
func uniqueDomain() string {
	return fmt.Sprintf("d%x.example.com", rand.Uint64())
}

// unknownID is an id of the right form that nothing has.
const unknownID = "7d444840-9dc0-11d1-b245-5ffdce74fad2"

// emails returns n different addresses.
func emails(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("invitee-%d@example.com", i)
	}
	return list
}

// ofLength returns n times a string.
func ofLength(n int, s string) string { return strings.Repeat(s, n) }
