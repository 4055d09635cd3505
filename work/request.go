package work

import "time"

// Request is what is known of how an operation was asked for: what the log, the
// audit and policies may see of it.
type Request struct {
	// ID names the request in log, audit and answer; empty: nobody sent one.
	ID string
	// SourceIP is the client's address, UserAgent what it calls itself.
	SourceIP, UserAgent string
	// Languages are those that the client would like, as Accept-Language has them.
	Languages string
	// Host is the host that the client named, with its port.
	Host string
	// Service and Region are those of the credential scope: one of the services that
	// are here, and as sent; empty: there is none.
	Service, Region string
	// Secure tells that the client used TLS, with us or with a proxy that we trust.
	Secure bool
	// TLSVersion and CipherSuite tell how it was protected with us, as in TLSv1.3
	// and TLS_AES_128_GCM_SHA256; empty: it was not.
	TLSVersion, CipherSuite string
	// Trace is where the request is in a trace; nil: nobody follows it.
	Trace *Trace
	// Console tells that a person asked by way of the pages.
	Console bool
}

// Trace is a trace that somebody follows.
type Trace struct {
	// ID names it: 32 hexadecimal digits.
	ID string
	// Shared, if not nil, is told when the rule ran that several calls share.
	Shared func(SharedRun)
}

// SharedRun is a run of a rule for several calls.
type SharedRun struct {
	Began, Ended time.Time
	Calls        int
}

// nobody's request: that of jobs.
var unasked = &Request{}

// Asked returns the request of a unit; jobs have an empty one.
func (w *Unit) Asked() *Request {
	if w.Request == nil {
		return unasked
	}
	return w.Request
}
