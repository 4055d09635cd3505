package console

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"carillon/api"
)

const serverPath = Root + "server"

// serverPage is what the page of the server shows. What the visitor may not see is
// nil.
type serverPage struct {
	Status      *api.GetServerStatusOutput
	Started     string // how long ago
	Size        string // of the database; empty: nobody knows
	BackupAge   string // empty: there is none
	ShowJobs    bool
	Filter      field
	Jobs        []api.Job
	Next, First string
	Retry       string // where jobs are retried; empty: the visitor may not
	Forms       []*form
}

func showServer(p *page) error {
	status, err := p.calls().GetServerStatus(p.r.Context(), &api.GetServerStatusInput{})
	if err != nil {
		return err
	}
	s := &serverPage{Status: status, Started: ago(time.Since(status.StartedOn.Time())), Forms: p.serverForms(status)}
	if n := status.DatabaseBytes.V; n > 0 {
		s.Size = byteSize(n)
	}
	if last := status.LastBackupOn; last != 0 {
		s.BackupAge = ago(status.Now.Time().Sub(last.Time()))
	}
	if err := p.addJobs(s); err != nil {
		return err
	}
	commands := []string{command("carillon", "status"), command("carillon", "job", "list")}
	if s.Retry != "" {
		commands = append(commands, command("carillon", "job", "retry", "--all"))
	}
	if status.BackupSupported.V {
		commands = append(commands, command("carillon", "backup", "carillon.backup"))
	}
	if status.TestClock.V {
		commands = append(commands, command("carillon", "test", "clock", "192h"))
	}
	return p.show(http.StatusOK, "server", view{Title: "Server", Commands: commands, Body: s})
}

// serverForms are what can be done to the server, as far as it can and the visitor
// may.
func (p *page) serverForms(status *api.GetServerStatusOutput) (list []*form) {
	if status.BackupSupported.V && p.may("CreateBackup") {
		list = append(list, p.filled(form{
			Name: "backup", Action: serverPath + "/backups", Title: "Make a backup", Button: "Make a backup",
			Hint: "One file with all that the server keeps, its secrets too, for you to download.",
		}))
	}
	if status.TestClock.V && p.may("AdvanceTestClock") {
		list = append(list, p.filled(form{Name: "clock", Action: serverPath + "/clock", Title: "Test clock", Button: "Advance the clock", Fields: []field{
			{Name: "Advance", Label: "Advance by", Required: true, Hint: "As in 192h or 30m. The clock never goes back."},
		}}))
	}
	return list
}

func (p *page) addJobs(s *serverPage) error {
	if s.ShowJobs = p.may("ListJobs"); !s.ShowJobs {
		return nil
	}
	state := p.r.FormValue("state")
	out, err := p.calls().ListJobs(p.r.Context(), &api.ListJobsInput{
		State: api.NonZero(api.JobState(state)), NextToken: api.NonZero(p.r.FormValue("page")), MaxResults: api.Some(pageRows),
	})
	if err != nil {
		return err
	}
	s.Filter = field{ID: "job-state", Name: "state", Label: "State", Kind: "select", Options: append([]option{{"", "Any", false}}, options(state, "Failed", "Pending")...)}
	if s.Jobs = out.Jobs; out.NextToken.V != "" {
		s.Next = p.with("page", out.NextToken.V)
	}
	if p.r.FormValue("page") != "" {
		s.First = p.with("page", "")
	}
	if p.may("RetryJobs") {
		s.Retry = serverPath + "/jobs"
	}
	return nil
}

// The pages of failed jobs that one form retries, and how many jobs a page has.
const (
	retriedPages = 10
	retriedJobs  = 99
)

// retryJobs retries one job, or all that have failed.
func retryJobs(p *page) error {
	var ids []string
	var err error
	more := false
	if id := p.r.PostFormValue("job"); id != "" {
		ids = []string{id}
	} else if ids, more, err = p.failedJobs(p.r.Context()); err != nil {
		return err
	}
	retried, refused := 0, []api.ImportError(nil)
	for begin := 0; begin < len(ids); begin += retriedJobs {
		out, err := p.calls().RetryJobs(p.r.Context(), &api.RetryJobsInput{JobIds: ids[begin:min(len(ids), begin+retriedJobs)]})
		if err != nil {
			return err
		}
		retried, refused = retried+out.Retried.V, append(refused, out.Errors...)
	}
	r := result{Text: plural(retried, "job") + " retried."}
	if more {
		r.Text += " More have failed; retry again."
	}
	for _, e := range refused[:min(len(refused), 5)] {
		r.Bad, r.Lines = true, append(r.Lines, e.ErrorMessage.V)
	}
	return p.tell(serverPath, r)
}

// failedJobs returns the jobs that have failed, before any of them can fail again.
func (p *page) failedJobs(ctx context.Context) (ids []string, more bool, err error) {
	in := &api.ListJobsInput{State: api.Some(api.JobStateFailed), MaxResults: api.Some(retriedJobs)}
	for range retriedPages {
		out, err := p.calls().ListJobs(ctx, in)
		if err != nil {
			return nil, false, err
		}
		for i := range out.Jobs {
			ids = append(ids, out.Jobs[i].JobId.V)
		}
		if in.NextToken = out.NextToken; in.NextToken.V == "" {
			return ids, false, nil
		}
	}
	return ids, true, nil
}

func advanceClock(p *page) error {
	out, err := p.calls().AdvanceTestClock(p.r.Context(), &api.AdvanceTestClockInput{Advance: api.NonZero(p.r.PostFormValue("Advance"))})
	if err != nil {
		return p.done(serverPath, "clock", err, "")
	}
	return p.tell(serverPath, result{Text: "The clock shows " + out.Now.Time().Format("2006-01-02 15:04") + " UTC now."})
}

// ago tells a time that has passed, in its largest unit.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute ago"
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute") + " ago"
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour") + " ago"
	}
	return plural(int(d/(24*time.Hour)), "day") + " ago"
}

// byteSize tells a number of bytes in units that people read.
func byteSize(n int) string {
	size, units := float64(n), []string{"bytes", "KiB", "MiB", "GiB"}
	for size >= 1024 && len(units) > 1 {
		size, units = size/1024, units[1:]
	}
	if units[0] == "bytes" {
		return plural(n, "byte")
	}
	return fmt.Sprintf("%.1f %s", size, units[0])
}
