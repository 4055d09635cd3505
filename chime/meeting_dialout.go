package chime

import (
	"context"
	"encoding/json"
	"errors"

	"carillon/api"
	"carillon/jobs"
	"carillon/store"
	"carillon/work"
)

// CreateMeetingDialOut asks the operator's dial-out service to call somebody
// into a meeting.
func (s *Service) CreateMeetingDialOut(w *work.Unit, in *api.CreateMeetingDialOutInput) (*api.CreateMeetingDialOutOutput, error) {
	if s.config.DialOutURL == "" {
		return nil, api.AccessDenied.Errorf("Dial-out is not configured: the operator of this server has to set --dial-out-url")
	}
	from, _ := parseNumberID(in.FromPhoneNumber.V) // the model's pattern has been checked
	to, _ := parseNumberID(in.ToPhoneNumber.V)
	n, err := w.PhoneNumber(w.Caller.AwsAccountID, from)
	if errors.Is(err, store.ErrNotFound) || err == nil && n.Status != unassigned && n.Status != assigned {
		return nil, api.Invalid("FromPhoneNumber", "be a phone number of the AWS account")
	}
	if err != nil {
		return nil, err
	}
	d := dialOut{TransactionId: w.NewID(), MeetingId: in.MeetingId, FromPhoneNumber: from, ToPhoneNumber: to}
	sealed := s.tokens.sealText(d.scope(), in.JoinToken.V)
	err = w.Enqueue(jobDialOut, sealedDialOut{d, sealed}, w.NowMs())
	return &api.CreateMeetingDialOutOutput{TransactionId: api.Some(d.TransactionId)}, err
}

// dialOut is what the operator's service is sent.
type dialOut struct{ TransactionId, MeetingId, FromPhoneNumber, ToPhoneNumber, JoinToken string }

func (d *dialOut) scope() []byte { return scope("CreateMeetingDialOut", d.TransactionId, "") }

// sealedDialOut is the payload of the job that calls it: the join token, which
// lets whoever has it into the meeting, is sealed.
type sealedDialOut struct {
	dialOut
	Sealed string
}

// runDialOut calls the operator's service. When that has failed for good nobody
// waits for the call any more, and the join token is forgotten.
func (s *Service) runDialOut(ctx context.Context, t *jobs.Task) (jobs.Effects, error) {
	var p sealedDialOut
	if err := t.Payload(&p); err != nil {
		return nil, err
	}
	err := s.callOut(ctx, p)
	var failed *jobs.Permanent
	if err == nil || !errors.As(err, &failed) && !t.Last {
		return nil, err
	}
	p.Sealed, p.JoinToken = "", ""
	return nil, &jobs.Permanent{Err: err, Keep: p}
}

func (s *Service) callOut(ctx context.Context, p sealedDialOut) error {
	if s.config.DialOutURL == "" {
		return errors.New("the server has no --dial-out-url any more")
	}
	d := p.dialOut
	if token, ok := s.tokens.openText(p.scope(), p.Sealed); ok {
		d.JoinToken = token
	} else if d.JoinToken == "" { // jobs of version 0.0 have it in clear
		return &jobs.Permanent{Err: errors.New("the join token is not kept once a dial-out has failed")}
	}
	body, _ := json.Marshal(d) // strings always marshal
	secret, err := s.config.DialOutSecret(ctx)
	if err != nil {
		return err
	}
	return send(ctx, s.config.Operator, s.config.DialOutURL, secret, body)
}
