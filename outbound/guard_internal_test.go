package outbound

import (
	"errors"
	"net/netip"
	"testing"
)

func TestRefusePrivate(t *testing.T) {
	for address, allowed := range map[string]bool{
		"8.8.8.8:443": true, "1.1.1.1:80": true, "172.15.255.255:1": true, "172.32.0.1:1": true, "100.63.255.255:1": true, "100.128.0.1:1": true,
		"192.0.1.1:1": true, "198.17.255.255:1": true, "198.20.0.1:1": true, "223.255.255.255:1": true, "169.253.1.1:1": true,
		"[2606:4700:4700::1111]:443": true, "[2a00:1450::1]:443": true, "[::ffff:8.8.8.8]:443": true, "[64:ff9a::1]:443": true,

		"127.0.0.1:443": false, "127.255.255.254:443": false, "[::1]:443": false, // loopback
		"10.0.0.1:443": false, "172.16.0.1:443": false, "172.31.255.255:443": false, "192.168.1.1:443": false, "[fc00::1]:443": false, "[fdff::1]:443": false, // private
		"169.254.169.254:80": false, "[fe80::1%eth0]:443": false, "[febf::1]:443": false, // link-local
		"100.64.0.1:443": false, "100.127.255.255:443": false, // carrier-grade NAT
		"224.0.0.1:443": false, "239.255.255.255:443": false, "[ff02::1]:443": false, "[ff0e::1]:443": false, // multicast
		"0.0.0.0:443": false, "0.1.2.3:443": false, "[::]:443": false, // unspecified
		"255.255.255.255:443": false, "240.0.0.1:443": false, // broadcast and reserved
		"192.0.0.8:443": false, "198.18.0.1:443": false, "198.19.255.255:443": false, // protocols and benchmarks
		"[::ffff:127.0.0.1]:443": false, "[::ffff:10.0.0.1]:443": false, "[::ffff:169.254.169.254]:443": false, // IPv4-mapped
		"[64:ff9b::7f00:1]:443": false, "[64:ff9b::8.8.8.8]:443": false, "[64:ff9b:1::1]:443": false, // NAT64
		"[2002:7f00:1::]:443": false, "[2001::1]:443": false, // 6to4 and Teredo
		"localhost:443": false, "8.8.8.8": false, "": false, // not what a dialer gives
	} {
		err := refusePrivate("tcp", address, nil)
		if allowed && err != nil || !allowed && !errors.Is(err, ErrPrivate) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// Forms of IPv6 that are not in use any more but still stand for IPv4
// addresses or a site's own network.
func TestPublic_formerForms(t *testing.T) {
	for _, address := range []string{"::127.0.0.1", "::10.0.0.1", "fec0::1"} {
		if public(netip.MustParseAddr(address)) {
			t.Errorf("%s is taken for public", address)
		}
	}
}
