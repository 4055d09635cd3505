package gather

// Waiting tells how many items wait.
func (g *Group[T]) Waiting() (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, l := range g.lines {
		n += len(l.queue)
	}
	return n
}
