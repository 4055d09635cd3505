package chime

import (
	"carillon/api"
	"carillon/store"
	"carillon/work"
)

// changeNumber runs fn on a number and writes what it changed.
func changeNumber(w *work.Unit, id string, fn func(*store.PhoneNumber) error) (*store.PhoneNumber, error) {
	n, err := lockNumber(w, id)
	if err != nil {
		return nil, err
	}
	before := *n
	if err := fn(n); err != nil || *n == before {
		return n, err
	}
	n.UpdatedMs = w.NowMs()
	return n, w.UpdatePhoneNumber(n)
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
func (s *Service) UpdatePhoneNumber(w *work.Unit, in *api.UpdatePhoneNumberInput) (*api.UpdatePhoneNumberOutput, error) {
	n, err := changeNumber(w, in.PhoneNumberId, numberChange{in.ProductType, in.CallingName}.apply)
	if err != nil {
		return nil, err
	}
	return &api.UpdatePhoneNumberOutput{PhoneNumber: numberShape(n)}, nil
}

// BatchUpdatePhoneNumber is UpdatePhoneNumber for many; each succeeds or fails
// on its own.
func (s *Service) BatchUpdatePhoneNumber(w *work.Unit, in *api.BatchUpdatePhoneNumberInput) (*api.BatchUpdatePhoneNumberOutput, error) {
	if err := oneBatch(w); err != nil {
		return nil, err
	}
	failed := numberErrors{}
	for _, item := range in.UpdatePhoneNumberRequestItems {
		_, err := changeNumber(w, item.PhoneNumberId.V, numberChange{item.ProductType, item.CallingName}.apply)
		if err := failed.add(item.PhoneNumberId.V, err); err != nil {
			return nil, err
		}
	}
	return &api.BatchUpdatePhoneNumberOutput{PhoneNumberErrors: failed}, nil
}

// oneBatch makes the batches of an AWS account come one after the other: they
// would else lock their rows in whatever order and block each other.
func oneBatch(w *work.Unit) error {
	_, err := w.LockAwsAccountSettings(w.Caller.AwsAccountID)
	return err
}

// numberErrors collects the refusals of single numbers of a batch.
type numberErrors []api.PhoneNumberError

// add notes a refusal; any other error is returned, to end the batch.
func (e *numberErrors) add(id string, err error) error {
	refusal, failure := work.Split(err)
	if refusal != nil {
		*e = append(*e, api.PhoneNumberError{
			PhoneNumberId: api.Some(id), ErrorCode: api.Some(refusal.ErrorCode()), ErrorMessage: itemMessage(refusal),
		})
	}
	return failure
}
