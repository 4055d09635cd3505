package server

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"carillon/access"
	"carillon/api"
	cloudtrailapi "carillon/api/cloudtrail"
	iamapi "carillon/api/iam"
	stsapi "carillon/api/sts"
	"carillon/chime"
	"carillon/dispatch"
	"carillon/store"
	"carillon/work"
)

// testDouble is what a server with --test-clock does for the tests that use it: it
// begins anew between them, and fails as they plan.
type testDouble struct {
	clock    *clock
	keys     *access.Keys
	faults   dispatch.Faults
	schedule func(store.Records) error // leaves the jobs that a new server has
	forget   func()                    // drops what the process remembers of the data
}

var _ api.TestRootOnly[*work.Unit] = (*testDouble)(nil)

// newTestDouble returns that of a server whose dispatcher is to come.
func (s *Server) newTestDouble(c *clock, keys *access.Keys, rules *chime.Service) *testDouble {
	return &testDouble{
		clock: c, keys: keys,
		schedule: func(r store.Records) error { return scheduleJobs(r, rules, c.base()) },
		forget: func() {
			s.audit.Forget()
			keys.ForgetUses()
			s.dispatch.Refill()
		},
	}
}

// hook is what dispatch asks for faults; nil where there can be none.
func (t *testDouble) hook() *dispatch.Faults {
	if !t.clock.enabled {
		return nil
	}
	return &t.faults
}

func (t *testDouble) check() error {
	if !t.clock.enabled {
		return api.Forbidden.Errorf("This server is no test double: it runs without --test-clock")
	}
	return nil
}

// ResetTestData empties the server: all that is left is its own secrets with the
// root key, and the record of the reset.
func (t *testDouble) ResetTestData(w *work.Unit, _ *api.ResetTestDataInput) error {
	if err := t.check(); err != nil {
		return err
	}
	w.Now = t.clock.base() // the clock goes back to the real time, and the record follows it
	err := t.empty(w)
	if errors.Is(err, store.ErrReferenced) {
		err = api.ServiceUnavailable.Wrap(err, "Other calls were under way that add something; nothing was changed, try again")
	}
	if err != nil {
		return err
	}
	w.After(func(err error) {
		if err == nil {
			t.clock.ahead.Store(0)
			t.faults.Clear()
			t.forget()
		}
	})
	return nil
}

// empty erases everything, with replicas told as of any change of keys.
func (t *testDouble) empty(w *work.Unit) error {
	changes, err := w.IamChanges()
	if err != nil {
		return err
	}
	for account := range changes {
		if err := t.keys.Changing(w, account); err != nil {
			return err
		}
	}
	if err := w.EraseAll(); err != nil {
		return err
	}
	return t.schedule(w.Records)
}

// The bounds of a planned fault.
const (
	maxFaultTimes   = 1_000_000
	maxFaultLatency = 30 * time.Second
)

// PlanTestFault plans what goes wrong with the next calls of an operation.
func (t *testDouble) PlanTestFault(w *work.Unit, in *api.PlanTestFaultInput) (*api.PlanTestFaultOutput, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	fault, err := faultOf(in)
	if err != nil {
		return nil, err
	}
	w.After(func(err error) {
		if err == nil {
			t.faults.Plan(fault)
		}
	})
	if t.faults.Full() {
		return nil, api.ResourceLimitExceeded.Errorf("So many faults are planned that there is no room for one more; DELETE takes all of them away")
	}
	shape := faultShape(fault)
	return &api.PlanTestFaultOutput{Fault: &shape}, nil
}

// faultOf reads a plan.
func faultOf(in *api.PlanTestFaultInput) (f dispatch.Fault, err error) {
	f.Latency, f.Times = time.Duration(in.LatencyMilliseconds.V)*time.Millisecond, int64(in.Times.Or(1))
	switch {
	case f.Times > maxFaultTimes:
		return f, api.Invalid("Times", "have value less than or equal to %d; 0 stands for all calls", maxFaultTimes)
	case in.LatencyMilliseconds.V > int(maxFaultLatency.Milliseconds()):
		return f, api.Invalid("LatencyMilliseconds", "have value less than or equal to %d", maxFaultLatency.Milliseconds())
	case !in.Code.Set && f.Latency == 0:
		return f, api.Invalid("Code", "be there, or LatencyMilliseconds, or both: else nothing goes wrong")
	}
	if f.Op, err = faultyOp(in); err != nil || !in.Code.Set {
		return f, err
	}
	f.Kind, err = faultKind(f.Op, in.Code.V)
	return f, err
}

// faultyOp returns the operation that a plan names. Those of the test double itself
// never fail by plan: nobody could take that back.
func faultyOp(in *api.PlanTestFaultInput) (*api.Op, error) {
	service := string(in.Service.Or(api.TestFaultServiceChime))
	table := map[string][]api.Op{"chime": api.Ops, "iam": iamapi.Ops, "sts": stsapi.Ops, "cloudtrail": cloudtrailapi.Ops}[service]
	i := slices.IndexFunc(table, func(op api.Op) bool { return op.Name == in.Operation.V })
	if i < 0 || table[i].Removed() || strings.HasPrefix(table[i].Path, testPath) {
		return nil, api.Invalid("Operation", "be the name of an operation of the service %s, such as %s", service, table[0].Name)
	}
	return &table[i], nil
}

// testPath begins the paths of the operations that steer a test double.
const testPath = "/carillon/v1/test/"

// faultKind returns the kind of refusal of a name that an operation may answer; the
// name may also be the Code of the body.
func faultKind(op *api.Op, name string) (api.Kind, error) {
	common := op.Service.Common
	kinds := slices.Concat(op.Errors, []api.Kind{common.Throttled, common.Unavailable, common.Failure, common.Denied, common.Invalid})
	var names []string
	for _, k := range kinds {
		if name == k.Name || name == string(k.Code) {
			return k, nil
		}
		if !slices.Contains(names, k.Name) {
			names = append(names, k.Name)
		}
	}
	slices.Sort(names)
	return api.Kind{}, api.Invalid("Code", "be an error that %s may answer: %s", op.Name, strings.Join(names, ", "))
}

func faultShape(f dispatch.Fault) api.TestFault {
	return api.TestFault{
		Operation: api.Some(f.Op.Name), Service: api.Some(api.TestFaultService(f.Op.Service.Name)),
		Code: api.NonZero(f.Kind.Name), Times: api.Some(int(f.Times)), LatencyMilliseconds: api.Some(int(f.Latency.Milliseconds())),
	}
}

// ListTestFaults returns what is still to come, in the order in which it was planned.
func (t *testDouble) ListTestFaults(*work.Unit, *api.ListTestFaultsInput) (*api.ListTestFaultsOutput, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	out := &api.ListTestFaultsOutput{Faults: []api.TestFault{}}
	for _, f := range t.faults.List() {
		out.Faults = append(out.Faults, faultShape(f))
	}
	return out, nil
}

// DeleteTestFaults takes away all that is planned.
func (t *testDouble) DeleteTestFaults(w *work.Unit, _ *api.DeleteTestFaultsInput) error {
	if err := t.check(); err != nil {
		return err
	}
	w.After(func(err error) {
		if err == nil {
			t.faults.Clear()
		}
	})
	return nil
}

// seat is a place that a request has, or has left for a while.
type seat struct {
	account
	taken bool
}

// take takes the place; free gives it back if it is taken.
func (s *seat) take(ctx context.Context) error {
	err := s.enter(ctx)
	s.taken = err == nil
	return err
}

func (s *seat) free() {
	if s.taken {
		s.leave()
	}
	s.taken = false
}

// without runs a function that only waits, while others may have the place.
func (s *seat) without(ctx context.Context, wait func() error) error {
	had := s.taken
	s.free()
	if err := wait(); err != nil || !had {
		return err
	}
	return s.take(ctx)
}
