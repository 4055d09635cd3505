package chime

import (
	"context"
	"encoding/json"
	"errors"

	"carillon/api"
	"carillon/jobs"
	"carillon/store"
)

// Page sizes of the lists whose limit is 99, and of the search.
const (
	resultPageSize = 99
	searchPageSize = 100
)

// maxDeleteBatch is how many numbers one BatchDeletePhoneNumber may name; the
// model has no limit.
const maxDeleteBatch = 50

// The statuses of numbers that the rules speak of.
const (
	acquiring  = string(api.PhoneNumberStatusAcquireInProgress)
	unassigned = string(api.PhoneNumberStatusUnassigned)
	assigned   = string(api.PhoneNumberStatusAssigned)
	// queued numbers are in the deletion queue.
	queued = string(api.PhoneNumberStatusReleaseInProgress)
)

func numberShape(n *store.PhoneNumber) *api.PhoneNumber {
	can := api.Some(true)
	return &api.PhoneNumber{
		Associations:      associations(n),
		CallingName:       api.NonZero(n.CallingName),
		CallingNameStatus: api.NonZero(api.CallingNameStatus(n.CallingNameStatus)),
		Capabilities: &api.PhoneNumberCapabilities{
			InboundCall: can, InboundMMS: can, InboundSMS: can, OutboundCall: can, OutboundMMS: can, OutboundSMS: can,
		},
		Country:           api.NonZero(n.Country),
		CreatedTimestamp:  api.Timestamp(n.CreatedMs),
		DeletionTimestamp: api.Timestamp(n.DeletionMs),
		E164PhoneNumber:   api.Some(n.E164),
		PhoneNumberId:     api.Some(numberID(n.E164)),
		ProductType:       api.Some(api.PhoneNumberProductType(n.ProductType)),
		Status:            api.Some(api.PhoneNumberStatus(n.Status)),
		Type:              api.Some(api.PhoneNumberType(n.Type)),
		UpdatedTimestamp:  api.Timestamp(n.UpdatedMs),
	}
}

func associations(n *store.PhoneNumber) []api.PhoneNumberAssociation {
	if n.UserID == "" {
		return []api.PhoneNumberAssociation{}
	}
	at := api.Timestamp(n.AssociatedMs)
	return []api.PhoneNumberAssociation{
		{AssociatedTimestamp: at, Name: api.Some(api.PhoneNumberAssociationNameAccountId), Value: api.Some(n.AccountID)},
		{AssociatedTimestamp: at, Name: api.Some(api.PhoneNumberAssociationNameUserId), Value: api.Some(n.UserID)},
	}
}

// GetPhoneNumber returns a number of the caller's AWS account.
func (s *Service) GetPhoneNumber(ctx context.Context, in *api.GetPhoneNumberInput) (*api.GetPhoneNumberOutput, error) {
	var out api.GetPhoneNumberOutput
	err := s.view(ctx, func(r store.Records) error {
		n, err := findNumber(ctx, r.PhoneNumber, in.PhoneNumberId)
		if err == nil {
			out.PhoneNumber = numberShape(&n)
		}
		return err
	})
	return &out, err
}

type numberReader func(awsAccountID, e164 string) (store.PhoneNumber, error)

func findNumber(ctx context.Context, read numberReader, id string) (store.PhoneNumber, error) {
	e164, ok := parseNumberID(id)
	if !ok {
		return store.PhoneNumber{}, notFound()
	}
	n, err := read(awsAccount(ctx), e164)
	return n, absent(err)
}

// changeNumber runs fn on a number and writes what it changed.
func (s *Service) changeNumber(ctx context.Context, r store.Records, id string, fn func(*store.PhoneNumber) error) (*store.PhoneNumber, error) {
	n, err := findNumber(ctx, r.LockPhoneNumber, id)
	if err != nil {
		return nil, err
	}
	before := n
	if err := fn(&n); err != nil || n == before {
		return &n, err
	}
	n.UpdatedMs = s.nowMs()
	return &n, r.UpdatePhoneNumber(&n)
}

// ListPhoneNumbers returns the numbers of the AWS account, those in the
// deletion queue included, in the order of their creation.
func (s *Service) ListPhoneNumbers(ctx context.Context, in *api.ListPhoneNumbersInput) (*api.ListPhoneNumbersOutput, error) {
	sc := scope("ListPhoneNumbers", awsAccount(ctx), "")
	status, product, name := textFilter(in.Status), textFilter(in.ProductType), textFilter(in.FilterName)
	c, err := s.tokens.open(sc, in.NextToken, &status, &product, &name, &in.FilterValue)
	if err != nil {
		return nil, err
	}
	if name.Set != in.FilterValue.Set {
		return nil, api.BadRequest.Errorf("%s: FilterName and FilterValue go together", messageBadRequest)
	}
	limit := in.MaxResults.Or(resultPageSize)
	filter := store.PhoneNumberFilter{
		AwsAccountID: awsAccount(ctx), Status: status.V, ProductType: product.V, AfterMs: c.Ms, AfterID: c.ID, Limit: limit + 1,
	}
	rows, err := s.filteredNumbers(ctx, filter, name, in.FilterValue.V)
	if err != nil {
		return nil, err
	}
	rows, next := page(s.tokens, sc, c, rows, limit, func(n *store.PhoneNumber) (int64, string) { return n.CreatedMs, n.E164 })
	return &api.ListPhoneNumbersOutput{PhoneNumbers: shapes(rows, numberShape), NextToken: next}, nil
}

// filteredNumbers applies the filter by association. Only accounts and users
// can have numbers here.
func (s *Service) filteredNumbers(ctx context.Context, f store.PhoneNumberFilter, name api.Opt[string], value string) (rows []store.PhoneNumber, err error) {
	switch api.PhoneNumberAssociationName(name.V) {
	case "":
	case api.PhoneNumberAssociationNameAccountId:
		f.AccountID = value
	case api.PhoneNumberAssociationNameUserId:
		f.UserID = value
	default:
		return nil, nil
	}
	if name.Set && value == "" {
		return nil, nil
	}
	err = s.view(ctx, func(r store.Records) (err error) {
		rows, err = r.PhoneNumbers(f)
		return err
	})
	return rows, err
}

// numberChange is what UpdatePhoneNumber and an item of its batch ask for.
type numberChange struct {
	product api.Opt[api.PhoneNumberProductType]
	name    api.Opt[string]
}

// apply changes n or says why not. One call changes one attribute.
func (c numberChange) apply(n *store.PhoneNumber) error {
	switch {
	case c.product.Set == c.name.Set:
		return api.BadRequest.Errorf("%s: give either ProductType or CallingName", messageBadRequest)
	case n.Status == acquiring || n.Status == queued:
		return api.BadRequest.Errorf("%s: a number whose Status is %s cannot be changed", messageBadRequest, n.Status)
	case c.product.Set:
		return c.applyProduct(n)
	}
	n.CallingName, n.CallingNameStatus = c.name.V, string(api.CallingNameStatusUpdateSucceeded)
	if n.CallingName == "" {
		n.CallingNameStatus = string(api.CallingNameStatusUnassigned)
	}
	return nil
}

func (c numberChange) applyProduct(n *store.PhoneNumber) error {
	if n.Status != unassigned {
		return api.BadRequest.Errorf("%s: ProductType can change while the number is Unassigned", messageBadRequest)
	}
	if err := checkProduct("ProductType", nature{n.Country, api.PhoneNumberType(n.Type)}, c.product.V); err != nil {
		return err
	}
	n.ProductType = string(c.product.V)
	return nil
}

// UpdatePhoneNumber changes the product type or the calling name of a number.
func (s *Service) UpdatePhoneNumber(ctx context.Context, in *api.UpdatePhoneNumberInput) (*api.UpdatePhoneNumberOutput, error) {
	var out api.UpdatePhoneNumberOutput
	err := s.Store.Update(ctx, func(r store.Records) error {
		n, err := s.changeNumber(ctx, r, in.PhoneNumberId, numberChange{in.ProductType, in.CallingName}.apply)
		if err == nil {
			out.PhoneNumber = numberShape(n)
		}
		return err
	})
	return &out, err
}

// BatchUpdatePhoneNumber is UpdatePhoneNumber for many; each succeeds or fails
// on its own.
func (s *Service) BatchUpdatePhoneNumber(ctx context.Context, in *api.BatchUpdatePhoneNumberInput) (*api.BatchUpdatePhoneNumberOutput, error) {
	failed := []api.PhoneNumberError{}
	err := s.Store.Update(ctx, func(r store.Records) error {
		failed = []api.PhoneNumberError{}
		if _, err := r.LockAwsAccountSettings(awsAccount(ctx)); err != nil { // batches come one after the other
			return err
		}
		for _, item := range in.UpdatePhoneNumberRequestItems {
			_, err := s.changeNumber(ctx, r, item.PhoneNumberId.V, numberChange{item.ProductType, item.CallingName}.apply)
			if err := addNumberError(&failed, item.PhoneNumberId.V, err); err != nil {
				return err
			}
		}
		return nil
	})
	return &api.BatchUpdatePhoneNumberOutput{PhoneNumberErrors: failed}, err
}

// addNumberError notes the refusal of one number; any other error is returned.
func addNumberError(failed *[]api.PhoneNumberError, id string, err error) error {
	refusal, err := itemError(err)
	if refusal != nil {
		*failed = append(*failed, api.PhoneNumberError{
			PhoneNumberId: api.Some(id), ErrorCode: api.Some(refusal.ErrorCode()), ErrorMessage: api.Some(refusal.Message),
		})
	}
	return err
}

// DeletePhoneNumber moves a number to the deletion queue, from which it leaves
// for good after seven days.
func (s *Service) DeletePhoneNumber(ctx context.Context, in *api.DeletePhoneNumberInput) error {
	return s.Store.Update(ctx, func(r store.Records) error { return s.queueNumber(ctx, r, in.PhoneNumberId) })
}

// BatchDeletePhoneNumber is DeletePhoneNumber for up to 50; each succeeds or
// fails on its own.
func (s *Service) BatchDeletePhoneNumber(ctx context.Context, in *api.BatchDeletePhoneNumberInput) (*api.BatchDeletePhoneNumberOutput, error) {
	if n := len(in.PhoneNumberIds); n > maxDeleteBatch {
		return nil, api.Invalid("PhoneNumberIds", "have length less than or equal to %d, not %d", maxDeleteBatch, n)
	}
	failed := []api.PhoneNumberError{}
	err := s.Store.Update(ctx, func(r store.Records) error {
		failed = []api.PhoneNumberError{}
		if _, err := r.LockAwsAccountSettings(awsAccount(ctx)); err != nil { // batches come one after the other
			return err
		}
		for _, id := range in.PhoneNumberIds {
			if err := addNumberError(&failed, id, s.queueNumber(ctx, r, id)); err != nil {
				return err
			}
		}
		return nil
	})
	return &api.BatchDeletePhoneNumberOutput{PhoneNumberErrors: failed}, err
}

func (s *Service) queueNumber(ctx context.Context, r store.Records, id string) error {
	entered := false
	n, err := s.changeNumber(ctx, r, id, func(n *store.PhoneNumber) error {
		switch n.Status {
		case queued:
			return nil
		case unassigned:
			n.Status, n.DeletionMs, entered = queued, s.nowMs(), true
			return nil
		case assigned:
			return &api.Error{Kind: api.BadRequest, Code: api.ErrorCodePhoneNumberAssociationsExist, Message: "The number is associated with a user; disassociate it first"}
		}
		return api.BadRequest.Errorf("%s: a number whose Status is %s cannot be deleted", messageBadRequest, n.Status)
	})
	if err != nil || !entered {
		return err
	}
	return s.enqueue(r, jobPurgeNumber, purgeNumber{n.E164, n.DeletionMs}, n.DeletionMs+deletionQueueTime.Milliseconds())
}

// purgeNumber is the payload of the job that ends a number's time in the queue.
type purgeNumber struct {
	E164       string
	DeletionMs int64 // tells this stay in the queue from later ones
}

// runPurgeNumber gives a number back to the pool, unless it left the queue.
func (s *Service) runPurgeNumber(_ context.Context, j *store.Job) (jobs.Effects, error) {
	var p purgeNumber
	if err := json.Unmarshal([]byte(j.Payload), &p); err != nil {
		return nil, &jobs.Permanent{Err: err}
	}
	return func(r store.Records) error {
		err := r.DeleteQueuedNumber(p.E164, queued, p.DeletionMs)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	}, nil
}

// RestorePhoneNumber takes a number out of the deletion queue. Its calling name
// is gone.
func (s *Service) RestorePhoneNumber(ctx context.Context, in *api.RestorePhoneNumberInput) (*api.RestorePhoneNumberOutput, error) {
	var out api.RestorePhoneNumberOutput
	err := s.Store.Update(ctx, func(r store.Records) error {
		if err := s.roomForNumbers(ctx, r, 1); err != nil && !notQueued(ctx, r, in.PhoneNumberId) {
			return err
		}
		n, err := s.changeNumber(ctx, r, in.PhoneNumberId, func(n *store.PhoneNumber) error {
			if n.Status != queued {
				return api.BadRequest.Errorf("%s: the number is not in the deletion queue", messageBadRequest)
			}
			n.Status, n.DeletionMs, n.CallingName, n.CallingNameStatus = unassigned, 0, "", ""
			return nil
		})
		if err == nil {
			out.PhoneNumber = numberShape(n)
		}
		return err
	})
	return &out, err
}

// notQueued reports that a number could not be restored whatever the quota, so
// that the reason told is the one that lasts.
func notQueued(ctx context.Context, r store.Records, id string) bool {
	n, err := findNumber(ctx, r.PhoneNumber, id)
	return err != nil || n.Status != queued
}

// roomForNumbers refuses more numbers than the quota of the AWS account. It
// locks the account's settings, so that of two orders at once one sees the other.
func (s *Service) roomForNumbers(ctx context.Context, r store.Records, more int) error {
	if _, err := r.LockAwsAccountSettings(awsAccount(ctx)); err != nil {
		return err
	}
	have, err := r.CountPhoneNumbers(awsAccount(ctx), queued)
	if err == nil && int(have)+more > s.Quotas.PhoneNumbers {
		err = api.ResourceLimitExceeded.Errorf("The AWS account may have %d phone numbers; it has %d", s.Quotas.PhoneNumbers, have)
	}
	return err
}

// AssociatePhoneNumberWithUser gives a registered user a Business Calling number.
func (s *Service) AssociatePhoneNumberWithUser(ctx context.Context, in *api.AssociatePhoneNumberWithUserInput) error {
	return s.writeAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		return changeUser(r, a, in.UserId, func(u *store.User) error {
			_, err := s.changeNumber(ctx, r, in.E164PhoneNumber.V, func(n *store.PhoneNumber) error {
				return s.associate(n, u)
			})
			return err
		})
	})
}

func (s *Service) associate(n *store.PhoneNumber, u *store.User) error {
	switch {
	case u.Registration != string(api.RegistrationStatusRegistered):
		return api.BadRequest.Errorf("%s: the user is not registered", messageBadRequest)
	case u.PhoneNumber != "":
		return api.BadRequest.Errorf("%s: the user has a phone number already", messageBadRequest)
	case n.ProductType != string(api.PhoneNumberProductTypeBusinessCalling):
		return api.BadRequest.Errorf("%s: the ProductType of the number must be BusinessCalling, not %s", messageBadRequest, n.ProductType)
	case n.Status != unassigned:
		return api.BadRequest.Errorf("%s: the Status of the number must be Unassigned, not %s", messageBadRequest, n.Status)
	}
	n.Status, n.AccountID, n.UserID, n.AssociatedMs = assigned, u.AccountID, u.UserID, s.nowMs()
	u.PhoneNumber = n.E164
	return nil
}

// DisassociatePhoneNumberFromUser takes a user's number away, with the
// permissions that go with it. A user without one stays as it is.
func (s *Service) DisassociatePhoneNumberFromUser(ctx context.Context, in *api.DisassociatePhoneNumberFromUserInput) error {
	return s.writeAccount(ctx, in.AccountId, func(r store.Records, a *store.Account) error {
		return changeUser(r, a, in.UserId, func(u *store.User) error {
			if u.PhoneNumber == "" {
				return nil
			}
			u.PhoneNumber, u.InboundCalling, u.OutboundCalling, u.SMS = "", false, false, false
			return r.ReleaseUserNumbers(u.AccountID, u.UserID, unassigned, s.nowMs())
		})
	})
}
