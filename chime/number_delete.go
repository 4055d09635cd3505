package chime

import (
	"context"
	"errors"

	"carillon/api"
	"carillon/jobs"
	"carillon/store"
	"carillon/work"
)

// DeletePhoneNumber moves a number to the deletion queue, from which it leaves
// for good after seven days.
func (s *Service) DeletePhoneNumber(w *work.Unit, in *api.DeletePhoneNumberInput) error {
	return queueNumber(w, in.PhoneNumberId)
}

// BatchDeletePhoneNumber is DeletePhoneNumber for up to 50; each succeeds or
// fails on its own.
func (s *Service) BatchDeletePhoneNumber(w *work.Unit, in *api.BatchDeletePhoneNumberInput) (*api.BatchDeletePhoneNumberOutput, error) {
	if err := oneBatch(w); err != nil {
		return nil, err
	}
	failed := numberErrors{}
	for _, id := range in.PhoneNumberIds {
		if err := failed.add(id, queueNumber(w, id)); err != nil {
			return nil, err
		}
	}
	return &api.BatchDeletePhoneNumberOutput{PhoneNumberErrors: failed}, nil
}

func queueNumber(w *work.Unit, id string) error {
	entered := false
	n, err := changeNumber(w, id, func(n *store.PhoneNumber) error {
		switch n.Status {
		case queued:
			return nil
		case unassigned:
			n.Status, n.DeletionMs, entered = queued, w.NowMs(), true
			return nil
		case assigned:
			return &api.Error{Kind: api.BadRequest, Code: api.ErrorCodePhoneNumberAssociationsExist, Message: "The number is associated with a user; disassociate it first"}
		}
		return api.BadRequest.Errorf("%s: a number whose Status is %s cannot be deleted", messageBadRequest, n.Status)
	})
	if err != nil || !entered {
		return err
	}
	return w.Enqueue(jobPurgeNumber, purgeNumber{n.E164, n.DeletionMs}, n.DeletionMs+deletionQueueTime.Milliseconds())
}

// purgeNumber is the payload of the job that ends a number's time in the queue.
type purgeNumber struct {
	E164       string
	DeletionMs int64 // tells this stay in the queue from later ones
}

// runPurgeNumber gives a number back to the pool, unless it left the queue.
func (s *Service) runPurgeNumber(_ context.Context, t *jobs.Task) (jobs.Effects, error) {
	var p purgeNumber
	if err := t.Payload(&p); err != nil {
		return nil, err
	}
	return func(w *work.Unit) error {
		err := w.DeleteQueuedNumber(p.E164, queued, p.DeletionMs)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		w.Happened(work.Step{Name: "ReleasePhoneNumber", Touched: []work.Touched{work.TouchedNumber}})
		return err
	}, nil
}

// RestorePhoneNumber takes a number out of the deletion queue, where it has kept
// its place in the quota. Its calling name is gone.
func (s *Service) RestorePhoneNumber(w *work.Unit, in *api.RestorePhoneNumberInput) (*api.RestorePhoneNumberOutput, error) {
	n, err := changeNumber(w, in.PhoneNumberId, func(n *store.PhoneNumber) error {
		if n.Status != queued {
			return api.BadRequest.Errorf("%s: the number is not in the deletion queue", messageBadRequest)
		}
		n.Status, n.DeletionMs, n.CallingName, n.CallingNameStatus = unassigned, 0, "", ""
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &api.RestorePhoneNumberOutput{PhoneNumber: numberShape(n)}, nil
}
