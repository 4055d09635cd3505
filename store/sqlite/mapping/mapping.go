// Package mapping has all connections of this process to a SQLite database read
// from one mapping of its file.
//
// Left to itself each connection maps the file on its own, and gives that up
// whenever another one has committed: what it reads next faults in anew, page by
// page. Beside writers that was a seventh of what the server did.
package mapping

import "os"

// Sharing is a database whose connections share a mapping. Its zero value is one
// whose connections do not.
type Sharing struct {
	path string // as SQLite sees it
	file *os.File
	data []byte
}
