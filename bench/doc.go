// Command bench measures Carillon and prints one table of ratios.
//
// What a request costs is the CPU time that the kernel counts for the server's
// process, divided by the requests answered: wall time would measure the
// machine and its other tenants. The unit is the floor, a bare net/http handler
// that answers 600 fixed bytes to the same requests. Floor and subject take
// turns, a second each, so that a machine that is busy for a while slows both.
//
//	cd bench && go run .                      # everything, about 7 minutes
//	cd bench && go run . -short               # the same on little data
//	cd bench && go run . -only get,create -data /tmp/bench
//	cd bench && go run . -only get -data /tmp/bench -cpuprofile-of get
//	cd bench && go run . -only get -data /tmp/bench -against ../../other-checkout
//	cd bench && go run . -pages               # how long the pages of the console take
//	cd bench && go run . -write ../docs/performance.md
//
// Peers are measured if they are there: moto_server in PATH, slapd in PATH or
// /usr/sbin. "make bench" runs everything and writes docs/performance.md.
package main
