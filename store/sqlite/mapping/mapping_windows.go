package mapping

import "os"

// Share leaves each connection its own mapping.
func Share(string, *os.File, int) (*Sharing, error) { return &Sharing{}, nil }

// Close ends nothing.
func (*Sharing) Close() error { return nil }
