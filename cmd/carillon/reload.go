package main

import (
	"io"
	"net/netip"
	"os"
	"reflect"
	"sync"

	"carillon/server"
)

// rereader reads the settings of carillon serve again, from where they came at
// the start.
type rereader func() (*serveCmd, error)

func rereadServe(args []string) (*serveCmd, error) {
	var c cli
	_, err := newParser(&c, streams{io.Discard, io.Discard}, func(int) {}).Parse(args)
	return &c.Serve, err
}

// reloads reads the settings again at each signal, until the result is called.
func (c *serveCmd) reloads(signals <-chan os.Signal, srv *server.Server, say announcer, read rereader) (stop func()) {
	quit := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		current := *c
		for {
			select {
			case <-quit:
				return
			case <-signals:
				done := say.manager.reloading()
				current.reload(srv, say.Log, read)
				done()
			}
		}
	})
	return func() {
		close(quit)
		running.Wait()
	}
}

// reload applies what may change while the server serves, and tells the log.
func (c *serveCmd) reload(srv *server.Server, log *server.Log, read rereader) {
	next, err := read()
	if err != nil {
		log.Error("settings not loaded again; those before stay", "error", err.Error())
		return
	}
	changed := srv.Reload(server.Settings{Throttle: next.throttle(), TrustedProxies: next.trustedProxies(), TLS: next.tlsFiles()})
	if next.LogLevel != c.LogLevel {
		changed = append(changed, "log-level")
	}
	log.SetLevel(min(c.logLevel(), next.logLevel())) // the more talkative hears of it
	if c.differs(next) {
		log.Warn("settings have changed that need a new start")
	}
	log.Warn("settings loaded again", "changed", changed)
	log.SetLevel(next.logLevel())
	c.LogLevel = next.LogLevel
}

// differs reports whether other settings differ than those that may change.
func (c *serveCmd) differs(next *serveCmd) bool {
	same := *next
	same.LogLevel, same.TrustedProxies = c.LogLevel, c.TrustedProxies
	same.ThrottleRPS, same.ThrottleBurst, same.ThrottleStyle = c.ThrottleRPS, c.ThrottleBurst, c.ThrottleStyle
	if (same.TLSCert == "") == (c.TLSCert == "") {
		same.TLSCert, same.TLSKey = c.TLSCert, c.TLSKey
	}
	return !reflect.DeepEqual(*c, same)
}

// cidr is a network; an address alone is the network that has only it.
type cidr struct{ netip.Prefix }

// UnmarshalText implements encoding.TextUnmarshaler.
func (n *cidr) UnmarshalText(text []byte) error {
	if a, err := netip.ParseAddr(string(text)); err == nil {
		n.Prefix, err = a.Prefix(a.BitLen())
		return err
	}
	return n.Prefix.UnmarshalText(text)
}

func (f *behaviourFlags) trustedProxies() (list []netip.Prefix) {
	for _, network := range f.TrustedProxies {
		list = append(list, network.Prefix)
	}
	return list
}
