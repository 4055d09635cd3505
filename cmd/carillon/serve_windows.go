package main

import (
	"os"
	"syscall"
)

// unheeded are the signals that would end a server, and must not.
var unheeded = []os.Signal{syscall.SIGPIPE}
