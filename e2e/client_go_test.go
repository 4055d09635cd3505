package e2e

import (
	"errors"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
	oldaws "github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/credentials"
	"github.com/aws/aws-sdk-go/aws/session"
	oldchime "github.com/aws/aws-sdk-go/service/chime"
)

const oddEmail = "a+b/ö@example.com"

// The new Go SDK finds everything in ~/.aws, its retries are on.
func TestClient_go_v2(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		home := e.writeProfile(t, "here")
		cfg, err := config.LoadDefaultConfig(
			t.Context(), config.WithSharedConfigProfile("here"),
			config.WithSharedConfigFiles([]string{home + "/.aws/config"}),
			config.WithSharedCredentialsFiles([]string{home + "/.aws/credentials"}),
		)
		succeed(t, err)
		c := &caller{Client: chime.NewFromConfig(cfg), endpoint: e.endpoint, keys: e.keys}
		id := c.team(t)
		user := c.user(t, id, oddEmail)
		isPIN(t, c.get(t, id, *user.UserId).PersonalPIN)
		updated := c.update(t, chime.UpdateUserInput{LicenseType: types.LicenseBasic}, id, user.UserId)
		equal(t, "license", updated.LicenseType, types.LicenseBasic)
		equal(t, "user by e-mail", c.find(t, id, "A+B/Ö@EXAMPLE.COM").UserId, user.UserId)
		_, err = c.GetUser(t.Context(), &chime.GetUserInput{AccountId: &id, UserId: aws.String("no/such user")})
		refused(t, err, notFound)
		_, err = c.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: aws.String(oddEmail)})
		refused(t, err, conflict)
		_, err = c.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: aws.String("nonsense")})
		refused(t, err, badRequest)
		ids := append([]string{*user.UserId}, c.users(t, id, 4)...)
		equal(t, "users", userIDs(c.allUsers(t, chime.ListUsersInput{AccountId: &id, MaxResults: aws.Int32(2)})), ids)
	})
}

// oldGo is the main job through the old Go SDK.
type oldGo struct {
	*oldchime.Chime
	account *string
}

func newOldGo(t *testing.T, c *caller) *oldGo {
	t.Helper()
	s, err := session.NewSession(&oldaws.Config{
		Endpoint: &c.endpoint, Region: oldaws.String(region), Logger: quiet,
		Credentials: credentials.NewStaticCredentials(c.keys.AccessKeyID, c.keys.SecretAccessKey, ""),
	})
	succeed(t, err)
	client := oldchime.New(s)
	out, err := client.CreateAccount(&oldchime.CreateAccountInput{Name: oldaws.String("Main job")})
	succeed(t, err)
	return &oldGo{client, out.Account.AccountId}
}

func (c *oldGo) user(t *testing.T, email string) *oldchime.User {
	t.Helper()
	out, err := c.CreateUser(&oldchime.CreateUserInput{AccountId: c.account, Email: &email})
	succeed(t, err)
	return out.User
}

func TestClient_go_v1(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := newOldGo(t, e.caller)
		user := c.user(t, oddEmail)
		isNow(t, "RegisteredOn", user.RegisteredOn)
		got, err := c.GetUser(&oldchime.GetUserInput{AccountId: c.account, UserId: user.UserId})
		succeed(t, err)
		isPIN(t, got.User.PersonalPIN)
		updated, err := c.UpdateUser(&oldchime.UpdateUserInput{AccountId: c.account, UserId: user.UserId, LicenseType: oldaws.String("Basic")})
		succeed(t, err)
		equal(t, "license", *updated.User.LicenseType, "Basic")
		found, err := c.ListUsers(&oldchime.ListUsersInput{AccountId: c.account, UserEmail: oldaws.String("A+B/Ö@EXAMPLE.COM")})
		succeed(t, err)
		equal(t, "users by e-mail", len(found.Users), 1)
		_, err = c.LogoutUser(&oldchime.LogoutUserInput{AccountId: c.account, UserId: user.UserId})
		succeed(t, err)
	})
}

func TestClient_go_v1_errors(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := newOldGo(t, e.caller)
		c.user(t, oddEmail)
		_, err := c.GetUser(&oldchime.GetUserInput{AccountId: c.account, UserId: oldaws.String("no/such user")})
		oldRefused[*oldchime.NotFoundException](t, err, http.StatusNotFound)
		_, err = c.CreateUser(&oldchime.CreateUserInput{AccountId: c.account, Email: oldaws.String(oddEmail)})
		oldRefused[*oldchime.ConflictException](t, err, http.StatusConflict)
		_, err = c.CreateUser(&oldchime.CreateUserInput{AccountId: c.account, Email: oldaws.String("nonsense")})
		oldRefused[*oldchime.BadRequestException](t, err, http.StatusBadRequest)
		_, err = c.CreateMeeting(&oldchime.CreateMeetingInput{ClientRequestToken: oldaws.String("token")})
		oldRefused[*oldchime.ForbiddenException](t, err, http.StatusForbidden)
	})
}

// oldError is what the error types of the old SDK have in common.
type oldError interface {
	error
	Message() string
	StatusCode() int
	RequestID() string
}

// oldRefused checks that an error has a type of the old SDK.
func oldRefused[E oldError](t *testing.T, err error, status int) {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Errorf("got %v, want a %T", err, e)
		return
	}
	equal(t, "status", e.StatusCode(), status)
	isUUID(t, "request id", e.RequestID())
	if e.Message() == "" {
		t.Error("there is no message")
	}
}

func TestClient_go_v1_pages(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		c := newOldGo(t, e.caller)
		var want, got []string
		for _, email := range emails(5) {
			want = append(want, *c.user(t, email).UserId)
		}
		in := &oldchime.ListUsersInput{AccountId: c.account, MaxResults: oldaws.Int64(2)}
		err := c.ListUsersPages(in, func(page *oldchime.ListUsersOutput, _ bool) bool {
			for _, u := range page.Users {
				got = append(got, *u.UserId)
			}
			return true
		})
		succeed(t, err)
		equal(t, "users", got, want)
	})
}
