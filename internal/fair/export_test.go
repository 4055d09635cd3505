package fair

// Known returns how many tenants a queue keeps.
func (q *Queue[T]) Known() int { return len(q.tenants) }

// Known returns how many tenants a semaphore keeps.
func (s *Semaphore) Known() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.holders)
}

// Waiting returns how many wait for a permit.
func (s *Semaphore) Waiting() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.holders {
		n += h.waiters.Len()
	}
	return n
}
