// Package chime holds the rules of Amazon Chime: what each operation does with
// accounts, users and what belongs to them. It knows neither HTTP nor SQL.
//
// A rule is a function from a unit of work and an input to an output. Inputs
// arrive with every constraint of the model checked; the rules beyond the model
// are checked here. What the store says of records that are not there becomes
// the caller's answer in [work.Refusal].
//
// Files are named by family: account, user, number, room, message, bot, webhook,
// retention, and list, import and job, which serve several of them.
package chime

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"time"

	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// Fidelity chooses between what Amazon Chime documented and what it was seen
// to do where the two differ.
type Fidelity string

// The fidelities.
const (
	// Documented follows the API reference.
	Documented Fidelity = "documented"
	// Observed adds the live service's undocumented refusals and answers:
	// CreateUser works on EnterpriseDirectory accounts and claimed domains
	// only, UpdateUser answers nothing but the id.
	Observed Fidelity = "observed"
)

// Config is what a Service needs.
type Config struct {
	Fidelity Fidelity
	// TokenKey authenticates and hides page tokens; replicas share it.
	TokenKey [32]byte
	// SecretKey is what bots' security tokens and webhooks' tokens are derived
	// from; replicas share it.
	SecretKey [32]byte
	// Quotas limit what the documentation says is limited.
	Quotas Quotas
	// Mail sends invitations; nil: nothing does.
	Mail Mailer
	// PublicURL is where webhooks and invitations reach this server, without a slash at the end.
	PublicURL string
	// Webhooks sends to endpoints that users of the API chose; it refuses
	// addresses that must not be reached. Operator sends to those of the operator.
	Webhooks, Operator Sender
	// DialOutURL and LambdaURL are the operator's endpoints for dial-outs and
	// for events of Lambda bots; empty: none.
	DialOutURL, LambdaURL string
	// DialOutSecret returns the secret that signs dial-outs now.
	DialOutSecret func(context.Context) (string, error)
}

// Quotas are limits per account, room or AWS account.
type Quotas struct {
	Accounts        int // per AWS account
	PhoneNumbers    int // per AWS account
	Rooms           int // per account, and per member
	RoomMemberships int // per room
	Bots            int // per account
}

// DefaultQuotas are the documented ones; that of accounts is ours.
var DefaultQuotas = Quotas{Accounts: 10_000, PhoneNumbers: 5, Rooms: 1500, RoomMemberships: 1000, Bots: 10}

// Sender posts JSON to an endpoint outside and returns the status and body of
// its answer. An error means no answer.
type Sender func(ctx context.Context, url string, header map[string]string, body []byte) (status int, answer []byte, err error)

// Service holds the rules of all operations of Amazon Chime. It is safe for
// concurrent use.
type Service struct {
	config    Config
	tokens    *tokens
	inventory *inventory
	ranks     *ranks
}

var (
	_ api.ChimePublic[*work.Unit]   = (*Service)(nil)
	_ api.ChimeTenant[*work.Unit]   = (*Service)(nil)
	_ api.ChimeRootOnly[*work.Unit] = (*Service)(nil)
	_ api.ChimeBearer[*work.Unit]   = (*Service)(nil)
)

// New returns a Service.
func New(c Config) *Service {
	return &Service{config: c, tokens: newTokens(c.TokenKey), inventory: newInventory(), ranks: newRanks()}
}

// derive returns the secret of something that the server made; it can be
// derived again at any time and is kept nowhere.
func (s *Service) derive(purpose, id string) []byte {
	mac := hmac.New(sha256.New, s.config.SecretKey[:])
	mac.Write([]byte(purpose + "\x00" + id))
	return mac.Sum(nil)
}

// clockSlack is how far ahead of now something may have happened: the clocks of
// replicas differ, and whoever waited for a lock has an earlier Now than the one
// who had it. What is further ahead is of a clock that has been put right since.
const clockSlack = 10 * time.Second

// The messages that the live service was seen to send.
const (
	messageNotFound   = work.MessageNotFound
	messageBadRequest = "Service received a bad request"
	messageConflict   = work.MessageConflict
)

// account returns an account of the caller, for reading.
func account(w *work.Unit, accountID string) (*store.Account, error) {
	return w.Account(w.Caller.AwsAccountID, accountID)
}

// writableAccount returns an account of the caller in which something changes.
func writableAccount(w *work.Unit, accountID string) (*store.Account, error) {
	return writable(w.Account(w.Caller.AwsAccountID, accountID))
}

// keepAccount is writableAccount with the account kept from being deleted: for
// those who add something to it.
func keepAccount(w *work.Unit, accountID string) (*store.Account, error) {
	return writable(w.KeepAccount(w.Caller.AwsAccountID, accountID))
}

// lockAccount is writableAccount with the account locked: for those who write
// the account itself, and for batches, which would else lock their rows in
// whatever order they were asked for and block each other.
func lockAccount(w *work.Unit, accountID string) (*store.Account, error) {
	return writable(w.LockAccount(w.Caller.AwsAccountID, accountID))
}

// writable refuses to change a suspended account.
func writable(a *store.Account, err error) (*store.Account, error) {
	if err != nil {
		return nil, err
	}
	if err := mayWrite(a.Status); err != nil {
		return nil, err
	}
	return a, nil
}

// mayWrite refuses to change an account of a status, if it is suspended.
func mayWrite(status string) error {
	if status == string(api.AccountStatusSuspended) {
		return api.Forbidden.Errorf("The account is suspended; it can be read but not changed")
	}
	return nil
}

// wrongType refuses an operation on an account of the wrong type.
func wrongType(a *store.Account, allowed string) error {
	return api.BadRequest.Errorf("%s: this operation needs an account of type %s, not %s", messageBadRequest, allowed, a.Type)
}

// enterprise refuses an operation on a Team account. It passes on the error of
// whoever looked the account up.
func enterprise(a *store.Account, err error) (*store.Account, error) {
	if err == nil && isType(a, api.AccountTypeTeam) {
		err = wrongType(a, "Enterprise")
	}
	return a, err
}

func isType(a *store.Account, t api.AccountType) bool { return a.Type == string(t) }
