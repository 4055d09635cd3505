package chime

import (
	"time"

	"carillon/api"
	"carillon/work"
)

const (
	// MaxScimRequests is how many requests of identity providers an account keeps.
	MaxScimRequests = 100
	// scimRequestTime is how long they are kept at most.
	scimRequestTime = 30 * 24 * time.Hour
)

// ListScimRequests returns the last requests of identity providers to an account, the
// newest first, and what came of them. What they held is kept nowhere.
func (s *Service) ListScimRequests(w *work.Unit, in *api.ListScimRequestsInput) (*api.ListScimRequestsOutput, error) {
	a, err := account(w, in.AccountId)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	tokens, err := w.ScimTokens(a.AccountID)
	if err != nil {
		return nil, err
	}
	for i := range tokens {
		names[tokens[i].TokenID] = tokens[i].Name
	}
	list, err := w.ScimRequests(a.AccountID, MaxScimRequests)
	out := &api.ListScimRequestsOutput{ScimRequests: make([]api.ScimRequest, len(list))}
	for i, q := range list {
		out.ScimRequests[i] = api.ScimRequest{
			RequestId: api.Some(q.RequestID), RequestedOn: api.Timestamp(q.AtUs / 1000), Method: api.Some(q.Method), Path: api.Some(q.Path),
			Status: api.Some(int(q.Status)), ScimType: api.NonZero(q.ScimType), Detail: api.NonZero(q.Detail),
			DurationMilliseconds: api.Some(int(q.DurationMs)), TokenId: api.Some(q.TokenID), TokenName: api.NonZero(names[q.TokenID]),
		}
	}
	return out, err
}
