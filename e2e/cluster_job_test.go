package e2e

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/chime"
	"github.com/aws/aws-sdk-go-v2/service/chime/types"
)

const (
	// manyJobs is how many jobs two servers share.
	manyJobs = 1000
	// takeover is how long it may take until the jobs of a dead server are done:
	// their lease is half a minute.
	takeover = 90 * time.Second
)

// manyNumbers returns a thousand numbers of ten area codes.
func manyNumbers() (numbers []string) {
	for _, code := range stockedCodes[:manyJobs/100] {
		numbers = append(numbers, fictional(code)...)
	}
	return numbers
}

// shop orders numbers over two servers, one of which is killed on the way.
type shop struct {
	callers []*caller
	victim  *server
	killed  atomic.Bool
	done    atomic.Int32

	mu sync.Mutex
	// acknowledged are the numbers of the orders that were answered, by id;
	// uncertain those of requests that the dead server did not answer.
	acknowledged map[string]string
	uncertain    map[string]bool
}

// order orders one number. A request that the victim did not answer may have
// been carried out; it is repeated on the other server.
func (s *shop) order(t *testing.T, i int, number string) {
	c := s.callers[i%len(s.callers)]
	o, err := c.tryOrder(t, businessCalling, number)
	if err != nil && s.killed.Load() {
		s.mu.Lock()
		s.uncertain[number] = true
		s.mu.Unlock()
		o, err = s.callers[1].tryOrder(t, businessCalling, number)
	}
	if err != nil {
		t.Errorf("order of %s: %v", number, err)
		return
	}
	s.mu.Lock()
	s.acknowledged[*o.PhoneNumberOrderId] = number
	s.mu.Unlock()
	if s.done.Add(1) == manyJobs*2/5 {
		s.killed.Store(true)
		s.victim.kill()
	}
}

// orderAll orders numbers by eight workers.
func (s *shop) orderAll(t *testing.T, numbers []string) {
	t.Helper()
	var workers sync.WaitGroup
	for w := range 8 {
		workers.Go(func() {
			for i := w; i < len(numbers); i += 8 {
				s.order(t, i/8, numbers[i])
			}
		})
	}
	workers.Wait()
}

// allOrders returns all orders of the caller's AWS account.
func (c *caller) allOrders(t testing.TB) (orders []types.PhoneNumberOrder) {
	t.Helper()
	size := int32(99)
	for token, more := (*string)(nil), true; more; more = token != nil {
		out, err := c.ListPhoneNumberOrders(t.Context(), &chime.ListPhoneNumberOrdersInput{MaxResults: &size, NextToken: token})
		succeed(t, err)
		orders, token = append(orders, out.PhoneNumberOrders...), out.NextToken
	}
	return orders
}

func isProcessing(o types.PhoneNumberOrder) bool {
	return o.Status == types.PhoneNumberOrderStatusProcessing
}

func TestClusterJobs_orders(t *testing.T) {
	waits(t, "half a minute")
	servers := cluster(t, 2, "--quota-phone-numbers", "2000")
	numbers, survivor := manyNumbers(), servers[1]
	s := &shop{
		callers: servers[0].through(servers), victim: servers[0].server,
		acknowledged: map[string]string{}, uncertain: map[string]bool{},
	}
	s.orderAll(t, numbers)
	var orders []types.PhoneNumberOrder
	eventuallyWithin(t, takeover, "end of all orders", func() bool {
		orders = survivor.allOrders(t)
		return !slices.ContainsFunc(orders, isProcessing)
	})
	s.fulfilled(t, orders)
	equal(t, "inventory", sorted(survivor.listNumbers(t, chime.ListPhoneNumbersInput{Status: "Unassigned"}).all(t, 99)), sorted(numbers))
	runOnce(t, "complete-order", servers)
}

// fulfilled checks that every number was acquired by exactly one order, and
// every order that was acknowledged is there and has its number, unless an
// order that was not acknowledged had it before.
func (s *shop) fulfilled(t *testing.T, orders []types.PhoneNumberOrder) {
	t.Helper()
	acquired := map[string]int{}
	for _, o := range orders {
		item := o.OrderedPhoneNumbers[0]
		if item.Status == types.OrderedPhoneNumberStatusAcquired {
			acquired[*item.E164PhoneNumber]++
		} else if !s.uncertain[*item.E164PhoneNumber] {
			t.Errorf("the order of %s is %s", *item.E164PhoneNumber, o.Status)
		}
		delete(s.acknowledged, *o.PhoneNumberOrderId)
	}
	equal(t, "acknowledged orders that are lost", s.acknowledged, map[string]string{})
	equal(t, "numbers that were acquired", len(acquired), manyJobs)
	for number, times := range acquired {
		if times != 1 {
			t.Errorf("%s was acquired %d times", number, times)
		}
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// runOnce checks that no job was done twice, by what all servers logged.
func runOnce(t *testing.T, kind string, servers []*env) {
	t.Helper()
	times, again := map[string]int{}, 0
	for _, e := range servers {
		for _, j := range e.server.jobLines(kind) {
			if j.Attempt > 1 {
				again++
			}
			if j.Outcome == "done" {
				times[j.JobID]++
			}
		}
	}
	for id, n := range times {
		if n > 1 {
			t.Errorf("job %s was done %d times", id, n)
		}
	}
	t.Logf("%d %s jobs were done in view; %d runs took over from the dead server", len(times), kind, again)
}

// A thousand numbers leave the deletion queue although a server dies over it.
func TestClusterJobs_purges(t *testing.T) {
	waits(t, "half a minute")
	servers := cluster(t, 2, "--quota-phone-numbers", "2000", "--test-clock")
	victim, survivor := servers[0], servers[1]
	numbers := manyNumbers()
	for chunk := range slices.Chunk(numbers, 200) {
		survivor.acquire(t, voiceConnector, chunk...)
	}
	for chunk := range slices.Chunk(numbers, 50) {
		errors, err := survivor.batchDeleteNumbers(t, chunk...)
		succeed(t, err)
		equal(t, "errors", len(errors), 0)
	}
	left := func() []string { return survivor.listNumbers(t, chime.ListPhoneNumbersInput{}).all(t, 99) }
	equal(t, "numbers in the queue", len(left()), manyJobs)
	survivor.advance(t, "167h")
	eventually(t, "same time on both", func() bool { return victim.now(t).Sub(survivor.now(t)).Abs() < time.Second })
	equal(t, "numbers after 167 hours", len(left()), manyJobs)
	victim.advance(t, "2h")
	eventually(t, "first purge", func() bool { return len(left()) < manyJobs })
	victim.server.kill()
	t.Logf("%d numbers were left when the server died", len(left()))
	eventuallyWithin(t, takeover, "end of the queue", func() bool { return len(left()) == 0 })
	runOnce(t, "purge-number", servers)
	equal(t, "numbers that are offered again", len(survivor.finds(t, chime.SearchAvailablePhoneNumbersInput{AreaCode: &stockedCodes[0]})), 100)
}
