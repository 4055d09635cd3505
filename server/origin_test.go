package server

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestProxies_remote(t *testing.T) {
	list := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	for _, test := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"192.0.2.7:1", nil, "192.0.2.7"},
		{"192.0.2.7:1", []string{"198.51.100.1"}, "192.0.2.7"}, // not trusted
		{"10.1.2.3:1", nil, "10.1.2.3"},
		{"10.1.2.3:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"[::ffff:10.1.2.3]:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"[2001:db8::9]:1", []string{"2001:db9::1"}, "2001:db9::1"},
		{"10.1.2.3:1", []string{"6.6.6.6, 198.51.100.1, 10.9.9.9"}, "198.51.100.1"},
		{"10.1.2.3:1", []string{"6.6.6.6", "198.51.100.1", "10.9.9.9"}, "198.51.100.1"},
		{"10.1.2.3:1", []string{"10.0.0.1, 10.0.0.2"}, "10.0.0.1"},
		{"10.1.2.3:1", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		{"10.1.2.3:1", []string{"[2001:db9::1]:4711"}, "2001:db9::1"},
		{"10.1.2.3:1", []string{"[2001:db9::1]"}, "2001:db9::1"},
		{"10.1.2.3:1", []string{"6.6.6.6, unknown, 10.0.0.2"}, "10.0.0.2"},
		{"10.1.2.3:1", []string{"nonsense\n\xff"}, "10.1.2.3"},
		{"10.1.2.3:1", []string{""}, "10.1.2.3"},
		{"pipe", []string{"198.51.100.1"}, "pipe"},
	} {
		var p proxies
		p.set(list)
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.peer
		r.Header["X-Forwarded-For"] = test.forwarded
		if got := p.remote(r); got != test.want {
			t.Errorf("%s, %q: got %s, want %s", test.peer, test.forwarded, got, test.want)
		}
	}
}

func TestSource(t *testing.T) {
	for given, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "pipe": "pipe", "": "", "a:b": "a:b",
	} {
		if got := source(given); got != want {
			t.Errorf("%s: got %s, want %s", given, got, want)
		}
	}
}

// The address of the client is in the log, by way of proxies that are trusted
// at that time.
func TestLog_remote(t *testing.T) {
	s := newSite(t)
	send := func() {
		r := s.signed("GET", "/accounts", "")
		r.RemoteAddr = "10.0.0.1:4711"
		r.Header.Set("X-Forwarded-For", "198.51.100.1")
		s.send(r)
	}
	send()
	changed := s.Reload(Settings{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}})
	send()
	list := s.entries("request")
	if list[0]["remote"] != "10.0.0.1" || list[1]["remote"] != "198.51.100.1" || len(changed) != 1 || changed[0] != "trusted-proxies" {
		t.Errorf("logged %v, changed %v", list, changed)
	}
}
