package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"carillon/internal/userlist"
)

// previewRows is how many rows of a list the preview shows.
const previewRows = 10

// importProgress is what the page of an import shows.
type importProgress struct {
	*importTask
	importStep
	DryRun      bool
	Quiet       bool
	Rows        []*userlist.Row // the first ones; of a preview
	Gone        bool            // the list is not here any more
	Refused     []refusedRow
	First, Next string // other pages of them
	Again       string // the page itself
	Rejects     string
	New         string // where a list is sent
	Back        string
	journal     journal
}

// importTask reads what has become of an import of the visitor's.
func (p *page) importTask() (*importProgress, error) {
	id, accountID := p.r.PathValue("task"), p.r.PathValue("account")
	t := &importProgress{importTask: new(importTask), journal: journal{c: p.c, id: importNote(id)}}
	found, err := t.journal.read(p.r.Context(), t.importTask, &t.importStep)
	if err != nil {
		return nil, err
	}
	if !found || t.ARN != p.visit.Credential.Caller.ARN || t.AccountID != accountID {
		return nil, notFound(p)
	}
	t.DryRun = t.dryRun()
	t.Again, t.New, t.Back = accountPath(accountID, "import", id), accountPath(accountID, "import"), accountPath(accountID)
	t.Rejects = t.Again + "/rejects"
	t.Quiet = !t.End && time.Since(time.UnixMilli(max(t.StartedMs, t.AtMs))) > importQuiet
	return t, nil
}

func showImport(p *page) error {
	t, err := p.importTask()
	if err != nil {
		return err
	}
	a, err := p.account()
	if err != nil {
		return err
	}
	if t.Refused, t.First, t.Next, err = refusedPage[refusedRow](p, t.journal.id, t.Refusals); err != nil {
		return err
	}
	if t.DryRun && t.End && t.Why == "" {
		if err := p.addRows(t); err != nil {
			return err
		}
	}
	var flags []string
	if t.Update {
		flags = append(flags, "--update")
	}
	if t.DryRun {
		flags = append(flags, "--dry-run")
	}
	v := p.importView(a, t, importCommand(a.AccountId, flags...))
	if !t.End && !t.Quiet {
		v.Refresh = 2
	}
	return p.show(http.StatusOK, "import-task", v)
}

// openImport opens the list of an import.
func (p *page) openImport(ctx context.Context, t *importProgress) (*userlist.List, error) {
	return userlist.Open(func() (io.ReadCloser, error) { return p.c.open(ctx, t.FileID, t.Bytes) }, t.importStep.Encoding)
}

// addRows adds the first rows of the list, if it is still here.
func (p *page) addRows(t *importProgress) error {
	list, err := p.openImport(p.r.Context(), t)
	if t.Gone = errors.Is(err, errNoFile); err != nil {
		if t.Gone {
			return nil
		}
		return err
	}
	defer list.Close()
	for len(t.Rows) < previewRows {
		row, err := list.Next()
		if err != nil {
			return nil // the import has read it all and said what is wrong
		}
		t.Rows = append(t.Rows, row)
	}
	return nil
}

// goOnImport imports what a preview has shown, or goes on with an import whose
// server has ended.
func goOnImport(p *page) error {
	t, err := p.importTask()
	switch {
	case err != nil:
		return err
	case t.Quiet:
		err = p.runImport(t.journal, t.importTask, t.importStep)
	case t.DryRun && t.End && t.Why == "":
		next := *t.importTask
		next.Then, next.Encoding, next.asker = "", t.importStep.Encoding, p.asker()
		return p.beginImport(t.Then, &next)
	}
	if err != nil {
		return err
	}
	return p.redirect(t.Again)
}

var rejectTypes = map[userlist.Format]string{
	userlist.CSV: "text/csv; charset=utf-8", userlist.JSON: "application/json", userlist.JSONLines: "application/jsonl",
}

// downloadRejects answers with the rows that were refused, in the format of the list,
// to be corrected and imported.
func downloadRejects(p *page) error {
	t, err := p.importTask()
	if err != nil {
		return err
	}
	refused, err := refusedRows(p.r.Context(), p.c, t.journal.id, t.Refusals)
	if err != nil {
		return err
	}
	list, err := p.openImport(p.r.Context(), t)
	if err != nil {
		return err
	}
	defer list.Close()
	p.attach(rejectTypes[list.Format], "rejects."+string(list.Format))
	out := list.Rejects(p.w)
	for index, written := 0, 0; written < len(refused); index++ {
		row, err := list.Next()
		if err != nil {
			return p.breakOff(err)
		}
		if why, ok := refused[index]; ok {
			row.Problem = &userlist.Problem{Member: why.Member, Rule: why.Rule}
			if written++; out.Write(row) != nil {
				return nil // the client is gone
			}
		}
	}
	return out.Close()
}
