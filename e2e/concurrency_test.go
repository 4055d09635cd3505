package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

// atOnce runs n calls at the same time and returns their errors.
func atOnce(n int, call func(i int) error) []error {
	results := make([]error, n)
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-start
			results[i] = call(i)
		})
	}
	close(start)
	group.Wait()
	return results
}

// mixedCase returns an address in the i-th of many spellings.
func mixedCase(email string, i int) string {
	b := []byte(email)
	for bit := range b {
		if i>>(bit%8)&1 == 1 {
			b[bit] = strings.ToUpper(email)[bit]
		}
	}
	return string(b)
}

// race creates one address from 16 goroutines, in as many spellings: one
// succeeds, and the others are told that it is there.
func race(t *testing.T, accountID string, callers ...*caller) {
	t.Helper()
	for round := range 5 {
		email := fmt.Sprintf("wanted%d@example.com", round)
		succeeded := 0
		for _, err := range atOnce(16, func(i int) error {
			_, err := callers[i%len(callers)].CreateUser(t.Context(), &chime.CreateUserInput{
				AccountId: &accountID, Email: aws.String(mixedCase(email, i)),
			})
			return err
		}) {
			if err == nil {
				succeeded++
				continue
			}
			refused(t, err, conflict)
		}
		equal(t, "users created", succeeded, 1)
		callers[0].find(t, accountID, email)
	}
}

func TestConcurrency_same_email(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) { race(t, e.team(t), e.caller) })
}

func TestConcurrency_invite_and_create(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		for round := range 5 {
			email := fmt.Sprintf("both%d@example.com", round)
			results := atOnce(16, func(i int) error {
				if i%2 == 0 {
					_, err := e.InviteUsers(t.Context(), &chime.InviteUsersInput{AccountId: &id, UserEmailList: []string{mixedCase(email, i)}})
					return err
				}
				_, err := e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: aws.String(mixedCase(email, i))})
				return err
			})
			for i, err := range results {
				if err != nil && (i%2 == 0 || !isConflict(err)) {
					t.Errorf("call %d: %v", i, err)
				}
			}
			e.find(t, id, email)
		}
	})
}

func TestConcurrency_changes_of_one_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		user := e.device(t, id, "room@example.com").UserId
		for _, err := range atOnce(16, func(i int) error {
			in := &chime.UpdateUserInput{AccountId: &id, UserId: user}
			if i%2 == 0 {
				in.LicenseType = types.LicenseBasic
			} else {
				in.AlexaForBusinessMetadata = alexa(true, roomARN)
			}
			_, err := e.UpdateUser(t.Context(), in)
			return err
		}) {
			succeed(t, err)
		}
		got := e.get(t, id, *user)
		equal(t, "license", got.LicenseType, types.LicenseBasic)
		equal(t, "Alexa", got.AlexaForBusinessMetadata, alexa(true, roomARN))
	})
}

func TestConcurrency_groups_of_one_account(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseDirectory)
		for _, err := range atOnce(16, func(i int) error { return e.addGroups(t, id, fmt.Sprint("group ", i)) }) {
			succeed(t, err)
		}
		equal(t, "groups", len(e.getAccount(t, id).SigninDelegateGroups), 16)
	})
}

// Either the user is there first and keeps the account, or the account is gone.
func TestConcurrency_delete_account_and_create_user(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for range 10 {
			id := e.team(t)
			results := atOnce(2, func(i int) error {
				if i == 0 {
					return e.deleteAccount(t, id)
				}
				_, err := e.CreateUser(t.Context(), &chime.CreateUserInput{AccountId: &id, Email: &emails(1)[0]})
				return err
			})
			switch {
			case results[0] == nil:
				refused(t, results[1], notFound)
				e.isGone(t, id)
			default:
				refused(t, results[0], unprocessable)
				succeed(t, results[1])
				e.find(t, id, emails(1)[0])
			}
		}
	})
}

// crossing runs a batch operation over a list from 8 goroutines, half of them
// from its end to its start. None may fail because of the others, or wait long.
func crossing(t *testing.T, list []string, batch func(ctx context.Context, list []string) error) {
	t.Helper()
	backwards := slices.Clone(list)
	slices.Reverse(backwards)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	for i, err := range atOnce(8, func(i int) error {
		if i%2 == 1 {
			return batch(ctx, backwards)
		}
		return batch(ctx, list)
	}) {
		if err != nil {
			t.Errorf("batch %d: %v", i, err)
		}
	}
}

func TestConcurrency_updates_in_opposite_order(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		ids := e.users(t, id, 20)
		crossing(t, ids, func(ctx context.Context, ids []string) error {
			items := make([]types.UpdateUserRequestItem, len(ids))
			for i := range ids {
				items[i] = types.UpdateUserRequestItem{UserId: &ids[i], LicenseType: types.LicenseBasic}
			}
			_, err := e.BatchUpdateUser(ctx, &chime.BatchUpdateUserInput{AccountId: &id, UpdateUserRequestItems: items})
			return err
		})
		equal(t, "license", e.get(t, id, ids[0]).LicenseType, types.LicenseBasic)
	})
}

func TestConcurrency_suspensions_in_opposite_order(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.account(t, types.AccountTypeEnterpriseLWA)
		ids := e.users(t, id, 50)
		crossing(t, ids, func(ctx context.Context, ids []string) error {
			_, err := e.BatchSuspendUser(ctx, &chime.BatchSuspendUserInput{AccountId: &id, UserIdList: ids})
			return err
		})
		equal(t, "status", e.get(t, id, ids[0]).UserRegistrationStatus, types.RegistrationStatusSuspended)
	})
}

func TestConcurrency_invitations_in_opposite_order(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		id := e.team(t)
		crossing(t, emails(50), func(ctx context.Context, list []string) error {
			_, err := e.InviteUsers(ctx, &chime.InviteUsersInput{AccountId: &id, UserEmailList: list})
			return err
		})
		equal(t, "users", len(e.allUsers(t, chime.ListUsersInput{AccountId: &id})), 50)
	})
}

func TestConcurrency_claims_of_one_domain(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		domain := uniqueDomain()
		accounts := []string{e.team(t), e.team(t), e.team(t), e.team(t)}
		body := `{"DomainName":"` + domain + `"}`
		statuses := map[int]int{}
		var mu sync.Mutex
		atOnce(len(accounts), func(i int) error {
			got := e.send(t, "POST", "/carillon/v1/accounts/"+accounts[i]+"/domains", body)
			mu.Lock()
			defer mu.Unlock()
			statuses[got.status]++
			return nil
		})
		equal(t, "answers by status", statuses, map[int]int{201: 1, 409: 3})
	})
}
