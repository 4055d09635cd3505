// Package chime holds the rules of Amazon Chime: what each operation does with
// accounts, users and what belongs to them. It knows neither HTTP nor SQL.
//
// A file holds a family of operations. Inputs arrive with every constraint of
// the model checked; the rules beyond the model are checked here.
package chime

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"time"

	"carillon/api"
	"carillon/internal/gather"
	"carillon/store"
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
	Store *store.Store
	// Reads, if not nil, serves what Get, List and Search operations show; it
	// may lag behind Store.
	Reads *store.Store
	// Now is the clock of all rules.
	Now func() time.Time
	// NewID returns a new unique identifier: a UUID in lower case. Ids that
	// grow with time keep inserts local.
	NewID    func() string
	Fidelity Fidelity
	// TokenKey authenticates and hides page tokens; replicas share it.
	TokenKey [32]byte
	// SecretKey is what bots' security tokens and webhooks' tokens are derived
	// from; replicas share it.
	SecretKey [32]byte
	// Quotas limit what the documentation says is limited.
	Quotas Quotas
	// PublicURL is where webhooks reach this server, without a slash at the end.
	PublicURL string
	// Webhooks sends to endpoints that users of the API chose; it refuses
	// addresses that must not be reached. Operator sends to those of the operator.
	Webhooks, Operator Sender
	// DialOutURL and LambdaURL are the operator's endpoints for dial-outs and
	// for events of Lambda bots; empty: none.
	DialOutURL, LambdaURL string
	// DialOutSecret returns the secret that signs dial-outs now.
	DialOutSecret func(context.Context) (string, error)
	// Wake is called after a transaction that added a job.
	Wake func()
}

// Quotas are limits per account, room or AWS account.
type Quotas struct {
	PhoneNumbers    int // per AWS account
	Rooms           int // per account, and per member
	RoomMemberships int // per room
	Bots            int // per account
}

// DefaultQuotas are the documented ones.
var DefaultQuotas = Quotas{PhoneNumbers: 5, Rooms: 1500, RoomMemberships: 1000, Bots: 10}

// Answer is what an endpoint outside answered.
type Answer struct {
	Status int
	Body   []byte
}

// Sender posts JSON to an endpoint outside. An error means no answer.
type Sender func(ctx context.Context, url string, header map[string]string, body []byte) (Answer, error)

// Service implements the operations. It is safe for concurrent use.
type Service struct {
	api.Unimplemented
	Config
	tokens    *tokens
	stock     *stock
	creations *gather.Group[*creation]
}

var _ api.Service = (*Service)(nil)

// New returns a Service.
func New(c Config) *Service {
	s := &Service{Config: c, tokens: newTokens(c.TokenKey), stock: newStock()}
	s.creations = s.newCreations()
	return s
}

func (s *Service) nowMs() int64 { return s.Now().UnixMilli() }

// derive returns the secret of something that the server made; it can be
// derived again at any time and is kept nowhere.
func (s *Service) derive(purpose, id string) []byte {
	mac := hmac.New(sha256.New, s.SecretKey[:])
	mac.Write([]byte(purpose + "\x00" + id))
	return mac.Sum(nil)
}

// The messages that the live service was seen to send.
const (
	messageNotFound   = "Unable to find the requested identifier"
	messageBadRequest = "Service received a bad request"
	messageConflict   = "Request could not be completed due to a conflict"
)

func notFound() *api.Error { return api.NotFound.Errorf(messageNotFound) }

// absent turns the store's "no such record" into the API's.
func absent(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return notFound()
	}
	return err
}

// awsAccount returns the AWS account that everything the caller sees belongs to.
func awsAccount(ctx context.Context) string { return api.CallerFrom(ctx).AwsAccountID }

// view runs fn on what the caller is to be shown. Decisions are not made on it.
func (s *Service) view(ctx context.Context, fn func(store.Records) error) error {
	if s.Reads != nil {
		return s.Reads.View(ctx, fn)
	}
	return s.Store.View(ctx, fn)
}

// inAccount runs fn for reading with an account of the caller.
func (s *Service) inAccount(ctx context.Context, accountID string, fn func(store.Records, *store.Account) error) error {
	return s.view(ctx, func(r store.Records) error {
		a, err := r.Account(awsAccount(ctx), accountID)
		if err != nil {
			return absent(err)
		}
		return fn(r, &a)
	})
}

// writeAccount runs fn in a transaction with an account of the caller.
func (s *Service) writeAccount(ctx context.Context, accountID string, fn func(store.Records, *store.Account) error) error {
	return s.write(ctx, accountID, store.Records.Account, fn)
}

// changeAccount is writeAccount with the account locked: for those who write the
// account itself, and for batches, which would else lock their rows in whatever
// order they were asked for and block each other.
func (s *Service) changeAccount(ctx context.Context, accountID string, fn func(store.Records, *store.Account) error) error {
	return s.write(ctx, accountID, store.Records.LockAccount, fn)
}

type accountReader func(r store.Records, awsAccountID, accountID string) (store.Account, error)

func (s *Service) write(ctx context.Context, accountID string, read accountReader, fn func(store.Records, *store.Account) error) error {
	err := s.Store.Update(ctx, func(r store.Records) error {
		a, err := read(r, awsAccount(ctx), accountID)
		if err != nil {
			return absent(err)
		}
		if err := writable(&a); err != nil {
			return err
		}
		return fn(r, &a)
	})
	if errors.Is(err, store.ErrReferenced) { // the account was deleted meanwhile
		return notFound()
	}
	return err
}

// writable refuses to change a suspended account.
func writable(a *store.Account) error {
	if a.Status == string(api.AccountStatusSuspended) {
		return api.Forbidden.Errorf("The account is suspended; it can be read but not changed")
	}
	return nil
}

// wrongType refuses an operation on an account of the wrong type.
func wrongType(a *store.Account, allowed string) error {
	return api.BadRequest.Errorf("%s: this operation needs an account of type %s, not %s", messageBadRequest, allowed, a.Type)
}

// enterprise refuses an operation on a Team account.
func enterprise(a *store.Account) error {
	if isType(a, api.AccountTypeTeam) {
		return wrongType(a, "Enterprise")
	}
	return nil
}

func isType(a *store.Account, t api.AccountType) bool { return a.Type == string(t) }

// itemError splits an error of one item of a batch into the refusal to report
// and the failure that ends the whole batch.
func itemError(err error) (*api.Error, error) {
	var refusal *api.Error
	if errors.As(err, &refusal) {
		return refusal, nil
	}
	return nil, err
}
