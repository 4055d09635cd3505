package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// start runs carillon serve as a process of its own.
func start(t *testing.T, data string) (*exec.Cmd, *serving) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "serve", "--listen", "127.0.0.1:0", "--data", data, noMetrics)
	cmd.Env = append(os.Environ(), beMain+"=1")
	s := &serving{T: t, data: data, err: new(buffer), stop: func() { _ = cmd.Process.Kill() }, ended: make(chan int, 1)}
	cmd.Stderr, cmd.Stdout = s.err, io.Discard
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		var exit *exec.ExitError
		if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
			t.Errorf("waiting: %v", err)
		}
		s.ended <- cmd.ProcessState.ExitCode()
	}()
	t.Cleanup(func() { s.end() })
	s.await("Try: ")
	k, err := readKeyFile(data)
	if err != nil {
		t.Fatal(err)
	}
	s.keyFile = k
	return cmd, s
}

// signal sends a signal and waits for the process to end.
func (s *serving) signal(cmd *exec.Cmd, sig os.Signal) int {
	s.Helper()
	if err := cmd.Process.Signal(sig); err != nil {
		s.Fatal(err)
	}
	code := <-s.ended
	s.ended <- code
	return code
}

func TestProcess_signals(t *testing.T) {
	for _, sig := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		cmd, s := start(t, t.TempDir())
		if code := s.signal(cmd, sig); code != exitDone {
			t.Errorf("%v: exit code %d: %s", sig, code, s.err)
		}
	}
}

// Nothing that was acknowledged is lost when the process is killed, and the
// next start needs no repair.
func TestProcess_killed(t *testing.T) {
	data := t.TempDir()
	want := 0
	for range 3 {
		cmd, s := start(t, data)
		s.use()
		for range 5 {
			carillon(t, "account", "create", "--name", "x").want(t, "create", exitDone)
			want++
		}
		s.signal(cmd, os.Kill)
	}
	_, s := start(t, data)
	s.use()
	var list struct{ Accounts []struct{} }
	carillon(t, "account", "list").decode(t, &list)
	if len(list.Accounts) != want {
		t.Errorf("%d accounts are left of %d", len(list.Accounts), want)
	}
}

func TestProcess_exitCodes(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		want int
	}{
		{[]string{"version"}, exitDone},
		{[]string{"--help"}, exitDone},
		{[]string{"env", "--data", "/nonexistent"}, exitFailed},
		{[]string{"fly"}, exitUsage},
	} {
		cmd := exec.Command(program, test.args...)
		cmd.Env = append(os.Environ(), beMain+"=1")
		_ = cmd.Run() // the exit code tells
		if got := cmd.ProcessState.ExitCode(); got != test.want {
			t.Errorf("%v: exit code %d, want %d", test.args, got, test.want)
		}
	}
}
