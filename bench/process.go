package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const (
	// patience is how long a child may take to start or to stop.
	patience = 30 * time.Second
	// glance is the pause between two looks whether a child is ready.
	glance = 2 * time.Millisecond
)

// process is a child, which ends with us at the latest.
type process struct {
	cmd   *exec.Cmd
	log   string        // the file that it writes to
	ended chan struct{} // closed when it has ended
}

// start starts a program. It must be called from the main goroutine, on whose
// thread the life of the child depends.
func start(log, program string, args ...string) (*process, error) {
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")} // no settings from outside
	cmd.SysProcAttr = endWithParent()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd, log, make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(p.ended)
	}()
	return p, nil
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// stop asks the child to end, and insists after a while.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails only if it has ended
	select {
	case <-p.ended:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// await waits until ready returns nil.
func (p *process) await(ctx context.Context, ready func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var err error
	for ctx.Err() == nil {
		if err = ready(); err == nil {
			return nil
		}
		select {
		case <-p.ended:
			text, _ := os.ReadFile(p.log)
			return fmt.Errorf("%s has ended: %s", p.cmd.Path, text)
		case <-time.After(glance):
		}
	}
	return fmt.Errorf("%s is not ready: %w", p.cmd.Path, errors.Join(err, ctx.Err()))
}

// server is a child that takes requests.
type server struct {
	*process
	addr    string
	profile string // URL of the CPU profile; empty: none
	read    func(*bufio.Reader) (answer, error)
}

// freeAddress returns an address on the loopback interface that is free now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// answers tries a GET, for await.
func answers(url string) func() error {
	return func() error {
		r, err := http.Get(url)
		if err != nil {
			return err
		}
		defer r.Body.Close()
		if r.StatusCode != http.StatusOK {
			return errors.New(r.Status)
		}
		return nil
	}
}

// serve starts Carillon and waits until it is ready.
func (b *bench) serve(ctx context.Context, name string, args ...string) (*server, error) {
	return b.serveProgram(ctx, b.binary, name, append(args, "--pprof")...)
}

func (b *bench) serveProgram(ctx context.Context, program, name string, args ...string) (*server, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	metrics, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p, err := start(b.logFile(name), program, append([]string{
		"serve", "--listen", addr, "--metrics-listen", metrics,
		"--root-access-key-id", rootKey.AccessKeyID, "--root-secret-access-key", rootKey.SecretAccessKey,
	}, args...)...)
	if err != nil {
		return nil, err
	}
	s := &server{p, addr, "http://" + metrics + "/debug/pprof/profile", readHTTP}
	if err := p.await(ctx, answers("http://"+addr+"/readyz")); err != nil {
		p.stop()
		return nil, err
	}
	return s, nil
}
