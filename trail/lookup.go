package trail

import (
	"errors"

	"carillon/api"
	"carillon/api/cloudtrail"
	"carillon/work"
)

// attributes are those that CloudTrail looks events up by.
var attributes = map[cloudtrail.LookupAttributeKey]Attribute{
	cloudtrail.LookupAttributeKeyEventId:      EventID,
	cloudtrail.LookupAttributeKeyEventName:    EventName,
	cloudtrail.LookupAttributeKeyReadOnly:     ReadOnly,
	cloudtrail.LookupAttributeKeyUsername:     Username,
	cloudtrail.LookupAttributeKeyResourceType: ResourceType,
	cloudtrail.LookupAttributeKeyResourceName: ResourceName,
	cloudtrail.LookupAttributeKeyEventSource:  EventSource,
	cloudtrail.LookupAttributeKeyAccessKeyId:  AccessKeyID,
}

// LookupEvents looks up the records of the caller's AWS account, newest first. Of
// insights, which nobody computes here, there are none.
func (t *Trail) LookupEvents(w *work.Unit, in *cloudtrail.LookupEventsInput) (*cloudtrail.LookupEventsOutput, error) {
	q := Query{AwsAccountID: w.Caller.AwsAccountID, Limit: in.MaxResults.Or(listPage), FromMs: int64(in.StartTime.V)}
	if in.StartTime.Set && in.EndTime.Set && in.StartTime.V > in.EndTime.V {
		return nil, cloudtrail.InvalidTimeRange.Errorf("StartTime must not be after EndTime")
	}
	if in.EndTime.Set {
		q.UntilMs = lastOf(int64(in.EndTime.V))
	}
	for _, a := range in.LookupAttributes {
		q.Match = append(q.Match, Match{attributes[a.AttributeKey.V], a.AttributeValue.V})
	}
	if err := t.Resume(w.Op.Action, &q, in.NextToken.V); errors.Is(err, ErrToken) {
		return nil, cloudtrail.InvalidNextToken.Errorf("NextToken must be a token that this look-up returned, with the attributes and times of the first page")
	}
	out := &cloudtrail.LookupEventsOutput{Events: []cloudtrail.Event{}}
	if in.EventCategory.Set {
		return out, nil
	}
	page, err := t.Find(w.Records, q)
	if err != nil {
		return nil, err
	}
	for _, e := range page.Events {
		out.Events = append(out.Events, eventShape(e))
	}
	out.NextToken = api.NonZero(t.Token(w.Op.Action, q, page))
	return out, nil
}

func eventShape(e *Event) cloudtrail.Event {
	v := cloudtrail.Event{
		AccessKeyId: api.NonZero(e.AccessKeyID), CloudTrailEvent: api.Some(string(e.Record)), EventId: api.Some(e.ID), EventName: api.Some(e.Name),
		EventSource: api.Some(e.Source), EventTime: api.TimestampOf(e.Time), ReadOnly: api.Some(boolText(e.ReadOnly)), Resources: []cloudtrail.Resource{},
		Username: api.NonZero(e.UserName),
	}
	for _, r := range e.Touched {
		v.Resources = append(v.Resources, cloudtrail.Resource{ResourceName: api.Some(r.Name), ResourceType: api.Some(r.Type)})
	}
	return v
}
