// Package outbound posts JSON to endpoints outside. Endpoints that users of the
// API chose are guarded: after the name is resolved, no private, loopback or
// link-local address is connected to, and no redirect is followed.
package outbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// Limits of one request.
const (
	timeout   = 2 * time.Second // as the live service had it
	maxAnswer = 64 << 10        // bytes that are read of an answer
)

// Client posts JSON. It is safe for concurrent use.
type Client struct {
	http *http.Client
}

// New returns a client; private allows it to reach private addresses.
func New(private bool) *Client {
	dialer := &net.Dialer{Timeout: timeout}
	if !private {
		dialer.Control = refusePrivate
	}
	return &Client{&http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute,
			TLSHandshakeTimeout: timeout, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Close closes the connections that are kept for later.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// ErrPrivate says that an endpoint has an address that is not allowed.
var ErrPrivate = errors.New("its address is private, loopback or link-local")

// reserved are ranges besides those that netip knows: shared address space,
// protocol assignments, benchmarks, and IPv6 forms that stand for IPv4 addresses.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("fec0::/10"),
}

// refusePrivate runs before each connection, with the address that the name
// resolved to: a name cannot change in between.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrPrivate
	}
	if !public(target.Addr().Unmap()) {
		return ErrPrivate
	}
	return nil
}

func public(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// Post sends JSON and returns the status and body of the answer. Its errors tell
// what went wrong but not where: an endpoint is sensitive, and errors reach the log.
func (c *Client) Post(ctx context.Context, url string, header map[string]string, body []byte) (status int, answer []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, errors.New("it is not a URL")
	}
	r.Header.Set("Content-Type", "application/json")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	response, err := c.http.Do(r)
	if err != nil {
		return 0, nil, describe(err)
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return 0, nil, describe(err)
	}
	return response.StatusCode, answer, nil
}

// describe replaces an error, which may name the endpoint, by its kind.
func describe(err error) error {
	var name *net.DNSError
	var network net.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, ErrPrivate):
		return ErrPrivate
	case errors.As(err, &name):
		return errors.New("its name does not resolve")
	case errors.As(err, &certificate):
		return errors.New("its certificate is not valid")
	case errors.As(err, &network) && network.Timeout():
		return errors.New("it did not answer within " + timeout.String())
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("it refused the connection")
	}
	return errors.New("the connection failed")
}
