package pgtest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Options are the settings of a [Server]. The zero value is good.
type Options struct {
	// Settings are configuration parameters of PostgreSQL by name, as in
	// {"max_connections": "5"}.
	Settings map[string]string
	// Fleeting says that nobody needs the data after a power failure: they are
	// kept in memory, if there is enough, and not made durable.
	Fleeting bool
}

// fleeting are the settings of servers whose data nobody needs for long.
var fleeting = map[string]string{"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "256MB"}

// settings returns all parameters.
func (o Options) settings() map[string]string {
	all := map[string]string{}
	if o.Fleeting {
		maps.Copy(all, fleeting)
	}
	maps.Copy(all, o.Settings)
	return all
}

// Server is a PostgreSQL server of the test's own, which it can stop and start.
type Server struct {
	// URL is that of the database "postgres" with the rights of a superuser.
	// It stays the same when the server is started again.
	URL string

	programs programs
	password string
	home     *home
	args     []string
	process  *os.Process
	ended    chan struct{} // closed when process has ended
}

// Start starts a server that is removed when the test ends. Like [URL] it may
// skip the test.
func Start(t testing.TB, opts Options) *Server {
	t.Helper()
	s, err := launch(opts)
	must(t, err)
	t.Cleanup(func() { must(t, s.remove()) })
	return s
}

// Stop shuts the server down as an administrator would, in the midst of what
// its clients are doing. It returns when the server is gone.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	must(t, s.end(syscall.SIGINT))
}

// Kill ends the server as a crash would. It returns when the server is gone.
func (s *Server) Kill(t testing.TB) {
	t.Helper()
	must(t, s.end(syscall.SIGQUIT))
}

// Restart starts the server again after Stop or Kill, at the same address and
// with the same data. It returns when the server takes connections.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	must(t, s.run())
}

// launch creates and starts a server.
func launch(opts Options) (*Server, error) {
	p, err := findPrograms()
	if err != nil {
		return nil, err
	}
	return launchAs(p, newPassword(), opts)
}

func newPassword() string { return rand.Text() }

// launchAs starts a server by some programs, with a password.
func launchAs(p programs, password string, opts Options) (*Server, error) {
	h, err := newHome(opts.Fleeting)
	if err != nil {
		return nil, err
	}
	s := &Server{programs: p, password: password, home: h}
	if err := s.initialize(opts); err != nil {
		return nil, errors.Join(err, h.remove())
	}
	if err := s.run(); err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

func (s *Server) initialize(opts Options) error {
	secret := s.home.path("password")
	if err := s.home.write(secret, s.password); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	u := url.URL{Scheme: "postgres", User: url.UserPassword("carillon", s.password), Host: address, Path: "/postgres"}
	s.URL = u.String() + "?sslmode=disable"
	s.args = arguments(s.home.path("data"), s.home.dir, port, opts.settings())
	return s.initdb(secret)
}

// arguments returns those of a server on a data directory, with its socket in
// another one.
func arguments(data, socket string, port int, settings map[string]string) []string {
	args := []string{"-D", data, "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-k", socket}
	for name, value := range settings {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

// initdb creates the server's data directory, with a collation by language if
// this PostgreSQL can, so that tests notice who relies on the order of bytes
// without asking for it.
func (s *Server) initdb(secret string) error {
	args := []string{
		"-D", s.home.path("data"), "-U", "carillon", "--pwfile", secret,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync",
	}
	icu := append(args[:len(args):len(args)], "--locale-provider", "icu", "--icu-locale", "en-US")
	if s.command(s.programs.initdb, icu).Run() == nil {
		return nil
	}
	if out, err := s.command(s.programs.initdb, args).CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// command prepares a program to run as the owner of the server's files. It knows the
// password, by which machines of a cluster reach each other.
func (s *Server) command(program string, args []string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = s.home.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC", "PGPASSWORD=" + s.password}
	cmd.SysProcAttr = attributes(s.home.owner)
	return cmd
}

// run starts the server and waits until it takes connections.
func (s *Server) run() error {
	log, err := os.OpenFile(s.home.path("log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := s.command(s.programs.postgres, s.args)
	cmd.Stdout, cmd.Stderr = log, log
	if err := s.start(cmd); err != nil {
		return err
	}
	return s.await()
}

// start starts the server from a thread that lives as long as the server: the
// kernel ends it when the thread that started it ends, not just the process.
func (s *Server) start(cmd *exec.Cmd) error {
	started := make(chan error)
	ended := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(ended)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	s.process, s.ended = cmd.Process, ended
	return nil
}

func (s *Server) await() error {
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if err = execute(s.URL, "SELECT 1"); err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("the server has ended: %s", s.home.tail("log"))
		case <-time.After(20 * time.Millisecond):
		}
	}
	return fmt.Errorf("the server takes no connections: %w", err)
}

// end sends the server a signal, if it runs, and waits for it to end.
func (s *Server) end(signal os.Signal) error {
	if s.process == nil {
		return nil
	}
	if err := s.process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.ended:
	case <-time.After(patience):
		return errors.New("the server does not end")
	}
	s.process = nil
	return nil
}

func (s *Server) remove() error {
	return errors.Join(s.end(syscall.SIGQUIT), s.home.remove())
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// programs are the paths of PostgreSQL's programs.
type programs struct{ initdb, postgres string }

var errNotFound = errors.New("no PostgreSQL found: install it (apt-get install postgresql) or set CARILLON_TEST_POSTGRES to the URL of a superuser")

// findPrograms looks in PATH and where packages put them.
func findPrograms() (programs, error) {
	dirs := filepath.SplitList(os.Getenv("PATH"))
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin"} {
		found, _ := filepath.Glob(pattern) // the pattern is valid
		dirs = append(dirs, found...)
	}
	return programsIn(dirs)
}

// programsIn looks in some directories.
func programsIn(dirs []string) (programs, error) {
	for _, dir := range dirs {
		p := programs{initdb: filepath.Join(dir, "initdb"), postgres: filepath.Join(dir, "postgres")}
		if executable(p.initdb) && executable(p.postgres) {
			return p, nil
		}
	}
	return programs{}, errNotFound
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
