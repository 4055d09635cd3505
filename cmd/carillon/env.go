package main

import (
	"fmt"
	"strings"
)

type envCmd struct {
	Data string `help:"Data directory of the server." default:"${data}" placeholder:"DIR"`
}

// Run prints the export lines.
func (c *envCmd) Run(s streams) error {
	k, err := readKeyFile(c.Data)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.out, k.exports())
	return err
}

// shellQuote quotes a word for a POSIX shell where that is needed.
func shellQuote(s string) string {
	safe := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_./:@%+,=", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !safe(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
