package server

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
)

// proxies are the networks whose word on where a request comes from counts.
// They may change while requests are served.
type proxies struct {
	list atomic.Pointer[[]netip.Prefix]
}

// set reports whether the networks are others than before.
func (p *proxies) set(list []netip.Prefix) (changed bool) {
	changed = !slices.Equal(p.get(), list)
	p.list.Store(&list)
	return changed
}

func (p *proxies) get() []netip.Prefix {
	if list := p.list.Load(); list != nil {
		return *list
	}
	return nil
}

func trusted(list []netip.Prefix, a netip.Addr) bool {
	for _, prefix := range list {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}

// remote returns the address of the client: that of the peer or, behind trusted
// proxies, the right-most of X-Forwarded-For that is no proxy's. What is left of
// that one the client may have made up.
func (p *proxies) remote(r *http.Request) string {
	peer := host(r.RemoteAddr)
	list := p.get()
	if len(list) == 0 {
		return peer
	}
	nearest, err := netip.ParseAddr(peer)
	if err != nil || !trusted(list, nearest.Unmap()) {
		return peer
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, ok := parseHop(hops[i])
		if !ok {
			break
		}
		if nearest = hop; !trusted(list, hop) {
			break
		}
	}
	return nearest.Unmap().String()
}

// secure reports whether the client used TLS: with us or, by the word of the
// nearest trusted proxy, with that one.
func (p *proxies) secure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	list := p.get()
	if len(list) == 0 {
		return false
	}
	peer, err := netip.ParseAddr(host(r.RemoteAddr))
	if err != nil || !trusted(list, peer.Unmap()) {
		return false
	}
	words := strings.Split(strings.Join(r.Header["X-Forwarded-Proto"], ","), ",")
	return strings.EqualFold(strings.TrimSpace(words[len(words)-1]), "https")
}

// parseHop reads an address of X-Forwarded-For, which some proxies write with a
// port.
func parseHop(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if a, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return a.Unmap(), true
	}
	a, err := netip.ParseAddrPort(text)
	return a.Addr().Unmap(), err == nil
}

// source is what a client's address counts as where clients share something: a
// client of IPv6 has a network of addresses.
func source(remote string) string {
	if !strings.Contains(remote, ":") {
		return remote
	}
	a, err := netip.ParseAddr(remote)
	if err != nil {
		return remote
	}
	network, _ := a.WithZone("").Prefix(64) // an IPv6 address has that many bits
	return network.String()
}

func host(addr string) string {
	if h, _, err := net.SplitHostPort(addr); err == nil {
		return h
	}
	return addr
}
