package sqlite

import "time"

// watchEvery is how long a view may go on, at most, after its context has
// ended.
const watchEvery = 50 * time.Millisecond

// watch calls a function again and again.
//
// It looks for views whose context has ended. Being told of the end would take
// a registration with the context of every view, at a third of the price of
// reading a row.
type watch struct{ quit, ended chan struct{} }

func startWatch(look func()) *watch {
	w := &watch{make(chan struct{}), make(chan struct{})}
	go w.run(look)
	return w
}

func (w *watch) run(look func()) {
	defer close(w.ended)
	ticker := time.NewTicker(watchEvery)
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
