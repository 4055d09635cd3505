package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"carillon/internal/archive"
	"carillon/internal/client"
	"carillon/server"
	"carillon/store"
)

type importCmd struct {
	Dir string `arg:"" help:"Directory that carillon export has made." type:"existingdir"`
	remoteFlags
}

// Run checks the directory, and then imports it. It may be repeated: records that are
// there stay as they are.
func (c *importCmd) Run(ctx context.Context, s streams) error {
	a, err := archive.Open(c.Dir)
	if err != nil {
		return err
	}
	defer a.Close()
	cl, err := c.client(ctx)
	if err != nil {
		return err
	}
	m := &recordImport{client: cl, s: s, shown: progress{s: s, terminal: server.IsTerminal(s.err)}, counts: map[string]*recordCounts{}}
	err = m.all(ctx, a)
	m.shown.end()
	if err != nil {
		return err
	}
	m.tell(a)
	if err := c.print(s, map[string]any{"Import": m.counts}); err != nil {
		return err
	}
	if m.rejected > 0 {
		return fmt.Errorf("%d records were refused", m.rejected)
	}
	return nil
}

// recordCounts say what became of the records of a kind.
type recordCounts struct{ Records, Created, Unchanged, Rejected int64 }

// recordImport sends the records of an export, kind by kind.
type recordImport struct {
	client   *client.Client
	s        streams
	shown    progress
	counts   map[string]*recordCounts
	rejected int64

	kind  string
	lines []string // of the next request
	at    []int    // the numbers of these lines
	size  int
}

// The most that a request has: the server reads bodies of 1 MiB.
const (
	recordBatch = 1000
	recordBytes = maxBatch - 1<<10
)

func (m *recordImport) all(ctx context.Context, a *archive.Archive) error {
	for _, k := range store.ArchiveKinds() {
		m.kind = k.Name
		m.counts[memberName(m.kind)] = &recordCounts{}
		err := a.Each(m.kind, func(l archive.Line) error { return m.add(ctx, l) })
		if err == nil {
			err = m.flush(ctx)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", m.kind, err)
		}
	}
	return nil
}

// add puts a line into the next request.
func (m *recordImport) add(ctx context.Context, l archive.Line) error {
	text, err := client.Encode(string(l.Text))
	if err != nil {
		return err
	}
	if l.Text == nil || len(text) > recordBytes {
		m.counts[memberName(m.kind)].Records++
		m.refuse(l.Number, "", "the line is longer than that of any record")
		return nil
	}
	if len(m.lines) == recordBatch || m.size+len(text) > recordBytes {
		if err := m.flush(ctx); err != nil {
			return err
		}
	}
	m.lines, m.at, m.size = append(m.lines, string(l.Text)), append(m.at, l.Number), m.size+len(text)+len(",")
	return nil
}

// flush sends the request.
func (m *recordImport) flush(ctx context.Context) error {
	if len(m.lines) == 0 {
		return nil
	}
	answer, err := patiently(ctx, m.client, "ImportRecords", client.Members{"Kind": m.kind, "Lines": m.lines})
	if err != nil {
		return fmt.Errorf("lines %d to %d: %w", m.at[0], m.at[len(m.at)-1], err)
	}
	if err := m.count(answer); err != nil {
		return fmt.Errorf("unexpected answer: %w", err)
	}
	m.lines, m.at, m.size = m.lines[:0], m.at[:0], 0
	return nil
}

// count adds up what became of a request, and names what was refused.
func (m *recordImport) count(answer json.RawMessage) error {
	var out struct {
		Imported, Existing int64
		Errors             []struct {
			Index                   int
			ErrorCode, ErrorMessage string
		}
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return err
	}
	c := m.counts[memberName(m.kind)]
	c.Records += int64(len(m.lines))
	c.Created, c.Unchanged = c.Created+out.Imported, c.Unchanged+out.Existing
	for _, e := range out.Errors {
		if e.Index < 0 || e.Index >= len(m.lines) {
			return fmt.Errorf("a refused record has the index %d", e.Index)
		}
		m.refuse(m.at[e.Index], m.lines[e.Index], e.ErrorCode+": "+e.ErrorMessage)
	}
	m.shown.show(m.kind, c.Records)
	return nil
}

// refuse names a record that is not taken, as far as it can be read.
func (m *recordImport) refuse(number int, line, why string) {
	m.rejected++
	m.counts[memberName(m.kind)].Rejected++
	m.shown.end()
	name := ""
	if r, err := store.ArchiveKindOf(m.kind).Parse(line); err == nil {
		name = " (" + r.Key() + ")"
	}
	fmt.Fprintf(m.s.err, "%s line %d%s: %s\n", archive.FileName(m.kind), number, name, why)
}

// tell says what people have to know.
func (m *recordImport) tell(a *archive.Archive) {
	if n := a.Records(archive.Audit); n > 0 {
		fmt.Fprintf(m.s.err, "%s is left alone: %d records of another server's audit, which cannot become this one's.\n", archive.FileName(archive.Audit), n)
	}
	if n := m.counts["Bots"].Created; n > 0 {
		fmt.Fprintf(m.s.err, "%d bots have new security tokens: GetBot shows them, RegenerateSecurityToken makes others.\n", n)
	}
	if n := m.counts["Webhooks"].Created + m.counts["Invitations"].Created; n > 0 {
		fmt.Fprintln(m.s.err, "Webhooks and invitations have new links.")
	}
}

// memberName is the name of a kind in JSON, as in ScimUsers.
func memberName(kind string) string {
	var name strings.Builder
	for word := range strings.SplitSeq(kind, "-") {
		name.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return name.String()
}
