package trail

import (
	"cmp"
	"errors"
	"time"

	"carillon/api"
	"carillon/work"
)

// The sizes of pages without MaxResults.
const (
	listPage   = 50
	exportPage = 500
)

// ListAuditEvents looks records up, newest first.
func (t *Trail) ListAuditEvents(w *work.Unit, in *api.ListAuditEventsInput) (*api.ListAuditEventsOutput, error) {
	q := Query{Limit: in.MaxResults.Or(listPage)}
	for _, m := range []struct {
		attribute Attribute
		value     api.Opt[string]
	}{{EventName, in.EventName}, {Username, in.UserName}, {ResourceName, in.Resource}, {AccessKeyID, in.AccessKeyId}, {ErrorCode, in.ErrorCode}} {
		if m.value.V != "" {
			q.Match = append(q.Match, Match{m.attribute, m.value.V})
		}
	}
	page, next, err := t.page(w, &q, asked{in.StartTime, in.EndTime, in.AllAccounts, in.NextToken})
	if err != nil {
		return nil, err
	}
	out := &api.ListAuditEventsOutput{Events: []api.AuditEvent{}, NextToken: next}
	for _, e := range page.Events {
		out.Events = append(out.Events, shape(e))
	}
	return out, nil
}

// ExportAuditEvents returns whole records, oldest first: pages end when all are
// there that were when the export began.
func (t *Trail) ExportAuditEvents(w *work.Unit, in *api.ExportAuditEventsInput) (*api.ExportAuditEventsOutput, error) {
	q := Query{Limit: in.MaxResults.Or(exportPage), OldestFirst: true}
	page, next, err := t.page(w, &q, asked{in.StartTime, in.EndTime, in.AllAccounts, in.NextToken})
	if err != nil {
		return nil, err
	}
	out := &api.ExportAuditEventsOutput{Records: []string{}, NextToken: next}
	for _, e := range page.Events {
		out.Records = append(out.Records, string(e.Record))
	}
	return out, nil
}

// asked are the members that both lists have.
type asked struct {
	start, end  api.Opt[string]
	allAccounts api.Opt[api.Flag]
	token       api.Opt[string]
}

func (t *Trail) page(w *work.Unit, q *Query, a asked) (p Page, next api.Opt[string], err error) {
	if q.AwsAccountID = w.Caller.AwsAccountID; a.allAccounts.V == api.FlagTrue {
		if !w.Caller.Root {
			return p, next, api.Forbidden.Errorf("Only the root key may look at the records of all AWS accounts")
		}
		q.AwsAccountID = ""
	}
	if q.FromMs, err = moment("StartTime", a.start.V); err != nil {
		return p, next, err
	}
	if q.UntilMs, err = moment("EndTime", a.end.V); err != nil {
		return p, next, err
	}
	if q.UntilMs != 0 && q.FromMs > q.UntilMs {
		return p, next, api.Invalid("StartTime", "not be after EndTime")
	}
	if q.UntilMs != 0 {
		q.UntilMs = lastOf(q.UntilMs)
	}
	if err := t.Resume(w.Op.Name, q, a.token.V); errors.Is(err, ErrToken) {
		return p, next, api.Invalid("NextToken", "be a token that this list returned, with the filters of the first page")
	}
	if p, err = t.Find(w.Records, *q); err != nil {
		return p, next, err
	}
	return p, api.NonZero(t.Token(w.Op.Name, *q, p)), nil
}

// moment reads a time: RFC 3339, or a day in UTC. Without one it is 0.
func moment(member, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return max(at.UnixMilli(), 1), nil
		}
	}
	return 0, api.Invalid(member, "be a time as in 2026-11-26T15:04:05Z, or a day")
}

// lastOf is the last moment that the end of a look-up includes. Events are shown
// with whole seconds, so an end in whole seconds has all of its second.
func lastOf(ms int64) int64 {
	if ms%1000 == 0 {
		return ms + 999
	}
	return ms
}

// shape is the form of an event in look-ups.
func shape(e *Event) api.AuditEvent {
	v := api.AuditEvent{
		AccessKeyId: api.NonZero(e.AccessKeyID), CloudTrailEvent: api.Some(string(e.Record)), EventId: api.Some(e.ID), EventName: api.Some(e.Name),
		EventSource: api.Some(e.Source), EventTime: api.TimestampOf(e.Time), ReadOnly: api.Some(boolText(e.ReadOnly)), Resources: []api.AuditResource{},
		Username: api.NonZero(e.UserName),
	}
	for _, r := range e.Touched {
		v.Resources = append(v.Resources, api.AuditResource{ResourceName: api.Some(r.Name), ResourceType: api.Some(r.Type)})
	}
	return v
}

// verifyScope is the scope of tokens of verifications.
const verifyScope = "VerifyAuditEvents"

// VerifyAuditEvents verifies the chain for a while. The token of its answer goes
// on; without one, all of it was verified.
func (t *Trail) VerifyAuditEvents(w *work.Unit, in *api.VerifyAuditEventsInput) (*api.VerifyAuditEventsOutput, error) {
	var v Verification
	if in.NextToken.V != "" && t.tokens.open(verifyScope, in.NextToken.V, &v) != nil {
		return nil, api.Invalid("NextToken", "be a token that this operation returned")
	}
	if _, _, ok := parseHead(cmp.Or(in.Head.V, formatHead(0, t.begin().Hash))); !ok {
		return nil, api.Invalid("Head", "be the head that an earlier verification returned")
	}
	if err := t.Verify(w.Records, &v, in.Head.V); err != nil {
		return nil, err
	}
	out := &api.VerifyAuditEventsOutput{
		Batches: api.Some(v.Batches), Records: api.Some(v.Records), Head: api.NonZero(v.Head), Problems: append([]string{}, v.Problems...),
	}
	if !v.Done {
		out.NextToken = api.Some(t.tokens.seal(verifyScope, goesOn{v.Begun, v.Batch, v.Hash, v.Batches, v.Records}))
	}
	return out, nil
}

// goesOn is what the token of a verification holds: not the problems, which each
// answer tells for itself.
type goesOn struct {
	Begun            bool
	Batch            int64
	Hash             []byte
	Batches, Records int
}
