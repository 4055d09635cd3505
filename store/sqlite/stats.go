package sqlite

import "carillon/store/engine"

// Stats implements [engine.Engine].
func (e *Engine) Stats() engine.Stats {
	s := e.readers.stats()
	s.Waiting = map[string]int{"writer": e.writer.queue.len(), "reader": e.readers.slots.Waiting()}
	return s
}

func (p *pool) stats() engine.Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return engine.Stats{Conns: len(p.all), Busy: len(p.all) - len(p.idle), MaxConns: p.most}
}

// len is how many updates wait.
func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.waiting.Len()
}
