package fair

// Known returns how many tenants a queue keeps.
func (q *Queue[T]) Known() int { return len(q.tenants) }

// Known returns how many tenants a semaphore keeps.
func (s *Semaphore) Known() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.holders)
}
