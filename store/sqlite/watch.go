package sqlite

import "time"

// watch calls a function again and again, until it is stopped.
type watch struct{ quit, ended chan struct{} }

func startWatch(every time.Duration, look func()) *watch {
	w := &watch{make(chan struct{}), make(chan struct{})}
	go w.run(every, look)
	return w
}

func (w *watch) run(every time.Duration, look func()) {
	defer close(w.ended)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			look()
		case <-w.quit:
			return
		}
	}
}

func (w *watch) stop() {
	close(w.quit)
	<-w.ended
}
