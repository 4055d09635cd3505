package chime

// Close waits for what calls have left behind. Make no more calls after it.
func (s *Service) Close() { s.creations.Wait() }
