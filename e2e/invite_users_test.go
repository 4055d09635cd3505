package e2e

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// invite invites addresses, which must succeed, and returns the answer.
func (c *caller) invite(t testing.TB, accountID string, addresses ...string) []types.Invite {
	t.Helper()
	out, err := c.InviteUsers(t.Context(), &chime.InviteUsersInput{AccountId: &accountID, UserEmailList: addresses})
	succeed(t, err)
	return out.Invites
}

// invitation is an invite of an address; its id is taken over.
func invitation(i types.Invite, email string, status types.InviteStatus) types.Invite {
	return types.Invite{EmailAddress: &email, EmailStatus: types.EmailStatusNotSent, InviteId: i.InviteId, Status: status}
}

func TestInviteUsers_success(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		invites := e.invite(t, id, "Ann@example.com", "bob@example.com")
		if len(invites) != 2 {
			t.Fatalf("%d invites, want 2", len(invites))
		}
		for i, email := range []string{"Ann@example.com", "bob@example.com"} {
			isUUID(t, "InviteId", aws.ToString(invites[i].InviteId))
			equal(t, "invite", invites[i], invitation(invites[i], email, types.InviteStatusPending))
			user := e.find(t, id, email)
			isNow(t, "InvitedOn", user.InvitedOn)
			equal(t, "user", user, pendingUser(user, id, email, types.UserTypePrivateUser))
		}
	})
}

func TestInviteUsers_user_type(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		in := &chime.InviteUsersInput{AccountId: &id, UserEmailList: []string{"room@example.com"}, UserType: types.UserTypeSharedDevice}
		_, err := e.InviteUsers(t.Context(), in)
		succeed(t, err)
		user := e.find(t, id, "room@example.com")
		equal(t, "user", user, pendingUser(user, id, "room@example.com", types.UserTypeSharedDevice))
		in.UserType = "Robot"
		_, err = e.InviteUsers(t.Context(), in)
		refused(t, err, badRequest, "'UserType'")
	})
}

func TestInviteUsers_same_address_twice(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		invites := e.invite(t, id, "Ann@example.com", "bob@example.com", "ann@EXAMPLE.com", "Ann@example.com")
		equal(t, "invites", len(invites), 2)
		equal(t, "users", len(e.allUsers(t, chime.ListUsersInput{AccountId: &id})), 2)
		equal(t, "PrimaryEmail", *e.find(t, id, "ann@example.com").PrimaryEmail, "Ann@example.com")
	})
}

func TestInviteUsers_pending_user_again(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		before := e.invitee(t, id, "ann@example.com")
		time.Sleep(5 * time.Millisecond)
		invites := e.invite(t, id, "ANN@example.com")
		equal(t, "Status", invites[0].Status, types.InviteStatusPending)
		after := e.find(t, id, "ann@example.com")
		if !after.InvitedOn.After(*before.InvitedOn) {
			t.Error("InvitedOn was not refreshed")
		}
		before.InvitedOn = after.InvitedOn
		equal(t, "user", after, before)
	})
}

func TestInviteUsers_registered_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		before := e.user(t, id, "ann@example.com")
		invites := e.invite(t, id, "ann@example.com")
		equal(t, "invites", invites, []types.Invite{invitation(invites[0], "ann@example.com", types.InviteStatusAccepted)})
		isUUID(t, "InviteId", aws.ToString(invites[0].InviteId))
		equal(t, "user", e.find(t, id, "ann@example.com"), before)
	})
}

func TestInviteUsers_removed_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		before := e.user(t, id, "ann@example.com")
		e.suspend(t, id, *before.UserId)
		e.invite(t, id, "Ann@Example.com")
		after := e.find(t, id, "ann@example.com")
		equal(t, "UserId", after.UserId, before.UserId)
		equal(t, "user", after, pendingUser(after, id, "Ann@Example.com", types.UserTypePrivateUser))
		e.suspend(t, id, *after.UserId)
		e.invite(t, id, "ann@example.com")
		equal(t, "UserId after the second time", e.find(t, id, "ann@example.com").UserId, before.UserId)
	})
}

func TestInviteUsers_other_account_types(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.forEachType(t, allBut(types.AccountTypeTeam), func(t *testing.T, id string) {
			_, err := e.InviteUsers(t.Context(), &chime.InviteUsersInput{AccountId: &id, UserEmailList: emails(1)})
			refused(t, err, badRequest, "Team")
			equal(t, "users", e.listUsers(t, chime.ListUsersInput{AccountId: &id}).Users, []types.User{})
		})
	})
}

func TestInviteUsers_list_length(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for n, allowed := range map[int]bool{0: false, 1: true, 50: true, 51: false} {
			out, err := e.InviteUsers(t.Context(), &chime.InviteUsersInput{AccountId: &id, UserEmailList: emails(n)})
			if !allowed {
				refused(t, err, badRequest, "'UserEmailList'")
				continue
			}
			succeed(t, err)
			equal(t, "invites", len(out.Invites), n)
		}
	})
}

func TestInviteUsers_bad_address(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for _, tt := range emailLimits {
			t.Run(tt.what, func(t *testing.T) {
				list := []string{"good@example.com", tt.email}
				_, err := e.InviteUsers(t.Context(), &chime.InviteUsersInput{AccountId: &id, UserEmailList: list})
				if tt.allowed {
					succeed(t, err)
					return
				}
				refused(t, err, badRequest, "'UserEmailList[1]'")
			})
		}
	})
}

func TestInviteUsers_bad_address_invites_nobody(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		_, err := e.InviteUsers(t.Context(), &chime.InviteUsersInput{AccountId: &id, UserEmailList: []string{"a@example.com", "nonsense"}})
		refused(t, err, badRequest)
		equal(t, "users", e.listUsers(t, chime.ListUsersInput{AccountId: &id}).Users, []types.User{})
	})
}

func TestInviteUsers_unknown_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		e.needsAccount(t, func(c *caller, accountID string) error {
			_, err := c.InviteUsers(t.Context(), &chime.InviteUsersInput{AccountId: &accountID, UserEmailList: emails(1)})
			return err
		})
	})
}
