package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"time"

	"carillon/access"
	"carillon/server"
)

type execCmd struct {
	behaviourFlags
	Seed     []string `help:"File with users to begin with, as carillon user export writes them (JSON, JSON lines or CSV), and accounts, as carillon account list prints them; may be repeated." type:"existingfile" placeholder:"FILE"`
	LogLevel string   `help:"What the server logs on stderr: debug, info, warn or error." enum:"debug,info,warn,error" default:"error"`
	Command  []string `arg:"" passthrough:"partial" help:"Command to run, with its arguments."`
}

// Exit codes of a shell for a command that cannot be run, and what it adds to the
// number of the signal that ended one.
const (
	exitNotRunnable = 126
	exitNotFound    = 127
	exitSignalled   = 128
)

// exitCode ends the process with the exit code of another one. It says nothing.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// Validate is called by kong: what it refuses is wrong usage.
func (c *execCmd) Validate() error { return c.check() }

// AfterApply is called by kong, which leaves the marker between flags and command
// where it was.
func (c *execCmd) AfterApply() error {
	if len(c.Command) > 0 && c.Command[0] == "--" {
		c.Command = c.Command[1:]
	}
	if len(c.Command) == 0 {
		return errors.New("give a command to run, as in carillon exec -- pytest")
	}
	return nil
}

// Run starts a throwaway server, runs the command with it, and leaves nothing.
func (c *execCmd) Run(ctx context.Context, s streams) error {
	signals := takeSignals()
	defer signal.Stop(signals)
	double, err := c.start(ctx, s)
	if err != nil {
		return err
	}
	err = c.seedAndRun(ctx, s, signals)
	if left := double.stop(); left != nil {
		fmt.Fprintln(s.err, "carillon: ending the server:", left)
	}
	return err
}

// seedAndRun does what the server is for, unless a signal comes first.
func (c *execCmd) seedAndRun(ctx context.Context, s streams, signals <-chan os.Signal) error {
	seeded := make(chan error, 1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { seeded <- seedAll(ctx, s, c.Seed) }()
	select {
	case sig := <-signals:
		cancel()
		<-seeded
		return signalled(sig)
	case err := <-seeded:
		if err != nil {
			return err
		}
	}
	return runCommand(c.Command, s, signals)
}

// double is a server that only lives as long as a command.
type double struct {
	*server.Server
	dir   string
	end   context.CancelFunc
	ended chan error // what Serve returned
}

// start starts the server in a directory of its own, and makes the environment of
// this process, which the command inherits, the one that reaches it.
func (c *execCmd) start(ctx context.Context, s streams) (*double, error) {
	removeAbandoned()
	dir, err := os.MkdirTemp("", doublePrefix)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	srv, err := server.Open(ctx, c.options(s, dir, endpointURL(l.Addr(), false)))
	if err != nil {
		return nil, errors.Join(err, l.Close(), os.RemoveAll(dir))
	}
	serving, end := context.WithCancel(context.Background())
	d := &double{Server: srv, dir: dir, end: end, ended: make(chan error, 1)}
	go func() { d.ended <- srv.Serve(serving, l, server.TLSFiles{}) }()
	if err := useServer(newKeyFile(dir, srv.Root, source{}, endpointURL(l.Addr(), false)), dir); err != nil {
		return nil, errors.Join(err, d.stop())
	}
	return d, nil
}

func (c *execCmd) options(s streams, dir, endpoint string) server.Options {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // kong has checked the value
	o := server.Options{
		Data: dir, Throwaway: true, TestClock: true, Root: access.RootKey{},
		Log: slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: level})),
	}
	c.apply(&o)
	if o.PublicURL == "" {
		o.PublicURL = endpoint
	}
	return o
}

// stopTimeout is how long requests of a command that has ended are waited for.
const stopTimeout = 2 * time.Second

// stop ends the server and removes its directory.
func (d *double) stop() error {
	d.end()
	select {
	case err := <-d.ended:
		return errors.Join(err, d.Close(), os.RemoveAll(d.dir))
	case <-time.After(stopTimeout): // who asks for something still is nobody of ours
		return os.RemoveAll(d.dir)
	}
}

// doublePrefix begins the names of directories of throwaway servers.
const doublePrefix = "carillon-exec-"

// abandonedAge is how old a directory must be that may be one without a server: a
// younger one's may be about to start.
const abandonedAge = 10 * time.Minute

// removeAbandoned removes the directories of servers that were killed before they
// could do it: old ones whose database nobody holds. What cannot be removed is
// another user's.
func removeAbandoned() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), doublePrefix+"*")) // the pattern is well-formed
	for _, dir := range dirs {
		info, err := os.Lstat(dir)
		if err == nil && info.IsDir() && time.Since(info.ModTime()) > abandonedAge && !server.InUse(dir) {
			_ = os.RemoveAll(dir)
		}
	}
}

// runCommand runs a command to its end, with signals passed on to it. The error is
// its exit code, unless that is 0.
func runCommand(command []string, s streams, signals <-chan os.Signal) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, s.out, s.err
	cmd.SysProcAttr = childAttributes()
	runtime.LockOSThread() // whose end the command would take for that of the process
	if err := cmd.Start(); err != nil {
		return notStarted(s, command[0], err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for {
		select {
		case sig := <-signals:
			if !sentToGroup(sig) {
				_ = cmd.Process.Signal(sig) // it may have ended
			}
		case err := <-done:
			return ended(cmd.ProcessState, err)
		}
	}
}

func notStarted(s streams, name string, err error) error {
	fmt.Fprintln(s.err, "carillon: exec:", err)
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return exitCode(exitNotFound)
	}
	return exitCode(exitNotRunnable)
}

// ended turns the end of a command into that of this process.
func ended(state *os.ProcessState, err error) error {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	if sig, ok := signalOf(state); ok {
		return signalled(sig)
	}
	if state.ExitCode() != exitDone {
		return exitCode(state.ExitCode())
	}
	return nil
}
