package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"carillon/server"
)

type copyCmd struct {
	From string `help:"Data directory, or URL of a PostgreSQL database, that no server runs on." required:"" placeholder:"DIR|URL"`
	To   string `help:"Data directory, or URL of a PostgreSQL database, that is empty, or has the beginning of this copy." required:"" placeholder:"DIR|URL"`
	outputFlag
}

// Validate is called by kong: what it refuses is wrong usage.
func (c *copyCmd) Validate() error {
	if c.From == c.To {
		return errors.New("--from and --to are the same")
	}
	for _, place := range []string{c.From, c.To} {
		if scheme, _, isURL := strings.Cut(place, "://"); isURL && scheme != "postgres" && scheme != "postgresql" {
			return errors.New("--from and --to take a directory, or a URL that begins with postgres://")
		}
	}
	return nil
}

// Run copies, and prints what both databases have.
func (c *copyCmd) Run(ctx context.Context, s streams) error {
	log := server.NewLog(s.err, "", slog.LevelWarn)
	defer log.Close()
	shown := progress{s: s, terminal: server.IsTerminal(s.err)}
	tables, err := server.Copy(ctx, server.CopyOptions{From: c.From, To: c.To, Log: log.Logger, Progress: shown.show})
	shown.end()
	if err != nil {
		return err
	}
	return c.print(s, map[string]any{"Copy": map[string]any{"Tables": tables}})
}

// progress shows people how far something is, in one line that changes.
type progress struct {
	s        streams
	terminal bool
	at       time.Time
	shown    bool
}

// progressEvery is how often the line changes.
const progressEvery = 100 * time.Millisecond

// eraseLine brings a terminal to the beginning of an empty line.
const eraseLine = "\r\x1b[K"

func (p *progress) show(what string, rows int64) {
	if !p.terminal || time.Since(p.at) < progressEvery {
		return
	}
	p.at, p.shown = time.Now(), true
	fmt.Fprintf(p.s.err, "%s%s: %d rows", eraseLine, what, rows)
}

// end removes the line.
func (p *progress) end() {
	if p.shown {
		fmt.Fprint(p.s.err, eraseLine)
	}
}
