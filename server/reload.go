package server

import (
	"net/netip"

	"carillon/dispatch"
)

// Settings are the options that may change while a server serves.
type Settings struct {
	Throttle       dispatch.Throttle
	TrustedProxies []netip.Prefix
	// TLS are the files of the certificate. A server without TLS stays without.
	TLS TLSFiles
}

// Reload changes the settings, reads the files of the certificate again, and opens
// the audit file anew. It returns the names of what is different now.
func (s *Server) Reload(set Settings) (changed []string) {
	note := func(name string, different bool) {
		if different {
			changed = append(changed, name)
		}
	}
	note("throttle", s.dispatch.SetThrottle(set.Throttle))
	note("trusted-proxies", s.handler.proxies.set(set.TrustedProxies))
	s.audit.reopen()
	s.reloadMail()
	if c := &s.certificates; c.current.Load() != nil && set.TLS.Cert != "" {
		note("tls-cert", c.reload(set.TLS))
	}
	return changed
}

// reloadMail reads the templates of mails again; wrong ones leave those from before.
func (s *Server) reloadMail() {
	if s.mail == nil {
		return
	}
	if err := s.mail.Reload(); err != nil {
		s.log.Error("mail templates not loaded again; those before stay", "error", err.Error())
	}
}
