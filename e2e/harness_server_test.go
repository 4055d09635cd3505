package e2e

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

const (
	// startTimeout is how long a server may take until it is ready.
	startTimeout = patience
	// stopTimeout is a little more than requests in flight are waited for.
	stopTimeout = 40 * time.Second
)

// server is a carillon process that a test started.
type server struct {
	binary   string   // empty: that of the suite
	dir      string   // holds the data directory and the log
	vars     []string // more variables of the environment
	flags    []string
	endpoint string
	keys     aws.Credentials // the root key
	stderr   *os.File        // instead of a file that the tests read
	cmd      *exec.Cmd
	exited   chan struct{} // closed when the process has ended
	started  time.Time
	ready    time.Duration // from start to ready
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }
func (s *server) log() string  { return filepath.Join(s.dir, "log") }

// startServer starts carillon serve on a free port, with the data under dir,
// and waits until it is ready. A later start in the same dir finds the data of
// the one before.
func startServer(dir string, flags ...string) (*server, error) {
	return startServerIn(dir, nil, flags...)
}

// startServerIn is startServer with more variables in the environment.
func startServerIn(dir string, vars []string, flags ...string) (*server, error) {
	return (&server{dir: dir, vars: vars, flags: flags}).start()
}

// startBinary is startServer with another program.
func startBinary(binary, dir string, flags ...string) (*server, error) {
	return (&server{binary: binary, dir: dir, flags: flags}).start()
}

func (s *server) start() (*server, error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, err
	}
	if err := s.spawn(); err != nil {
		return nil, err
	}
	if err := s.await(); err != nil {
		s.kill()
		return nil, fmt.Errorf("starting carillon: %w; its log ends:\n%s", err, s.tail())
	}
	return s, nil
}

// spawn starts the process with its standard error in a file, which is empty
// at first.
func (s *server) spawn() error {
	log, err := os.Create(s.log())
	if err != nil {
		return err
	}
	defer log.Close()
	args := append([]string{"serve", "--listen", "127.0.0.1:0", "--metrics-listen", "", "--data", s.data()}, s.flags...)
	s.cmd = exec.Command(cmp.Or(s.binary, suite.binary), args...)
	s.cmd.Env = cleanEnv(s.dir, s.vars...)
	s.cmd.Stderr = cmp.Or(s.stderr, log)
	s.cmd.SysProcAttr = endWithParent()
	s.exited = make(chan struct{})
	s.started = time.Now()
	started := make(chan error)
	go s.watch(started)
	return <-started
}

// watch starts the process and waits for its end, on a thread that lives as
// long as the process.
func (s *server) watch(started chan<- error) {
	runtime.LockOSThread()
	err := s.cmd.Start()
	started <- err
	if err == nil {
		_ = s.cmd.Wait() // stop looks at the ProcessState
	}
	close(s.exited)
}

// await learns the endpoint from the banner, waits until the server is ready
// and asks carillon env for the credentials.
func (s *server) await() error {
	deadline := time.Now().Add(startTimeout)
	for !s.isReady() {
		select {
		case <-s.exited:
			return fmt.Errorf("it ended with %s", s.cmd.ProcessState)
		case <-time.After(2 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("it was not ready after %s", startTimeout)
		}
	}
	s.ready = time.Since(s.started)
	exports, err := s.env()
	s.keys = aws.Credentials{AccessKeyID: exports["AWS_ACCESS_KEY_ID"], SecretAccessKey: exports["AWS_SECRET_ACCESS_KEY"]}
	return err
}

var bannerEndpoint = regexp.MustCompile(`(?m)\bat (https?://\S+)$`)

func (s *server) isReady() bool {
	if s.endpoint == "" {
		m := bannerEndpoint.FindStringSubmatch(readFile(s.log()))
		if m == nil {
			return false
		}
		s.endpoint = m[1]
	}
	answer, err := (&http.Client{Timeout: startTimeout}).Get(s.endpoint + "/readyz")
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

var exportLine = regexp.MustCompile(`(?m)^export (\w+)=(.*)$`)

// env returns what carillon env prints for this server.
func (s *server) env() (map[string]string, error) {
	r, err := runCarillon(cleanEnv(s.dir), "env", "--data", s.data())
	if err != nil {
		return nil, err
	}
	if r.code != 0 {
		return nil, fmt.Errorf("carillon env exited with %d: %s", r.code, r.stderr)
	}
	vars := map[string]string{}
	for _, m := range exportLine.FindAllStringSubmatch(r.stdout, -1) {
		vars[m[1]] = strings.Trim(m[2], "'")
	}
	return vars, nil
}

// stop sends SIGTERM; the server has to end with exit code 0 in time.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("server in %s: %w", s.dir, errors.Join(err, s.exitCode()))
	}
	select {
	case <-s.exited:
		return s.exitCode()
	case <-time.After(stopTimeout):
		tail := s.tail()
		return fmt.Errorf("the server did not end within %s of SIGTERM; its log ended:\n%s\nand its stacks are\n%s", stopTimeout, tail, s.stacks())
	}
}

// stacks ends the process and returns where its goroutines were.
func (s *server) stacks() string {
	_ = s.cmd.Process.Signal(syscall.SIGQUIT)
	select {
	case <-s.exited:
	case <-time.After(5 * time.Second):
	}
	s.kill()
	_, stacks, _ := strings.Cut(readFile(s.log()), "SIGQUIT: quit")
	return fmt.Sprintf("%.*s", stacksLength, stacks)
}

func (s *server) exitCode() error {
	if state := s.cmd.ProcessState; state != nil && state.ExitCode() != 0 {
		return fmt.Errorf("the server ended with %s; its log ends:\n%s", state, s.tail())
	}
	return nil
}

// kill ends the process at once, as a crash would, and waits until it is gone.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may have ended already
	<-s.exited
}

// restart starts another process over the same data, on another port.
func (s *server) restart(t testing.TB) *server {
	t.Helper()
	next, err := startServerIn(s.dir, s.vars, s.flags...)
	if err != nil {
		t.Fatal(err)
	}
	next.cleanup(t)
	return next
}

// cleanup makes the end of a test stop the server, if it still runs, and show
// its log if the test failed.
func (s *server) cleanup(t testing.TB) {
	t.Cleanup(func() {
		select {
		case <-s.exited: // the test ended it
		default:
			if err := s.stop(); err != nil {
				t.Error(err)
			}
		}
		if t.Failed() {
			t.Logf("the log of the server ends:\n%s", s.tail())
		}
	})
}

// What a failed test shows of a log.
const (
	tailLines  = 15
	tailLength = 500 // of a line
	// stacksLength is how much is shown of where goroutines were.
	stacksLength = 64 << 10
)

// tail returns the end of the log, without the lines that contain one of some
// texts.
func (s *server) tail(without ...string) string {
	var lines []string
	for line := range strings.Lines(readFile(s.log())) {
		if !slices.ContainsFunc(without, func(text string) bool { return strings.Contains(line, text) }) {
			lines = append(lines, fmt.Sprintf("%.*s", tailLength, strings.TrimSpace(line)))
		}
	}
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}

// readFile returns the text of a file, nothing if it cannot be read.
func readFile(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}
