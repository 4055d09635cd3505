package chime_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"carillon/api"
	"carillon/chime"
)

// order orders numbers and returns the order's id.
func (w *world) order(product api.PhoneNumberProductType, numbers ...string) string {
	w.Helper()
	out, err := w.CreatePhoneNumberOrder(w.ctx, &api.CreatePhoneNumberOrderInput{ProductType: api.Some(product), E164PhoneNumbers: numbers})
	w.must(err)
	return out.PhoneNumberOrder.PhoneNumberOrderId.V
}

// own makes numbers the caller's.
func (w *world) own(numbers ...string) {
	w.Helper()
	w.order(api.PhoneNumberProductTypeBusinessCalling, numbers...)
	w.mustWork()
}

func fiction(n int) string { return fmt.Sprintf("+120655501%02d", n) }

func (w *world) number(id string) *api.PhoneNumber {
	w.Helper()
	out, err := w.GetPhoneNumber(w.ctx, &api.GetPhoneNumberInput{PhoneNumberId: id})
	w.must(err)
	return out.PhoneNumber
}

func (w *world) wantStatus(id string, want api.PhoneNumberStatus) {
	w.Helper()
	if got := w.number(id).Status.V; got != want {
		w.Errorf("%s is %s, want %s", id, got, want)
	}
}

func (w *world) release(id string) error {
	return w.DeletePhoneNumber(w.ctx, &api.DeletePhoneNumberInput{PhoneNumberId: id})
}

func (w *world) restore(id string) (*api.PhoneNumber, error) {
	out, err := w.RestorePhoneNumber(w.ctx, &api.RestorePhoneNumberInput{PhoneNumberId: id})
	return out.PhoneNumber, err
}

func (w *world) name(id, name string) error {
	_, err := w.UpdatePhoneNumber(w.ctx, &api.UpdatePhoneNumberInput{PhoneNumberId: id, CallingName: api.Some(name)})
	return err
}

func (w *world) product(id string, p api.PhoneNumberProductType) error {
	_, err := w.UpdatePhoneNumber(w.ctx, &api.UpdatePhoneNumberInput{PhoneNumberId: id, ProductType: api.Some(p)})
	return err
}

// All spellings of an id mean the same number.
func TestPhoneNumberId(t *testing.T) {
	w := newWorld(t)
	w.own(fiction(0))
	for _, id := range []string{"+12065550100", "12065550100", "%2B12065550100", "%2b12065550100", "%252B12065550100"} {
		n := w.number(id)
		if n.E164PhoneNumber.V != "+12065550100" || n.PhoneNumberId.V != "%2B12065550100" {
			t.Errorf("%s: got %s, %s", id, n.E164PhoneNumber.V, n.PhoneNumberId.V)
		}
	}
	for _, id := range []string{"", "+", "x", "++12065550100", "12065550101", "+1 2065550100", "1%202065550100", "%", "00000000000000000"} {
		w.refused(id, w.lookUp(id), api.NotFound)
	}
	w.ctx = as(other)
	w.refused("another AWS account", w.lookUp(fiction(0)), api.NotFound)
}

// lookUp returns the error of reading a number; a panic is one.
func (w *world) lookUp(id string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	_, err = w.GetPhoneNumber(w.ctx, &api.GetPhoneNumberInput{PhoneNumberId: id})
	return err
}

// A new number has all capabilities and nothing else.
func TestPhoneNumber_new(t *testing.T) {
	w := newWorld(t)
	w.own(fiction(0))
	n := w.number(fiction(0))
	c := n.Capabilities
	for i, can := range []api.Opt[bool]{c.InboundCall, c.InboundMMS, c.InboundSMS, c.OutboundCall, c.OutboundMMS, c.OutboundSMS} {
		if !can.V {
			t.Errorf("capability %d is missing", i)
		}
	}
	if n.Status.V != api.PhoneNumberStatusUnassigned || n.Country.V != "US" || n.Type.V != api.PhoneNumberTypeLocal ||
		n.CallingName.Set || n.CallingNameStatus.V != api.CallingNameStatusUnassigned || n.DeletionTimestamp != 0 ||
		n.Associations == nil || len(n.Associations) != 0 || n.CreatedTimestamp.Time() != epoch {
		t.Errorf("got %+v", n)
	}
}

func TestUpdatePhoneNumber_callingName(t *testing.T) {
	w := newWorld(t)
	w.own(fiction(0))
	at := w.advance(time.Minute)
	for _, step := range []struct {
		name   string
		status api.CallingNameStatus
	}{{"Sales 1", api.CallingNameStatusUpdateSucceeded}, {"Sales 2", api.CallingNameStatusUpdateSucceeded}, {"", api.CallingNameStatusUnassigned}} {
		w.must(w.name(fiction(0), step.name))
		n := w.number(fiction(0))
		if n.CallingName.V != step.name || n.CallingName.Set != (step.name != "") || n.CallingNameStatus.V != step.status || n.UpdatedTimestamp != at {
			t.Errorf("%q: got %+v", step.name, n)
		}
	}
}

func TestUpdatePhoneNumber_product(t *testing.T) {
	w := newWorld(t)
	w.order(api.PhoneNumberProductTypeVoiceConnector, fiction(0), "+18885550100")
	w.refused("while it is ordered", w.product(fiction(0), api.PhoneNumberProductTypeBusinessCalling), api.BadRequest, "AcquireInProgress")
	w.mustWork()
	w.must(w.product(fiction(0), api.PhoneNumberProductTypeBusinessCalling))
	w.refused("toll-free", w.product("+18885550100", api.PhoneNumberProductTypeBusinessCalling), api.BadRequest, "toll-free")
	w.must(w.product("+18885550100", api.PhoneNumberProductTypeSipMediaApplicationDialIn))
	if got := w.number("+18885550100"); got.Type.V != api.PhoneNumberTypeTollFree || got.ProductType.V != api.PhoneNumberProductTypeSipMediaApplicationDialIn {
		t.Errorf("got %+v", got)
	}
	a := w.team()
	w.must(w.associate(a, w.create(a, "u@example.com"), fiction(0)))
	w.refused("assigned", w.product(fiction(0), api.PhoneNumberProductTypeVoiceConnector), api.BadRequest, "Unassigned")
	w.must(w.name(fiction(0), "while assigned"))
	w.must(w.release("+18885550100"))
	w.refused("queued", w.name("+18885550100", "x y"), api.BadRequest, "ReleaseInProgress")
}

// One call changes one attribute.
func TestUpdatePhoneNumber_oneAttribute(t *testing.T) {
	w := newWorld(t)
	w.own(fiction(0))
	_, err := w.UpdatePhoneNumber(w.ctx, &api.UpdatePhoneNumberInput{PhoneNumberId: fiction(0)})
	w.refused("none", err, api.BadRequest, "either")
	_, err = w.UpdatePhoneNumber(w.ctx, &api.UpdatePhoneNumberInput{
		PhoneNumberId: fiction(0), CallingName: api.Some("x y"), ProductType: api.Some(api.PhoneNumberProductTypeVoiceConnector),
	})
	w.refused("both", err, api.BadRequest, "either")
	w.refused("unknown", w.name(fiction(1), "x y"), api.NotFound)
}

func numberFailures(list []api.PhoneNumberError) []string {
	texts := []string{}
	for _, e := range list {
		texts = append(texts, e.PhoneNumberId.V+" "+string(e.ErrorCode.V))
	}
	return texts
}

// Each item of a batch succeeds or fails on its own; errors name the id as it
// was given.
func TestBatchUpdatePhoneNumber(t *testing.T) {
	w := newWorld(t)
	w.own(fiction(0), fiction(1))
	item := func(id, name string) api.UpdatePhoneNumberRequestItem {
		return api.UpdatePhoneNumberRequestItem{PhoneNumberId: api.Some(id), CallingName: api.NonZero(name)}
	}
	out, err := w.BatchUpdatePhoneNumber(w.ctx, &api.BatchUpdatePhoneNumberInput{UpdatePhoneNumberRequestItems: []api.UpdatePhoneNumberRequestItem{
		item("%2B12065550100", "first"), item("ghost", "x y"), item("12065550101", ""), item("12065550101", "second"),
	}})
	w.must(err)
	if got, want := numberFailures(out.PhoneNumberErrors), []string{"ghost NotFound", "12065550101 BadRequest"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if a, b := w.number(fiction(0)).CallingName.V, w.number(fiction(1)).CallingName.V; a != "first" || b != "second" {
		t.Errorf("the names are %q and %q", a, b)
	}
	out, err = w.BatchUpdatePhoneNumber(w.ctx, &api.BatchUpdatePhoneNumberInput{UpdatePhoneNumberRequestItems: []api.UpdatePhoneNumberRequestItem{}})
	if err != nil || out.PhoneNumberErrors == nil {
		t.Errorf("no items: %v, %v", out, err)
	}
}

func TestBatchDeletePhoneNumber(t *testing.T) {
	w := newWorld(t)
	w.own(fiction(0), fiction(1))
	a := w.team()
	w.must(w.associate(a, w.create(a, "u@example.com"), fiction(1)))
	out, err := w.BatchDeletePhoneNumber(w.ctx, &api.BatchDeletePhoneNumberInput{PhoneNumberIds: []string{
		"%2B12065550100", "12065550100", "ghost", fiction(1), fiction(2),
	}})
	w.must(err)
	want := []string{"ghost NotFound", fiction(1) + " PhoneNumberAssociationsExist", fiction(2) + " NotFound"}
	if got := numberFailures(out.PhoneNumberErrors); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	w.wantStatus(fiction(0), api.PhoneNumberStatusReleaseInProgress)
	w.wantStatus(fiction(1), api.PhoneNumberStatusAssigned)
	for n, kind := range map[int]api.Kind{50: {}, 51: api.BadRequest} {
		_, err := w.BatchDeletePhoneNumber(w.ctx, &api.BatchDeletePhoneNumberInput{PhoneNumberIds: make([]string, n)})
		if (err != nil) != (n > 50) || err != nil && !api.IsKind(err, kind) {
			t.Errorf("%d ids: %v", n, err)
		}
	}
}

// A number is in the deletion queue for seven days and then free for others.
func TestDeletePhoneNumber_queue(t *testing.T) {
	w := newWorld(t)
	w.own(fiction(0))
	at := w.advance(time.Minute)
	w.must(w.release(fiction(0)))
	w.advance(time.Hour)
	w.must(w.release(fiction(0))) // again: nothing changes
	if n := w.number(fiction(0)); n.Status.V != api.PhoneNumberStatusReleaseInProgress || n.DeletionTimestamp != at || n.UpdatedTimestamp != at {
		t.Errorf("got %+v, want a deletion at %d", n, at)
	}
	w.advance(7*24*time.Hour - time.Hour - time.Millisecond)
	w.mustWork()
	w.wantStatus(fiction(0), api.PhoneNumberStatusReleaseInProgress)
	w.advance(time.Millisecond)
	w.mustWork()
	if left, _, err := w.listNumbers(api.ListPhoneNumbersInput{}); err != nil || len(left) > 0 {
		t.Errorf("after seven days: %v, %v", left, err)
	}
	w.ctx = as(other)
	w.own(fiction(0))
	w.wantStatus(fiction(0), api.PhoneNumberStatusUnassigned)
}

func TestDeletePhoneNumber_refused(t *testing.T) {
	w := newWorld(t)
	w.refused("unknown", w.release(fiction(0)), api.NotFound)
	w.order(api.PhoneNumberProductTypeBusinessCalling, fiction(0))
	w.refused("while it is ordered", w.release(fiction(0)), api.BadRequest, "AcquireInProgress")
	w.mustWork()
	a := w.team()
	u := w.create(a, "u@example.com")
	w.must(w.associate(a, u, fiction(0)))
	err := w.release(fiction(0))
	w.refused("assigned", err, api.BadRequest, "disassociate")
	var refusal *api.Error
	if !errors.As(err, &refusal) || refusal.ErrorCode() != api.ErrorCodePhoneNumberAssociationsExist {
		t.Errorf("assigned: got %v", err)
	}
	w.must(w.disassociate(a, u))
	w.must(w.release(fiction(0)))
}

// A restored number has lost its name, and the purge of its first stay in the
// queue leaves it alone, even during a second one.
func TestRestorePhoneNumber(t *testing.T) {
	w := newWorld(t)
	w.own(fiction(0))
	_, err := w.restore(fiction(0))
	w.refused("not in the queue", err, api.BadRequest, "queue")
	_, err = w.restore(fiction(1))
	w.refused("unknown", err, api.NotFound)
	w.must(w.name(fiction(0), "some name"))
	w.must(w.release(fiction(0)))
	at := w.advance(6 * 24 * time.Hour)
	n, err := w.restore("%2B12065550100")
	w.must(err)
	if n.Status.V != api.PhoneNumberStatusUnassigned || n.DeletionTimestamp != 0 || n.CallingName.Set || n.CallingNameStatus.Set || n.UpdatedTimestamp != at {
		t.Errorf("got %+v", n)
	}
	w.must(w.release(fiction(0)))
	w.advance(2 * 24 * time.Hour)
	w.mustWork()
	w.wantStatus(fiction(0), api.PhoneNumberStatusReleaseInProgress)
	w.advance(5 * 24 * time.Hour)
	w.mustWork()
	_, err = w.restore(fiction(0))
	w.refused("after the second stay", err, api.NotFound)
}

// Numbers in the queue keep their place in the quota, so that a restore is always
// possible.
func TestPhoneNumbers_quota(t *testing.T) {
	w := newWorld(t)
	w.configure(func(c *chime.Config) { c.Quotas.PhoneNumbers = 2 })
	create := func(numbers ...string) error {
		_, err := w.CreatePhoneNumberOrder(w.ctx, &api.CreatePhoneNumberOrderInput{
			ProductType: api.Some(api.PhoneNumberProductTypeBusinessCalling), E164PhoneNumbers: numbers,
		})
		return err
	}
	w.refused("three at once", create(fiction(0), fiction(1), fiction(2)), api.ResourceLimitExceeded, "2")
	w.must(create(fiction(0), fiction(1)))
	w.refused("a third while two are ordered", create(fiction(2)), api.ResourceLimitExceeded)
	w.mustWork()
	w.must(w.release(fiction(0)))
	w.refused("a third while one is in the queue", create(fiction(2)), api.ResourceLimitExceeded, "queue")
	_, err := w.restore(fiction(1))
	w.refused("not in the queue", err, api.BadRequest, "queue")
	_, err = w.restore(fiction(9))
	w.refused("unknown", err, api.NotFound)
	w.configure(func(c *chime.Config) { c.Quotas.PhoneNumbers = 1 })
	if _, err = w.restore(fiction(0)); err != nil {
		t.Errorf("restoring although the quota has become smaller: %v", err)
	}
	w.configure(func(c *chime.Config) { c.Quotas.PhoneNumbers = 2 })
	w.ctx = as(other)
	if err := create(fiction(5), fiction(6)); err != nil {
		t.Errorf("another AWS account: %v", err)
	}
}

func (w *world) listNumbers(in api.ListPhoneNumbersInput) ([]string, api.Opt[string], error) {
	out, err := w.ListPhoneNumbers(w.ctx, &in)
	if err != nil {
		return nil, api.Opt[string]{}, err
	}
	var ids []string
	for i := range out.PhoneNumbers {
		ids = append(ids, out.PhoneNumbers[i].E164PhoneNumber.V)
	}
	return ids, out.NextToken, nil
}

func TestListPhoneNumbers(t *testing.T) {
	w := newWorld(t)
	w.order(api.PhoneNumberProductTypeVoiceConnector, fiction(4))
	w.mustWork()
	w.advance(time.Millisecond)
	w.own(fiction(3), fiction(2), fiction(1))
	w.order(api.PhoneNumberProductTypeBusinessCalling, fiction(0))
	a := w.team()
	u := w.create(a, "u@example.com")
	w.must(w.associate(a, u, fiction(1)))
	w.must(w.release(fiction(2)))
	type in = api.ListPhoneNumbersInput
	filter := func(name api.PhoneNumberAssociationName, value string) in {
		return in{FilterName: api.Some(name), FilterValue: api.Some(value)}
	}
	for name, test := range map[string]struct {
		in   in
		want []int
	}{
		"all":             {in{}, []int{4, 0, 1, 2, 3}},
		"unassigned":      {in{Status: api.Some(api.PhoneNumberStatusUnassigned)}, []int{4, 3}},
		"queue":           {in{Status: api.Some(api.PhoneNumberStatusReleaseInProgress)}, []int{2}},
		"ordered":         {in{Status: api.Some(api.PhoneNumberStatusAcquireInProgress)}, []int{0}},
		"product":         {in{ProductType: api.Some(api.PhoneNumberProductTypeVoiceConnector)}, []int{4}},
		"account":         {filter(api.PhoneNumberAssociationNameAccountId, a), []int{1}},
		"user":            {filter(api.PhoneNumberAssociationNameUserId, u), []int{1}},
		"other user":      {filter(api.PhoneNumberAssociationNameUserId, "ghost"), nil},
		"empty value":     {filter(api.PhoneNumberAssociationNameUserId, ""), nil},
		"voice connector": {filter(api.PhoneNumberAssociationNameVoiceConnectorId, "x"), nil},
	} {
		var want []string
		for _, n := range test.want {
			want = append(want, fiction(n))
		}
		got, _ := w.pages(api.Opt[string]{}, func(token api.Opt[string]) ([]string, api.Opt[string], error) {
			page := in{NextToken: token, MaxResults: api.Some(1)}
			if !token.Set {
				page = test.in
				page.MaxResults = api.Some(1)
			}
			return w.listNumbers(page)
		})
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	w.listNumbersRefused()
}

func (w *world) listNumbersRefused() {
	w.Helper()
	_, token, err := w.listNumbers(api.ListPhoneNumbersInput{MaxResults: api.Some(1)})
	w.must(err)
	for name, in := range map[string]api.ListPhoneNumbersInput{
		"name without value": {FilterName: api.Some(api.PhoneNumberAssociationNameUserId)},
		"value without name": {FilterValue: api.Some("x")},
		"filter changed":     {NextToken: token, Status: api.Some(api.PhoneNumberStatusAssigned)},
		"no token":           {NextToken: api.Some("x")},
	} {
		_, _, err := w.listNumbers(in)
		w.refused(name, err, api.BadRequest)
	}
	_, err = w.ListPhoneNumberOrders(w.ctx, &api.ListPhoneNumberOrdersInput{NextToken: token})
	w.refused("the token of another list", err, api.BadRequest)
	_, err = w.ListPhoneNumbers(as(other), &api.ListPhoneNumbersInput{NextToken: token})
	w.refused("the token of another AWS account", err, api.BadRequest)
	out, err := w.ListPhoneNumbers(as(other), &api.ListPhoneNumbersInput{})
	if err != nil || out.PhoneNumbers == nil || len(out.PhoneNumbers) > 0 {
		w.Errorf("another AWS account: %v, %v", out, err)
	}
}
