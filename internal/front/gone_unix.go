//go:build unix

package front

import (
	"errors"
	"net"
	"syscall"
)

// canWatch tells that hasLeft works.
const canWatch = true

// hasLeft reports whether the other end of a connection has closed it, without
// taking what it has sent: whoever reads the connection meanwhile is in no way.
func hasLeft(c net.Conn) (left bool) {
	raw, ok := c.(syscall.Conn)
	if !ok {
		return false
	}
	control, err := raw.SyscallConn()
	if err == nil {
		err = control.Control(func(fd uintptr) { left = ended(int(fd)) })
	}
	return left || err != nil // it is closed on our side
}

func ended(fd int) bool {
	var one [1]byte
	n, _, err := syscall.Recvfrom(fd, one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	switch {
	case err == nil:
		return n == 0
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.EINTR):
		return false
	}
	return true
}
