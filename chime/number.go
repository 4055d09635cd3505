package chime

import (
	"carillon/api"
	"carillon/store"
	"carillon/work"
)

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

// number returns a number of the caller's AWS account, for reading.
func number(w *work.Unit, id string) (*store.PhoneNumber, error) {
	return findNumber(w, w.PhoneNumber, id)
}

// lockNumber is number for those who change it.
func lockNumber(w *work.Unit, id string) (*store.PhoneNumber, error) {
	return findNumber(w, w.LockPhoneNumber, id)
}

type numberReader func(awsAccountID, e164 string) (store.PhoneNumber, error)

func findNumber(w *work.Unit, read numberReader, id string) (*store.PhoneNumber, error) {
	e164, ok := parseNumberID(id)
	if !ok {
		return nil, store.NoNumber
	}
	n, err := read(w.Caller.AwsAccountID, e164)
	return &n, err
}

// GetPhoneNumber returns a number of the caller's AWS account.
func (s *Service) GetPhoneNumber(w *work.Unit, in *api.GetPhoneNumberInput) (*api.GetPhoneNumberOutput, error) {
	n, err := number(w, in.PhoneNumberId)
	if err != nil {
		return nil, err
	}
	return &api.GetPhoneNumberOutput{PhoneNumber: numberShape(n)}, nil
}

// numberList is in the order of creation.
var numberList = list[store.PhoneNumber, api.PhoneNumber]{
	pageSize: resultPageSize,
	at:       func(n *store.PhoneNumber) store.Position { return store.Position{Ms: n.CreatedMs, ID: n.E164} },
	shape:    value(numberShape),
	size:     jsonSize[api.PhoneNumber],
}

// ListPhoneNumbers returns the numbers of the AWS account, those in the
// deletion queue included, in the order of their creation.
func (s *Service) ListPhoneNumbers(w *work.Unit, in *api.ListPhoneNumbersInput) (*api.ListPhoneNumbersOutput, error) {
	status, product, name := textFilter(in.Status), textFilter(in.ProductType), textFilter(in.FilterName)
	q := listing{
		in: in, token: in.NextToken, maxResults: in.MaxResults,
		filters: []*api.Opt[string]{&status, &product, &name, &in.FilterValue},
	}
	numbers, next, err := numberList.page(s, w, q, func(after store.Position, limit int) ([]store.PhoneNumber, error) {
		if name.Set != in.FilterValue.Set {
			return nil, api.BadRequest.Errorf("%s: FilterName and FilterValue go together", messageBadRequest)
		}
		return filteredNumbers(w, store.PhoneNumberFilter{
			AwsAccountID: w.Caller.AwsAccountID, Status: status.V, ProductType: product.V, After: after, Limit: limit,
		}, name, in.FilterValue.V)
	})
	return &api.ListPhoneNumbersOutput{PhoneNumbers: numbers, NextToken: next}, err
}

// filteredNumbers applies the filter by association. Only accounts and users
// can have numbers here.
func filteredNumbers(w *work.Unit, f store.PhoneNumberFilter, name api.Opt[string], value string) ([]store.PhoneNumber, error) {
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
	return w.PhoneNumbers(f)
}
