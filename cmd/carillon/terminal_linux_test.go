package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// terminal opens a pseudo-terminal: what is written to tty is read from screen.
func terminal(t *testing.T) (tty, screen *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo-terminals: ", err)
	}
	t.Cleanup(func() { screen.Close() })
	var unlock, number int32
	for request, arg := range map[uintptr]*int32{syscall.TIOCSPTLCK: &unlock, syscall.TIOCGPTN: &number} {
		if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, screen.Fd(), request, uintptr(unsafe.Pointer(arg))); e != 0 {
			t.Skip("no pseudo-terminals: ", e)
		}
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo-terminals: ", err)
	}
	t.Cleanup(func() { tty.Close() })
	return tty, screen
}

// The start that makes the root key shows its secret on a terminal; later
// starts show how to get it.
func TestServe_terminal(t *testing.T) {
	data := t.TempDir()
	for _, first := range []bool{true, false} {
		tty, screen := terminal(t)
		shown := new(buffer)
		go io.Copy(shown, screen) //nolint:errcheck // ends with the terminal
		ctx, stop := context.WithCancel(t.Context())
		s := &serving{T: t, data: data, err: shown, stop: stop, ended: make(chan int, 1)}
		go func() {
			s.ended <- run(ctx, []string{"serve", "--listen", "127.0.0.1:0", "--data", data, noMetrics}, streams{io.Discard, tty})
		}()
		s.await("Try: ")
		s.end()
		k, err := readKeyFile(data)
		if err != nil {
			t.Fatal(err)
		}
		line := "export AWS_SECRET_ACCESS_KEY=" + shellQuote(k.SecretAccessKey)
		if got := strings.Contains(shown.String(), line); got != first {
			t.Errorf("first start %v: the secret shows %v: %s", first, got, shown)
		}
		if got := strings.Contains(shown.String(), "eval "); got == first {
			t.Errorf("first start %v: the way to get it shows %v: %s", first, got, shown)
		}
	}
}
