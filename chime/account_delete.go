package chime

import (
	"context"

	"carillon/api"
	"carillon/jobs"
	"carillon/store"
	"carillon/work"
)

// DeleteAccount deletes an account that nothing holds: a Team account without
// users, an Enterprise account without domains. What is in it, which can be
// much, is gone for everybody at once; a job erases it bit by bit.
func (s *Service) DeleteAccount(w *work.Unit, in *api.DeleteAccountInput) error {
	a, err := lockAccount(w, in.AccountId)
	if err != nil {
		return err
	}
	if err := deletable(w, a); err != nil {
		return err
	}
	if err := w.ReleaseUserNumbers(a.AccountID, "", unassigned, w.NowMs()); err != nil {
		return err
	}
	if err := w.MarkAccountDeleted(a, w.NowMs()); err != nil {
		return err
	}
	return w.Enqueue(jobEraseAccount, eraseAccount{a.AccountID}, w.NowMs())
}

func deletable(w *work.Unit, a *store.Account) error {
	if isType(a, api.AccountTypeTeam) {
		used, err := w.HasUsers(a.AccountID)
		if err == nil && used {
			err = api.UnprocessableEntity.Errorf("A Team account can be deleted when all its users and invitations are suspended; this one still has some")
		}
		return err
	}
	domains, err := w.Domains(a.AccountID)
	if err == nil && len(domains) > 0 {
		err = api.UnprocessableEntity.Errorf("An Enterprise account can be deleted when all its domains are released; this one still has %d", len(domains))
	}
	return err
}

// eraseAccount is the payload of the job that erases what was in an account.
type eraseAccount struct{ AccountID string }

// runEraseAccount erases a part and comes back for the rest.
func (s *Service) runEraseAccount(_ context.Context, t *jobs.Task) (jobs.Effects, error) {
	var p eraseAccount
	if err := t.Payload(&p); err != nil {
		return nil, err
	}
	return func(w *work.Unit) error {
		done, err := w.EraseAccount(p.AccountID, eraseStep)
		if err != nil || done {
			return err
		}
		return w.Enqueue(jobEraseAccount, p, w.NowMs())
	}, nil
}
