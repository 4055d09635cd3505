package engine

import "context"

// Notifier is a [Tx] that can tell other processes on the same database of a
// change. Whoever needs it asks by a type assertion; a Tx without it has no
// other processes to tell.
type Notifier interface {
	// Notify sends a payload to those who listen on a channel, once the
	// transaction has been committed; else nobody hears of it.
	Notify(channel, payload string) error
}

// Listener is an [Engine] whose transactions are Notifiers.
type Listener interface {
	// Listen calls heard for every payload that is sent on a channel, one at a
	// time, until ctx ends. Whenever it may have missed some — at first, and after
	// every loss of the connection — it calls missed.
	Listen(ctx context.Context, channel string, missed func(), heard func(payload string))
}
