package pgtest

import (
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// Path returns the path of a file beside the server's data directory, which is the
// current directory of what the server itself runs.
func (s *Server) Path(name string) string { return s.home.path(name) }

// Mkdir makes a directory there that the server may write to.
func (s *Server) Mkdir(t testing.TB, name string) {
	t.Helper()
	must(t, os.Mkdir(s.Path(name), 0o700))
	must(t, s.home.give(s.Path(name)))
}

// Run runs one of PostgreSQL's programs as the owner of the server's files. It
// skips the test if this PostgreSQL came without the program.
func (s *Server) Run(t testing.TB, program string, args ...string) {
	t.Helper()
	server, err := filepath.EvalSymlinks(s.programs.postgres) // the others may be where it leads only
	must(t, err)
	path := filepath.Join(filepath.Dir(server), program)
	if !executable(path) {
		t.Skip("SKIPPED: there is no " + program)
	}
	if out, err := s.command(path, args).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", program, err, out)
	}
}

// Recover starts another server on a data directory beside that of the server,
// which recovers by some settings. It ends when the test does.
func (s *Server) Recover(t testing.TB, data string, settings map[string]string) *Server {
	t.Helper()
	must(t, s.home.write(filepath.Join(s.Path(data), "recovery.signal"), ""))
	port, err := freePort()
	must(t, err)
	u, err := url.Parse(s.URL)
	must(t, err)
	u.Host = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	r := &Server{URL: u.String(), programs: s.programs, password: s.password, home: s.home}
	all := maps.Clone(fleeting)
	maps.Copy(all, settings)
	r.args = arguments(s.Path(data), s.home.dir, port, all)
	must(t, r.run())
	t.Cleanup(func() { r.Kill(t) })
	return r
}
