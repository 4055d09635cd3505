package console

import "sync"

// slots bound what runs in this process; of one AWS account half of it.
type slots struct {
	mu    sync.Mutex
	most  int
	count map[string]int // by AWS account
	total int
}

func newSlots(most int) *slots { return &slots{most: most, count: map[string]int{}} }

// enter takes a slot, if there is one; leave gives it back.
func (s *slots) enter(awsAccountID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total == s.most || s.count[awsAccountID] == s.most/2 {
		return false
	}
	s.total++
	s.count[awsAccountID]++
	return true
}

func (s *slots) leave(awsAccountID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.count[awsAccountID]--; s.count[awsAccountID] == 0 {
		delete(s.count, awsAccountID)
	}
}
