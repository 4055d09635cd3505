package chime

import (
	"context"
	"errors"

	"carillon/api"
	"carillon/internal/gather"
	"carillon/store"
	"carillon/store/engine"
)

// Users that are created at the same time share a transaction and a statement:
// for a database at the other end of a network that is most of the cost.
const (
	// creationTurns is how many such transactions of an AWS account go on at
	// once. With more of them each would have less to share.
	creationTurns = 2
	// distributedTurns is that for a database in which each has one account only.
	distributedTurns = 16
	// creationsPerTurn is how many users are in one at most, which bounds how
	// long the others of a database wait for it.
	creationsPerTurn = 64
)

// creation is a user to be created and, in the end, what became of it.
type creation struct {
	awsAccountID string
	in           *api.CreateUserInput
	row          *store.User
	refusal      error
}

// CreateUser adds a registered user. The address must be new to the account.
func (s *Service) CreateUser(ctx context.Context, in *api.CreateUserInput) (*api.CreateUserOutput, error) {
	if err := checkNewUser(in); err != nil {
		return nil, err
	}
	c := &creation{awsAccountID: awsAccount(ctx), in: in}
	err := s.creations.Do(ctx, c)
	if err != nil && !errors.Is(err, store.ErrUnavailable) && ctx.Err() == nil {
		// What ails the others must not keep this one from being created.
		err = s.Store.Update(ctx, func(r store.Records) error { return s.createUsers(r, []*creation{c}) })
	}
	switch {
	case errors.Is(err, store.ErrReferenced): // the account was deleted meanwhile
		return nil, notFound()
	case err != nil:
		return nil, err
	case c.refusal != nil:
		return nil, c.refusal
	}
	user := userShape(c.row, listDetail)
	return &api.CreateUserOutput{User: &user}, nil
}

func (s *Service) newCreations() *gather.Group[*creation] {
	o := gather.Options[*creation]{Turns: creationTurns, Most: creationsPerTurn, Key: func(c *creation) string { return c.awsAccountID }}
	if s.Store.Distributed() {
		o.Turns = distributedTurns
		o.Match = func(first, other *creation) bool { return first.in.AccountId == other.in.AccountId }
	}
	return gather.New(o, func(awsAccountID string, take func() []*creation) error {
		ctx := engine.WithTenant(context.Background(), awsAccountID)
		return s.Store.Update(ctx, func(r store.Records) error {
			if batch := take(); len(batch) > 0 {
				return s.createUsers(r, batch)
			}
			return nil
		})
	})
}

// createUsers creates users, each of which may be refused on its own.
func (s *Service) createUsers(r store.Records, batch []*creation) error {
	accounts, err := accountsOf(r, batch)
	if err != nil {
		return err
	}
	var rows []store.User
	for _, c := range batch {
		c.row, err = s.prepareUser(r, accounts[c.in.AccountId], c)
		if c.refusal, err = splitRefusal(err); err != nil {
			return err
		}
		if c.row != nil {
			rows = append(rows, *c.row)
		}
	}
	added, err := r.InsertUsers(rows)
	for _, c := range batch {
		if c.row != nil && !added[c.row.UserID] {
			c.refusal = addressTaken()
		}
	}
	return err
}

// addressTaken refuses what the database did not add: ids are never taken.
func addressTaken() error {
	return api.Conflict.Errorf("%s: the account already has a user with this e-mail address", messageConflict)
}

// accountsOf reads the accounts of a batch.
func accountsOf(r store.Records, batch []*creation) (map[string]*store.Account, error) {
	byID := map[string]*store.Account{}
	var ids []string
	for _, c := range batch {
		if _, known := byID[c.in.AccountId]; !known {
			byID[c.in.AccountId] = nil
			ids = append(ids, c.in.AccountId)
		}
	}
	list, err := r.AccountsByID(ids)
	for i := range list {
		byID[list[i].AccountID] = &list[i]
	}
	return byID, err
}

// splitRefusal tells what is wrong with one item from what ends the batch.
func splitRefusal(err error) (refusal, failure error) {
	e, failure := itemError(err)
	if e != nil {
		return e, nil
	}
	return nil, failure
}

// prepareUser returns the row of a user who may be created in an account, which
// is nil if there is none.
func (s *Service) prepareUser(r store.Records, a *store.Account, c *creation) (*store.User, error) {
	if a == nil || a.AwsAccountID != c.awsAccountID {
		return nil, notFound()
	}
	if err := writable(a); err != nil {
		return nil, err
	}
	if err := s.mayCreate(r, a, c.in.Email.V); err != nil {
		return nil, err
	}
	return s.newUser(a, c.in), nil
}
