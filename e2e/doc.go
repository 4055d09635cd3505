// Package e2e tests Carillon from outside: it builds the real binary, starts it
// as a child process on the embedded database and on PostgreSQL, and drives it
// with the official AWS clients and with hand-made HTTP.
//
// A file per operation holds tests named Operation_condition; the files whose
// names begin with harness_ hold what the tests share. See README.md for how to
// run the suite, also against a server that runs somewhere else.
package e2e
